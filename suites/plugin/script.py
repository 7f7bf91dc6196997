"""A program to pass on: it shows one case with TensorFlow alone, and whether it still differs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent

from reference.cause import Reason, read
from reference.cause_kinds import CauseKind
from reference.specification import QUANTITIES, Inputs
from suites.cases import loss_options
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.subject import SUBJECT
from suites.observe import dialect
from suites.observe.arrays import pack_batch
from suites.observe.visible import visible
from suites.plugin.block import Block
from suites.plugin.reached import reached
from suites.plugin.short_id import short_id

SCRIPT = '''"""{id}

{note}

Exit code 1: {meaning}; 0: no longer.
"""
import os
import sys
import threading

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import keras
{imports}
(processor,) = tf.config.list_physical_devices("CPU")
parts = [tf.config.LogicalDeviceConfiguration() for _ in range(2)]
tf.config.set_logical_device_configuration(processor, parts)


def array(dtype, shape, bits):
    raw = np.frombuffer(bytes.fromhex(bits), "uint16" if dtype == "bfloat16" else dtype)
    tensor = tf.constant(raw.reshape(shape))
    return tf.bitcast(tensor, tf.bfloat16) if dtype == "bfloat16" else tensor


{arrays}


{programs}{decorator}def loss_and_gradient({names}):
{body}


def give_up():
    print("no answer within 50 s")
    sys.stdout.flush()
    os._exit(1)


clock = threading.Timer(50.0, give_up)
clock.daemon = True
clock.start()
value = gradient = None
raised = ""
try:
    with tf.device("{device}"):
        value, gradient = loss_and_gradient({names})
except Exception as error:
    raised = type(error).__name__
    print(raised, error)
value, gradient = (x if x is None else tf.convert_to_tensor(x) for x in (value, gradient))
for name, tensor in (("loss", value), ("gradient", gradient)):
    print(name, None if tensor is None else tensor.numpy())
differs = {differs}
print("differs" if differs else "does not differ")
sys.exit(int(differs))
'''
BOTH = "return {call}"
EXPRESSION = """with tf.GradientTape() as tape:
    tape.watch({by})
    value = {call}
return value, tape.gradient(value, {by})"""
ARRAY = '{name} = array("{dtype}", {shape}, "{hex}")'
DECORATORS = {
    "eager": "",
    "graph": "@tf.function(autograph=False)\n",
    "xla": "@tf.function(autograph=False, jit_compile=True)\n",
}
NUMBERS_FOR_ERRORS = (CauseKind.NUMBER_FOR_ERROR, CauseKind.NAN_FOR_ERROR)
ERRORS = (CauseKind.RAISED, CauseKind.UNCLEAR_ERROR, CauseKind.ERROR_FOR_NUMBER)


@dataclass(frozen=True)
class Comparison:
    """What a program looks for: one comparison, as it is in a report."""

    quantity: str
    index: str
    low: float
    high: float
    cause: str

    @classmethod
    def at(cls, block: Block, place: int) -> Comparison:
        """That at a place of a block of comparisons."""
        return cls(
            quantity=block["quantity"][place],
            index=block["index"][place],
            low=block["low"][place],
            high=block["high"][place],
            cause=block["cause"][place],
        )

    @property
    def reason(self) -> Reason | None:
        """The main reason of the cause, None where there is none."""
        return read(self.cause).reasons[0] if self.cause else None

    @property
    def is_of_one_call(self) -> bool:
        """Whether the call itself differs, and not from another call."""
        return self.quantity in (*QUANTITIES, "call")


def name(case: Case, more: str = "") -> str:
    """A file name for the program of a case, safe in any shell; `more` is what it is about besides."""
    digest = short_id(case.id + more)
    return f"{case.loss}-{case.dtype}-{case.execution}-{case.inputs}-{digest}.py"


def script(case: Case, note: str, inputs: Inputs, difference: Comparison, own: str = "") -> str:
    """A program that ends within a minute, with exit code 1 while the difference is there.

    `own` is the text of a loss of the user's own, which it imports.
    """
    arrays, form, call = pack_batch(case, inputs), FORMS[case.loss, case.form], case.call
    body = BOTH if form.gives_gradient else EXPRESSION
    meaning, differs = _test(case, difference)
    return SCRIPT.format(
        id=_quoted(case.id),
        note=_quoted(note),
        meaning=_quoted(meaning),
        imports=("import tf_keras\n" if "tf_keras" in call else "") + _import(own),
        names=", ".join(arrays),
        arrays="\n".join(ARRAY.format(name=name, **packed) for name, packed in arrays.items()),
        decorator=DECORATORS[case.execution if form.traced else "eager"],
        programs="".join(f"{source}\n\n\n" for source in _programs(call)),
        body=indent(body.format(call=call, by=form.by), "    "),
        device=case.device,
        differs=differs,
    )


def _import(own: str) -> str:
    """What has the calls know a loss of the user's own, in the folder where this was run."""
    if not own:
        return ""
    place, _, name = own.partition(":")
    path = Path(place).absolute()
    is_file = path.suffix == ".py"
    folder, module = (path.parent, path.stem) if is_file else (Path.cwd(), place)
    return (
        f"\nsys.path.insert(0, {str(folder)!r})\n"
        f"import importlib\n\n{SUBJECT} = importlib.import_module({module!r}).{name}\n"
    )


