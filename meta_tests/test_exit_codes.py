"""Every exit code and every option of README's tables, through the front door, on canned answers.

The answers are those that are recorded of the newest release, so that no TensorFlow is needed, with
a few changed on purpose.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from meta_tests.canned_observer import digest
from meta_tests.test_readme import rows
from reports.answers import unpack
from reports.recording import Shelf
from suites.cases import Case
from suites.questions import SEED, key, question
from suites.selection import select

ROOT = Path(__file__).parents[1]
RELEASE = "tf-2.21.0-keras-3.15.1"
CODES = {int(row[0]) for row in rows("exit code")}
FLAGS = {row[0].strip("`"): row[1].strip("`") for row in rows("option")}
LOSS = "binary_crossentropy"
FEW = (
    *(f"--losses={LOSS}", "--forms=function", "--dtypes=float32", "--executions=eager"),
    *("--tier=quick", "-k", "output=probabilities or output=logits", "suites/test_binary.py"),
)
VERSIONS = {"tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.2", "python": "3.11.7"}
SETTINGS = {
    **{"keras": "3.15.1", "legacy_keras": "no", "backend": "tensorflow", "floatx": "float32"},
    **{"epsilon": "1e-07", "image_data_format": "channels_last", "onednn": "default"},
    **{"determinism": "default", "xla_flags": "none", "tf_xla_flags": "none"},
    **{"intra_op_threads": "default", "inter_op_threads": "default", "cpu_features": "AVX2"},
}
ENTRY = """
[[difference]]
id = "planted"
title = "a planted difference"
why = "it is planted"
seen = "2026-11-25"
tensorflow = ""
keras = ""
links = []
causes = ["raised PlantedError"]
always = [{always}]
sometimes = [{sometimes}]
"""


@cache
def recorded() -> Mapping[str, str]:
    return Shelf(ROOT / "reports/recordings").answers(RELEASE)


@cache
def asked() -> Mapping[Case, str]:
    """The digests of the questions of every case that a run here may ask."""
    losses, forms = (LOSS, "weighted_sigmoid_crossentropy"), ("function", "class", "nn")
    cases = select(["CPU:0"], losses, ["float32"], ["eager"], forms)
    return {case: digest(question(case, SEED)) for case in cases}


def case(output: str, inputs: str) -> Case:
    names = (LOSS, "function", "plain", output, "float32", "eager", "CPU:0", "hard", inputs)
    return Case(*names)


INTERIOR, RAILS = case("probabilities", "interior"), case("probabilities", "rails")
LOGITS = case("logits", "interior")
RAISED = {"error": "PlantedError: no"}
ABSENT = {"absent": "AttributeError: module 'keras.losses' has no attribute 'x'"}


def box(chosen: Case) -> str:
    return "{" + ", ".join(f'{name} = ["{text}"]' for name, text in vars(chosen).items()) + "}"


def entry(always: Case | None = None, sometimes: Case | None = None) -> str:
    chosen = {"always": always, "sometimes": sometimes}
    return ENTRY.format(**{name: box(one) if one else "" for name, one in chosen.items()})


def other_bits(chosen: Case) -> dict[str, Any]:
    """The recorded answer with the last bit of its first value flipped."""
    answer = unpack(recorded()[key(chosen)])
    bits = bytearray.fromhex(answer["value"]["hex"])
    bits[0] ^= 1
    return answer | {"value": answer["value"] | {"hex": bits.hex()}}


def wrong(chosen: Case) -> dict[str, Any]:
    """The recorded answer, the first value of which is twice as great."""
    answer = unpack(recorded()[key(chosen)])
    bits = bytearray.fromhex(answer["value"]["hex"])
    bits[3:4] = bytes([bits[3] + 1])
    return answer | {"value": answer["value"] | {"hex": bits.hex()}}


@dataclass
class Done:
    """A run that has ended: its exit code, what it printed, and its report."""

    code: int
    text: str
    folder: Path

    @property
    def frame(self) -> pd.DataFrame:
        path = self.folder / "comparisons.csv"
        return pd.read_csv(path, dtype=str, keep_default_na=False)

    @property
    def verdicts(self) -> set[str]:
        """All that are not as they should be."""
        return {*self.frame["verdict"]} - {"agree", "known"}


@dataclass
class Door:
    """Runs the suites on canned answers; folders are inside of `place`."""

    place: Path
    plan: dict[str, Any] = field(default_factory=dict)

    def run(
        self,
        *arguments: str,
        answers: Mapping[Case, dict[str, Any]] = {},
        acts: Mapping[Case, str] = {},
        few: tuple[str, ...] = FEW,
        variables: Mapping[str, str] = {},
        **plan: Any,
    ) -> Done:
        usual = {name: unpack(recorded()[key(one)]) for one, name in asked().items()}
        changed = {asked()[one]: answer for one, answer in answers.items()}
        whole = {
            "versions": VERSIONS,
            "settings": SETTINGS,
            "devices": {"working": ["CPU:0", "CPU:1"], "broken": {}},
            "answers": usual | changed,
            "acts": {asked()[one]: act for one, act in acts.items()},
            **{"refuses": "", "ledger": "", "mistakes": [], **plan},
        }
        (self.place / "plan.json").write_text(json.dumps(whole), encoding="utf-8")
        return self.bare(*few, *arguments, variables=variables)

    def bare(self, *arguments: str, variables: Mapping[str, str] = {}) -> Done:
        folder = self.place / "report"
        command = [sys.executable, "-m", "pytest", "-p", "meta_tests.canned"]
        quiet = ("-p", "no:cacheprovider", "-p", "no:randomly")
        given = any("report-folder" in text.lower() for text in (*arguments, *variables))
        where = () if given else (f"--report-folder={folder}",)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("XENTCHECK_")}
        done = subprocess.run(
            [*command, *quiet, *where, *arguments],
            cwd=ROOT,
            env={**inherited, "CANNED": str(self.place / "plan.json"), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr, folder)


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
        ("gone: planted shows nowhere: a planted difference",),
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
        3, ("KeyError: 'a planted mistake'",), Kinds(), {"mistakes": ["suites.absences.load"]}
    ),
    "a mistake of ours, in the judge": End(
        3,
        ("KeyError: 'a planted mistake'", "a mistake in the suite itself"),
        Kinds({"not_measured"}),
        {"mistakes": ["suites.judge.judge"]},
    ),
    "a mistake of ours, in the report": End(
        3,
        ("KeyError: 'a planted mistake'", "a mistake in the suite itself"),
        Kinds(),
        {"mistakes": ["reports.frame.from_blocks"]},
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
        ("missing: 1 case, such as loss=", "although this release should have it"),
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


# What an option selects, as the fields of the cases that are collected.
BASE = ("--losses=binary_crossentropy,weighted_sigmoid_crossentropy", "--forms=function,nn")
BASE += ("--dtypes=float32,float64", "--executions=eager,graph", "--devices=CPU:0,CPU:1")
SELECTS = {
    "--losses": ("weighted_sigmoid_crossentropy", {"loss": {"weighted_sigmoid_crossentropy"}}),
    "--forms": ("nn", {"form": {"nn"}}),
    "--dtypes": ("float64", {"dtype": {"float64"}}),
    "--executions": ("graph", {"execution": {"graph"}}),
    "--devices": ("CPU:1", {"device": {"CPU:1"}}),
    "--tier": ("quick", {"execution": {"eager"}, "device": {"CPU:0"}}),
}
USES = ("--seed", "--pin", "--reason", "--against", "--drift", "--pin-folder", "--report-folder")


def test_every_option_of_the_table_has_a_run_that_shows_it():
    assert {*SELECTS, *USES} == set(FLAGS)


def fields(text: str) -> dict[str, set[str]]:
    """The values of each field of the cases in a list of items."""
    found: dict[str, set[str]] = {}
    for name, value in re.findall(r"[\[,](\w+)=([^,\]]+)", text):
        found.setdefault(name, set()).add(value)
    return found


def ways(flag: str, text: str) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """An option behind a space, behind "=", and as a variable."""
    yield (flag, text), {}
    yield (f"{flag}={text}",), {}
    if FLAGS[flag]:
        yield (), {FLAGS[flag]: text}


@pytest.mark.parametrize("flag", SELECTS)
def test_an_option_selects_cases(door, flag):
    text, expected = SELECTS[flag]
    base = tuple(one for one in BASE if not one.startswith(flag))
    listing = ("--collect-only", "-q", "suites/test_binary.py", "suites/test_relatives.py")
    whole = fields(door.run(few=(*base, *listing)).text)
    for arguments, variables in ways(flag, text):
        done = door.run(few=(*base, *listing, *arguments), variables=variables)
        assert done.code == 0, done.text
        found = fields(done.text)
        for name, values in expected.items():
            assert found[name] == values < whole[name]
        assert not (door.place / "report").exists()


def test_a_seed_makes_other_inputs(door):
    usual = door.run()
    before = set(usual.frame["exact"])
    for arguments, variables in ways("--seed", "7"):
        done = door.run(*arguments, variables=variables)
        assert done.code == 0, done.text
        about = json.loads((done.folder / "environment.json").read_text(encoding="utf-8"))
        assert about["seed"] == "7"
        assert len(set(done.frame["exact"]) - before) > 20


def test_a_report_folder_gets_the_report(door):
    for number, (arguments, variables) in enumerate(ways("--report-folder", "{}")):
        place = door.place / f"my report {number}"
        done = door.run(
            *(text.format(place) for text in arguments),
            variables={name: text.format(place) for name, text in variables.items()},
        )
        assert done.code == 0, done.text
        assert (place / "index.html").is_file()
        assert f"report: {place}/index.html" in done.text


def test_a_pin_is_written_compared_and_updated_for_a_reason(door):
    folder = f"--pin-folder={door.place / 'my pins'}"
    first = door.run("--pin", "mine", folder)
    assert first.code == 0, first.text
    pin = door.place / "my pins" / "mine.txt"
    before = pin.read_bytes()
    assert door.run("--against", "mine", folder).code == 0

    bits = {"answers": {RAILS: other_bits(RAILS)}}
    rounded = door.run("--against=mine", folder, **bits)
    assert (rounded.code, rounded.verdicts) == (0, set()), rounded.text
    for arguments, variables in ways("--drift", "bits"):
        assert door.run("--against=mine", folder, *arguments, variables=variables, **bits).code == 1
    assert (rounded.folder / "drift.csv").is_file()
    strict = {"XENTCHECK_AGAINST": "mine", "XENTCHECK_PIN_FOLDER": folder.partition("=")[2]}
    assert door.run("--drift=bits", variables=strict, **bits).code == 1

    refused = door.run("--pin=mine", folder, **bits)
    assert refused.code == 4, refused.text
    assert "--reason" in refused.text
    assert pin.read_bytes() == before
    accepted = door.run("--pin=mine", "--reason", "other bits", folder, **bits)
    assert accepted.code == 0, accepted.text
    assert pin.read_bytes() != before
    assert "other bits" in pin.with_suffix(".json").read_text()
    assert door.run("--against=mine", "--drift=bits", folder, **bits).code == 0


@pytest.mark.parametrize("answer", [RAISED, ABSENT], ids=["an error", "nothing"])
def test_another_kind_of_answer_fails_against_a_release_that_the_ledger_excuses(door, answer):
    ledger = entry(RAILS) if "error" in answer else ""
    done = door.run(f"--against={RELEASE}", answers={RAILS: answer}, ledger=ledger)
    assert done.code == 1, done.text
    assert done.verdicts == (set() if "error" in answer else {"missing"})


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
        (("--drift=bits",), "--drift: does nothing without --against"),
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
    done = door.run(
        "--collect-only", variables={"XENTCHECK_SEED": "2017", "XENTCHECK_SUBJECT": "x"}
    )
    assert "variables: XENTCHECK_SEED=2017, XENTCHECK_SUBJECT=x" in done.text


def test_optimised_python_and_a_repository_that_is_read_only_cost_nothing(door):
    for variables in ({"PYTHONOPTIMIZE": "1"}, {"PYTEST_ADDOPTS": "-o cache_dir=/proc/nowhere"}):
        done = door.run("-p", "cacheprovider", variables=variables)
        assert done.code == 0, done.text
        assert "Traceback" not in done.text


def test_a_known_difference_without_a_link_has_a_text_for_an_issue(door):
    done = door.run(answers={RAILS: RAISED}, ledger=entry(RAILS))
    assert (done.folder / "scripts/upstream-planted.md").is_file()
    assert (done.frame["known"] == "planted").any()


def test_stopping_early_says_what_was_not_measured(door):
    done = door.run("-x", answers={RAILS: RAISED})
    assert done.code == 1, done.text
    rows = done.frame[done.frame["cause"] == "the run stopped before it"]
    assert set(rows["verdict"]) == {"not_measured"}
    assert set(rows["output"]) == {"logits"}
