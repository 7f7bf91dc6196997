"""What the README says is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from docs import tables
from meta_tests import as_typed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^):#]+)(#[\w-]+)?\)")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table of a document whose first heading is given."""
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in tables.FILES)
    lines = text[text.index(f"| {heading} |") :].splitlines()[2:]
    cells = (line.strip("|").split("|") for line in takewhile(lambda line: line[:1] == "|", lines))
    return [[cell.strip() for cell in line] for line in cells]


@pytest.mark.parametrize("path", tables.FILES, ids=lambda path: path.name)
def test_tables_are_those_of_the_code(path):
    text = path.read_text(encoding="utf-8")
    assert text == tables.written(text), "python docs/tables.py"


def test_every_table_has_its_place_and_every_place_a_table():
    names = re.findall(r"<!-- begin (.*) -->", "".join(map(Path.read_text, tables.FILES)))
    assert sorted(names) == sorted(tables.TABLES)


@pytest.mark.parametrize("path", tables.FILES, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path):
    for file, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        there = path.parent / file
        assert there.is_file(), file
        heading = anchor.removeprefix("#").replace("-", " ")
        assert not anchor or f"# {heading}" in there.read_text(encoding="utf-8").lower()


def test_a_newcomer_reads_the_readme_in_a_few_minutes():
    assert len(README) < 9_900
    assert max(map(len, README.splitlines())) < 260


def test_the_workflow_to_paste_is_the_one_in_use():
    pasted = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert pasted
    assert pasted[1] == (ROOT / ".github/workflows/xentcheck.yml").read_text(encoding="utf-8")


def test_ci_runs_the_commands_of_the_readme():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    steps = (
        "-r requirements.txt -r meta_tests/requirements.txt",
        " -r requirements.txt\nwait ",
        "\npython meta_tests/as_typed.py\n",
        "pytest meta_tests",
        "\npytest --against tf-2.21.0-keras-3.15.1\n",
    )
    places = [script.find(step) for step in steps]
    assert places == sorted(places)
    assert min(places) > 0


def test_every_command_is_run_as_typed_or_has_a_reason():
    assert set(as_typed.documented()) == set(as_typed.COMMANDS)
    assert (
        list(as_typed.options())
        == list(as_typed.VALUES)
        == [row[0].strip("`") for row in rows("option")]
    )
    typed = "\n".join(command for command, _ in as_typed.in_every_way())
    for flag, variable in as_typed.options().items():
        assert f" {flag} " in typed
        assert f" {flag}=" in typed
        assert not variable or f"{variable}=" in typed


@pytest.mark.parametrize(
    ("command", "way", "problem"),
    [
        ("echo one two", as_typed.Way(says="one two"), ""),
        ("exit 4;", as_typed.Way(code=4), ""),
        ("exit 4;", as_typed.Way(), "ended with 4, not with 0"),
        ("true", as_typed.Way(code=1), "ended with 0, not with 1"),
        ("echo one", as_typed.Way(says="two"), "does not say 'two'"),
        ("echo 'Traceback (most recent call last):'", as_typed.Way(), "a traceback"),
        ("echo one", as_typed.Way(more="two", says="one two"), ""),
        ("sleep 9", as_typed.Way(), "took more than 0.2 s"),
    ],
)
def test_what_is_not_as_written_is_noticed(command, way, problem, tmp_path, monkeypatch):
    monkeypatch.setattr(as_typed, "LIMIT", 0.2 if "sleep" in command else 60.0)
    assert as_typed.run(command, way, tmp_path).partition("\n")[0] == problem


def test_no_tolerance_is_chosen_by_hand():
    words = re.compile(r"\b(rtol|atol|allclose|isclose|rel_tol|abs_tol)\b")
    files = [
        path for room in ("reference", "suites", "reports") for path in (ROOT / room).rglob("*.py")
    ]
    assert not [path.name for path in files if words.search(path.read_text(encoding="utf-8"))]


ROOMS = (
    "reference.arithmetic",
    "reference",
    "suites.cases",
    "suites.observe",
    "suites.judge",
    "suites.ledger",
    "suites.hunt",
    "suites.plugin",
    "suites",
    "reports.store",
    "reports.tasks",
    "reports.run",
    "reports.releases",
    "reports.compare.drift",
    "reports.compare.grouping",
    "reports.compare.since",
    "reports.compare.words",
    "reports.compare",
    "reports.bisect",
    "reports.explain",
    "reports.accuracy",
    "reports.sensitivity.source",
    "reports.sensitivity",
    "reports.commands",
    "reports.hunt",
    "reports.plugin",
    "reports",
    "conftest",
)


def imports() -> Iterator[tuple[str, str]]:
    """Each module, and what it imports, by their dotted names."""
    rooms = (ROOT / room for room in ("reference", "suites", "reports"))
    for path in (*(path for room in rooms for path in room.rglob("*.py")), ROOT / "conftest.py"):
        if ROOT / "reports/latest" in path.parents:  # scripts of a run, which are no modules
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom):
                yield from ((module, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)


def floor(module: str) -> int | None:
    """The place in ROOMS of the innermost room of a module."""
    fits = [room for room in ROOMS if f"{module}.".startswith(f"{room}.")]
    return ROOMS.index(max(fits, key=len)) if fits else None


def test_no_room_imports_from_one_above_it() -> None:
    upward = [
        f"{module} imports {name}"
        for module, name in imports()
        if (to := floor(name)) is not None and to > (floor(module) or 0)
    ]
    assert not upward


def test_reference_and_reports_never_import_tensorflow() -> None:
    assert not [
        f"{module} imports {name}"
        for module, name in imports()
        if re.match("(tensorflow|keras)\\b", name) and not module.startswith("suites.observe.")
    ]


def test_recordings_are_compared_without_arithmetic_of_our_own() -> None:
    """The tables say what everyday use is; nothing is computed again, and nothing is judged."""
    of_compare = ("grouping.changes", "grouping.groups", "since.timeline")
    of_commands = ("trace", "upgrade", "pins", "release_claims")
    code = f"""
import sys
{"".join(f"import reports.compare.{name}; " for name in (*of_compare, *of_commands))}
print(*(name for name in sys.modules if name.startswith(("reference.", "suites.", "flint"))))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    arithmetics = {f"reference.arithmetic.{name}" for name in ("exact", "enclosure", "native")}
    too_much = {"flint", "suites.judge.judge", "suites.observe.client", *arithmetics}
    assert not too_much & set(done.stdout.split())
