"""An answer of a recording as arrays, ready to be compared with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from reports.store.answer_text import unpack
from suites.judge.diagnosis import Quantity
from suites.observe.messages import Packed, array

QUANTITIES = (Quantity.VALUE, Quantity.GRADIENT)
SIGNIFICANDS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}  # bits
LEAST = {"float16": -24, "bfloat16": -133, "float32": -149, "float64": -1074}  # of 2, an ULP
KINDS = {-1: "-infinity", 0: "finite", 1: "+infinity", 2: "NaN"}


@dataclass(frozen=True, eq=False)
class Part:
    """One quantity: `numbers` in float64, flat; `kinds` says which are finite, see KINDS."""

    dtype: str
    shape: tuple[int, ...]
    bits: str
    numbers: np.ndarray
    kinds: np.ndarray

    @cached_property
    def precision(self) -> int:
        """Bits of the significand in which it was computed, at most: float64 may hold float32."""
        bits = SIGNIFICANDS.get(self.dtype, SIGNIFICANDS["float64"])
        with np.errstate(all="ignore"):
            narrow = self.numbers.astype(np.float32).astype(np.float64)
        fits = bool(self.numbers.any()) and np.array_equal(narrow, self.numbers, equal_nan=True)
        return min(bits, SIGNIFICANDS["float32"]) if fits else bits

    def place(self, number: int) -> str:
        """The index of a number, such as [0, 2]; empty for a scalar."""
        index = np.unravel_index(number, self.shape) if self.shape else ()
        return f"[{', '.join(map(str, index))}]" if index else ""


@dataclass(frozen=True, eq=False)
class Parsed:
    """`error` is the type of the exception that was raised, `warnings` are types, in order."""

    error: str
    warnings: tuple[str, ...]
    parts: Mapping[Quantity, Part | None]


@lru_cache(maxsize=2**17)
def parsed(text: str) -> Parsed:
    """Of an answer that is there. Raises ValueError for what is no answer."""
    answer = unpack(text)
    warnings = {warning.split(":")[0] for warning in answer.get("warnings", ())}
    parts = {name: _part(array(answer, name)) for name in QUANTITIES}
    return Parsed(answer.get("error", "").split(":")[0], tuple(sorted(warnings)), parts)


def _part(packed: Packed | None) -> Part | None:
    if packed is None:
        return None
    found = numbers(packed)
    kinds = np.where(np.isnan(found), 2, np.where(np.isinf(found), np.sign(found), 0))
    shape = tuple(packed["shape"])
    return Part(packed["dtype"], shape, packed["hex"], found, kinds.astype(np.int8))


def numbers(packed: Packed) -> np.ndarray:
    """The numbers of a packed array in float64; every dtype but int64 fits."""
    raw = bytes.fromhex(packed["hex"])
    if packed["dtype"] == "bfloat16":  # the upper half of a float32
        bits = np.frombuffer(raw, "<u2").astype(np.uint32) << 16
        return bits.view(np.float32).astype(np.float64)
    kind = np.dtype(packed["dtype"]).newbyteorder("<")
    return np.frombuffer(raw, kind).astype(np.float64)


def ulps(old: np.ndarray, new: np.ndarray, dtype: str) -> np.ndarray:
    """The distance of numbers in the spacing of a dtype at the greater one; nan for no distance."""
    with np.errstate(all="ignore"):
        distance = np.abs(old - new)
        if dtype not in SIGNIFICANDS:
            return distance
        _, exponent = np.frexp(np.maximum(np.abs(old), np.abs(new)))
        spacing = np.ldexp(1.0, np.maximum(exponent - SIGNIFICANDS[dtype], LEAST[dtype]))
        return np.asarray(distance / spacing)


def relative(old: np.ndarray, new: np.ndarray, least: float = 0.0) -> np.ndarray:
    """The distance of numbers in parts of the old one, or of `least` where that is more; infinite
    from 0, nan for no distance.
    """
    with np.errstate(all="ignore"):
        distance = np.abs(old - new)
        return np.where(distance == 0, 0.0, distance / np.maximum(np.abs(old), least))
