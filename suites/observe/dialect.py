"""The words of today in those that an older Keras knows, and what can't be put to it at all.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax. Calls and `programs.py` are written for Keras 3. What an older release calls by
another name is renamed in the syntax tree of both.
"""

import ast
import inspect
import os

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs.py")
# A name of today below tf.keras, and older ones: the first that a Keras has is taken.
OLDER = {
    "Input": ("layers.Input",),
    "Model": ("models.Model",),
    "Sequential": ("models.Sequential",),
    "losses": ("objectives",),
    "config": ("backend",),
    "config.set_dtype_policy": (
        "mixed_precision.set_global_policy",
        "mixed_precision.experimental.set_policy",
    ),
    "optimizers.LossScaleOptimizer": (
        "mixed_precision.LossScaleOptimizer",
        "mixed_precision.experimental.LossScaleOptimizer",
    ),
}
# What takes an argument of today, and how Keras 1 calls both.
OLDER_ARGUMENTS = {
    ("Dense", "use_bias"): ("layers.Dense", "bias"),
    ("fit", "epochs"): ("models.Model.fit", "nb_epoch"),
}
# Where Keras computes: in TensorFlow 2, in a session of TensorFlow 1, or without TensorFlow.
EAGER, SESSION, ELSEWHERE = "eager", "session", "elsewhere"
# Models take NumPy arrays in a session, in the package keras before 3, and on every backend.
AS_ARRAYS = {  # tf.cast is for what layers compute
    "tf.convert_to_tensor": "np.asarray",
    "tf.dtypes.cast": "np.asarray",
    "tf.reshape": "np.reshape",
}
WITHOUT_TENSORFLOW = {  # in programs
    "tf.constant": "keras.ops.convert_to_tensor",
    "tf.cast": "keras.ops.cast",
    "tf.reduce_sum": "keras.ops.sum",
    "tf.shape": "keras.ops.shape",
}
IN_A_GRAPH = "Keras 2.3 computes metrics in a graph of its own"
NOT_IN_THE_PACKAGE = {
    "updated": IN_A_GRAPH,
    "updated_with_weights": IN_A_GRAPH,
    "mirrored": "the package keras before 3 knows no tf.distribute",
    "among_workers": "the package keras before 3 knows no tf.distribute",
}
IN_OTHER_WORDS = "Keras 1 calls options of layers otherwise"
NO_WORKERS = "this TensorFlow has no MultiWorkerMirroredStrategy"
TENSORS = "a model takes no tensors in a session"
NEEDS_TENSORFLOW = "the call needs TensorFlow, which is not here"
ROUNDED = "before Keras 2.9 losses of a model in float64 are rounded to float32 in several ways"
IN_FLOAT64 = "models in float64 are asked of Keras on TensorFlow"
REPORTED_BY_ITSELF = "before Keras 3 a compute_loss of one's own reports its loss itself"
NOT_EAGERLY = "this Keras runs no model eagerly"
ALL_ROWS = "before TensorFlow 2 each step takes all rows of arrays"
NO_COMPILER = "Model.compile has no jit_compile"
# An argument of our programs, and the parameter that Keras must have for it.
PARAMETERS = {
    "jit_compile": ("Model.compile", "jit_compile"),
    "steps_per_execution": ("Model.compile", "steps_per_execution"),
    "weighted_metrics": ("Model.compile", "weighted_metrics"),
    "steps": ("Model.fit", "steps_per_epoch"),
    "by_name": ("Model.test_on_batch", "return_dict"),
    "accumulation": ("optimizers.SGD", "gradient_accumulation_steps"),
}
# A value of one, and what Keras must have for it. Outputs in a dict came with the train_step.
NEEDED = {
    ("own", "train_step"): "utils.unpack_x_y_sample_weight",
    ("own", "returned"): "utils.unpack_x_y_sample_weight",
    ("own", "test_step"): "utils.unpack_x_y_sample_weight",
    ("losses", "named"): "Model.train_step",
    ("data", "finite"): "Model.train_step",
}
STEPS_OF_TENSORFLOW = [("own", repr(step)) for step in ("train_step", "returned", "test_step")]
OWN_LOSSES = [("own", repr(loss)) for loss in ("compute_loss", "loss_of_training")]
# Programs that need no TensorFlow 2; where there is none the others are not asked.
FOR_ALL = {"with_mask", "traced", "flat", "own_loss"}
# Errors that programs of this suite cause in every Keras before 3, and why.
BEFORE_3 = (
    (
        "'Tensor' object has no attribute 'numpy'",
        "Keras answers with a tensor in a graph of its own",
    ),
    (
        "'function' object has no attribute 'update_state'",
        "metrics.get gives a function, no metric",
    ),
    (
        "'Tensor' object has no attribute 'handle'",
        "TensorFlow 1.13 distributes models by an argument of compile alone",
    ),
    (
        "Replica-local variables may only be assigned in a replica context",
        "TensorFlow 1.13 distributes models by an argument of compile alone",
    ),
    ("requires h5py", "this Keras saves models by h5py, which is not here"),
    ("No module named 'h5py'", "this Keras saves models by h5py, which is not here"),
)
SCALING = "tf.keras.optimizers.LossScaleOptimizer"


