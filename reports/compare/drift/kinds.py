"""In what two answers are not of one kind: an error, a warning, a dtype, a shape, NaN, infinity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from reports.store.parsed import KINDS, QUANTITIES, Parsed, Part

Aspect = Literal["error", "warning", "quantity", "dtype", "shape", "finite"]
Difference = tuple[Aspect, str, str]  # in what results are not of one kind, and both in words


def differences(old: Parsed, new: Parsed) -> Iterator[Difference]:
    """What is not of one kind, in words for both sides, of which no two are the same."""
    if old.error != new.error:
        yield "error", _result(old), _result(new)
    if old.warnings != new.warnings:
        yield "warning", _warned(old), _warned(new)
    if not (old.error or new.error):
        for quantity in QUANTITIES:
            yield from _differences_of(quantity, old.parts[quantity], new.parts[quantity])


def _result(answer: Parsed) -> str:
    return f"raised {answer.error}" if answer.error else "returned numbers"


def _warned(answer: Parsed) -> str:
    return f"warned of {', '.join(answer.warnings)}" if answer.warnings else "no warning"


def _differences_of(name: str, old: Part | None, new: Part | None) -> Iterator[Difference]:
    if old is None or new is None:
        if old is not new:
            was, now = (f"{'no' if part is None else 'a'} {name}" for part in (old, new))
            yield "quantity", was, now
        return
    if old.dtype != new.dtype:
        yield "dtype", f"{name} in {old.dtype}", f"{name} in {new.dtype}"
    if old.shape != new.shape:
        yield "shape", f"{name} of shape {old.shape}", f"{name} of shape {new.shape}"
    elif (where := old.kinds != new.kinds).any():
        was, now = (" and ".join(_kinds(part.kinds[where])) for part in (old, new))
        where_else = " at other places" if was == now else ""
        yield "finite", f"{name} {was}", f"{name} {now}{where_else}"


def _kinds(kinds: np.ndarray) -> list[str]:
    return [KINDS[kind] for kind in sorted(set(kinds.tolist()))]
