"""The mutation tool changes one place, names it in the same way tomorrow, and notices survivors."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from meta_tests.mutations import __main__ as command
from meta_tests.mutations.relevant import by_distance
from meta_tests.mutations.trial import Trial, Unsound, attempt
from reports.sensitivity.source.mutation import mutants

ROOT = Path(__file__).parents[1]
SOURCE = b'''
def f(x: int = 1, *, far: bool = False) -> list:
    """Returns -1 + 1."""
    if x < 2 and not far:
        return [y for y in range(x, step=3) if y]
    raise ValueError(f"{x + 1}")
'''


def changes(kind: str) -> list[tuple[str, str]]:
    return [(m.before, m.after) for m in mutants("f.py", SOURCE) if m.kind == kind]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("comparison", [("x < 2", "(x <= 2)")]),
        ("connective", [("x < 2 and not far", "(x < 2 or not far)")]),
        ("negation", [("not far", "(far)")]),
        ("number", [("1", "2"), ("2", "3"), ("3", "4")]),
        ("truth value", [("False", "True")]),
        ("condition", [("x < 2 and not far", "(not (x < 2 and (not far)))")]),
        ("filter", [("[y for y in range(x, step=3) if y]", "[y for y in range(x, step=3)]")]),
        ("returned value", [("[y for y in range(x, step=3) if y]", "None")]),
        ("deleted statement", [('raise ValueError(f"{x + 1}")', "pass")]),
        ("dropped keyword", [("range(x, step=3)", "range(x)")]),
        ("operator", []),  # that of the docstring and that of the message are no code to test
    ],
)
def test_each_kind_of_change_is_found_where_code_can_be_tested(kind, expected):
    assert changes(kind) == expected


@pytest.mark.parametrize(
    "file",
    ["reports/compare/drift/drift.py", "suites/ledger/ledger.py", "reference/arithmetic/ball.py"],
)
def test_a_mutant_of_our_code_is_another_program_that_parses(file):
    source = (ROOT / file).read_bytes()
    found = mutants(file, source)
    assert len(found) > 20
    for mutant in found:
        assert ast.dump(ast.parse(mutant.apply(source))) != ast.dump(ast.parse(source))


def test_what_a_correct_program_never_notices_is_left_alone():
    source = b"@dataclass(frozen=True, eq=False)\nclass A:\n    x = zip(a, strict=True)\n"
    found = [(one.kind, one.before) for one in mutants("f.py", source)]
    assert found == [
        ("dropped keyword", "dataclass(frozen=True, eq=False)"),
        ("truth value", "False"),
    ]


def test_ids_stay_when_lines_move_and_differ_between_mutants():
    ids = [mutant.id for mutant in mutants("f.py", SOURCE)]
    assert len(set(ids)) == len(ids)
    assert [m.id for m in mutants("f.py", b"import ast\n\n" + SOURCE)] == ids


def test_the_nearest_tests_come_first_and_none_is_left_out():
    tests = by_distance(ROOT, "reports/compare/drift/drift.py")
    assert tests[0] == "meta_tests/test_drift.py"
    every = {f"meta_tests/{path.name}" for path in ROOT.glob("meta_tests/test_*.py")}
    assert set(tests) == every - {"meta_tests/test_mutations.py"}


@pytest.fixture
def project(tmp_path):
    """A project of one module and one test, which sees only whether f() is positive."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "meta_tests").mkdir()
    (tmp_path / "suites").mkdir()
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--tier')\n    parser.addoption('--report-folder')\n"
    )
    (tmp_path / "suites/test_nothing.py").write_text("def test_nothing(): pass\n")
    (tmp_path / "reference/one.py").write_text("def f():\n    return 1 + 1\n")
    test = "from reference.one import f\n\ndef test_f(): assert f() > 0\n"
    (tmp_path / "meta_tests/test_one.py").write_text(test)
    return tmp_path


def test_a_trial_tells_killed_from_survived_and_puts_the_file_back(project):
    path = project / "reference/one.py"
    source = path.read_bytes()
    verdicts = {}
    for mutant in mutants("reference/one.py", source):
        verdicts[mutant.kind, mutant.after] = attempt(mutant, project).verdict
        assert path.read_bytes() == source
    assert verdicts["operator", "(1 - 1)"] == "killed"
    assert verdicts["returned value", "None"] == "killed"
    assert verdicts["number", "2"] == "survived"


def test_the_nearest_tests_alone_leave_a_mutant_open(project):
    source = (project / "reference/one.py").read_bytes()
    number = next(one for one in mutants("reference/one.py", source) if one.kind == "number")
    assert attempt(number, project, near=1).verdict == "open"


@pytest.mark.parametrize(
    ("file", "text", "failure"),
    [
        ("meta_tests/test_one.py", "def test_f(): assert False\n", "test_one.py::test_f"),
        ("conftest.py", "raise SystemExit(9)\n", "exit 9"),
    ],
)
def test_what_fails_without_a_change_kills_nothing(project, file, text, failure):
    (project / file).write_text(text)
    mutant, *_ = mutants("reference/one.py", (project / "reference/one.py").read_bytes())
    with pytest.raises(Unsound, match=f"^without a change, too: .*{failure}"):
        attempt(mutant, project)


def test_unknown_survivors_and_entries_that_are_killed_are_reported():
    trials = [
        Trial("known", "survived", ""),
        Trial("unknown", "survived", ""),
        Trial("stale", "killed", "t"),
        Trial("dead", "killed", "t"),
    ]
    listed = {"known": "the same", "stale": "the same", "not drawn": "the same"}
    assert command.compare(trials, listed) == (["unknown"], ["stale"])


def test_a_sample_is_the_same_for_the_same_seed_and_goes_on_from_its_state(tmp_path, capsys):
    every = mutants("f.py", SOURCE)
    assert command.draw(every, 5, 3) == command.draw(every, 5, 3) != command.draw(every, 5, 4)
    state = tmp_path / "state"
    first = command.draw(every, 1, 3)[0]
    state.write_text(f'{{"mutant": "{first.id}", "verdict": "killed", "by": "t"}}\n')
    assert command._try([first], 1, state) == [Trial(first.id, "killed", "t")]


def test_an_open_mutant_is_tried_by_all_tests_when_all_are_asked_for(tmp_path, monkeypatch):
    first, *_ = mutants("f.py", SOURCE)
    state = tmp_path / "state"
    state.write_text(f'{{"mutant": "{first.id}", "verdict": "open", "by": ""}}\n')
    assert command._try([first], 1, state, 12) == [Trial(first.id, "open", "")]
    monkeypatch.setattr(command, "_one", survive)
    assert command._try([first], 1, state) == [Trial(first.id, "survived", "")]
    assert command._read(state) == {first.id: Trial(first.id, "survived", "")}


def survive(mutant, near):
    assert near is None
    return Trial(mutant.id, "survived", "")


def test_each_listed_survivor_is_a_mutant_of_today_with_a_reason():
    listed = command.expected_survivors()
    ids = {mutant.id for mutant in command.every_mutant()}
    assert all(re.fullmatch("[0-9a-f]{8}", name) and name in ids for name in listed)
    assert all(len(why) > 20 for why in listed.values())
