"""Answers as texts of a recording, made from numbers: for tests of what compares them."""

from __future__ import annotations

import numpy as np

from reports.store.answer_text import pack
from suites.observe.arrays import packed

CASE = "binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard"
RIGHT = [0.5, 2.0]


def answer(
    value: object = RIGHT, gradient: object = RIGHT, dtype: str = "float32", warnings: tuple = ()
) -> str:
    """The text of an answer; None stands for no gradient."""
    parts = {
        name: None if numbers is None else packed(np.array(numbers, dtype))
        for name, numbers in (("value", value), ("gradient", gradient))
    }
    return pack({**parts, "warnings": list(warnings)})
