"""The worked example of CONTRIBUTING works: its entries, put where they say, are asked and judged."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import reports

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```python\n# (\S+?)(?:, (\w+))?\n(.*?)```", re.DOTALL)
TABLE = {
    "ARGUMENTS": "for argument in (\n",
    "FORMS": "for form in (\n",
    "LOSSES": "for loss in (\n",
    "RELATIONS": "RELATIONS = (\n",
    "STORIES": "STORIES: tuple[Mapping[str, str], ...] = (\n",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the entries of the example in their tables."""
    folder = tmp_path_factory.mktemp("copy")
    for room in ("reference", "suites", "reports"):
        ignore = shutil.ignore_patterns("latest", "__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=ignore)
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder)
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(blocks) == 8
    for name, table, entry in blocks:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        head = TABLE.get(table, "")
        assert not head or text.count(head) == 1
        text = text.replace(head, head + entry) if head else f"{text}\n\n{entry}"
        path.write_text(text, encoding="utf-8")
    return folder


def test_new_entries_are_asked_and_judged(copy: Path) -> None:
    pytest.importorskip("tensorflow")
    options = ("--executions=eager", "--dtypes=float32", "--report-folder=report", "-q")
    chosen = (
        "--losses=binary_crossentropy,kl_divergence",
        "--forms=function,negated-twice,fit-class",
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, *chosen]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    print(done.stdout[-6000:])
    assert "comparisons: " in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    rows = reports.load(copy / "report")
    for field, name in (
        ("arguments", "batch_size:3+sample_weight:rows"),
        ("form", "negated-twice"),
        ("loss", "kl_divergence"),
        ("quantity", "twice negated is not negated"),
    ):
        verdicts = rows[rows[field] == name]["verdict"]
        assert len(verdicts) > 20
        assert (verdicts == "agree").mean() > 0.7, (field, verdicts.value_counts())


def test_a_new_option_is_combined_with_the_others(copy: Path) -> None:
    code = "from suites.cases.loss_options import ARGUMENTS, keywords; print(keywords({'halved': 'True'}, False, ''))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "('halved=True',)"
