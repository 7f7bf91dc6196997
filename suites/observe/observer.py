"""Ask the installed TensorFlow or Keras, and write down what it answers.

This file travels: it needs the standard library and NumPy alone, in Python 3.6 syntax, and
imports nothing of the project but the files that travel with it, `errors.py`, `dialect.py`,
`programs.py`, `public_api.py`, `own_loss.py` and `workers.py`. A request is a call in text, such as

    tf.keras.losses.categorical_crossentropy(target, output, from_logits=True)

over arrays with names, `target` and `output` among them, and the functions of `programs.py`, an
execution ("eager", "graph" or "xla") and a device. The answer holds the bits of the result and of
its gradient `by` one of the arrays, or the error that was raised, or says that the installation has
no such thing, or that it can't be asked this. Where `by` is "", the call gives both. With
`workers`, so many processes answer together.

`Observer` asks TensorFlow 2, `Session` TensorFlow 1, `Elsewhere` a Keras on another backend; `start`
knows which. As a program it reads requests from standard input, a JSON object a line, and writes
an answer a line: `python observer.py < requests.jsonl > answers.jsonl`. The request {} asks for the
versions of what is installed; {"about": "settings"}, "devices" or "public_api" (with `calls`) ask
for more of it, {"about": "described"} for the loss of the user's own that `XENTCHECK_SUBJECT` names, which
a call may refer to as `subject`. Arrays travel as {"dtype": "float32", "shape": [2, 3], "hex": "..."}, little-endian. With
`XENTCHECK_KERAS=keras` the package keras is asked where a call says tf.keras.
"""

import ast
import ctypes
import importlib
import inspect
import json
import os
import runpy
import signal
import sys
import traceback
import warnings

import numpy as np

ABOUT = ("versions", "settings", "devices", "public_api", "described")
PACKAGES = ("tf", "keras", "tf_keras")
KEPT = 256  # functions that are kept for the next request; XLA's take megabytes each
X86 = ("sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16")
ARM = ("asimd", "fphp", "asimdhp", "bf16", "sve", "sve2")
STRATEGY = "MultiWorkerMirroredStrategy"
AFTERMATH = "Restart your program to reset"  # of an error of replicas, in every call after it
HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def _beside(name):
    """What a file that travels with this one defines."""
    return runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), name))


refusal, one_line = (_beside("errors.py")[name] for name in ("refusal", "one_line"))
dialect = _beside("dialect.py")
own_loss = _beside("own_loss.py")
workers = _beside("workers.py")
OWN = own_loss["NAME"]


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


def _widened(packed):
    """The array of `encode`, of float32 where it is one of bfloat16: each of these is one of those."""
    array = decode(packed)
    if packed["dtype"] == "bfloat16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array


def _as_wide(value, arrays):
    """A number of Python as one of float64 beside arrays of that, which TensorFlow rounds to float32."""
    wide = any(array["dtype"] == "float64" for array in arrays.values())
    return np.float64(value) if isinstance(value, float) and wide else value


def _packed(number):
    """A number or an array packed; a number of Python is a float32, as in TensorFlow."""
    array = np.asarray(number, "float32" if type(number) is float else None)
    return encode(array.dtype.name, array)