@cache
def _known_programs() -> tuple[str, Mapping[str, ast.FunctionDef]]:
    """The text of `programs.py`, and its functions by name."""
    text = Path(dialect.PROGRAMS).read_text(encoding="utf-8")
    return text, dialect.functions_of(ast.parse(text))


def _programs(call: str) -> list[str]:
    """The source of the functions of `programs.py` that a call reaches."""
    text, known = _known_programs()
    tree = ast.parse(call)
    used = reached(tree, known)
    named = {program.name for program in dialect.programs_of(tree, known)}
    others = sorted(named - {program.name for program in used})
    note = [f"# Left out, since this call does not reach them: {', '.join(others)}."]
    sources = [ast.get_source_segment(text, program) or "" for program in used]
    return [*(note if others else ()), *sources]


def _test(case: Case, found: Comparison) -> tuple[str, str]:
    """What it means that the difference is there, in words and in Python."""
    tensor = found.quantity if found.quantity in QUANTITIES else "value"
    if not found.is_of_one_call:
        return f"always, since two calls must be compared ({found.quantity})", "True"
    if reason := found.reason:
        kind, detail = reason.kind, (*reason.details, "")[0]
        if kind in NUMBERS_FOR_ERRORS:
            return "no error is raised", "not raised"
        if kind in ERRORS:
            return f"{detail} is raised", f"raised == {detail!r}"
        if kind is CauseKind.NOTHING:
            return f"there is no {tensor}", f"not raised and {tensor} is None"
        if kind is CauseKind.WRONG_SHAPE:
            return f"the {tensor} has shape {detail}", f"not raised and {tensor}.shape == {detail}"
        if kind is CauseKind.WRONG_DTYPE:
            of_dtype = f"not raised and {tensor}.dtype.name == {detail!r}"
            return f"the {tensor} is {detail}", of_dtype
    return _test_of_number(case, found, tensor)


def _test_of_number(case: Case, found: Comparison, tensor: str) -> tuple[str, str]:
    place = f"[{', '.join(found.index.split())}]" if found.index else ""
    axis = loss_options.axis(case.chosen)
    moved = f"np.moveaxis(tf.cast({tensor}, tf.float64).numpy(), {axis}, -1){place}"
    plain = f"tf.cast({tensor}, tf.float64).numpy(){place}"
    number = moved if tensor == "gradient" and axis != -1 else plain
    if found.low != found.low:
        return f"{tensor} {found.index} is not NaN", f"raised or {number} == {number}"
    low, high = (f'float("{number!r}")' for number in (found.low, found.high))
    words = f"{tensor} {found.index} is not from {found.low!r} to {found.high!r}"
    return words, f"bool(raised) or not {low} <= {number} <= {high}"


def _quoted(text: str) -> str:
    """A text that can't end the docstring it is put into."""
    return visible(text).replace("\\", r"\\").replace('"', r"\"")
