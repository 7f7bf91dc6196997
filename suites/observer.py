"""Ask the installed TensorFlow, and write down what it answers.

This file travels: it stands on the standard library and NumPy alone, in Python 3.6 syntax, and
imports nothing of the project. A question is a call in text, such as

    tf.keras.losses.categorical_crossentropy(target, output, from_logits=True)

over arrays with names, `target` and `output` among them, an execution ("eager", "graph" or "xla")
and a device. The answer holds the bits of the result and of its gradient by one of the arrays, or
the error that was raised. A call of several lines is a program, which sets `value` and `gradient`.

As a program it reads questions from standard input, a JSON object a line, and writes an answer a
line: `python observer.py < questions.jsonl > answers.jsonl`. Arrays travel as
{"dtype": "float32", "shape": [2, 3], "hex": "..."}, little-endian.
"""

import importlib
import json
import os
import sys
import warnings

import numpy as np

HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def encode(dtype, array):
    """Pack an array, whose entries are the bits of `dtype`, for a line of JSON."""
    array = np.asarray(array, order="C")
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"dtype": dtype, "shape": list(array.shape), "hex": little.tobytes().hex()}


def decode(packed):
    """The array of `encode`; bfloat16 comes as uint16, since NumPy does not know it."""
    dtype = "uint16" if packed["dtype"] == "bfloat16" else packed["dtype"]
    raw = np.frombuffer(bytes.fromhex(packed["hex"]), dtype=np.dtype(dtype).newbyteorder("<"))
    return raw.reshape(packed["shape"]).astype(dtype)


class Observer(object):
    """One TensorFlow with its devices set up. Making it imports TensorFlow."""

    def __init__(self, cpus=2):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf

        self.tf = tf
        self.names = {"tf": tf, "np": np}
        for name in ("keras", "tf_keras"):
            try:
                self.names[name] = importlib.import_module(name)
            except ImportError:
                pass
        self._split_processor(cpus)
        self._functions = {}
        self._warnings = {}

    def _split_processor(self, cpus):
        """Make several logical devices of the one CPU, so that devices are told apart anywhere."""
        config = self.tf.config
        processor = config.list_physical_devices("CPU")[0]
        parts = [config.LogicalDeviceConfiguration() for _ in range(cpus)]
        try:
            config.set_logical_device_configuration(processor, parts)
        except RuntimeError:  # the devices are in use already: they stay as they are
            pass

    def devices(self):
        """Names of the devices that compute, and of the others the reason why they do not."""
        working, broken = [], {}
        for kind in ("CPU", "GPU", "TPU"):
            for device in self.tf.config.list_logical_devices(kind):
                name = device.name.replace("/device:", "")
                try:
                    with self.tf.device(device.name):
                        one = self.tf.constant(1.0) + self.tf.constant(0.0)
                    if float(one.numpy()) != 1.0:
                        raise RuntimeError("1 + 0 gave {}".format(one.numpy()))
                    working.append(name)
                except Exception as error:
                    broken[name] = _one_line(error)
        return working, broken

    def versions(self):
        """Exact versions of what takes part in a result."""
        keras = self.names.get("keras")
        return {
            "tensorflow": self.tf.__version__,
            "keras": getattr(keras, "__version__", "absent"),
            "numpy": np.__version__,
            "python": sys.version.split()[0],
        }

    def observe(self, call, arrays, execution, device, by="output"):
        """Answer one question: `value` and `gradient`, each packed; or `error`; or `absent`.

        And `warnings`, if there were any: type and first line of each.
        """
        names = sorted(arrays)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = self._observe(call, names, arrays, execution, device, by)
        kinds = [(name, arrays[name]["dtype"], tuple(arrays[name]["shape"])) for name in names]
        texts = self._told((call, tuple(kinds), execution, device, by), caught)
        if texts:
            answer["warnings"] = texts
        return answer

    def _told(self, key, caught):
        """The warnings, where Python shows them; a traced function warns when it is traced only."""
        shown = [warning for warning in caught if not issubclass(warning.category, HIDDEN)]
        texts = sorted({_one_line(warning.message) for warning in shown})
        return self._warnings.setdefault(key, texts)

    def _observe(self, call, names, arrays, execution, device, by):
        try:
            function = self._function(call, tuple(names), execution, device, by)
            with self.tf.device("/device:" + device):
                value, gradient = function(*[self._tensor(arrays[name]) for name in names])
            answer = {"value": self._pack(value)}
            answer["gradient"] = None if gradient is None else self._pack(gradient)
            return answer
        except AttributeError as error:
            return {"absent": _one_line(error)}
        except Exception as error:
            return {"error": _one_line(error)}

    def _function(self, call, names, execution, device, by):
        """The call with its gradient, traced once for each execution and device."""
        key = (call, names, execution, device, by)
        if key not in self._functions:
            self._functions[key] = self._trace(call, names, execution, by)
        return self._functions[key]

    def _trace(self, call, names, execution, by):
        make = self._program if "\n" in call else self._expression
        function = make(call, names, by)
        if execution == "eager":
            return function
        options = {"jit_compile": True} if execution == "xla" else {}
        return self.tf.function(function, autograph=False, **options)

    def _expression(self, call, names, by):
        tf = self.tf
        loss = eval("lambda {}: {}".format(", ".join(names), call), self.names)
        place = names.index(by)

        def with_gradient(*arrays):
            with tf.GradientTape() as tape:
                tape.watch(arrays[place])
                value = loss(*arrays)
            return value, tape.gradient(value, arrays[place])

        return with_gradient

    def _program(self, call, names, by):
        lines = ["gradient = None"] + call.splitlines() + ["return value, gradient"]
        head = "def program({}):".format(", ".join(names))
        made = dict(self.names)
        exec("\n    ".join([head] + lines), made)
        return made["program"]

    def _tensor(self, packed):
        array = decode(packed)
        if packed["dtype"] == "bfloat16":
            return self.tf.bitcast(self.tf.constant(array), self.tf.bfloat16)
        return self.tf.constant(array)

    def _pack(self, tensor):
        tensor = self.tf.convert_to_tensor(tensor)
        name = tensor.dtype.name
        if name == "bfloat16":
            return encode(name, self.tf.bitcast(tensor, self.tf.uint16).numpy())
        return encode(name, tensor.numpy())


def _one_line(error):
    """Exception type and the first line of its message."""
    lines = str(error).strip().splitlines() or [""]
    return "{}: {}".format(type(error).__name__, lines[0][:200])


def main():
    observer = Observer()
    for line in sys.stdin:
        question = json.loads(line)
        answer = observer.observe(**question)
        sys.stdout.write(json.dumps(answer, sort_keys=True) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