class Observer(object):
    """One TensorFlow with its devices set up. Making it imports TensorFlow."""

    dialect, place = None, dialect["EAGER"]

    def __init__(self, cpus=2):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf

        self.tf = tf
        if workers["AMONG"] in os.environ:  # before anything is computed
            getattr(tf.distribute, STRATEGY)()
        self.names = {"tf": tf, "np": np}
        for name in ("keras", "tf_keras"):
            try:
                self.names[name] = importlib.import_module(name)
            except ImportError:
                pass
        if hasattr(tf, "keras"):
            self.names.setdefault("keras", tf.keras)
        self.subject = os.environ.get("XENTCHECK_KERAS", "tf.keras")
        self._set_up(cpus)
        self._functions = {}
        self._warnings = {}

    def _set_up(self, cpus):
        """Make several logical devices of the one CPU, so that devices differ on any machine."""
        config = self.tf.config
        if not hasattr(config, "LogicalDeviceConfiguration"):  # before TensorFlow 2.4
            config = _earlier(config.experimental)
        processor = config.list_physical_devices("CPU")[0]
        parts = [config.LogicalDeviceConfiguration() for _ in range(cpus)]
        try:
            config.set_logical_device_configuration(processor, parts)
        except RuntimeError:  # the devices are in use already: they stay as they are
            pass

    def devices(self):
        """Names of the devices that compute, and of the others the reason why they do not."""
        working, broken, config = [], {}, self.tf.config
        if not hasattr(config, "list_logical_devices"):  # TensorFlow 2.0
            config = config.experimental
        for kind in ("CPU", "GPU", "TPU"):
            for device in config.list_logical_devices(kind):
                name = device.name.split("device:")[-1]  # TensorFlow 2.0 has a job before it
                try:
                    with self.tf.device(device.name):
                        one = self.tf.constant(1.0) + self.tf.constant(0.0)
                    if float(one.numpy()) != 1.0:
                        raise RuntimeError("1 + 0 gave {}".format(one.numpy()))
                    working.append(name)
                except Exception as error:
                    broken[name] = one_line(error)
        return {"working": working, "broken": broken}

    def public_api(self, calls):
        """The public names that mean cross-entropy, and what of them calls use."""
        modules = {name: self.names[name] for name in PACKAGES if name in self.names}
        programs = self._dialect().programs
        return _beside("public_api.py")["described"](modules, self.names, calls, programs)

    def versions(self):
        """Exact versions of what takes part in a result."""
        return {
            "tensorflow": getattr(self.names.get("tf"), "__version__", "absent"),
            "keras": getattr(self.names.get("keras"), "__version__", "absent"),
            "numpy": np.__version__,
            "python": sys.version.split()[0],
        }

    def described(self):
        """What the loss of the user's own is and takes."""
        return own_loss["described"](os.environ.get("XENTCHECK_SUBJECT", ""))

    def settings(self):
        """What a result may depend on beside the versions, as texts."""
        variables, keras = os.environ.get, self._keras()
        backend = getattr(keras, "backend", None)
        return {
            "keras": getattr(keras, "__version__", "") or _version(keras),
            "legacy_keras": "yes" if _package(keras) == "tf_keras" else "no",
            "backend": _setting(backend, "backend", "tensorflow"),
            "floatx": _setting(backend, "floatx", "unknown"),
            "epsilon": _setting(backend, "epsilon", "unknown"),
            "image_data_format": _setting(backend, "image_data_format", "unknown"),
            "onednn": variables("TF_ENABLE_ONEDNN_OPTS", "default"),
            "determinism": variables("TF_DETERMINISTIC_OPS", "default"),
            "xla_flags": variables("XLA_FLAGS", "none"),
            "tf_xla_flags": variables("TF_XLA_FLAGS", "none"),
            "onednn_isa": variables("ONEDNN_MAX_CPU_ISA", "default"),
            "intra_op_threads": _threads("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"),
            "inter_op_threads": _threads("TF_NUM_INTEROP_THREADS"),
            "cpu_features": _cpu_features(),
        }

    def _keras(self):
        """The Keras that a call asks."""
        if self.subject == "tf.keras":
            return getattr(self.names.get("tf"), "keras", self.names.get("keras"))
        return self.names.get(self.subject)

    def observe(self, call, arrays, execution, device, by="output"):
        """Answer one request: `value` and `gradient`, each packed; `error`; `absent`; `not_asked`.

        And `warnings`, if there were any: type and first line of each.
        """
        names, tree = sorted(arrays), self._dialect().translated(call)
        reason = self._reason_not_to_ask(tree, execution, device, by)
        if reason:
            return {"not_asked": reason}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                answer = self._observe(call, names, arrays, execution, device, by)
            except Exception as error:
                if AFTERMATH in str(error):
                    os._exit(1)  # asked once more, in a fresh process
                answer = self._refusal(error, tree)
        kinds = [(name, arrays[name]["dtype"], tuple(arrays[name]["shape"])) for name in names]
        texts = self._texts((call, tuple(kinds), execution, device, by), caught, execution)
        if texts:
            answer["warnings"] = texts
        return answer

    def _dialect(self):
        """The words of the Keras that is asked; made when a call needs them."""
        if self.dialect is None:
            self.dialect = dialect["Dialect"](self._keras(), self.subject, self.place)
            self.functions = self.dialect.functions(self.names)
            if os.environ.get("XENTCHECK_SUBJECT"):
                self.functions[OWN] = own_loss["load"](os.environ["XENTCHECK_SUBJECT"])
        return self.dialect

    def _reason_not_to_ask(self, tree, execution, device, by):
        """Why a request can't be put to what is installed; "" where it can."""
        if execution == "xla" and not self._compiler():
            return "tf.function has no jit_compile"
        return self._dialect().reason_not_to_ask(tree)

    def reason_not_to_ask_workers(self, call, execution, device, by="output", **_):
        """Why a request can't be put to several processes; "" where it can."""
        if not hasattr(getattr(self.names.get("tf"), "distribute", None), STRATEGY):
            return dialect["NO_WORKERS"]
        tree = self._dialect().translated(call)
        return self._reason_not_to_ask(tree, execution, device, by)

    def _refusal(self, error, tree):
        """The answer for a call that raised an error."""
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        lacks = "tf" not in self.names and "name 'tf' is not defined" in str(error)
        if lacks and (OWN in named or "tf" not in named):  # else it is what is asked
            return {"not_asked": dialect["NEEDS_TENSORFLOW"]}
        if OWN in named:
            return {"error": one_line(error)}  # of a loss of the user's own nothing may be absent
        reason = self._dialect().reason_of_error(error)
        trees = [tree] + self._dialect().programs_of(tree)
        return {"not_asked": reason} if reason else refusal(error, trees, self.names)

    def _compiler(self):
        """The argument that has XLA compile a function, "" where there is none."""
        names = (
            "jit_compile",
            "experimental_compile",
        )  # the second is that of TensorFlow 2.1 to 2.4
        known = inspect.signature(self.tf.function).parameters
        return next((name for name in names if name in known), "")

    def _texts(self, key, caught, execution):
        """The warnings, where Python shows them; a traced function warns when it is traced only."""
        shown = [warning for warning in caught if not issubclass(warning.category, HIDDEN)]
        texts = sorted({one_line(warning.message) for warning in shown})
        return texts if execution == "eager" else self._warnings.setdefault(key, texts)

    def _observe(self, call, names, arrays, execution, device, by):
        function = self._function(call, tuple(names), execution, device, by)
        made = _widened if self._dialect().takes_arrays and not by else self._tensor
        with self.tf.device("/device:" + device):
            value, gradient = function(*[made(arrays[name]) for name in names])
        value = _as_wide(value, arrays)
        answer = {"value": self._pack(value)}
        answer["gradient"] = None if gradient is None else self._pack(gradient)
        return answer

    def _function(self, call, names, execution, device, by):
        """The call with its gradient, traced once for each execution and device."""
        key = (call, names, execution, device, by)
        if key not in self._functions:
            if len(self._functions) == KEPT:
                self._functions.clear()
            self._functions[key] = self.traced(call, names, execution, by)
        return self._functions[key]

    def traced(self, call, names, execution, by):
        """The call as a function of tensors with these names, which gives a gradient if there is a `by`."""
        function = self._made(call, names)
        if by:
            function = self._with_gradient(function, names.index(by))
        if execution == "eager":
            return function
        if execution == "graph":
            return self.tf.function(function, autograph=False)
        return self.tf.function(function, autograph=False, **{self._compiler(): True})

    def _made(self, call, names):
        """The call as a function of the arrays with these names."""
        text = "lambda {}: {}".format(", ".join(names), call)
        code = compile(self._dialect().translated(text), "<string>", "eval")
        return eval(code, self.functions)

    def _is_step(self, tree, execution, by):
        """Whether a request is one for a step of a model, which gives a value and a gradient."""
        return not by and execution == "eager" and self._dialect().compiles_a_model(tree)

    def _step(self, call, names, arrays):
        """What a step of a model gives for NumPy arrays."""
        value, gradient = self._made(call, names)(*[_widened(arrays[name]) for name in names])
        return _as_wide(value, arrays), gradient

    def _with_gradient(self, function, place):
        """A function of the same arrays that gives a gradient, too, by the one at `place`."""
        tf = self.tf

        def with_gradient(*arrays):
            with tf.GradientTape() as tape:
                tape.watch(arrays[place])
                value = function(*arrays)
            if value is None or isinstance(value, str) or callable(value):
                # such as a loss that was made from the numbers, and not called with them
                text = "the call gives a {} and no numbers"
                raise TypeError(text.format(type(value).__name__))
            return value, tape.gradient(value, arrays[place])

        return with_gradient

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


