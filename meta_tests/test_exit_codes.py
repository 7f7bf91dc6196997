"""Every exit code of the table of exit codes, through the front door, on canned answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from meta_tests.door import ABSENT, FEW, INTERIOR, RAILS, RAISED, RELEASE, Door, asked, entry, wrong
from meta_tests.test_readme import rows

CODES = {int(row[0]) for row in rows("exit code")}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


Kinds = frozenset[str]


@dataclass(frozen=True)
class End:
    """What a run is made of, its exit code, what it prints, and the verdicts that are not good."""

    code: int
    says: tuple[str, ...]
    verdicts: Kinds = field(default_factory=Kinds)
    made: Mapping[str, Any] = field(default_factory=dict[str, Any])
    arguments: tuple[str, ...] = ()


ENDS = {
    "all agree": End(0, ("0 new differences, ", "all others agree")),
    "a known difference shows": End(
        0,
        (" known, all others agree",),
        Kinds(),
        {"answers": {RAILS: RAISED}, "ledger": entry(RAILS)},
    ),
    "a difference is new": End(
        1,
        ("raised PlantedError", "shown  by no release", "rerun", "script"),
        Kinds({"new"}),
        {"answers": {RAILS: RAISED}},
    ),
    "a wrong number is new": End(
        1, ("error", "ULP"), Kinds({"new"}), {"answers": {RAILS: wrong(RAILS)}}
    ),
    "a known difference is gone": End(
        1,
        ("agrees, where a known difference was expected",),
        Kinds({"gone"}),
        {"ledger": entry(RAILS)},
    ),
    "a known difference shows nowhere": End(
        1,
        ("gone: planted occurred in none of its cases: a planted difference",),
        Kinds({"gone"}),
        {"ledger": entry(None, RAILS)},
    ),
    "the answers drifted": End(
        1, ("value",), Kinds({"new"}), {"answers": {RAILS: wrong(RAILS)}}, (f"--against={RELEASE}",)
    ),
    "the observer dies of a case": End(
        1, ("raised Crash",), Kinds({"new"}), {"acts": {RAILS: "die"}}
    ),
    "it is interrupted": End(2, ("no report written",), Kinds(), {"acts": {RAILS: "interrupt"}}),
    "a mistake of ours, at the start": End(
        3,
        ("KeyError: 'a planted mistake'",),
        Kinds(),
        {"mistakes": ["suites.ledger.absences.load"]},
    ),
    "a mistake of ours, in the judge": End(
        3,
        ("KeyError: 'a planted mistake'", "an error in xentcheck itself"),
        Kinds({"not_measured"}),
        {"mistakes": ["suites.judge.judge.judge"]},
    ),
    "a mistake of ours, in the report": End(
        3,
        ("KeyError: 'a planted mistake'", "an error in xentcheck itself"),
        Kinds(),
        {"mistakes": ["reports.run.frame.from_blocks"]},
    ),
    "an option is misread": End(
        4, ("ERROR: --tier: unknown 'fast'",), Kinds(), {}, ("--tier=fast",)
    ),
    "a ledger is not in order": End(
        4,
        (
            "plan.toml: ",
            "missing title, why",
        ),
        Kinds(),
        {"ledger": "[[difference]]\nid = 'x'\n"},
    ),
    "nothing combines the choices": End(
        5,
        ("no case combines", "--forms nn"),
        Kinds(),
        {},
        ("--losses=categorical_focal_crossentropy", "--forms=nn"),
    ),
    "nothing has the keyword": End(5, ("deselected",), Kinds(), {}, ("-k", "nothing_has_it")),
    "something is missing": End(
        6,
        ("missing: 1 case, such as", "although this release should have it"),
        Kinds({"missing"}),
        {"answers": {RAILS: ABSENT}},
    ),
    "everything is missing": End(
        6,
        ("missing: 5 cases", "nothing was measured"),
        Kinds({"missing"}),
        {"answers": dict.fromkeys((one for one in asked() if one.form == "function"), ABSENT)},
    ),
    "something is missing, and something differs": End(
        1,
        ("raised PlantedError", "missing: 1 case"),
        Kinds({"missing", "new"}),
        {"answers": {RAILS: ABSENT, INTERIOR: RAISED}},
    ),
    "something that was there is missing": End(
        1,
        ("missing: 1 case",),
        Kinds({"missing"}),
        {"answers": {RAILS: ABSENT}},
        (f"--against={RELEASE}",),
    ),
    "TensorFlow does not start": End(
        6, ("ImportError: no",), Kinds(), {"refuses": "ImportError: no"}
    ),
}


def test_every_exit_code_of_the_table_has_a_run_that_ends_so():
    assert {end.code for end in ENDS.values()} == CODES


@pytest.mark.parametrize("name", ENDS)
def test_a_run_ends_as_the_table_says(door, name):
    end = ENDS[name]
    done = door.run(*end.arguments, **end.made)
    assert done.code == end.code, done.text
    for line in end.says:
        assert line in done.text
    if end.code in (0, 1, 6) and (door.place / "report/summary.json").exists():
        assert done.verdicts == end.verdicts


ON_NO_LINE = """
def pytest_runtest_call(item):
    raise KeyboardInterrupt