class Dialect:
    """The words of a Keras, which is called `subject`, "tf.keras" or "keras", and computes at a `place`.

    `programs` are the functions of `programs.py` in these words, by name, as syntax trees.
    """

    def __init__(self, keras, subject, place=EAGER):
        self.is_3 = _has(keras, "config")
        self.is_old_package = subject == "keras" and not self.is_3
        self.place = place
        self.unknown = _unknown_arguments(keras, place, self.is_3)
        self.lacking = _lacking(keras, place, self.is_old_package)
        rounds = "" if _has(keras, "Model.compute_loss") else ROUNDED
        self.not_in_float64 = IN_FLOAT64 if place == ELSEWHERE else rounds
        names = _renamed(keras, subject)
        self.takes_arrays = place != EAGER or self.is_old_package
        if self.takes_arrays:
            names.update(AS_ARRAYS)
        self._words = _Words(names, keras, self.unknown, self.is_3)
        more = WITHOUT_TENSORFLOW if place == ELSEWHERE else {}
        words = _Words({**names, **more}, keras, self.unknown, self.is_3)
        with open(PROGRAMS, encoding="utf-8") as file:
            self._module = ast.fix_missing_locations(words.visit(ast.parse(file.read())))
        self.programs = functions_of(self._module)

    def translated(self, text):
        """The syntax tree of a call, in the words of this Keras."""
        return ast.fix_missing_locations(self._words.visit(ast.parse(text, mode="eval")))

    def functions(self, names):
        """These names, and the programs as functions over them."""
        space = dict(names)
        exec(compile(self._module, "<string>", "exec"), space)
        return space

    def programs_of(self, tree):
        """The programs that a call leads to."""
        return programs_of(tree, self.programs)

    def needs_tensorflow_2(self, tree):
        """Whether a call leads to a program that is not for all."""
        return any(program.name not in FOR_ALL for program in self.programs_of(tree))

    def compiles_a_model(self, tree):
        """Whether a call leads to a program that compiles a model."""
        nodes = [node for program in self.programs_of(tree) for node in ast.walk(program)]
        return any(isinstance(node, ast.Call) and _ends(node.func, "compile") for node in nodes)

    def turns_on(self, tree, argument):
        """Whether a call passes True for an argument."""
        return (argument, "True") in _arguments(tree)

    def reason_not_to_ask(self, tree):
        """Why a call can't be put to this Keras; "" where it can."""
        given = _arguments(tree)
        reasons = [self.unknown[name] for name, _ in given if name in self.unknown]
        reasons += [self.lacking[argument] for argument in given if argument in self.lacking]
        if ("floatx", "'float64'") in given and self.compiles_a_model(tree):
            reasons.append(self.not_in_float64)
        if self.is_old_package:
            names = [program.name for program in self.programs_of(tree)]
            reasons += [NOT_IN_THE_PACKAGE[name] for name in names if name in NOT_IN_THE_PACKAGE]
        if self.place == SESSION and self.compiles_a_model(tree) and _makes_tensors(tree):
            reasons.append(TENSORS)
        return next(filter(None, reasons), "")

    def reason_of_error(self, error):
        """Why an error is none of this Keras but of our program; "" where it is."""
        reasons = [why for words, why in BEFORE_3 if words in str(error) and not self.is_3]
        return reasons[0] if reasons else ""


