"""What the reader of a failure gets: the numbers, the cause, a command, and a script to pass on."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from textwrap import indent

from suites.cases import Case
from suites.forms import FORMS
from suites.given import asked
from suites.judge import Columns
from suites.visible import visible

FAILING = ("new", "gone", "missing")
SHOWN = 3  # of the numbers that differ, for each quantity of a case

SCRIPT = '''"""{id}

{note}
"""
import numpy as np
import tensorflow as tf
import keras
{imports}

def array(dtype, shape, bits):
    raw = np.frombuffer(bytes.fromhex(bits), "uint16" if dtype == "bfloat16" else dtype)
    tensor = tf.constant(raw.reshape(shape))
    return tf.bitcast(tensor, tf.bfloat16) if dtype == "bfloat16" else tensor


{arrays}


{decorator}def loss_and_gradient({names}):
    gradient = None
{body}
    return value, gradient


with tf.device("{device}"):
    loss, gradient = loss_and_gradient({names})
print("loss", np.asarray(loss))
print("gradient", None if gradient is None else np.asarray(gradient))
'''
EXPRESSION = """with tf.GradientTape() as tape:
    tape.watch({by})
    value = {call}
gradient = tape.gradient(value, {by})"""
ARRAY = '{name} = array("{dtype}", {shape}, "{hex}")'
DECORATORS = {
    "eager": "",
    "graph": "@tf.function(autograph=False)\n",
    "xla": "@tf.function(autograph=False, jit_compile=True)\n",
}


def script_name(case: Case) -> str:
    """A file name for the stand-alone script of a case, safe in any shell."""
    digest = hashlib.sha256(case.id.encode()).hexdigest()[:8]
    return f"{case.loss}-{case.dtype}-{case.execution}-{case.inputs}-{digest}.py"


def script(case: Case, note: str, seed: int) -> str:
    """A program that shows the case with TensorFlow alone."""
    arrays, form, call = asked(case, seed), FORMS[case.loss, case.form], case.call
    body = call if "\n" in call else EXPRESSION.format(call=call, by=form.by)
    return SCRIPT.format(
        id=_quoted(case.id),
        note=_quoted(note),
        imports="import tf_keras\n" if "tf_keras" in call else "",
        names=", ".join(arrays),
        arrays="\n".join(ARRAY.format(name=name, **packed) for name, packed in arrays.items()),
        decorator=DECORATORS[case.execution if form.traced else "eager"],
        body=indent(body, "    "),
        device=case.device,
    )


def _quoted(text: str) -> str:
    """A text that can't end the docstring it is put into."""
    return visible(text).replace("\\", r"\\").replace('"', r"\"")


def describe(
    case: Case, columns: Columns, verdicts: list[str], folder: str, shown: Callable[[], str]
) -> str:
    """The text of one failing quantity of a case, its greatest errors first; "" if none fails.

    `shown` says, if it can, which releases gave the same answer.
    """
    places = [place for place, verdict in enumerate(verdicts) if verdict in FAILING]
    if not places:
        return ""
    places.sort(key=lambda place: (-_weight(columns.ulp_error[place]), place))
    lines = [f"{case.id}", f"  call   {case.call}   [{columns.quantity}]"]
    for place in places[:SHOWN]:
        lines += _number(columns, verdicts, place)
    if len(places) > SHOWN:
        lines.append(f"  ... and {len(places) - SHOWN} more")
    if by := shown():
        lines.append(f"  shown  by {by}")
    lines.append(f"  rerun  pytest -k '{case.group}'")
    lines.append(f"  script {folder}/scripts/{script_name(case)}")
    return "\n".join(lines)


def _weight(error: float) -> float:
    return math.inf if math.isnan(error) else abs(error)


def _number(columns: Columns, verdicts: list[str], place: int) -> list[str]:
    if verdicts[place] == "gone":
        return [f"  [{columns.index[place]}] agrees, where a known difference was expected"]
    if not columns.exact[place]:
        return [f"  observed {columns.observed[place]}", f"  cause  {columns.cause[place]}"]
    return [
        f"  [{columns.index[place]}] observed {columns.observed[place]}"
        f" (0x{columns.bits[place]}, {columns.observed_dtype[place]})",
        f"      exact    {columns.exact[place]}",
        f"      correct  from {columns.low[place]!r} to {columns.high[place]!r}",
        f"      error    {columns.ulp_error[place]:.4g} ULP,"
        f" {columns.radius_share[place]:.4g} of the radius",
        f"      cause    {columns.cause[place]}",
    ]
