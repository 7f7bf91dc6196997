"""A mistake that a person could make, as a piece of the subject and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass

from meta_tests.subject import SOURCE, Source

CATEGORICAL = "categorical_crossentropy"
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"
CATEGORICAL_FOCAL = "categorical_focal_crossentropy"
BINARY_FOCAL = "binary_focal_crossentropy"
GENERALISED = "categorical_generalized_cross_entropy"
WEIGHTED = "weighted_sigmoid_crossentropy"


@dataclass(frozen=True)
class Fault:
    """In `module` of the subject `old`, which occurs once, becomes `new`.

    It is judged by one loss, in calls with `options` or in those without.
    """

    loss: str
    module: str
    name: str
    old: str
    new: str
    options: bool = False

    @property
    def places(self) -> int:
        return SOURCE[self.module].count(self.old)

    def plant(self) -> Source:
        """The source of the subject with this mistake."""
        return {**SOURCE, self.module: SOURCE[self.module].replace(self.old, self.new)}


def faults(
    loss: str, module: str, *rows: tuple[str, str, str], options: bool = False
) -> tuple[Fault, ...]:
    """Faults of a module, each a name, what stands there and what should not."""
    return tuple(Fault(loss, module, *row, options) for row in rows)
