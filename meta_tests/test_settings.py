"""Settings that change what is measured end a run in one line, which names where they come from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.settings import flushing
from suites.observe import settings

ROOT = Path(__file__).parents[1]
USUAL = {
    "floatx": "float32",
    "epsilon": "1e-07",
    "backend": "tensorflow",
    "legacy_keras": "no",
    "image_data_format": "channels_first",
    "tf_xla_flags": "--tf_xla_auto_jit=2",
    "onednn": "0",
}
FAST = "--xla_cpu_enable_fast_math"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of Keras in which its file sets everything otherwise than it is usual."""
    text = {"floatx": "float16", "epsilon": 0.001, "backend": "jax", "image_data_format": "no"}
    (tmp_path / "keras.json").write_text(json.dumps(text))
    return tmp_path


def test_what_is_usual_or_harmless_is_no_problem(home: Path) -> None:
    assert settings.problem(USUAL, {"KERAS_HOME": str(home), "XLA_FLAGS": FAST + "=false"}) == ""
    assert settings.problem({}, {}) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("floatx", "float16"), ("epsilon", "0.001"), ("backend", "jax"), ("legacy_keras", "yes")],
)
def test_a_setting_is_named_with_its_value(name: str, value: str) -> None:
    line = settings.problem(USUAL | {name: value}, {"KERAS_HOME": "/nowhere"})
    assert line.startswith(f"{name} is {value}, from a program that runs when Python starts, and")


@pytest.mark.parametrize(
    ("name", "value"), [("floatx", "float16"), ("epsilon", "0.001"), ("backend", "jax")]
)
def test_the_file_that_sets_it_is_named(home: Path, name: str, value: str) -> None:
    line = settings.problem(USUAL | {name: value}, {"KERAS_HOME": str(home)})
    assert f"{name} is {value}, from {home}/keras.json, and must be {USUAL[name]}: " in line
    assert settings.configured({"KERAS_HOME": str(home)})[name] == value


@pytest.mark.parametrize(
    ("name", "variable", "value"),
    [("backend", "KERAS_BACKEND", "torch"), ("legacy_keras", "TF_USE_LEGACY_KERAS", "1")],
)
def test_the_variable_that_sets_it_is_named(
    home: Path, name: str, variable: str, value: str
) -> None:
    line = settings.problem(USUAL | {name: value}, {"KERAS_HOME": str(home), variable: value})
    assert line.endswith(f"from {variable}={value}, and must be {USUAL[name]}: unset {variable}")


def test_a_variable_goes_before_the_file(home: Path) -> None:
    variables = {"KERAS_HOME": str(home), "KERAS_BACKEND": "tensorflow"}
    assert settings.configured(variables)["backend"] == "tensorflow"


@pytest.mark.parametrize("text", ["", "[1]", "{", "\udcff"])
def test_a_file_that_is_none_sets_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "keras.json").write_bytes(text.encode(errors="surrogateescape"))
    assert settings.configured({"KERAS_HOME": str(tmp_path)}) == {}


@pytest.mark.parametrize("flags", [FAST, FAST + "=true", "--xla_dump_to=/x " + FAST + "=1"])
def test_fast_math_is_named(tmp_path: Path, flags: str) -> None:
    assert f"from {flags.split()[-1]} in XLA_FLAGS" in settings.problem(USUAL, {"XLA_FLAGS": flags})
    file = tmp_path / "flags"
    file.write_text(flags.replace(" ", "\n"))
    assert "fast-math" in settings.problem(USUAL, {"XLA_FLAGS": str(file)})


@pytest.mark.parametrize("flags", [FAST + "=false", FAST + "=0", "--xla_dump_to=/x", "/nowhere"])
def test_other_flags_are_no_problem(flags: str) -> None:
    assert settings.problem(USUAL, {"XLA_FLAGS": flags}) == ""


def test_a_limit_on_training_is_named() -> None:
    assert "KERAS_MAX_EPOCHS is 1 and" in settings.problem(USUAL, {"KERAS_MAX_EPOCHS": "1"})


def test_a_process_that_flushes_subnormal_numbers_can_not_judge(tmp_path: Path) -> None:
    assert settings.of_this_process() == ""
    library = flushing(tmp_path)
    if library is None:
        pytest.skip("there is no gcc")
    line = "takes subnormal numbers for 0, and the reference needs them: leave out"
    code, of_run = run(LD_PRELOAD=str(library))
    assert code == 6
    assert line in of_run
    command = [sys.executable, "-m", "reports", "symptom", "nan"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 6
    assert line in done.stderr
    assert "Traceback" not in done.stderr


def run(**variables: str) -> tuple[int, str]:
    """Exit code and the one line of a run that asks nothing."""
    few = ("--collect-only", "--tier=quick", "--forms=nn", "--losses=binary_crossentropy")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *few],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    lines = [line for line in text.splitlines() if "xentcheck: " in line]
    return done.returncode, "\n".join(lines)


def test_a_run_under_a_file_of_keras_ends_before_tensorflow_starts(home: Path) -> None:
    code, line = run(KERAS_HOME=str(home))
    assert code == 6
    assert line.count("\n") == 0
    assert f"floatx is float16, from {home}/keras.json" in line


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("KERAS_BACKEND", "jax", "unset KERAS_BACKEND"),
        ("TF_USE_LEGACY_KERAS", "1", "legacy_keras is yes"),
        ("XLA_FLAGS", FAST, "fast-math"),
        ("XLA_FLAGS", "--nonsense", "Unknown flag in XLA_FLAGS: --nonsense"),
        ("TF_XLA_FLAGS", "--nonsense", "Unknown flag in TF_XLA_FLAGS: --nonsense"),
    ],
)
def test_a_run_under_a_variable_ends_in_one_line(variable: str, value: str, message: str) -> None:
    pytest.importorskip("tensorflow")
    code, line = run(**{variable: value})
    assert code == 6
    assert line.count("\n") == 0
    assert message in line


def test_a_keras_that_does_not_import_ends_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("raise ImportError('broken on purpose')")
    code, line = run(PYTHONPATH=str(tmp_path))
    assert code == 6
    assert "Keras cannot be imported" in line
    assert "broken on purpose" in line


def test_features_that_numpy_leaves_out_are_no_problem() -> None:
    pytest.importorskip("tensorflow")
    assert run(NPY_DISABLE_CPU_FEATURES="AVX512F AVX2 X86_V4") == (0, "")
