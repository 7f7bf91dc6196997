"""The observer travels: standard library and NumPy, Python 3.6 syntax, exact bits."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import ml_dtypes
import numpy as np
import pytest

from suites.observe import observer
from suites.observe.arrays import packed

FILE = Path(observer.__file__)
TRAVELLING = [
    FILE,
    *map(
        FILE.with_name,
        (
            *("errors.py", "dialect.py", "programs.py", "public_api.py"),
            *("own_loss.py", "workers.py"),
        ),
    ),
]
every_file = pytest.mark.parametrize("file", TRAVELLING, ids=lambda file: file.stem)


def nodes(file):
    return list(ast.walk(ast.parse(file.read_text(), feature_version=(3, 6))))


@every_file
def test_it_imports_the_standard_library_and_numpy_only(file):
    late = {"tensorflow", "keras", "torch", "jax"}  # what is asked, where it is installed
    plain = {alias.name for n in nodes(file) if isinstance(n, ast.Import) for alias in n.names}
    names = plain | {node.module for node in nodes(file) if isinstance(node, ast.ImportFrom)}
    assert names <= {*sys.stdlib_module_names, "numpy", *late}


@every_file
def test_python_3_6_compiles_it(tmp_path, file):
    python = shutil.which("python3.6")
    if not python or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip("no Python 3.6 here")
    copy = shutil.copy(file, tmp_path)
    subprocess.run([python, "-m", "py_compile", str(copy)], check=True)


@every_file
def test_it_uses_no_syntax_newer_than_3_6(file):
    newer = (ast.NamedExpr, ast.Match)
    assert not [node for node in nodes(file) if isinstance(node, newer)]
    assert "annotations" not in file.read_text()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "bool", "uint8"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 3)])
def test_bits_survive_the_journey(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    back = observer.decode(json.loads(json.dumps(packed(array))))
    assert back.dtype == array.dtype
    assert back.shape == shape
    assert back.tobytes() == array.tobytes()


def test_nan_payloads_and_minus_zero_survive():
    bits = np.array([0x7FC00001, 0x80000000, 0xFFC00000], np.uint32)
    assert observer.decode(packed(bits.view(np.float32))).view(np.uint32).tolist() == bits.tolist()


def test_bfloat16_travels_as_its_bits():
    array = np.array([1.0, -0.0, 3.140625], ml_dtypes.bfloat16)
    box = packed(array)
    assert box["dtype"] == "bfloat16"
    assert observer.decode(box).tolist() == array.view(np.uint16).tolist()


def test_as_a_program_it_answers_a_line_for_a_line():
    pytest.importorskip("tensorflow")
    arrays = {
        "target": packed(np.eye(2, dtype="float32")),
        "output": packed(np.full((2, 2), 0.5, "float32")),
    }
    calls = [
        "tf.keras.losses.categorical_crossentropy(target, output)",
        "tf.nothing(target)",
        "1 / 0",
    ]
    lines = [
        json.dumps(
            {
                "call": call,
                "arrays": arrays,
                "execution": "eager",
                "device": "CPU:1",
            }
        )
        for call in calls
    ]
    run = subprocess.run(
        [sys.executable, str(FILE)],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    value, absent, error = map(json.loads, run.stdout.splitlines())
    assert np.array_equal(observer.decode(value["value"]), np.log(np.full(2, 2, "float32")))
    assert value["gradient"]["shape"] == [2, 2]
    assert "nothing" in absent["absent"]
    assert error["error"].startswith("ZeroDivisionError")


class Warning_(observer.Observer):
    """Asks nothing; warns when it is traced, or of its numbers when it is eager."""

    def __init__(self):
        self.names, self.subject, self._warnings, self._traced = {}, "tf.keras", {}, set()

    def _observe(self, call, names, arrays, execution, device, by):
        if execution == "eager" and arrays["output"]["hex"].strip("0"):
            warnings.warn("no zero", stacklevel=1)
        if execution == "graph" and call not in self._traced:
            warnings.warn("traced", stacklevel=1)
            self._traced.add(call)
        return {"error": ""}


@pytest.mark.parametrize("order", [(0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0, 0.0)])
def test_eager_calls_warn_of_their_own_numbers_in_any_order(order):
    asked = Warning_()
    for number in order:
        arrays = {"output": packed(np.full(1, number, "float32"))}
        found = asked.observe("call", arrays, "eager", "CPU:0").get("warnings", [])
        assert found == ["UserWarning: no zero"] * bool(number)


def test_a_traced_call_warns_as_it_did_when_it_was_traced():
    asked, arrays = Warning_(), {"output": packed(np.ones(1, "float32"))}
    found = [asked.observe("call", arrays, "graph", "CPU:0")["warnings"] for _ in range(2)]
    assert found == [["UserWarning: traced"]] * 2


class Devices:
    """The part of tf.config that sets devices up, under the names of a release."""

    def __init__(self, configuration, setter):
        self.parts = ()
        setattr(self, configuration, lambda: configuration)
        setattr(self, setter, self.set)

    def list_physical_devices(self, kind):
        return [f"the first {kind}", f"the second {kind}"]

    def set(self, processor, parts):
        self.parts = (processor, *parts)


LATER = ("LogicalDeviceConfiguration", "set_logical_device_configuration")
EARLIER = ("VirtualDeviceConfiguration", "set_virtual_device_configuration")


@pytest.mark.parametrize("names", [LATER, EARLIER], ids=["from 2.4 on", "before 2.4"])
def test_the_processor_is_parted_by_the_names_of_each_release(names):
    devices = Devices(*names)
    config = devices if names is LATER else SimpleNamespace(experimental=devices)
    one = observer.Observer.__new__(observer.Observer)
    one.tf = SimpleNamespace(config=config)
    one._set_up(2)
    assert devices.parts == ("the first CPU", names[0], names[0])


def test_the_package_of_a_keras_is_where_its_losses_stand():
    def loss():
        pass

    loss.__module__ = "tf_keras.src.losses"
    keras = SimpleNamespace(losses=SimpleNamespace(categorical_crossentropy=loss))
    assert observer._package(keras) == "tf_keras"
    assert observer._package(SimpleNamespace(losses=SimpleNamespace())) == ""
    assert observer._package(SimpleNamespace()) == ""
    assert observer._version(SimpleNamespace()) == "absent"


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"A": "3"}, "A=3"),
        ({"A": "3", "B": "4"}, "A=3 B=4"),
        ({"B": ""}, f"default ({len(os.sched_getaffinity(0))} processors)"),
    ],
)
def test_threads_are_those_that_are_set_or_the_processors(monkeypatch, variables, text):
    for name, number in variables.items():
        monkeypatch.setenv(name, number)
    assert observer._threads("A", "B") == text


@pytest.mark.parametrize(
    ("lines", "features"),
    [
        ("processor\t: 0\nflags\t\t: fma avx fpu avx2\nbugs\t: avx512f\n", "avx avx2 fma"),
        ("processor\t: 0\nFeatures\t: fp asimd sve\nflags: avx\n", "asimd sve"),
        ("processor\t: 0\nflags\t\t: fpu\n", "unknown"),
        ("processor\t: 0\n", "unknown"),
    ],
)
def test_the_features_of_the_processor_are_those_that_linux_names(monkeypatch, lines, features):
    monkeypatch.setattr("builtins.open", lambda path: io.StringIO(lines))
    assert observer._cpu_features() == features


def test_a_machine_without_a_list_of_features_has_unknown_ones(monkeypatch):
    def refuse(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr("builtins.open", refuse)
    assert observer._cpu_features() == "unknown"


def test_a_mistake_of_its_own_is_no_error_of_the_call():
    def fails(**_):
        raise AttributeError("ours")

    answer = observer._answer(SimpleNamespace(observe=fails), {"call": "1"})
    assert list(answer) == ["mistake"]
    assert answer["mistake"].endswith("AttributeError: ours\n")