class _Words(ast.NodeTransformer):
    """Gives names with dots as they are in a table, and arguments as a Keras knows them."""

    def __init__(self, names, keras, unknown, is_3):
        self.names, self.unknown, self.is_3 = names, unknown, is_3
        self.arguments = _renamed_arguments(keras)
        self.functions = _functions(keras)

    def visit_Attribute(self, node):
        older = self.names.get(_dotted(node))
        return _parsed(older) if older else self.generic_visit(node)

    def visit_Call(self, node):
        """Arguments as they were called, and functions for objects of classes that were not there yet."""
        called = getattr(node.func, "attr", "")
        if getattr(node.func, "id", "") != "predict":  # which calls the loss itself
            node.args = [self._older(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.arg = self.arguments.get((called, keyword.arg), keyword.arg)
        return self.generic_visit(node)

    def _older(self, argument):
        """The function of a loss, for an object of its class without options."""
        name = _dotted(argument.func) if isinstance(argument, ast.Call) else ""
        plain = name in self.functions and not (argument.args or argument.keywords)
        return _parsed(self.functions[name]) if plain else argument

    def visit_keyword(self, node):
        """None, which leaves it out, for an argument that is unknown and only turns something off."""
        self.generic_visit(node)
        if node.arg in self.unknown and _text_of(node.value) == "False":
            return None
        if node.arg == "reduction" and _text_of(node.value) == "None" and not self.is_3:
            return ast.keyword("reduction", _parsed("'none'"))
        if node.arg == "initial_scale" and "experimental" in self.names.get(SCALING, ""):
            return ast.keyword("loss_scale", node.value)
        return node


def functions_of(module):
    """The functions that a syntax tree defines at its top, by name."""
    return {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}


def programs_of(tree, programs):
    """Those of the programs, by name, that a tree leads to: each once, in the order of the names."""
    found, ahead = set(), [tree]
    while ahead:
        names = {node.id for node in ast.walk(ahead.pop()) if isinstance(node, ast.Name)}
        ahead += [programs[name] for name in names & set(programs) - found]
        found |= names & set(programs)
    return [programs[name] for name in sorted(found)]


def _unknown_arguments(keras, place, is_3):
    """Arguments of our programs that a Keras has nothing for, each with what that means."""
    unknown = {
        name: f"{owner} has no {parameter}"
        for name, (owner, parameter) in PARAMETERS.items()
        if parameter not in _parameters(keras, owner)
    }
    knows_eager = _has(keras, "Model.run_eagerly")  # in no signature of TensorFlow 2.0 and 2.1
    if place == SESSION or not (is_3 or knows_eager):
        unknown["run_eagerly"] = NOT_EAGERLY
    if place == SESSION:
        unknown["steps"] = ALL_ROWS
    if not is_3 and "use_multiprocessing" not in _parameters(keras, "Model.fit"):
        unknown["data"] = "Model.fit takes arrays alone"
    if _renamed_arguments(keras):
        unknown.update(dict.fromkeys(("regularizer", "embedded"), IN_OTHER_WORDS))
    return unknown


def _lacking(keras, place, is_old_package):
    """Arguments with values that a Keras has nothing for, each with what that means."""
    lacking = {
        (name, repr(value)): "this Keras has no " + needed
        for (name, value), needed in NEEDED.items()
        if not _has(keras, needed)
    }
    if not _has(keras, "config"):
        lacking.update(dict.fromkeys(OWN_LOSSES, REPORTED_BY_ITSELF))
    if place == ELSEWHERE:
        lacking.update(dict.fromkeys(STEPS_OF_TENSORFLOW, NEEDS_TENSORFLOW))
    if _renamed_arguments(keras):
        lacking.update(
            dict.fromkeys([("losses", "'mixed'"), ("losses", "'by-name'")], IN_OTHER_WORDS)
        )
    if place == SESSION:
        lacking["validated", "{'validation_steps': 2}"] = ALL_ROWS
    if "validation_freq" not in _parameters(keras, "Model.fit"):
        lacking["validated", "{'validation_freq': 2}"] = "Model.fit has no validation_freq"
    if is_old_package:
        lacking["data", "'dataset'"] = "the package keras before 3 knows no tf.data"
    return lacking


def _renamed_arguments(keras):
    """What takes an argument that has another name in a Keras, and that argument, with the name."""
    return {
        today: older
        for today, (owner, older) in OLDER_ARGUMENTS.items()
        if older in _parameters(keras, owner)
    }


def _functions(keras):
    """Classes of losses that a Keras does not have yet, each with its function."""
    losses = _found(keras, "losses") or _found(keras, "objectives")
    names = [name for name in dir(losses) if name.endswith(("crossentropy", "cross_entropy"))]
    classes = {name.title().replace("_", ""): name for name in names}
    return {
        "tf.keras.losses." + cls: "tf.keras.losses." + name
        for cls, name in classes.items()
        if not _has(losses, cls)
    }


def _renamed(keras, subject):
    """The names that a Keras has others for, each with that name."""
    names = {} if subject == "tf.keras" else {"tf.keras": subject}
    for today, older in OLDER.items():
        known = [name for name in (today, *older) if _has(keras, name)][:1]
        if known and known != [today]:
            names["tf.keras." + today] = f"{subject}.{known[0]}"
    return names


def _ends(node, name):
    """Whether a node is the attribute `name` of something."""
    return isinstance(node, ast.Attribute) and node.attr == name


def _makes_tensors(tree):
    """Whether a call computes with TensorFlow, beside what it names of Keras and of activations."""
    named = [_dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    first = [name for name in named if name.startswith("tf.") and name.count(".") == 1]
    return bool(set(first) - {"tf.keras", "tf.nn"})


def _arguments(tree):
    """The arguments that a call passes by name, each with its value: a constant as text."""
    keywords = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    return [(node.arg, _text_of(node.value)) for node in keywords]


def _text_of(node):
    """A constant as Python writes it, "" for any other expression."""
    try:
        return repr(ast.literal_eval(node))
    except ValueError:
        return ""


def _dotted(node):
    """A name with dots as text, "" for any other expression."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _parsed(text):
    return ast.parse(text, mode="eval").body


def _has(keras, name):
    """Whether there is something of this name, such as "optimizers.SGD"."""
    return _found(keras, name) is not None


def _found(keras, name):
    """What has a name below a Keras, such as "optimizers.SGD"; None where there is none."""
    for part in name.split("."):
        keras = getattr(keras, part, None)
    return keras


def _parameters(keras, name):
    """The parameters of what has a name; none where there is none."""
    found = _found(keras, name)
    return set() if found is None else set(inspect.signature(found).parameters)
