"""What is sent to an observer and what comes back, as the JSON that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict


class Packed(TypedDict):
    """An array: `hex` holds its entries, little-endian."""

    dtype: str
    shape: list[int]
    hex: str


class Answer(TypedDict, total=False):
    """`value` and `gradient`, or a text: why there is an error, why nothing is there to be asked, or
    why our suite cannot ask it there. `gradient` is None where there is none.
    """

    value: Packed
    gradient: Packed | None
    warnings: list[str]
    error: str
    absent: str
    not_asked: str


def array(answer: Answer, quantity: str) -> Packed | None:
    """The numbers of a quantity, "value" or "gradient"; None where there are none."""
    return answer.get("gradient") if quantity == "gradient" else answer.get("value")


# A call in text and all that it needs: `observer.py` says which keys it reads. `Any`: JSON.
Request = Mapping[str, Any]
