"""Mistakes that a person could make, a module of them for each of the subject."""

from __future__ import annotations

from meta_tests.faults import (
    binary,
    binary_focal,
    calls,
    categorical,
    categorical_focal,
    functions,
    options,
    relatives,
    sparse,
    steps,
)
from meta_tests.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *(*steps.FAULTS, *categorical.FAULTS, *sparse.FAULTS, *binary.FAULTS),
    *(*categorical_focal.FAULTS, *binary_focal.FAULTS, *relatives.FAULTS),
    *(*options.FAULTS, *functions.FAULTS, *calls.FAULTS),
)

# What no case here shows, and why. Once one does, its test fails until the name is taken out here.
UNSEEN = {
    "gradient zero at the rail": "no format has 1e-7: the enclosure allows both sides of a rail",
    "labels in half precision": "soft labels are eighths, which every format has",
    "weights in half precision": "weights are quarters, which every format has",
    "class numbers in the dtype of the predictions": (
        "half precision has three classes here: a contract asks for class 257, but not the subject"
    ),
    "all rows ignored: divided by zero": "a contract asks for it, but not the subject",
}