class Session(Observer):
    """TensorFlow 1: every request is a graph of its own, run once in a session.

    What takes a step of a model gets NumPy arrays, and the session.
    """

    place = dialect["SESSION"]

    def _set_up(self, cpus):
        self.config = self.tf.ConfigProto(device_count={"CPU": cpus})
        self.cpus = cpus
        self.has_bfloat16 = self._computes_in_bfloat16()

    def _computes_in_bfloat16(self):
        tf = self.tf
        try:
            with tf.Graph().as_default(), tf.Session(config=self.config) as session:
                session.run(tf.cast(tf.constant(1.0), tf.bfloat16) * 1)
            return True
        except Exception:
            return False

    def devices(self):
        working = ["CPU:{}".format(number) for number in range(self.cpus)]
        return {"working": working, "broken": {}}

    def _reason_not_to_ask(self, tree, execution, device, by):
        if self._is_step(tree, execution, by):
            return self._dialect().reason_not_to_ask(tree)
        if execution == "graph" and not self._dialect().needs_tensorflow_2(tree):
            return ""
        return "TensorFlow 1 is asked for expressions in graphs, and for steps of models"

    def _observe(self, call, names, arrays, execution, device, by):
        if not by:
            return self._observe_step(call, names, arrays, device)
        tf, packed, feed = self.tf, {}, {}
        with tf.Graph().as_default(), tf.device("/" + device.lower()):
            for name in names:
                array = decode(arrays[name])
                tensor = tf.placeholder(array.dtype, array.shape)
                feed[tensor] = array
                half = arrays[name]["dtype"] == "bfloat16"
                if half and not self.has_bfloat16:
                    return {"absent": "this TensorFlow does not compute in bfloat16"}
                packed[name] = tf.bitcast(tensor, tf.bfloat16) if half else tensor
            value = self._made(call, names)(*[packed[name] for name in names])
            gradient = tf.gradients(value, packed[by])[0]
            wanted = [tf.convert_to_tensor(x) for x in (value, gradient) if x is not None]
            bits = [tf.bitcast(x, tf.uint16) if _is_bfloat16(x) else x for x in wanted]
            with tf.Session(config=self.config) as session:
                found = session.run(bits, feed)
        parts = [encode(x.dtype.base_dtype.name, y) for x, y in zip(wanted, found)]
        return {"value": parts[0], "gradient": parts[1] if len(parts) > 1 else None}

    def _observe_step(self, call, names, arrays, device):
        tf, backend = self.tf, getattr(self._keras(), "backend", None)
        if backend is not None:
            backend.clear_session()  # a fresh graph, and what Keras 1.0 keeps in it
        with tf.Session(config=self.config) as session, tf.device("/" + device.lower()):
            found = self._step(call, names, arrays)
            found = [session.run(x) if isinstance(x, tf.Tensor) else x for x in found]
        value, gradient = [None if x is None else _packed(x) for x in found]
        return {"value": value, "gradient": gradient}


