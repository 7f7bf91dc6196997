"""What the signature of a user's own loss says, with `--with`: how it is called, and its values.

Parameters have the names of our options, or `--with name=option` says which is which. Those that the
formula has, too, count with the default of the signature: a loss whose gamma is 3 is not wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from reference.history import EPSILON_NAMES
from reference.specification import Parameter
from suites.cases.loss_options import ARGUMENTS
from suites.cases.losses import Loss
from suites.cases.outputs import Kind
from suites.cases.subject import FROM_LOGITS, REDUCTION, Called, Values, options
from suites.plugin.bad_choice import BadChoice, meant
from suites.plugin.with_values import Setting

# Names by which people call labels and predictions: these in front of those are swapped.
LABELS = ("y_true", "target", "targets", "label", "labels", "true", "truth", "y")
PREDICTIONS = (
    *("y_pred", "output", "outputs", "input", "inputs", "logits", "logit", "pred", "preds"),
    *("prediction", "predictions", "probs", "probabilities", "y_hat", "x", "p"),
)
LOGITS = {"logits", "logit", "y_logits"}
SMOOTHING, BALANCING, ALPHA = "label_smoothing", "apply_class_balancing", "alpha"


@dataclass(frozen=True)
class Taken:
    """A parameter; `default` is None for one that is `required`, or has no plain value."""

    name: str
    required: bool
    default: object


@dataclass(frozen=True)
class Signature:
    """What the observer found: the `pair` that labels and predictions go to, and the others.

    `created` and `called` are the parameters of a class and of its call, a function has the latter
    alone; `is_open` says that what takes options takes any.
    """

    kind: Literal["function", "class"]
    pair: tuple[str, ...]
    created: tuple[Taken, ...]
    called: tuple[Taken, ...]
    is_open: bool

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Signature:  # JSON of the observer
        """Of the JSON that `own_loss.described` makes."""
        created, called = (
            tuple(Taken(one["name"], one["required"], one["default"]) for one in found[part])
            for part in ("created", "called")
        )
        pair = tuple(one.name for one in called[:2])
        takes_options = "created" if found["kind"] == "class" else "called"
        return cls(found["kind"], pair, created, called[2:], found["open"][takes_options])

    @property
    def options(self) -> dict[str, Taken]:
        """What takes options: the class, or the function."""
        own = self.created if self.kind == "class" else self.called
        return {one.name: one for one in own}

    @property
    def all(self) -> dict[str, Taken]:
        return self.options | {one.name: one for one in self.called}


@dataclass(frozen=True)
class How:
    """How a loss is called, what its parameters are, and whether it may take a reduction."""

    called: Called
    values: Values
    may_reduce: bool


def how(
    found: Signature, loss: Loss, settings: Iterable[Setting], takes: tuple[Kind, ...] = ()
) -> How:
    """How it is called if it `takes` these predictions, or whichever it says.

    Raises BadChoice for a setting of no parameter, and for a parameter without a value.
    """
    settings = tuple(settings)
    if takes == ("logits",) and FROM_LOGITS in found.all:
        settings = (*settings, Setting(FROM_LOGITS, True, "True"))
    formulas = (one for one in (loss.probabilities, loss.logits) if one)
    formula = tuple(name for one in formulas for name in one.parameters)
    known = (*formula, *EPSILON_NAMES, SMOOTHING, BALANCING)
    names = _names(found, settings, (*options(loss.name), *known, FROM_LOGITS, REDUCTION))
    fixed = {one.name: one for one in settings if not one.option}
    for name in fixed.keys() - found.all.keys() - {*known}:
        if not found.is_open:
            near = meant(name, (*found.all, *known))
            raise BadChoice(
                f"--with {name}: neither the loss nor its formula has it; {near}".rstrip("; ")
            )
    _check_required(found, fixed, names)
    own = {names.get(name, name): name for name in found.all} | {v: k for k, v in names.items()}
    values = _values(found, fixed, names, formula)
    accepts = tuple(
        name
        for name in options(loss.name) or _of_formula(formula)
        if names.get(name, name) in found.all and names.get(name, name) not in fixed
    )
    return How(
        Called(
            found.kind,
            swapped=_is_swapped(found.pair),
            accepts=accepts,
            names=names,
            fixed={name: one.text for name, one in fixed.items() if _gets(found, name)},
            takes=_takes(found, fixed, names, loss),
            logits_first=_default(found, names, FROM_LOGITS) is True,
        ),
        values,
        found.is_open or names.get(REDUCTION, REDUCTION) in own,
    )


def _gets(found: Signature, name: str) -> bool:
    """Whether the loss gets a value, which else is of its formula alone."""
    return name in found.all or (found.is_open and name not in (*EPSILON_NAMES, SMOOTHING))


def _names(found: Signature, settings: tuple[Setting, ...], known: Iterable[str]) -> dict[str, str]:
    """Its own names of our options, where they differ."""
    known, names = tuple(known), {}
    for one in settings:
        if one.option and one.option not in known:
            near = meant(one.option, known)
            raise BadChoice(
                f"--with {one.name}={one.option}: no option {one.option!r}; {near}".rstrip("; ")
            )
        if one.option and one.name not in found.all and not found.is_open:
            near = meant(one.name, found.all)
            raise BadChoice(
                f"--with {one.name}: the loss has no such parameter; {near}".rstrip("; ")
            )
        if one.option:
            names[one.option] = one.name
    return names


def _check_required(
    found: Signature, fixed: Mapping[str, Setting], names: Mapping[str, str]
) -> None:
    for one in found.all.values():
        if one.required and one.name not in fixed:
            raise BadChoice(f"--subject: it needs {one.name!r}; add --with {one.name}=VALUE")


def _default(found: Signature, names: Mapping[str, str], option: str) -> object:
    taken = found.all.get(names.get(option, option))
    return taken.default if taken else None


def _value(
    found: Signature, fixed: Mapping[str, Setting], names: Mapping[str, str], option: str
) -> object:
    """The value that an option has in a plain call; None where nothing says."""
    name = names.get(option, option)
    return fixed[name].value if name in fixed else _default(found, names, option)


def _values(
    found: Signature,
    fixed: Mapping[str, Setting],
    names: Mapping[str, str],
    formula: Iterable[str],
) -> Values:
    def value(option: str) -> object:
        return _value(found, fixed, names, option)

    taken = {name: _number(value(name)) for name in dict.fromkeys(formula)}
    if names.get(BALANCING, BALANCING) in found.all and value(BALANCING) is not True:
        taken[ALPHA] = None
    smoothing, epsilon = _number(value(SMOOTHING)), [_number(value(name)) for name in EPSILON_NAMES]
    return Values(
        tuple((name, number) for name, number in taken.items() if number is not None),
        smoothing if isinstance(smoothing, float) else 0.0,
        next((each for each in epsilon if isinstance(each, float)), None),
    )


def _number(value: object) -> Parameter:
    """A number, or numbers by class; None for any other value."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list | tuple) and all(isinstance(one, int | float) for one in value):
        return tuple(map(float, value))
    return None


def _of_formula(formula: Iterable[str]) -> tuple[str, ...]:
    """The options of a loss that is like none of ours."""
    any_loss = (SMOOTHING, "axis", "sample_weight", REDUCTION)
    return tuple(name for name in ARGUMENTS if name in (*any_loss, *formula))


def _takes(
    found: Signature, fixed: Mapping[str, Setting], names: Mapping[str, str], loss: Loss
) -> tuple[Kind, ...]:
    """The predictions that it takes; nothing where only a measurement can say."""
    name = names.get(FROM_LOGITS, FROM_LOGITS)
    if name in fixed:
        return ("logits",) if fixed[name].value else ("probabilities",)
    if name in found.all:
        return "probabilities", "logits"
    return ("logits",) if LOGITS & {*map(str.lower, found.pair)} else ()


def _is_swapped(pair: tuple[str, ...]) -> bool:
    first, second = (*(name.lower() for name in pair), "", "")[:2]
    return first in PREDICTIONS and second in LABELS
