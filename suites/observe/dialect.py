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
# The package keras 2.3 is the last before tf.keras took its place: its models take NumPy arrays.
IN_2_3 = {"tf.convert_to_tensor": "np.asarray"}
IN_A_GRAPH = "Keras 2.3 computes metrics in a graph of its own"
NOT_IN_2_3 = {
    "updated": IN_A_GRAPH,
    "updated_with_weights": IN_A_GRAPH,
    "mirrored": "Keras 2.3 knows no tf.distribute",
    "among_workers": "Keras 2.3 knows no tf.distribute",
}
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
)
SCALING = "tf.keras.optimizers.LossScaleOptimizer"
NO_COMPILER = "Model.compile has no jit_compile"


class Dialect:
    """The words of a Keras, which is called `subject`, "tf.keras" or "keras".

    `programs` are the functions of `programs.py` in these words, by name, as syntax trees.
    """

    def __init__(self, keras, subject):
        self.is_3 = _has(keras, "config")
        self.is_2_3 = subject == "keras" and getattr(keras, "__version__", "").startswith("2.")
        self.unknown = _unknown_arguments(keras, self.is_2_3)
        forgotten = _forgotten_arguments(keras)
        names = _renamed(keras, subject, self.is_2_3)
        self._words = _Words(names, self.unknown, forgotten, self.is_3)
        with open(PROGRAMS, encoding="utf-8") as file:
            self._module = self.translated(file.read(), "exec")
        self.programs = functions_of(self._module)

    def translated(self, text, mode="eval"):
        """The syntax tree of a call, in the words of this Keras."""
        return ast.fix_missing_locations(self._words.visit(ast.parse(text, mode=mode)))

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

    def reason_not_to_ask(self, tree):
        """Why a call can't be put to this Keras; "" where it can."""
        keywords = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
        reasons = [self.unknown[k.arg] for k in keywords if k.arg in self.unknown]
        if self.is_2_3:
            names = [program.name for program in self.programs_of(tree)]
            reasons += [NOT_IN_2_3[name] for name in names if name in NOT_IN_2_3]
        return reasons[0] if reasons else ""

    def reason_of_error(self, error):
        """Why an error is none of this Keras but of our program; "" where it is."""
        reasons = [why for words, why in BEFORE_3 if words in str(error) and not self.is_3]
        return reasons[0] if reasons else ""


class _Words(ast.NodeTransformer):
    """Gives names with dots as they are in a table, and arguments as a Keras knows them."""

    def __init__(self, names, unknown, forgotten, is_3):
        self.names, self.unknown, self.forgotten, self.is_3 = names, unknown, forgotten, is_3

    def visit_Attribute(self, node):
        older = self.names.get(_dotted(node))
        return _parsed(older) if older else self.generic_visit(node)

    def visit_keyword(self, node):
        """None, which leaves it out, for an argument that is not needed any more, or that is unknown
        and only turns something off.
        """
        self.generic_visit(node)
        if node.arg in self.forgotten:
            return None
        if node.arg in self.unknown and _is(node.value, False):
            return None
        if node.arg == "reduction" and _is(node.value, None) and not self.is_3:
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


def _unknown_arguments(keras, is_2_3):
    """Arguments of Model.compile that a Keras does not know, each with what that means."""
    unknown = {} if _compiles_models(keras) else {"jit_compile": NO_COMPILER}
    if is_2_3:
        unknown["run_eagerly"] = "Keras 2.3 runs no model eagerly"
    return unknown


def _forgotten_arguments(keras):
    """Arguments that Model.compile needed once, if this Keras needs them no more."""
    return {name for name in ("sample_weight_mode",) if name not in _compile_parameters(keras)}


def _renamed(keras, subject, is_2_3):
    """The names that a Keras has others for, each with that name."""
    names = dict(IN_2_3) if is_2_3 else {}
    if subject != "tf.keras":
        names["tf.keras"] = subject
    for today, older in OLDER.items():
        known = [name for name in (today, *older) if _has(keras, name)][:1]
        if known and known != [today]:
            names["tf.keras." + today] = f"{subject}.{known[0]}"
    return names


def _dotted(node):
    """A name with dots as text, "" for any other expression."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _parsed(text):
    return ast.parse(text, mode="eval").body


def _is(node, constant):
    """Whether a node is a constant, such as None."""
    try:
        return ast.literal_eval(node) is constant
    except ValueError:
        return False


def _has(keras, name):
    """Whether there is something of this name, such as "optimizers.SGD"."""
    for part in name.split("."):
        keras = getattr(keras, part, None)
    return keras is not None


def _compiles_models(keras):
    """Whether Model.compile knows XLA."""
    return "jit_compile" in _compile_parameters(keras)


def _compile_parameters(keras):
    """The parameters of Model.compile; Keras before 2.1 has its models at another place."""
    model = getattr(keras, "Model", None)
    return set() if model is None else set(inspect.signature(model.compile).parameters)