class Elsewhere(Observer):
    """Keras 3 on JAX, PyTorch or OpenVINO: calls of Keras alone, on the first device."""

    place = dialect["ELSEWHERE"]

    def __init__(self):
        os.environ.setdefault("JAX_ENABLE_X64", "1")
        import keras

        self.names = {"keras": keras, "np": np}
        self.subject = "keras"
        self.backend = keras.backend.backend()
        self._warnings = {}

    def devices(self):
        return {"working": ["CPU:0"], "broken": {}}

    def _reason_not_to_ask(self, tree, execution, device, by):
        words, step = self._dialect(), self._is_step(tree, execution, by)
        if step and self.backend == "openvino":
            return "Keras trains no model on OpenVINO"
        compiled = execution == "xla" or (step and words.turns_on(tree, "jit_compile"))
        known = (
            device == "CPU:0" and execution != "graph" and (self.backend == "jax" or not compiled)
        )
        if known and step:
            return words.reason_not_to_ask(tree)
        if known and not words.needs_tensorflow_2(tree):
            return ""
        return "asked on CPU:0 for expressions and steps of models, eagerly or compiled by JAX"

    def _observe(self, call, names, arrays, execution, device, by):
        if not by:
            return self._observe_step(call, names, arrays)
        loss = self._made(call, names)
        tensors = [self._tensor(arrays[name]) for name in names]
        ask = getattr(self, "_" + self.backend)
        value, gradient = ask(loss, tensors, names.index(by), execution == "xla")
        answer = {"value": self._pack(value)}
        answer["gradient"] = None if gradient is None else self._pack(gradient)
        return answer

    def _observe_step(self, call, names, arrays):
        tensor = self.names["keras"].ops.convert_to_tensor
        found = self._step(call, names, arrays)
        value, gradient = [None if x is None else self._pack(tensor(x)) for x in found]
        return {"value": value, "gradient": gradient}

    def _jax(self, loss, tensors, place, compiled):
        import jax

        def by_one(tensor):
            return loss(*(tensors[:place] + [tensor] + tensors[place + 1 :]))

        def with_gradient(tensor):
            value, back = jax.vjp(by_one, tensor)
            return value, back(jax.numpy.ones_like(value))[0]

        return (jax.jit(with_gradient) if compiled else with_gradient)(tensors[place])

    def _torch(self, loss, tensors, place, compiled):
        import torch

        tensors[place].requires_grad_()
        value = loss(*tensors)
        if not value.requires_grad:  # it is computed from other numbers
            return value, None
        (gradient,) = torch.autograd.grad(value, [tensors[place]], torch.ones_like(value))
        return value, gradient

    def _openvino(self, loss, tensors, place, compiled):
        return loss(*tensors), None

    def _tensor(self, packed):
        keras, array = self.names["keras"], decode(packed)
        if packed["dtype"] == "bfloat16":
            return keras.ops.cast(keras.ops.convert_to_tensor(_widened(packed)), "bfloat16")
        return keras.ops.convert_to_tensor(array)

    def _pack(self, tensor):
        keras = self.names["keras"]
        name = keras.backend.standardize_dtype(tensor.dtype)
        if name == "bfloat16":
            wide = keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32"))
            return encode(name, (wide.view(np.uint32) >> 16).astype(np.uint16))
        return encode(name, keras.ops.convert_to_numpy(tensor))


