"""What an option of a call is: a row, with the values to ask for and what they do to a specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reference.specification import Specification
from suites.cases.reading import Reading
from suites.cases.weights import Weights

OWN_DTYPE = "'that of the case'"
Chosen = Mapping[str, str]  # names of arguments and of their values
Effect = Callable[[Specification, str, Chosen], Specification]
Shape = tuple[int, ...]  # of the predictions, classes last
Misread = Callable[[Specification, Chosen, Shape], Iterable[Reading]]


def _unchanged(spec: Specification, value: str, chosen: Chosen) -> Specification:
    return spec


def _nothing(spec: Specification, chosen: Chosen, shape: Shape) -> Iterable[Reading]:
    return ()


@dataclass(frozen=True)
class Argument:
    """`values` maps names to Python text, which is OWN_DTYPE for the dtype of the case.

    `needed` is the value of calls that can't do without one. `called` says that the
    argument goes to the call of a loss object, not to its constructor; `setting` that it is no
    argument at all but a setting of Keras, with that name in `keras.config`. By value: `for_classes`
    are taken only where classes exclude each other, `for_calls` only by a call of a loss, `for_steps` only
    by a step of a model; `weights` are those of the rows, `masks` say which rows count, and `readings`
    what a mean by those weights may be taken for. `misread` gives what else it may be taken for.
    """

    name: str
    values: Mapping[str, str]
    effect: Effect = _unchanged
    needed: str = ""
    called: bool = False
    setting: bool = False
    for_classes: tuple[str, ...] = ()
    for_calls: tuple[str, ...] = ()
    for_steps: tuple[str, ...] = ()
    weights: Mapping[str, Weights] = field(default_factory=dict)
    masks: Mapping[str, Weights] = field(default_factory=dict)
    misread: Misread = _nothing
    readings: Mapping[str, Reading] = field(default_factory=dict)


def texts(*texts: str) -> dict[str, str]:
    return {text: repr(text) for text in texts}


def numbers(*texts: str) -> dict[str, str]:
    return {text: text for text in texts}
