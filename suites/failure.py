"""What the reader of a failure gets: the numbers, the cause, a command, and a script to pass on."""

from __future__ import annotations

import hashlib
import math

from suites.cases import Case
from suites.given import asked
from suites.judge import Columns

SHOWN = 3  # of the numbers that differ, for each quantity of a case

SCRIPT = '''"""{id}

{note}
"""
import numpy as np
import tensorflow as tf
import keras


def array(dtype, shape, bits):
    raw = np.frombuffer(bytes.fromhex(bits), "uint16" if dtype == "bfloat16" else dtype)
    tensor = tf.constant(raw.reshape(shape))
    return tf.bitcast(tensor, tf.bfloat16) if dtype == "bfloat16" else tensor


{arrays}


{decorator}def loss_and_gradient({names}):
    with tf.GradientTape() as tape:
        tape.watch(output)
        loss = {call}
    return loss, tape.gradient(loss, output)


with tf.device("{device}"):
    loss, gradient = loss_and_gradient({names})
print("loss", loss.numpy())
print("gradient", gradient.numpy())
'''
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
    arrays = asked(case, seed)
    return SCRIPT.format(
        id=case.id,
        note=note,
        names=", ".join(arrays),
        arrays="\n".join(ARRAY.format(name=name, **packed) for name, packed in arrays.items()),
        decorator=DECORATORS[case.execution],
        call=case.call,
        device=case.device,
    )


def describe(case: Case, columns: Columns, verdicts: list[str], folder: str) -> str:
    """The text of one failing quantity of a case, its greatest errors first; "" if none fails."""
    places = [place for place, verdict in enumerate(verdicts) if verdict in ("new", "gone")]
    if not places:
        return ""
    places.sort(key=lambda place: (-_weight(columns.ulp_error[place]), place))
    lines = [f"{case.id}", f"  call   {case.call}   [{columns.quantity}]"]
    for place in places[:SHOWN]:
        lines += _number(columns, verdicts, place)
    if len(places) > SHOWN:
        lines.append(f"  ... and {len(places) - SHOWN} more")
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
