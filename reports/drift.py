"""What became of an answer between two recordings.

| drift | meaning |
|---|---|
| same | the same bits, or the same kind of error |
| rounding | other bits, and what is said of every number is the same: both are right, or one cause explains both |
| value | other numbers, of which one side is right and the other is not, or both are wrong otherwise |
| category | another kind of answer: NaN, infinity, dtype, shape, error, warning |
| appeared, gone | there is an answer on one side only |

What is said of the numbers are the causes that the judge computed; it is passed in, and nothing
here knows how it is found.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.answers import unpack
from reports.recording import ABSENT, UNANSWERED

CLASSES = ("same", "rounding", "value", "category", "appeared", "gone")
FAILING = ("value", "category")  # what a change must not be, unless it is asked for
UNEXPLAINED = "unexplained"


def drift(before: str, after: str, said_before: str, said_after: str) -> str:
    """The class of a change, from the texts of two answers and what was said of them."""
    before, after = (ABSENT if text in UNANSWERED else text for text in (before, after))
    if before == after:
        return "same"
    if ABSENT in (before, after):
        return "appeared" if before == ABSENT else "gone"
    old, new = unpack(before), unpack(after)
    if category(old) != category(new):
        return "category"
    if "error" in old or _bits(old) == _bits(new):
        return "same"
    explained = UNEXPLAINED not in said_before
    return "rounding" if said_before == said_after and explained else "value"


def category(answer: dict[str, Any]) -> tuple[Any, ...]:
    """All of an answer but its finite numbers and the words behind the names of errors."""
    warnings = {text.split(":")[0] for text in answer.get("warnings", ())}
    parts = [answer.get(name) for name in ("value", "gradient")]
    return (
        answer.get("error", "").split(":")[0],
        tuple(sorted(warnings)),
        *((part["dtype"], tuple(part["shape"]), _kinds(part)) if part else None for part in parts),
    )


def difference(before: str, after: str) -> tuple[str, str]:
    """What two answers of different categories are, in words: the parts that are not the same."""
    answers = unpack(before), unpack(after)
    if any("error" in answer for answer in answers):
        old, new = (_words(answer)[0] for answer in answers)
        return old, new
    pairs = zip(*map(_words, answers), strict=True)
    parts = [pair for pair in pairs if pair[0] != pair[1]]
    old, new = (" and ".join(filter(None, side)) for side in zip(*parts, strict=True))
    return old, new


def _words(answer: dict[str, Any]) -> tuple[str, ...]:
    error, warnings, *parts = category(answer)
    told = [f"raised {error}" if error else "an answer"]
    told.append(f"with {', '.join(warnings)}" if warnings else "without warning")
    for name, part in zip(("value", "gradient"), parts, strict=True):
        if part is None:
            told += [f"no {name}", "", ""]
        else:
            dtype, shape, kinds = part
            told += [f"{name} in {dtype}", f"of shape {shape}", _said_of(name, kinds)]
    return tuple(told)


def _said_of(name: str, kinds: bytes) -> str:
    found = np.frombuffer(kinds, np.int8)
    counts = {"NaN": int((found == 2).sum()), "infinite": int((np.abs(found) == 1).sum())}
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"{name} {' and '.join(parts) or 'finite'}"


def _bits(answer: dict[str, Any]) -> tuple[Any, ...]:
    return answer.get("value"), answer.get("gradient")


def numbers(part: dict[str, Any]) -> np.ndarray:
    """The numbers of a packed array in float64; every dtype but int64 fits."""
    raw = bytes.fromhex(part["hex"])
    if part["dtype"] == "bfloat16":  # the upper half of a float32
        bits = np.frombuffer(raw, "<u2").astype(np.uint32) << 16
        return bits.view(np.float32).astype(np.float64)
    kind = np.dtype(part["dtype"]).newbyteorder("<")
    return np.frombuffer(raw, kind).astype(np.float64)


def _kinds(part: dict[str, Any]) -> bytes:
    """Of each number whether it is finite, NaN, or which infinity."""
    found = numbers(part)
    sign = np.where(np.isinf(found), np.sign(found), 0)
    return np.where(np.isnan(found), 2, sign).astype(np.int8).tobytes()
