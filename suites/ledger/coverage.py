"""Which of many cases lie in a box of the ledger, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from suites.cases.case import Case
from suites.cases.fields import FIELDS

Mask = np.ndarray  # a truth value for each case


class Index:
    """Cases by the values of their fields, so that a box costs a few operations on arrays."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = tuple(cases)
        columns = zip(*(case.names for case in self.cases), strict=True)
        encoded = (np.unique(column, return_inverse=True) for column in map(np.array, columns))
        self._columns = dict(zip(FIELDS, encoded, strict=False))

    def where(self, field: str, names: Iterable[str]) -> Mask:
        """The cases whose field has one of the names."""
        if not self.cases:
            return np.zeros(0, bool)
        values, codes = self._columns[field]
        return np.isin(values, [*names])[codes]

    def with_arguments(self, names: Iterable[str]) -> Mask:
        """The cases with one of these arguments and values, such as "axis:1"."""
        if not self.cases:
            return np.zeros(0, bool)
        values, codes = self._columns["arguments"]
        wanted = set(names)
        return np.array([not wanted.isdisjoint(text.split("+")) for text in values])[codes]

    def inside(self, box: Mapping[str, tuple[str, ...]], apart: Iterable[str]) -> Mask:
        """The cases in a box; the keys `apart` say nothing of a case."""
        found = np.ones(len(self.cases), bool)
        for name, names in box.items():
            if name == "argument":
                found &= self.with_arguments(names)
            elif name == "without":
                found &= ~self.with_arguments(names)
            elif name not in apart:
                found &= self.where(name, names)
        return found
