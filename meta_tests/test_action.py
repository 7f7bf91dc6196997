"""The action compares what calls it.

What a machine without GitHub can do is done: the script runs with the variables and files that a runner gives it.
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
    """Run the shell step of the action as a runner does."""
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
    runner |= {"GITHUB_ACTION_PATH": ROOT, "GITHUB_ACTIONS": "true"}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
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


def test_versions_are_installed_apart_and_compared_with_a_baseline(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program(tmp_path / "python", OWN_PYTHON.format(log=log, python=sys.executable))
    versions = {"tensorflow": "2.21.0", "keras": "3.15.1"}
    done = compare(tmp_path, **versions, baseline="tf-2.21.0-keras-3.15.1", options=NARROW)
    assert done.code == 0, done.text
    assert done.installed.splitlines()[1].endswith("tensorflow==2.21.0 keras==3.15.1")
    assert "## Against tf-2.21.0-keras-3.15.1" in done.summary


def test_a_red_run_keeps_its_code_and_still_has_its_report(tmp_path: Path) -> None:
    few = "--losses=binary_crossentropy --forms=function --dtypes=float32 --executions=eager"
    done = compare(tmp_path, python=sys.executable, baseline="tf-2.4.4", options=few)
    assert (done.code, done.outputs["code"]) == (1, "1"), done.text
    assert (Path(done.outputs["report"]) / "drift.html").is_file()
    assert (Path(done.outputs["report"]) / "junit.xml").is_file()
    assert "## Against tf-2.4.4" in done.summary


def test_nothing_is_compared_with_a_baseline_that_there_is_not(tmp_path: Path) -> None:
    done = compare(tmp_path, python=sys.executable, baseline="mine", options=NARROW)
    assert (done.code, done.outputs) == (4, {"code": "4"}), done.text


def test_only_the_step_of_the_script_is_of_shell() -> None:
    steps = ACTION["runs"]["steps"]
    assert [step["id"] for step in steps if "run" in step] == ["compare"]


@pytest.mark.parametrize("tier", ["fast", "quick; touch pwned", "$(touch pwned)", "a\nb"])
def test_an_input_is_a_text_and_no_command(tmp_path: Path, tier: str) -> None:
    done = compare(tmp_path, python=sys.executable, tier=tier)
    assert (done.code, done.outputs, done.summary) == (4, {"code": "4"}, "")
    assert not [*tmp_path.rglob("pwned")]
    assert not (ROOT / "pwned").exists()
