"""Whether two numbers are one result, rounded in two ways: from both and from their diagnoses."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

import numpy as np

from reference.cause import UNEXPLAINED, Cause
from reports.store.parsed import SIGNIFICANDS, Part
from suites.judge.diagnosis import Diagnosis, Quantity


class Label(Enum):
    """What was found of a number that has no cause."""

    RIGHT = "right"
    UNBOUNDED = "unbounded"


def rounds(
    quantity: Quantity,
    old: Part,
    new: Part,
    places: np.ndarray,
    diagnoses: tuple[Diagnosis, Diagnosis],
    dtype: str,
) -> np.ndarray:
    """Of each place whether both numbers are one result, rounded.

    Two numbers inside a finite enclosure are, and two that one cause explains: it has a finite
    radius, too. Where nothing bounds both alike, the upper half of their digits must be the same:
    where the enclosure is unbounded, where an error was expected, and where a number left the
    enclosure for a cause that explains others of this answer on both sides. Digits are counted in
    the dtype of the case, or the narrowest one that a cause names.
    """
    size = len(old.numbers)
    was, now = (_labels(one, quantity, size)[places] for one in diagnoses)
    vague = any(one.is_whole(quantity) for one in diagnoses)
    bounded = (was == now) & (was != Label.UNBOUNDED) & (was != UNEXPLAINED) & (not vague)
    if bounded.all():
        return np.asarray(bounded, bool)
    causes = [{cause for _, cause in one.causes} - {UNEXPLAINED} for one in diagnoses]
    known = {*(causes[0] & causes[1]), Label.RIGHT, Label.UNBOUNDED}
    alike = [{one, other} <= known for one, other in zip(was, now, strict=True)]
    most = min(old.precision, new.precision, SIGNIFICANDS.get(dtype, old.precision))
    bits = [min(most, _bits(one), _bits(other)) for one, other in zip(was, now, strict=True)]
    near = _near(old.numbers[places], new.numbers[places], np.array(bits, float))
    return np.asarray(bounded | (np.array(alike, bool) & near))


def _near(old: np.ndarray, new: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Whether numbers are the same in the upper half of so many binary digits."""
    return np.abs(old - new) <= 2.0 ** (-bits / 2) * np.maximum(np.abs(old), np.abs(new))


@lru_cache(maxsize=2**12)
def _bits(label: Label | Cause) -> int:
    """Those of the narrowest significand that a cause names."""
    dtypes = label.dtypes if isinstance(label, Cause) else ()
    return min((SIGNIFICANDS[one] for one in dtypes), default=SIGNIFICANDS["float64"])


@lru_cache(maxsize=2**16)
def _labels(diagnosis: Diagnosis, quantity: Quantity, size: int) -> np.ndarray:
    """What the judge found of each number: a label or a cause."""
    found = np.full(size, Label.RIGHT, object)
    for wrong in diagnosis.wrong:
        if wrong.places is None and wrong.quantity in (quantity, Quantity.CALL):
            found[:] = wrong.cause
        elif wrong.places is not None and wrong.quantity is quantity:
            found[list(wrong.places)] = wrong.cause
    for one in diagnosis.unbounded:
        if one.quantity is quantity:
            found[list(one.places)] = Label.UNBOUNDED
    return found
