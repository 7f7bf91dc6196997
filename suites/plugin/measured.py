"""What one tiny call of a user's own loss shows: which predictions it takes, and how it reduces.

A batch of eight rows of three classes, in float32, is asked first without any reduction, then as
the loss comes. The shape says whether there is a loss for each prediction or row; of a scalar the
bound of the sum says whether it is that, and any other is taken for the mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from reference.expectation import expect
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from suites.cases import inputs
from suites.cases.calls import Parts
from suites.cases.losses import Loss
from suites.cases.outputs import Kind
from suites.cases.subject import REDUCTION, Called, Subject, Values
from suites.judge.mistakes import mistakes
from suites.observe.arrays import packed, unpacked
from suites.observe.client import Client
from suites.observe.environment import CannotMeasure
from suites.observe.messages import Packed
from suites.plugin.signature import How

SEED, DTYPE = 2017, "float32"
UNREDUCED = ("None", "'none'")
ROWS, CLASSES = inputs.ROWS, inputs.CLASSES
Numbers = np.ndarray


@dataclass(frozen=True)
class Chosen:
    """What the user said in place of a measurement."""

    takes: tuple[Kind, ...] = ()
    rows: Reduction | None = None


def measured(client: Client, text: str, loss: Loss, how: How, chosen: Chosen) -> Subject:
    """The subject. Raises CannotMeasure where no call gives losses of this loss's shapes."""
    batch, called = _batch(loss), how.called
    takes = chosen.takes or called.takes
    called = replace(called, takes=takes or ("probabilities", "logits"))
    name = called.names.get(REDUCTION, REDUCTION)
    ways = [(f"{name}={off}",) for off in UNREDUCED if how.may_reduce] + [()]
    found = {way: _asked(client, called, way, loss, batch) for way in ways}
    way = next((way for way in ways if isinstance(found[way], np.ndarray)), None)
    if way is None:
        raise CannotMeasure(f"--subject: {text} can't be judged: {found[()]}")
    numbers, plain = found[way], found[()]
    assert isinstance(numbers, np.ndarray)
    kinds = takes or _kinds(numbers, loss, how.values, batch)
    rows = chosen.rows or _reduction(numbers, loss, how.values, kinds[0], batch)
    whole = None
    if way and isinstance(plain, np.ndarray) and plain.shape != numbers.shape:
        whole = _reduction(plain, loss, how.values, kinds[0], batch)
    return Subject(text, loss, replace(called, takes=kinds), how.values, rows, whole, way)


def _batch(loss: Loss) -> Inputs:
    output = inputs.predictions("interior", False, DTYPE, SEED)
    return Inputs(inputs.labels(loss.family, loss.labels, output.shape, DTYPE, SEED), output)


def _asked(
    client: Client, called: Called, way: tuple[str, ...], loss: Loss, batch: Inputs
) -> Numbers | str:
    """The numbers of a call, or one line: why there are none."""
    call = called.template(*way)(Parts())
    arrays = {"target": packed(batch.target), "output": packed(batch.output)}
    request = {"call": call, "arrays": arrays, "device": "CPU:0", "by": "output"}
    answer = client.ask({**request, "execution": "eager"})
    if "not_asked" in answer:  # TensorFlow 1 knows graphs alone
        answer = client.ask({**request, "execution": "graph"})
    if "value" not in answer:
        return f"{call} raised {next(text for text in answer.values() if isinstance(text, str))}"
    return _numbers(call, answer["value"], loss)


def _numbers(call: str, value: Packed, loss: Loss) -> Numbers | str:
    shapes = [(), (ROWS,), *([(ROWS, CLASSES)] if loss.elementwise else [])]
    shape, dtype = tuple(value["shape"]), value["dtype"]
    if dtype not in DTYPES:
        return f"{call} returned dtype {dtype} where {DTYPE} is expected"
    if shape not in shapes:
        allowed = ", ".join(map(str, shapes[:-1])) + f" or {shapes[-1]}"
        return f"{call} returned shape {shape} for predictions {(ROWS, CLASSES)}, where {allowed} is expected"
    return unpacked(value)


def _specifications(loss: Loss, values: Values, kind: Kind) -> Iterator[Specification]:
    formula = loss.logits if kind == "logits" else loss.probabilities
    if formula:
        yield values(Specification(formula, DTYPE))


def _holds(spec: Specification, numbers: Numbers, batch: Inputs) -> bool:
    expected, _ = expect(spec, batch)
    return expected.mid.shape == numbers.shape and bool(expected.holds(numbers).all())


def _reduction(
    numbers: Numbers, loss: Loss, values: Values, kind: Kind, batch: Inputs
) -> Reduction:
    if numbers.shape:
        return Reduction.NONE if numbers.shape == batch.output.shape else Reduction.ROW
    sums = (replace(spec, reduction=Reduction.SUM) for spec in _specifications(loss, values, kind))
    is_sum = any(_holds(spec, numbers, batch) for spec in sums)
    return Reduction.SUM if is_sum else Reduction.MEAN


def _kinds(numbers: Numbers, loss: Loss, values: Values, batch: Inputs) -> tuple[Kind, ...]:
    """Logits where only their formula, or a usual mistake in it, gives the numbers, or where there is
    no other.
    """
    if not loss.probabilities:
        return ("logits",)
    kinds: tuple[Kind, ...] = ("probabilities", "logits")
    held = [kind for kind in kinds if _is_of(numbers, loss, values, kind, batch)]
    return ("logits",) if held == ["logits"] else ("probabilities",)


def _is_of(numbers: Numbers, loss: Loss, values: Values, kind: Kind, batch: Inputs) -> bool:
    reduction = _reduction(numbers, loss, values, kind, batch)
    for plain in _specifications(loss, values, kind):
        spec = replace(plain, reduction=reduction)
        others = (mistake.change(spec) for mistake in mistakes(spec))
        if any(_holds(one, numbers, batch) for one in (spec, *others)):
            return True
    return False
