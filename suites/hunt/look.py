"""One drawn call: asked, judged, and what of it no known difference accounts for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reference import expectation
from reference.cause import Cause
from reference.cause_kinds import CauseKind
from suites.cases.drawn import Drawn
from suites.cases.forms import FORMS
from suites.cases.loss_options import parse
from suites.judge import judge
from suites.judge.comparison import OfCase, Whole, causes
from suites.judge.diagnosis import Quantity
from suites.judge.raised import NODE, raised
from suites.ledger.difference import Box, Difference
from suites.observe.client import Client
from suites.observe.messages import Answer
from suites.observe.requests import request_of

KEPT = 200  # draws whose expectations are remembered
OF_ANY = ("loss", "output")  # fields of a box that a drawn case shares, beside dtype and execution
OF_A_FORM = (CauseKind.UNEXPLAINED, CauseKind.DTYPE)  # what it computes in is its own
# What a library does to numbers, whatever the formula is that they are of.
OF_ARITHMETIC = (CauseKind.DTYPE, CauseKind.ROUNDED, CauseKind.FAILS, CauseKind.DEVIATION)
LONGEST = 60  # of what is read of a message
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Oddity:
    """What one quantity of a drawn call shows: a cause, and the comparisons that it is of."""

    case: Drawn
    found: OfCase
    cause: Cause

    @property
    def key(self) -> Key:
        """What it shares with others that are the same find: a cause that is computed is that of
        all forms, but for a dtype, and an error as `key_of_error` says.
        """
        if isinstance(self.found, Whole):
            return key_of_error(self.case.loss, self.case.form, self.found.observed)
        form = self.case.form if self.cause.kind in OF_A_FORM else ""
        return self.case.loss, form, self.found.quantity, str(self.cause)

    @property
    def options(self) -> frozenset[str]:
        """The names of the options of the call."""
        return frozenset(parse(self.case.arguments))


def key_of_error(loss: str, form: str, message: str) -> Key:
    """What an error shares with others that are the same find: all of models, or of the other forms of
    a loss, with these words, whatever numbers and shapes are in them.
    """
    words = re.sub(r"N(, ?N)*,?", "N", re.sub(r"[0-9]+", "N", NODE.sub("", message)))
    of = "" if FORMS[loss, form].model else loss
    return of, "", Quantity.CALL, " ".join(words.split())[:LONGEST]


class Judge:
    """Judges drawn calls; remembers what they share for so many."""

    def __init__(self, client: Client, known: Iterable[Difference]) -> None:
        self.client, self.known = client, tuple(known)
        self.asked = self.compared = self.untested = 0

    def look(self, case: Drawn) -> list[Oddity]:
        """What is odd about a call and not known. Raises CannotAsk, and ObserverMistake."""
        self.asked += 1
        if not self.asked % KEPT:
            forget()
        answer = self.client.ask(request_of(case, case.batch))
        return [one for one in self._odd(case, answer) if not self._knows(one)]

    def _knows(self, one: Oddity) -> bool:
        return is_known(one, self.known) or is_of_known_kinds(one, self.known)

    def _odd(self, case: Drawn, answer: Answer) -> Iterator[Oddity]:
        for found in self._judged(case, answer):
            for cause in dict.fromkeys(filter(None, causes(found))):
                if cause.kind is CauseKind.OF_WRONG_SHAPE:  # the value says so
                    continue
                yield Oddity(case, found, cause)

    def _judged(self, case: Drawn, answer: Answer) -> Sequence[OfCase]:
        if "absent" in answer or "not_asked" in answer:
            return ()
        if "value" not in answer:
            return (Whole(Quantity.CALL, answer["error"], raised(answer["error"])),)
        found = judge.compare(case, case.batch, answer)
        for one in found:
            tested = getattr(one, "tested", [True])
            self.compared += len(tested)
            self.untested += tested.count(False)
        return found


def is_known(one: Oddity, known: Iterable[Difference]) -> bool:
    """Whether an entry knows the cause of this loss, dtype, execution and options, whatever their
    values, the numbers and the forms are of which it has been seen; an error and a dtype are of
    their form. Of several reasons at once each may be known by itself, of the value or of the gradient.
    """
    quantity = one.found.quantity
    alike = [(entry, box) for entry in known for box in _boxes(entry) if _may_hold(box, one)]
    of_quantity = (entry for entry, box in alike if quantity in box.get("quantity", (quantity,)))
    if any(_knows(entry, one.cause) for entry in of_quantity):
        return True
    reasons = {reason for entry, _ in alike for reason in entry.reasons}
    return len(one.cause.reasons) > 1 and reasons.issuperset(one.cause.reasons)


def is_of_known_kinds(one: Oddity, known: Iterable[Difference]) -> bool:
    """Whether each reason is known by itself: of what stands behind the loss, or, of arithmetic in a dtype
    and an execution, of any loss. That is no new find, though no entry says it of this loss.
    """
    left = set(one.cause.reasons)
    for entry in known:
        for box in _boxes(entry):
            if left and _is_of_arithmetic(box, one):
                left -= {x for x in entry.reasons if x.kind in OF_ARITHMETIC}
            if left and _may_hold(box, one):
                left -= entry.reasons
    return not left


def _knows(entry: Difference, cause: Cause) -> bool:
    """Whether it is a cause of an entry; a wrong shape is any."""
    of_shape = cause.kind is CauseKind.WRONG_SHAPE
    return entry.knows(cause) or (of_shape and cause.kind in {each.kind for each in entry.causes})


def _boxes(entry: Difference) -> tuple[Box, ...]:
    return (*entry.always, *entry.sometimes)


def _is_of_arithmetic(box: Box, one: Oddity) -> bool:
    """Whether a box is about the dtype and the execution of a call."""
    executions = {one.case.execution}
    if one.case.traced:  # within a function of its own
        executions.add("graph")
    of_dtype = one.case.dtype in box.get("dtype", (one.case.dtype,))
    return of_dtype and not executions.isdisjoint(box.get("execution", executions))


def _may_hold(box: Box, one: Oddity) -> bool:
    """Whether a box is about the loss, the output and the options of a call, too."""
    of_form = isinstance(one.found, Whole) or one.cause.kind is CauseKind.DTYPE
    fields = (*OF_ANY, "form") if of_form else OF_ANY
    return (
        _is_of_arithmetic(box, one)
        and all(getattr(one.case, name) in box[name] for name in fields if name in box)
        and _takes_options(box, one.options)
    )


def _takes_options(box: Box, options: frozenset[str]) -> bool:
    others = box.get("argument", ())
    return any(_options(text) <= options for text in box.get("arguments", ("plain",))) and (
        not others or any(options & _options(text) for text in others)
    )


def _options(arguments: str) -> frozenset[str]:
    return frozenset(parse(arguments))


def forget() -> None:
    """Give back the memory of what was computed for draws that are past."""
    expectation.forget()
    judge.forget()
