"""What an installation answers about a user's numbers, and what its answers are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reports.explain.call import Call
from reports.explain.hypotheses import Hypothesis, Total, hypotheses, totals
from reports.explain.ways import Way, ways
from suites.cases.execution import Execution
from suites.observe.arrays import packed, unpacked
from suites.observe.client import Client, Sent
from suites.observe.messages import Answer, Request

VAGUE = 0.01  # of the greatest number


@dataclass(frozen=True)
class Answered:
    """An answer of one way and execution: `numbers`, nats, or why there are none, `refused`.

    `by` is what gives all of them, and `total` how, where it is not the way's own; None where nothing
    does. `width` is the greatest radius of theirs.
    """

    way: Way
    execution: Execution
    numbers: np.ndarray
    by: Hypothesis | None = None
    total: Total | None = None
    width: float = 0.0
    refused: str = ""

    @property
    def tested(self) -> bool:
        """Whether there is a bound; else rounding may give any number."""
        return self.width < np.inf

    @property
    def rank(self) -> tuple[int, bool]:
        """The likeliest first: the fewest departures, and a bound that few other numbers meet."""
        departures = self.by.departures if self.by and not self.by.is_wider else 0
        vague = self.width > VAGUE * max(1.0, float(np.max(np.abs(self.numbers))))
        return departures + (self.total is not None), vague

    @property
    def is_as_asked(self) -> bool:
        """Whether they are what this way should give, or that in a wider dtype."""
        right = self.by is not None and (self.by.departures == 0 or self.by.is_wider)
        return right and self.total is None


def answered(one: Call, client: Client, device: str) -> list[Answered]:
    """What is installed says of a call, in all ways and executions. Raises CannotAsk."""
    sent = [
        (way, execution, _send(client, one, way, execution, device))
        for way in ways(one)
        for execution in way.executions
    ]
    found = [_unexplained(way, execution, request.answer()) for way, execution, request in sent]
    return _explained(one, found)


def _send(client: Client, one: Call, way: Way, execution: Execution, device: str) -> Sent:
    target, output, weight = one.inputs.target, one.inputs.output, one.inputs.weight
    if target.ndim == output.ndim:
        target = np.moveaxis(target, -1, one.axis)
    arrays = {"target": packed(target), "output": packed(np.moveaxis(output, -1, one.axis))}
    if weight is not None:
        arrays["weight"] = packed(weight)
    request: Request = {
        "call": way.text,
        "arrays": arrays,
        "execution": "eager" if way.in_model else execution,
        "device": device,
        "by": "" if way.value_only else "output",
    }
    return client.send(request)


def _unexplained(way: Way, execution: Execution, answer: Answer) -> Answered:
    if "value" in answer:
        return Answered(way, execution, unpacked(answer["value"]).ravel())
    why = answer.get("error") or answer.get("absent") or answer.get("not_asked", "")
    return Answered(way, execution, np.empty(0), refused=why)


def _explained(one: Call, found: list[Answered]) -> list[Answered]:
    """The answers with what gives them; each hypothesis is computed once for all of them."""
    fitting: list[list[Answered]] = [[] for _ in found]
    for hypothesis in hypotheses(one):
        for answer, fits in zip(found, fitting, strict=True):
            for total in (None, *totals(hypothesis.inputs)):
                width = _width(hypothesis, total or answer.way.total, answer.numbers)
                if width is not None:
                    fits.append(replace(answer, by=hypothesis, total=total, width=width))
    return list(map(_likeliest, found, fitting))


def _likeliest(answer: Answered, fitting: list[Answered]) -> Answered:
    bounded = [each for each in fitting if each.tested]
    as_asked = [each for each in fitting if each.is_as_asked]
    return min(bounded or as_asked, key=lambda each: each.rank, default=answer)


def _width(hypothesis: Hypothesis, total: Total, found: np.ndarray) -> float | None:
    """The greatest radius by which a correct evaluation may return these numbers, None if none may.

    NaN and infinity are right where the set has no other number, and else what the evaluation of
    any other hypothesis may give.
    """
    size = total.size(hypothesis.inputs)
    value = hypothesis.losses.value(total.reduction) / size
    if value.shape != found.shape:
        return None
    ball = hypothesis.losses.enclosure(total.reduction)
    mid, rad = ball.mid / size, ball.rad / size
    finite = np.isfinite(found)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(found - mid) <= rad) | (np.isinf(rad) & ~np.isnan(mid))
    if hypothesis.departures:
        same = (found == value) | (np.isnan(found) & np.isnan(value))
    else:
        same = (np.isnan(found) & np.isnan(mid)) | ((found == mid) & (rad == 0))
    if not np.where(finite, inside, same).all():
        return None
    return float(np.max(rad, where=finite, initial=0.0))