pytest_runtest_call.__code__ = pytest_runtest_call.__code__.replace(co_linetable=b"")
"""


def test_an_interruption_may_be_on_no_line(door):
    (door.place / "interrupts.py").write_text(ON_NO_LINE)
    paths = os.pathsep.join([str(door.place), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = door.run("-p", "interrupts", variables={"PYTHONPATH": paths})
    assert done.code == 2, done.text
    assert "no report written" in done.text
    assert "Traceback" not in done.text


@pytest.mark.parametrize(
    "shows", ["--cache-show", "--setup-plan", "--setup-only", "--collect-only", "--fixtures"]
)
def test_what_only_shows_something_touches_no_report(door, shows):
    done = door.run(shows, few=FEW[:-1] if shows == "--cache-show" else FEW)
    assert done.code == 0, done.text
    assert not done.folder.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("suites/nonexistent.py",), "file or directory not found: suites/nonexistent.py"),
        (("-c", "/dev/null"), "pyproject.toml is not read: -c /dev/null takes its place"),
        (("--rootdir=/tmp",), "pyproject.toml is not read: --rootdir /tmp is another project"),
        (("--drift=bits",), "--drift: has no effect without --against"),
        (("--pin=a/b",), "--pin: 'a/b' is no name"),
        (("--against=nothing",), "no pin or release 'nothing'"),
        (("--pin=mine", "--seed=3"), "--seed: pins and recordings are of the seed 2017 alone"),
        (("--report-folder=/proc/nowhere",), "--report-folder: can't write /proc/nowhere"),
        (("--report-folder=README.md",), "README.md is no folder"),
        (
            ("--devices=GPU:7",),
            "--devices: unknown 'GPU:7'; did you mean 'CPU:1'? choose from: CPU:0",
        ),
    ],
)
def test_a_mistake_of_the_user_is_one_line_without_a_traceback(door, arguments, message):
    done = door.run(*arguments)
    assert done.code == 4, done.text
    (line,) = [line for line in done.text.splitlines() if line.startswith("ERROR: ")]
    assert message in line
    assert "Traceback" not in done.text


def test_a_misspelt_variable_is_an_error_that_names_the_near_one(door):
    done = door.run(variables={"XENTCHECK_TEIR": "quick"})
    assert done.code == 4
    assert "ERROR: XENTCHECK_TEIR: no such variable; did you mean 'XENTCHECK_TIER'?" in done.text


def test_the_header_shows_the_variables_that_are_set(door):
    done = door.run("--collect-only", variables={"XENTCHECK_SEED": "2017", "XENTCHECK_KERAS": "x"})
    assert "variables: XENTCHECK_KERAS=x, XENTCHECK_SEED=2017" in done.text


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [((), {"PYTHONOPTIMIZE": "1"}), (("-o", "cache_dir=/proc/nowhere"), {})],
    ids=["python -O", "a repository that is read-only"],
)
def test_what_costs_a_warning_costs_no_more(door, arguments, variables):
    done = door.run(*arguments, variables=variables)
    assert done.code == 0, done.text
    assert "Traceback" not in done.text
    assert "1 warning" in done.text


def test_a_known_difference_without_a_link_has_a_text_for_an_issue(door):
    done = door.run(answers={RAILS: RAISED}, ledger=entry(RAILS))
    assert (done.folder / "scripts/upstream-planted.md").is_file()
    assert (done.frame["known"] == "planted").any()


def test_stopping_early_says_what_was_not_measured(door):
    done = door.run("-x", answers={RAILS: RAISED})
    assert done.code == 1, done.text
    rows = done.frame[done.frame["cause"] == "not measured: the run stopped before this case"]
    assert set(rows["verdict"]) == {"not_measured"}
    assert set(rows["output"]) == {"logits"}
