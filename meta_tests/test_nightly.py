"""The nightly builds are compared, and one issue about them is kept up to date: all shell of it, without GitHub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from meta_tests.test_action import program

ROOT = Path(__file__).parents[1]
GH = """#!/usr/bin/env python3
import json, os, sys
print(json.dumps(sys.argv[1:]), file=open(os.environ["GH_LOG"], "a"))
if sys.argv[1:3] == ["issue", "list"]:
    print(os.environ["GH_ISSUES"])
"""
TITLE = "The nightly builds"
OTHERS = [{"number": 3, "title": f"{TITLE} are late"}]


@pytest.mark.parametrize(
    ("code", "issues", "called"),
    [
        ("0", OTHERS, None),
        ("0", [*OTHERS, {"number": 7, "title": TITLE}], ["close", "7"]),
        ("1", [*OTHERS, {"number": 7, "title": TITLE}], ["edit", "7"]),
        ("6", OTHERS, ["create", "--title", TITLE]),
        ("1", [], ["create", "--title", TITLE]),
    ],
)
def test_one_issue_is_kept_up_to_date(
    tmp_path: Path, code: str, issues: list[dict[str, object]], called: list[str] | None
) -> None:
    program(tmp_path / "gh", GH)
    body, log = tmp_path / "body.md", tmp_path / "log"
    body.write_text("verdict\n")
    variables = {"GH_LOG": str(log), "GH_ISSUES": json.dumps(issues)}
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [ROOT / ".ci/issue", TITLE, code, body],
        env=os.environ | variables | {"PATH": path},
        check=True,
    )
    first, *others = map(json.loads, log.read_text().splitlines())
    assert first[:2] == ["issue", "list"]
    assert [one[1 : 1 + len(called or ())] for one in others] == ([called] if called else [])


def test_what_is_too_long_for_an_issue_leaves_out_what_opens(tmp_path: Path) -> None:
    program(tmp_path / "gh", GH)
    body = tmp_path / "body.md"
    rows = "<details><summary>more</summary>\n" + "| row |\n" * 9000 + "</details>\n"
    body.write_text(f"verdict\n{rows}legend\n")
    variables = {"GH_LOG": str(tmp_path / "log"), "GH_ISSUES": "[]"}
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [ROOT / ".ci/issue", TITLE, "1", body],
        env=os.environ | variables | {"PATH": path},
        check=True,
    )
    assert body.read_text() == "verdict\nlegend\n"


NIGHTLY = yaml.safe_load(
    (ROOT / ".github/workflows/nightly-builds.yml").read_text(encoding="utf-8")
)
PYTEST = """#!/usr/bin/env bash
[ -z "$REPORT" ] || { mkdir -p reports/latest; echo "$REPORT" > reports/latest/summary.md; }
exit "$CODE"
"""


def of_the_night(job: str) -> list[str]:
    return [step["run"] for step in NIGHTLY["jobs"][job]["steps"] if "run" in step]


def shell(folder: Path, text: str, **variables: str) -> None:
    """Run a step as a runner does, with the programs of a folder first."""
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    files = {
        name: str(folder / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GH_LOG")
    }
    environment = os.environ | files | variables | {"PATH": path}
    command = ["bash", "-e", "-o", "pipefail", "-c", text]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def test_the_night_installs_the_builds_of_the_night(tmp_path: Path) -> None:
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    program(tmp_path / "pip", '#!/usr/bin/env bash\necho "$@" >> "$GH_LOG"\n')
    install, _ = of_the_night("compare")
    shell(tmp_path, install)
    names = "tf-nightly keras-nightly tf_keras-nightly"
    assert (tmp_path / "GH_LOG").read_text() == f"install {names} -r requirements.txt\n"
    left = (tmp_path / "requirements.txt").read_text()
    assert "pytest" in left
    assert not re.search(r"^(tensorflow|keras|tf_keras)==", left, re.MULTILINE)


@pytest.mark.parametrize(("code", "report"), [("0", "green"), ("1", "red"), ("3", "")])
def test_the_night_passes_on_how_the_run_ended(tmp_path: Path, code: str, report: str) -> None:
    program(tmp_path / "pytest", PYTEST)
    _, run = of_the_night("compare")
    shell(tmp_path, run, CODE=code, REPORT=report)
    assert (tmp_path / "GITHUB_OUTPUT").read_text() == f"code={code}\n"
    summary = tmp_path / "GITHUB_STEP_SUMMARY"
    assert (summary.read_text() if report else summary.exists()) == (
        f"{report}\n" if report else False
    )


@pytest.mark.parametrize("summary", ["what is new", ""])
def test_the_night_writes_what_it_found_into_the_issue(tmp_path: Path, summary: str) -> None:
    program(tmp_path / "gh", GH)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    if summary:
        (tmp_path / "report").mkdir()
        (tmp_path / "report/summary.md").write_text(summary)
    (tell,) = of_the_night("tell")
    shell(tmp_path, tell, CODE="1", RUN="https://example.org/run", GH_ISSUES="[]")
    assert (tmp_path / "body.md").read_text() == f"https://example.org/run ended with 1.\n{summary}"
    *_, create = map(json.loads, (tmp_path / "GH_LOG").read_text().splitlines())
    assert create[:2] == ["issue", "create"]
