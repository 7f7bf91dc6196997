"""What is recorded does not depend on how a user has set up Keras, TensorFlow or Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.releases import environments
from reports.releases.isolation import variables
from suites.observe import observer

TF = environments.find("tf-2.20.0")
STRANGE = {
    "KERAS_BACKEND": "jax",
    "KERAS_HOME": "/nowhere",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_DETERMINISTIC_OPS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": "/nowhere",
    "PYTHONWARNINGS": "error",
    "LD_PRELOAD": "",
    "JAX_ENABLE_X64": "0",
    "CUDA_VISIBLE_DEVICES": "0",
}


@pytest.mark.parametrize("environment", [TF, environments.find("keras-3.15.1-jax")])
def test_nothing_of_a_user_is_passed_on(tmp_path: Path, monkeypatch, environment) -> None:
    usual = variables(environment, tmp_path)
    for name, text in STRANGE.items():
        monkeypatch.setenv(name, text)
    assert variables(environment, tmp_path) == usual
    assert usual["KERAS_BACKEND"] == environment.backend
    assert usual["HOME"] != os.environ["HOME"]


@pytest.mark.parametrize("variable", ["HOME", "KERAS_HOME"])
def test_the_settings_of_keras_are_its_own(tmp_path: Path, monkeypatch, variable: str) -> None:
    pytest.importorskip("tensorflow")
    folder = tmp_path / "user"
    file = folder / ".keras" / "keras.json" if variable == "HOME" else folder / "keras.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"epsilon": 1e-3, "floatx": "float16", "backend": "tensorflow"}))
    monkeypatch.setenv(variable, str(folder))
    assert settings(os.environ)["epsilon"] == "0.001"
    found = settings(variables(TF, tmp_path / "homes"))
    assert (found["epsilon"], found["floatx"]) == ("1e-07", "float32")


def settings(env) -> dict[str, str]:
    """What an observer says of itself under these variables."""
    command = [sys.executable, observer.__file__]
    text = json.dumps({"about": "settings"}) + "\n"
    run = subprocess.run(command, input=text, capture_output=True, text=True, env=env, check=True)
    return json.loads(run.stdout)
