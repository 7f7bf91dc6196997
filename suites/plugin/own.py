"""Start to judge a loss of the user's own: what `--subject` and the options beside it mean."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote

from suites.cases.calls import Parts
from suites.cases.losses import LOSSES, Loss
from suites.cases.outputs import Kind
from suites.cases.subject import Subject
from suites.observe.client import CannotAsk, Client
from suites.observe.environment import CannotMeasure
from suites.plugin import own_formula
from suites.plugin.bad_choice import BadChoice
from suites.plugin.measured import Chosen, measured
from suites.plugin.options import RETURNED, Choices
from suites.plugin.signature import Signature, how

KINDS: Mapping[str | None, tuple[Kind, ...]] = {
    None: (),
    "probabilities": ("probabilities",),
    "logits": ("logits",),
    "both": ("probabilities", "logits"),
}


def find(client: Client, chosen: Choices) -> Subject:
    """The loss that was chosen, as the observer knows it.

    Raises BadChoice for options that do not fit it, CannotMeasure where no call gives numbers.
    """
    assert chosen.subject
    loss = _loss(chosen)
    try:
        found = client.ask({"about": "described"})
    except CannotAsk as error:
        raise CannotMeasure(f"--subject: {error}") from None
    if "error" in found:
        line = f"--subject: {found['error']}"
        raise CannotMeasure(line) if found.get("found") else BadChoice(line)
    takes = KINDS[chosen.takes] or _of_formula(chosen, loss)
    rows = RETURNED[chosen.reduction] if chosen.reduction else None
    called = how(Signature.of(found), loss, chosen.with_ or (), takes)
    return measured(client, chosen.subject, loss, called, Chosen(takes, rows))


def _loss(chosen: Choices) -> Loss:
    like = LOSSES[chosen.like] if chosen.like else None
    if chosen.formula:
        return own_formula.load(chosen.formula, like, chosen.takes == "logits")
    assert like
    return like


def _of_formula(chosen: Choices, loss: Loss) -> tuple[Kind, ...]:
    """What a formula is of, which nothing has to measure."""
    if not chosen.formula:
        return ()
    return ("logits",) if loss.logits else ("probabilities",)


def described(subject: Subject) -> dict[str, str]:
    """Lines for the header and the report: how it is called, and what is expected of it."""
    plain = next(subject.forms())
    parts = Parts()
    values = dict(subject.values.parameters)
    if subject.values.smoothing:
        values["label_smoothing"] = subject.values.smoothing
    if subject.values.epsilon is not None:
        values["epsilon"] = subject.values.epsilon
    given = "".join(f", {name}={value}" for name, value in values.items())
    options = ", ".join(subject.called.accepts) or "none"
    whole = f"; as it comes: {subject.whole.value}" if subject.whole else ""
    return {
        "subject": f"{subject.text}, called as {plain.call(parts)}",
        "expected": f"{subject.loss.name}{given}, of {' and '.join(subject.called.takes)}",
        "returned": f"{subject.rows.value}{whole}",
        "options varied": options,
    }


def options(chosen: Choices) -> str:
    """What a command that runs one of its cases again says beside the case, safe in a shell."""
    values = {"subject": chosen.subject, "like": chosen.like, "formula": chosen.formula}
    values |= {"takes": chosen.takes, "reduction": chosen.reduction}
    values["with"] = ",".join(f"{one.name}={one.option or one.text}" for one in chosen.with_ or ())
    values["known"] = str(chosen.known or "")
    return "".join(f" --{name}={quote(text)}" for name, text in values.items() if text)
