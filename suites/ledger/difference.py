"""A known difference: an entry of the ledger, with the causes and the cases that it covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reference.cause import Cause, Reason, cause
from reference.cause_kinds import CauseKind
from suites.cases.case import Case
from suites.ledger.installed import TITLES, Installed, Line

FUSED = "fused"
OF_NO_CASE = ("quantity", FUSED)  # keys of a box that say nothing of the case itself
ANY = "*"
# The shape of a result is that of the inputs, and no cause.
ANY_SHAPE = cause(CauseKind.WRONG_SHAPE, ANY, ANY)
Box = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """One entry, in one of its spans. `tensorflow` and `keras` are version specifiers, `line` is that
    of the releases, `seen` the day it was measured; `links` lead to public reports, without one
    there is none. `advice` says in one sentence what to do instead, "" for what its causes say.
    """

    id: str
    title: str
    why: str
    seen: str
    tensorflow: str
    keras: str
    links: tuple[str, ...]
    causes: tuple[Cause, ...]
    always: tuple[Box, ...] = field(compare=False)
    sometimes: tuple[Box, ...] = field(compare=False)
    rare: bool = False
    line: Line = "tf.keras"
    advice: str = field(default="", compare=False)

    def spans(self, installed: Installed) -> bool:
        """Whether what is installed lies in the span; pre-releases count."""
        return installed.lies_in(self.line, tensorflow=self.tensorflow, keras=self.keras)

    def must_show(self, case: Case, quantity: str) -> bool:
        return any(_holds(box, case, quantity) for box in self.always)

    def may_show(self, case: Case, quantity: str) -> bool:
        return any(_holds(box, case, quantity) for box in (*self.always, *self.sometimes))

    def may_be_about(self, names: Mapping[str, str]) -> bool:
        """Whether it may show in a case whose fields have these names."""
        return any(
            all(name in box.get(key, (name,)) for key, name in names.items())
            for box in (*self.always, *self.sometimes)
        )

    def accounts_for(self, case: Case, quantity: str, cause: Cause) -> bool:
        """Whether the computed cause of a difference in this case is the one that is known."""
        return self.knows(cause) and self.may_show(case, quantity)

    def knows(self, cause: Cause) -> bool:
        any_shape = cause.kind is CauseKind.WRONG_SHAPE and ANY_SHAPE in self.causes
        return any_shape or cause in self.causes

    @cached_property
    def reasons(self) -> frozenset[Reason]:
        """Those of all its causes."""
        return frozenset(reason for cause in self.causes for reason in cause.reasons)

    @cached_property
    def span(self) -> str:
        packages = {"TensorFlow": self.tensorflow, "Keras": self.keras}
        if self.line != "tf.keras":  # a package that does not matter, or that there is none of
            packages = {name: span for name, span in packages.items() if span}
        parts = (f"{name} {span or 'any'}" for name, span in packages.items())
        return TITLES[self.line] + ", ".join(parts)


def _holds(box: Box, case: Case, quantity: str) -> bool:
    """Whether the quantity of the case lies in the box."""
    return quantity in box.get("quantity", (quantity,)) and all(
        _has(case, name, names) for name, names in box.items()
    )


def _has(case: Case, name: str, names: tuple[str, ...]) -> bool:
    if name in OF_NO_CASE:
        return True
    if name == "without":
        return set(names).isdisjoint(case.arguments.split("+"))
    if name == "argument":
        return not set(names).isdisjoint(case.arguments.split("+"))
    return getattr(case, name) in names
