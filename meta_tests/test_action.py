"""The action compares what calls it, and the issue of the nightly builds is kept up to date.

What a machine without GitHub can do is done: the scripts run with the variables and files that a runner gives them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
NARROW = "--losses=weighted_sigmoid_crossentropy --dtypes=float32 --executions=eager"

# Stands for the Python of setup-python: an environment that it makes runs the tests' own, and installs nothing.
OWN_PYTHON = """#!/usr/bin/env bash
mkdir -p "$3/bin"
cat > "$3/bin/python" <<END
#!/usr/bin/env bash
if [ "\\$2" = pip ]; then echo "\\$@" >> {log}; else exec {python} "\\$@"; fi
END
chmod +x "$3/bin/python"
"""
GH = """#!/usr/bin/env python3
import json, os, sys
print(json.dumps(sys.argv[1:]), file=open(os.environ["GH_LOG"], "a"))
if sys.argv[1:3] == ["issue", "list"]:
    print(os.environ["GH_ISSUES"])
"""


def program(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@dataclass(frozen=True)
class Ran:
    code: int
    outputs: dict[str, str]
    summary: str
    installed: str
    text: str


def compare(folder: Path, **inputs: str) -> Ran:
    """Run the script of the action as a runner does."""
    log, output, summary = (folder / name for name in ("log", "output", "summary"))
    for path in (log, output, summary):
        path.touch()
    own = program(folder / "own", OWN_PYTHON.format(log=log, python=sys.executable))
    (folder / "temp").mkdir(exist_ok=True)
    names = {name: str(one["default"]) for name, one in ACTION["inputs"].items()} | inputs
    step = next(one for one in ACTION["runs"]["steps"] if one.get("id") == "compare")
    variables = {
        variable: names[found[1]]
        for variable, text in step["env"].items()
        if (found := re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", text))
    }
    runner = {"RUNNER_TEMP": folder / "temp", "GITHUB_WORKSPACE": folder, "OWN_PYTHON": own}
    runner |= {"GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary}
    done = subprocess.run(
        [ROOT / ".ci/compare"],
        cwd=folder,
        env={**os.environ, **variables, **{name: str(path) for name, path in runner.items()}},
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Ran(
        done.returncode, outputs, summary.read_text(), log.read_text(), done.stdout + done.stderr
    )


def test_every_input_reaches_the_script_as_a_variable_and_never_as_its_text() -> None:
    steps = ACTION["runs"]["steps"]
    used = {name for step in steps for text in step.get("env", {}).values() for name in re.findall(r"inputs\.(\w+)", text)}  # fmt: skip
    assert used == ACTION["inputs"].keys()
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)


def test_the_environment_that_calls_is_compared_and_nothing_is_installed_there(
    tmp_path: Path,
) -> None:
    place = tmp_path / "theirs/bin"
    place.mkdir(parents=True)
    program(place / "python", f'#!/usr/bin/env bash\nexec {sys.executable} "$@"\n')
    done = compare(tmp_path, python="theirs", options=NARROW)
    assert done.code == 0, done.text
    assert done.outputs["code"] == "0"
    report = Path(done.outputs["report"])
    assert json.loads(Path(done.outputs["badge"]).read_text())["label"] == "xentcheck"
    assert done.summary == (report / "summary.md").read_text(encoding="utf-8")
    assert "testsuite" in (report / "junit.xml").read_text(encoding="utf-8")
    (own,) = done.installed.splitlines()  # one call of pip, for the environment of the suite
    wanted = (tmp_path / "temp/xentcheck/requirements.txt").read_text(encoding="utf-8")
    assert own.endswith("temp/xentcheck/requirements.txt")
    assert "pytest>=" in wanted
    assert not re.search(r"^(tensorflow|keras|tf_keras)\b", wanted, re.MULTILINE)


@pytest.mark.parametrize("tier", ["fast", "quick; touch pwned", "$(touch pwned)", "a\nb"])
def test_an_input_is_a_text_and_no_command(tmp_path: Path, tier: str) -> None:
    done = compare(tmp_path, python=sys.executable, tier=tier)
    assert (done.code, done.outputs, done.summary) == (4, {"code": "4"}, "")
    assert not [*tmp_path.rglob("pwned")]
    assert not (ROOT / "pwned").exists()


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
