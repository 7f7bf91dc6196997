"""The observers of TensorFlow 1, of other backends and of old releases, on stand-ins made of NumPy."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from suites.observe import observer
from suites.observe.arrays import packed

ROW, LABELS = np.array([[0.5, 2.0]], np.float32), np.array([[1.0, 3.0]], np.float32)
ARRAYS = {"output": packed(ROW), "target": packed(LABELS)}
HALF = {
    "output": {"dtype": "bfloat16", "shape": [2], "hex": "803f0040"},  # 1 and 2
    "target": {"dtype": "float32", "shape": [2], "hex": packed(np.ones(2, np.float32))["hex"]},
}


def answer(value: np.ndarray, gradient: np.ndarray | None) -> dict:
    return {"value": packed(value), "gradient": None if gradient is None else packed(gradient)}


class Symbol:
    """A tensor of a graph: what it is, given what is fed."""

    def __init__(self, made, dtype):
        self.made = made
        self.dtype = SimpleNamespace(base_dtype=SimpleNamespace(name=dtype))

    def __mul__(self, other):
        name = self.dtype.base_dtype.name
        return Symbol(lambda feed: self.made(feed) * (other.made(feed) if isinstance(other, Symbol) else other), name)  # fmt: skip


class TensorFlow1:
    """The few functions that a session needs; d(x y) / dx is 2 x here, or None for `flat`."""

    bfloat16, uint16 = "bfloat16", "uint16"

    def __init__(self, computes_in_bfloat16=True, flat=False):
        self.computes, self.flat = computes_in_bfloat16, flat
        self.devices, self.configs = [], []

    def ConfigProto(self, device_count):
        return device_count

    def Graph(self):
        return SimpleNamespace(as_default=lambda: self._named("graph"))

    @contextmanager
    def _named(self, name):
        yield name

    def device(self, name):
        self.devices.append(name)
        return self._named(name)

    @contextmanager
    def Session(self, config):
        self.configs.append(config)
        yield SimpleNamespace(run=self.run)

    def run(self, wanted, feed=None):
        if isinstance(wanted, Symbol) and not self.computes:
            raise TypeError("no bfloat16")
        return None if isinstance(wanted, Symbol) else [one.made(feed) for one in wanted]

    def placeholder(self, dtype, shape):
        def made(feed):
            assert feed[symbol].shape == tuple(shape)
            return feed[symbol]

        symbol = Symbol(made, np.dtype(dtype).name)
        return symbol

    def constant(self, number):
        return Symbol(lambda feed: number, "float32")

    def cast(self, symbol, dtype):
        return Symbol(symbol.made, dtype)

    def bitcast(self, symbol, dtype):
        assert {symbol.dtype.base_dtype.name, dtype} == {"uint16", "bfloat16"}
        return Symbol(symbol.made, dtype)

    def convert_to_tensor(self, symbol):
        return symbol

    def gradients(self, value, by):
        return [None if self.flat else by * 2]


def session(tf):
    one = observer.Session.__new__(observer.Session)
    one.tf, one.names, one.subject, one._warnings = tf, {"tf": tf, "np": np}, "tf.keras", {}
    one._set_up(2)
    return one


def asked(one, call="output * target", arrays=ARRAYS, execution="graph", device="CPU:1"):
    return one.observe(call, arrays, execution, device)


def test_a_session_has_its_devices_and_answers_on_the_one_that_is_asked():
    one = session(tf := TensorFlow1())
    assert one.devices() == {"working": ["CPU:0", "CPU:1"], "broken": {}}
    assert asked(one) == answer(ROW * LABELS, 2 * ROW)
    assert tf.devices == ["/cpu:1"]
    assert set(map(str, tf.configs)) == {"{'CPU': 2}"}
    assert one.observe("output * target", ARRAYS, "graph", "CPU:0", by="target") == answer(ROW * LABELS, 2 * LABELS)  # fmt: skip


def test_a_session_may_have_no_gradient():
    assert asked(session(TensorFlow1(flat=True))) == answer(ROW * LABELS, None)


def test_a_session_takes_bfloat16_by_its_bits_where_it_computes_in_it():
    found = asked(session(TensorFlow1()), "output * 1", HALF)
    assert found["value"] == {"dtype": "bfloat16", "shape": [2], "hex": "803f0040"}
    lacking = session(TensorFlow1(computes_in_bfloat16=False))
    assert asked(lacking, arrays=HALF) == {"absent": "this TensorFlow does not compute in bfloat16"}
    assert asked(lacking) == answer(ROW * LABELS, 2 * ROW)


@pytest.mark.parametrize(
    ("call", "execution"), [("output", "eager"), ("output", "xla"), ("saved(output)", "graph")]
)  # fmt: skip
def test_a_session_is_asked_for_expressions_in_graphs_alone(call, execution):
    why = "TensorFlow 1 is asked for expressions in graphs, and for steps of models"
    assert asked(session(TensorFlow1()), call, execution=execution) == {"not_asked": why}


def test_a_function_inside_of_a_call_sees_the_arrays_in_a_session():
    assert asked(session(TensorFlow1()), "(lambda: output * target)()") == answer(ROW * LABELS, 2 * ROW)  # fmt: skip


def test_an_error_in_a_session_is_an_answer():
    assert asked(session(TensorFlow1()), "1 / 0 * output") == {
        "error": "ZeroDivisionError: division by zero"
    }
    absent = asked(session(TensorFlow1()), "tf.nn.softmax(output)")
    assert absent == {"absent": "AttributeError: 'TensorFlow1' object has no attribute 'nn'"}


class Keras:
    """Keras 3 on a backend, over NumPy arrays."""

    __version__ = "3.15.1"

    def __init__(self, backend):
        names = {"backend": lambda: backend, "standardize_dtype": lambda dtype: getattr(dtype, "name", dtype)}  # fmt: skip
        self.backend = SimpleNamespace(**names)
        self.ops = SimpleNamespace(
            convert_to_tensor=np.asarray, convert_to_numpy=np.asarray, cast=self.cast
        )

    def cast(self, array, dtype):
        return array.astype(np.float32) if dtype == "float32" else Half(array)


class Half:
    """What a backend has for bfloat16: float32 numbers under another name."""

    dtype = "bfloat16"

    def __init__(self, numbers):
        self.numbers = numbers

    def __mul__(self, other):
        return Half(self.numbers * other)

    def astype(self, dtype):
        return self.numbers.astype(dtype)


def elsewhere(monkeypatch, backend="openvino"):
    monkeypatch.setitem(sys.modules, "keras", Keras(backend))
    return observer.Elsewhere()


def test_another_backend_has_one_device_and_openvino_no_gradient(monkeypatch):
    one = elsewhere(monkeypatch)
    assert one.devices() == {"working": ["CPU:0"], "broken": {}}
    found = one.observe("output * target", ARRAYS, "eager", "CPU:0")
    assert found == answer(ROW * LABELS, None)
    assert one.versions()["tensorflow"] == "absent"
    assert one.versions()["keras"] == "3.15.1"


def test_an_error_of_another_backend_is_an_answer(monkeypatch):
    monkeypatch.delenv("JAX_ENABLE_X64", raising=False)
    one = elsewhere(monkeypatch)
    found = one.observe("1 / 0 * output", ARRAYS, "eager", "CPU:0")
    assert found == {"error": "ZeroDivisionError: division by zero"}
    assert os.environ["JAX_ENABLE_X64"] == "1"  # or float64 would be float32 there


def test_an_own_loss_is_not_asked_through_tensorflow_where_there_is_none(monkeypatch):
    monkeypatch.setenv("XENTCHECK_SUBJECT", "operator:mul")
    one = elsewhere(monkeypatch)
    assert one.observe("subject(target, output)", ARRAYS, "eager", "CPU:0") == answer(
        ROW * LABELS, None
    )
    found = one.observe("subject(target, tf.sigmoid(output))", ARRAYS, "eager", "CPU:0")
    assert found == {"not_asked": "the call needs TensorFlow, which is not here"}
    found = one.observe("subject(target, np.sigmoid(output))", ARRAYS, "eager", "CPU:0")
    assert "error" in found


def test_another_backend_takes_bfloat16_through_float32(monkeypatch):
    found = elsewhere(monkeypatch).observe("output * 2", HALF, "eager", "CPU:0")
    assert found["value"] == {"dtype": "bfloat16", "shape": [2], "hex": "00408040"}


@pytest.mark.parametrize(
    ("backend", "call", "execution", "device", "is_asked"),
    [
        ("openvino", "output", "eager", "CPU:0", True),
        ("openvino", "output", "xla", "CPU:0", False),
        ("jax", "output", "xla", "CPU:0", True),
        ("jax", "output", "graph", "CPU:0", False),
        ("openvino", "output", "eager", "CPU:1", False),
        ("openvino", "saved(output)", "eager", "CPU:0", False),
    ],
)
def test_another_backend_is_asked_for_what_it_can_be_asked(
    monkeypatch, backend, call, execution, device, is_asked
):
    one = elsewhere(monkeypatch, backend)
    monkeypatch.setattr(one, f"_{backend}", lambda loss, tensors, *_: (loss(*tensors), None))
    found = one.observe(call, ARRAYS, execution, device)
    assert ("not_asked" not in found) is is_asked


@pytest.mark.parametrize("compiled", [False, True])
def test_jax_gives_the_gradient_by_the_array_that_is_asked_for(monkeypatch, compiled):
    jax, steps = ModuleType("jax"), []
    jax.numpy = SimpleNamespace(ones_like=np.ones_like)
    jax.vjp = lambda function, x: (function(x), lambda ones: (ones * function(np.ones_like(x)),))
    jax.jit = lambda function: steps.append("jit") or function
    monkeypatch.setitem(sys.modules, "jax", jax)
    one = elsewhere(monkeypatch, "jax")
    execution = "xla" if compiled else "eager"
    arrays = {**ARRAYS, "weight": packed(np.full((1, 2), 5, np.float32))}
    found = one.observe("output * target * weight", arrays, execution, "CPU:0", by="target")
    assert found == answer(5 * ROW * LABELS, 5 * ROW)
    assert steps == ["jit"] * compiled


class Torch(np.ndarray):
    """A tensor that knows whether a gradient is wanted."""

    requires_grad = False

    def requires_grad_(self):
        self.requires_grad = True

    def __mul__(self, other):
        found = (np.asarray(self) * np.asarray(other)).view(Torch)
        found.requires_grad = self.requires_grad or other.requires_grad
        return found


def test_torch_gives_a_gradient_where_the_value_depends_on_it(monkeypatch):
    torch = ModuleType("torch")
    torch.ones_like = lambda value: np.ones_like(np.asarray(value))
    torch.autograd = SimpleNamespace(
        grad=lambda value, by, ones: (np.asarray(ones) * np.asarray(by[0]) * np.float32(3),)
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    one = elsewhere(monkeypatch, "torch")
    tensors = {name: observer.decode(array).view(Torch) for name, array in ARRAYS.items()}
    monkeypatch.setattr(one, "_tensor", lambda array: tensors["output" if array is ARRAYS["output"] else "target"].copy())  # fmt: skip
    assert one.observe("output * target", ARRAYS, "eager", "CPU:0") == answer(ROW * LABELS, 3 * ROW)
    assert one.observe("target * target", ARRAYS, "eager", "CPU:0") == answer(LABELS**2, None)


def test_a_device_that_computes_wrongly_or_not_at_all_is_broken():
    class Sum:
        def __init__(self, number):
            self.number = number

        def __add__(self, other):
            return self

        def numpy(self):
            return np.float32(self.number)

    devices = {"CPU": ["/device:CPU:0", "/device:CPU:1"], "GPU": ["/device:GPU:0"], "TPU": []}
    results = {"/device:CPU:0": 1.0, "/device:CPU:1": 3.0}
    here = []

    @contextmanager
    def device(name):
        here.append(name)
        yield

    one = observer.Observer.__new__(observer.Observer)
    config = SimpleNamespace(
        list_logical_devices=lambda kind: [SimpleNamespace(name=n) for n in devices[kind]]
    )
    old = SimpleNamespace(
        list_logical_devices=lambda kind: [
            SimpleNamespace(name="/job:localhost/replica:0/task:0" + n) for n in devices[kind]
        ]
    )
    results |= {f"/job:localhost/replica:0/task:0{name}": n for name, n in results.items()}
    for place in (config, SimpleNamespace(experimental=old)):  # as in TensorFlow 2.0
        one.tf = SimpleNamespace(
            config=place, device=device, constant=lambda number: Sum(results[here[-1]])
        )
        assert one.devices() == {
            "working": ["CPU:0"],
            "broken": {
                "CPU:1": "RuntimeError: 1 + 0 gave 3.0",
                "GPU:0": f"KeyError: '{here[-1]}'",
            },
        }


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (("func", "jit_compile", "experimental_compile"), "jit_compile"),
        (("func", "experimental_compile"), "experimental_compile"),
        (("func",), ""),
    ],
)
def test_xla_is_asked_for_by_the_name_of_the_release(parameters, name):
    one = observer.Observer.__new__(observer.Observer)
    made = {}
    exec(f"def function({', '.join(parameters)}): pass", made)
    one.tf, one.subject, one.names = SimpleNamespace(function=made["function"]), "tf.keras", {}
    assert one._compiler() == name
    if not name:
        assert asked(one, execution="xla") == {"not_asked": "tf.function has no jit_compile"}


def test_warnings_are_kept_each_once_and_of_a_traced_function_as_it_was_traced():
    one = observer.Observer.__new__(observer.Observer)
    one._warnings = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for text in ("b\nmore", "a", "a"):
            warnings.warn(text, UserWarning, stacklevel=1)
        warnings.warn("hidden", DeprecationWarning, stacklevel=1)
    texts = ["UserWarning: a", "UserWarning: b"]
    assert one._texts("key", caught, "eager") == texts
    assert one._texts("key", [], "eager") == []
    assert one._texts("key", caught, "graph") == texts
    assert one._texts("key", [], "graph") == texts
    assert one._texts("other", [], "xla") == []
