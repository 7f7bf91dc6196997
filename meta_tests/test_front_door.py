"""The front door, as a user meets it: a whole pytest in a process of its own.

Where it is not about the start, packages and TensorFlow are imported already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import reports
from meta_tests import warm, warm_observer
from suites.observe import environment
from suites.plugin.options import OPTIONS

pytestmark = pytest.mark.skipif(not find_spec("tensorflow"), reason="TensorFlow is not installed")
ROOT = Path(__file__).parents[1]
FEW = ("--losses=binary_crossentropy", "--forms=nn", "--dtypes=float32", "--executions=eager")


PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly")
Done = subprocess.CompletedProcess[str]


def report(folder: Path, arguments: tuple[str, ...]) -> list[str]:
    given = any("--report-folder" in argument for argument in arguments)
    return [] if given else [f"--report-folder={folder}"]


def run(folder: Path, *arguments: str, **variables: str) -> Done:
    """Run the suites on a few cases; the report goes to `folder`."""
    command = [sys.executable, "-m", "pytest", *PLAIN, *report(folder, arguments), *arguments]
    whole = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True, check=False)


def run_warm(folder: Path, *arguments: str, **variables: str) -> Done:
    """The same in processes that have imported their packages."""
    command = (*PLAIN, "-p", "no:hypothesispytest", "-p", "meta_tests.warm_observer")
    command += (*report(folder, arguments), *arguments)
    whole = {**os.environ, **warm_observer.variables(), **variables}
    return Done(command, *warm.run(command, whole))


def complaint(done: Done) -> str:
    """The one line that says what was wrong; fails if there is a traceback."""
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    lines = [
        line for line in text.splitlines() if line.startswith(("ERROR:", "Exit:", "!", "xent"))
    ]
    return "\n".join(lines) or text


@pytest.fixture(scope="module")
def usual(tmp_path_factory) -> tuple[Path, Done]:
    folder = tmp_path_factory.mktemp("usual")
    return folder, run(folder, *FEW)


def test_a_run_is_green_and_leaves_a_report(usual):
    folder, done = usual
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["new"] == summary["gone"] == summary["not_measured"] == 0
    assert summary["agree"] > 100
    assert len(json.loads((folder / "environment.json").read_text())["claims"]) == 12


@pytest.mark.parametrize("way", [("-p", "randomly"), ("-n2", "--dist=worksteal")])
def test_rows_are_the_same_whatever_the_order(usual, tmp_path, way):
    pytest.importorskip("xdist")
    pytest.importorskip("pytest_randomly")
    done = run_warm(tmp_path, *FEW, *way)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = (tmp_path / "comparisons.parquet").read_bytes()
    assert rows == (usual[0] / "comparisons.parquet").read_bytes()


@pytest.mark.parametrize(
    ("keyword", "count"),
    [
        ("not dtype=float32", 13),  # the claims, and the surface
        ("form=nn,arguments=plain,output=logits,dtype=float32 and not labels", 1),
    ],
)
def test_ids_can_be_selected_by_k(tmp_path, keyword, count):
    done = run_warm(tmp_path, *FEW, "--collect-only", "-k", keyword)
    assert done.returncode == 0
    assert sum("::" in line for line in done.stdout.splitlines()) == count


def test_no_tensorflow_is_an_environment_that_cannot_be_measured(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'tensorflow' else find(name, *a)\n"
    )
    done = run(tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 6
    assert "TensorFlow is not installed" in complaint(done)


PLANTED = """
import os, runpy, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
{code}
runpy.run_path({observer!r}, run_name="__main__")
"""
OBSERVER = """
import os
from pathlib import Path
from suites.observe import environment
if {socket!r} not in os.environ:  # else it is what the warm one does
    environment.OBSERVER = Path({file!r})
