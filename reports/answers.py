"""The text of an answer in a recording, and back to what the observer said.

    value float32[2] 3f317218 00000000 <tab> gradient float32[2,2] ... <tab> warning UserWarning: ...
    error ValueError: Unknown reduction
    absent
    not asked

Numbers are the bits of the dtype, the highest digit first. Why something is absent is left out,
since releases say it in many ways, and so is why this suite can't put a case to an installation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.recording import ABSENT, NOT_ASKED

Answer = Mapping[str, Any]
LONGEST = 100  # characters of an error or a warning
NODE = re.compile(r"\{\{[^}]*\}\}")  # the names of nodes in errors say what no user wrote
BITS = {"bfloat16": "uint16", "bool": "uint8"}


def pack(answer: Answer) -> str:
    """The text of what the observer said."""
    if "absent" in answer:
        return ABSENT
    if "not_asked" in answer:
        return NOT_ASKED
    parts = [f"error {_words(answer['error'])}"] if "error" in answer else []
    parts += [f"{name} {_array(answer[name])}" for name in ("value", "gradient") if name in answer]
    parts += [f"warning {_words(text)}" for text in answer.get("warnings", ())]
    return "\t".join(parts)


def _words(text: str) -> str:
    """An error or a warning, as much of it as says what it is."""
    return " ".join(NODE.sub("", text).split())[:LONGEST].rstrip()


def _array(packed: Mapping[str, Any] | None) -> str:
    if packed is None:
        return "none"
    size = np.dtype(BITS.get(packed["dtype"], packed["dtype"])).itemsize
    raw = bytes.fromhex(packed["hex"])
    numbers = [raw[at : at + size][::-1].hex() for at in range(0, len(raw), size)]
    shape = ",".join(map(str, packed["shape"]))
    return " ".join([f"{packed['dtype']}[{shape}]", *numbers])


def unpack(text: str) -> dict[str, Any]:
    """What the observer said. Raises ValueError for what is no answer."""
    if text == ABSENT:
        return {"absent": ""}
    if text == NOT_ASKED:
        return {"not_asked": ""}
    answer: dict[str, Any] = {}
    for part in text.split("\t"):
        name, _, rest = part.partition(" ")
        if name == "warning":
            answer.setdefault("warnings", []).append(rest)
        elif name == "error":
            answer["error"] = rest
        else:
            answer[name] = None if rest == "none" else _packed(rest)
    return answer


def _packed(text: str) -> dict[str, Any]:
    kind, *numbers = text.split(" ")
    dtype, _, shape = kind.removesuffix("]").partition("[")
    raw = b"".join(bytes.fromhex(number)[::-1] for number in numbers)
    sizes = [int(size) for size in shape.split(",") if size]
    return {"dtype": dtype, "shape": sizes, "hex": raw.hex()}
