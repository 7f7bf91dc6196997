"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

from suites import ledger
from suites.options import OPTIONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading is given."""
    lines = README[README.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_options_is_the_parser():
    table = {row[0].strip("`"): row for row in rows("option")}
    assert list(table) == [option.flag for option in OPTIONS]
    for option in OPTIONS:
        _, variable, default, values = table[option.flag]
        assert variable == (f"`{option.variable}`" if option.has_variable else "")
        assert default == f"`{option.default}`"
        if option.known and "--help" not in values:
            names = [name for name in re.findall(r"`([^`]+)`", values) if name not in table]
            assert tuple(names) == option.known


def test_the_known_differences_are_those_of_the_ledger():
    assert [row[0].strip("`") for row in rows("entry")] == [entry.id for entry in ledger.load()]


def test_the_workflow_to_paste_is_the_one_in_use():
    pasted = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert pasted
    assert pasted[1] == (ROOT / ".github/workflows/xentcheck.yml").read_text(encoding="utf-8")


def test_ci_runs_the_commands_of_the_readme():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for command in (
        "-r requirements.txt -r meta_tests/requirements.txt",
        "pytest meta_tests",
        "\npytest\n",
    ):
        assert command in script


def test_no_tolerance_is_chosen_by_hand():
    words = re.compile(r"\b(rtol|atol|allclose|isclose|rel_tol|abs_tol)\b")
    files = [
        path for room in ("reference", "suites", "reports") for path in (ROOT / room).rglob("*.py")
    ]
    assert not [path.name for path in files if words.search(path.read_text(encoding="utf-8"))]


def test_the_reference_never_imports_tensorflow_and_nobody_imports_backwards():
    def imported(room: str) -> set[str]:
        paths = [path for path in (ROOT / room).glob("*.py") if path.name != "__main__.py"]
        texts = [path.read_text(encoding="utf-8") for path in paths]
        return {
            name for text in texts for name in re.findall(r"^\s*(?:from|import) (\w+)", text, re.M)
        }

    assert not {"tensorflow", "keras", "suites", "reports"} & imported("reference")
    assert not {"tensorflow", "keras"} & imported("reports")
    assert not {"reports"} & imported("suites")