"""
TWICE = """
from keras.src.backend.tensorflow import nn
right = nn.binary_crossentropy
nn.binary_crossentropy = lambda *args, **options: 2 * right(*args, **options)
"""


@pytest.mark.parametrize("name", ["matplotlib", "jinja2", "pandas", "flint"])
def test_a_package_that_is_missing_is_named_before_the_run(tmp_path, name):
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{name!r}] = None\n")
    done = run(tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 6
    assert name in complaint(done)
    assert "pip install -r requirements.txt" in complaint(done)


def plant(folder: Path, code: str) -> dict[str, str]:
    """Variables under which the observers of the run execute `code` after importing Keras."""
    file = folder / "planted_observer.py"
    file.write_text(PLANTED.format(code=code, observer=str(environment.OBSERVER)))
    planted = plant_here(folder, OBSERVER.format(file=str(file), socket=warm_observer.SOCKET))
    return {**planted, warm_observer.PROGRAM: str(file)}


def plant_here(folder: Path, code: str) -> dict[str, str]:
    """Variables under which every process of pytest executes `code`."""
    (folder / "planted.py").write_text(code)
    return {"PYTHONPATH": str(folder), "PYTEST_PLUGINS": "planted"}


def test_a_difference_is_told_in_full_and_has_a_script_that_shows_it(tmp_path):
    fault = plant(tmp_path, TWICE)
    done = run(tmp_path, "--forms=ops", *(FEW[0], *FEW[2:]), **fault)
    assert done.returncode == 1
    for word in (
        "call   keras.ops",
        "exact ",
        "correct  from",
        "ULP",
        "cause ",
        "rerun  pytest -k",
    ):
        assert word in done.stdout
    lines = [line for line in done.stdout.splitlines() if "  script " in line]
    script = next(line.split()[1] for line in lines if "-interior-" in line)  # no known difference
    shown = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("loss [")
    assert json.loads((tmp_path / "summary.json").read_text())["new"] > 0


def test_a_worker_that_dies_costs_only_its_own_cases(tmp_path):
    pytest.importorskip("xdist")
    fault = plant_here(
        tmp_path,
        "import os\nfrom suites.plugin.run import Run\ncheck = Run.check\n"
        "def check_or_die(self, group):\n"
        "    os._exit(1) if 'axis:0,output=logits' in group else None\n"
        "    return check(self, group)\nRun.check = check_or_die",
    )
    done = run_warm(tmp_path, *FEW[:1], "--forms=nn,function", *FEW[2:], "-n1", **fault)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert done.returncode == 6
    assert summary["not_measured"] > 0
    assert summary["agree"] > 0
    rows = reports.load(tmp_path)
    dead = rows[rows["cause"] == "not measured: the process died while this case ran"]
    assert len(dead) == summary["not_measured"]
    assert set(zip(dead["arguments"], dead["output"], strict=True)) == {("axis:0", "logits")}


def test_a_call_that_ends_its_process_costs_one_case(usual, tmp_path):
    fault = plant(
        tmp_path,
        "import tensorflow as tf\nright = tf.nn.sigmoid_cross_entropy_with_logits\n"
        "def right_or_die(labels, logits):\n"
        "    return right(labels, logits) if logits.shape[-1] != 0 else os.abort()\n"
        "tf.nn.sigmoid_cross_entropy_with_logits = right_or_die",
    )
    done = run_warm(tmp_path, *FEW, **fault)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert done.returncode == 1
    assert 0 < summary["new"] < summary["agree"]
    rows = reports.load(tmp_path)
    died = rows["observed"].str.contains("Crash: SIGABRT")
    assert set(rows["inputs"][died]) == {"no-classes"}


def test_an_interrupted_run_leaves_the_report_of_before(usual):
    folder, _ = usual
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    fault = plant_here(
        folder,
        "from suites.plugin.run import Run\n"
        "def check(*_):\n    raise KeyboardInterrupt\nRun.check = check",
    )
    done = run_warm(folder, *FEW, **fault)
    (folder / "planted.py").unlink()
    assert done.returncode == 2
    assert "no report written" in done.stdout
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before


def test_help_teaches_every_option_without_importing_tensorflow():
    done = run(Path(), "--help")
    assert done.returncode == 0
    for option in OPTIONS:
        assert option.flag in done.stdout
        assert option.variable in done.stdout or not option.has_variable
    assert "TensorFlow:" not in done.stdout