def start():
    """The observer of what is installed here."""
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return Elsewhere()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    return Session() if tf.__version__.startswith(("0.", "1.")) else Observer()


def _earlier(experimental):
    """What had other names when it was an experiment."""

    class Config(object):
        list_physical_devices = staticmethod(experimental.list_physical_devices)
        LogicalDeviceConfiguration = experimental.VirtualDeviceConfiguration
        set_logical_device_configuration = staticmethod(
            experimental.set_virtual_device_configuration
        )

    return Config


def _package(keras):
    """The package that a Keras really is: tf.keras may be another one."""
    loss = getattr(getattr(keras, "losses", None), "categorical_crossentropy", None)
    return getattr(loss, "__module__", "").partition(".")[0]


def _version(keras):
    """Its release, where it does not say so itself."""
    return getattr(sys.modules.get(_package(keras)), "__version__", "absent")


def _setting(module, name, usual):
    """What a function of Keras says of itself; not every release has all of them."""
    function = getattr(module, name, None)
    return str(function()) if function else usual


def _threads(*variables):
    """The variables that set a number of threads, else the processors that there are."""
    found = ["{}={}".format(name, os.environ[name]) for name in variables if os.environ.get(name)]
    if found:
        return " ".join(found)
    affinity = getattr(os, "sched_getaffinity", None)
    return "default ({} processors)".format(len(affinity(0)) if affinity else os.cpu_count())


def _cpu_features():
    """What the processor has that decides how TensorFlow computes, as Linux names it."""
    try:
        with open("/proc/cpuinfo") as file:
            lines = [line for line in file if line.lower().startswith(("flags", "features"))]
    except OSError:
        return "unknown"
    found = set(lines[0].partition(":")[2].split()) if lines else set()
    return " ".join(name for name in X86 + ARM if name in found) or "unknown"


def _is_bfloat16(tensor):
    return tensor.dtype.base_dtype.name == "bfloat16"


def _answer(observer, request):
    """The answer to a request, or to one about the installation; `mistake` where this program failed."""
    about = request.pop("about", "" if request else "versions")
    if about not in ABOUT:
        try:
            if "workers" not in request:
                return observer.observe(**request)
            count = request.pop("workers")
            reason = observer.reason_not_to_ask_workers(**request)
            return {"not_asked": reason} if reason else workers["asked"](__file__, request, count)
        except Exception:  # outside of the call, which catches its own: a mistake of this program
            return {"mistake": traceback.format_exc()}
    try:
        return getattr(observer, about)(**request)
    except Exception as error:  # Keras is imported as late as here
        return {"error": _with_cause(error)}


def _with_cause(error):
    """What was raised, and what was raised first."""
    first = error
    while first.__cause__ or first.__context__:
        first = first.__cause__ or first.__context__
    return one_line(error) if first is error else one_line(error) + " " + one_line(first)


def main():
    """Answer on what is standard output now; whatever else prints there goes to standard error."""
    _end_with_parent()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        observer = start()
    except Exception as error:
        answers.write(json.dumps({"error": _with_cause(error)}) + "\n")
        return
    for line in sys.stdin:
        answers.write(json.dumps(_answer(observer, json.loads(line)), sort_keys=True) + "\n")
        answers.flush()


def _end_with_parent():
    """Have Linux end this process when the one that started it ends, however that ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]
    main()
