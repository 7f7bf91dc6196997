"""The text of an answer in a recording, and back to what the observer sent.

    value float32[2] 3f317218 00000000 <tab> gradient float32[2,2] ... <tab> warning UserWarning: ...
    error ValueError: Unknown reduction
    absent
    not asked

Numbers are the bits of the dtype, the highest digit first. Why something is absent is left out,
since releases say it in many ways, and so is why this suite can't put a case to an installation.
"""

from __future__ import annotations

import math
import re

import numpy as np

from reports.store.recording import ABSENT, NOT_ASKED, UNANSWERED
from suites.cases.fields import FIELDS
from suites.judge.raised import NODE
from suites.observe.messages import Answer, Packed, array

LONGEST = 100  # characters of an error or a warning
ARRAY = re.compile(r"(\w+)\[((?:\d+(?:,\d+)*)?)\]((?: [0-9a-f]+)*)", re.ASCII)
BITS = {"bfloat16": "uint16", "bool": "uint8"}


def pack(answer: Answer) -> str:
    """The text of what the observer sent."""
    if "absent" in answer:
        return ABSENT
    if "not_asked" in answer:
        return NOT_ASKED
    parts = [f"error {_words(answer['error'])}"] if "error" in answer else []
    for name in ("value", "gradient"):
        if name in answer:
            parts.append(f"{name} {_array(array(answer, name))}")
    parts += [f"warning {_words(text)}" for text in answer.get("warnings", ())]
    return "\t".join(parts)


def _words(text: str) -> str:
    """An error or a warning, as much of it as tells what it is."""
    return " ".join(NODE.sub("", text).split())[:LONGEST].rstrip()


def _array(packed: Packed | None) -> str:
    if packed is None:
        return "none"
    size = np.dtype(BITS.get(packed["dtype"], packed["dtype"])).itemsize
    raw = bytes.fromhex(packed["hex"])
    numbers = [raw[at : at + size][::-1].hex() for at in range(0, len(raw), size)]
    shape = ",".join(map(str, packed["shape"]))
    return " ".join([f"{packed['dtype']}[{shape}]", *numbers])


def unpack(text: str) -> Answer:
    """What the observer sent. Raises ValueError for what is no answer."""
    if text == ABSENT:
        return {"absent": ""}
    if text == NOT_ASKED:
        return {"not_asked": ""}
    answer: Answer = {}
    for part in text.split("\t"):
        name, _, rest = part.partition(" ")
        if name == "warning":
            answer.setdefault("warnings", []).append(rest)
        elif name == "error":
            answer["error"] = rest
        elif name == "value":
            answer["value"] = _packed(rest)
        elif name == "gradient":
            answer["gradient"] = None if rest == "none" else _packed(rest)
        else:
            raise ValueError(f"{name!r} is no part of an answer")
    return answer


def error(text: str) -> str:
    """The error in the text of an answer, type and message, "" for none."""
    name, _, rest = text.split("\t", 1)[0].partition(" ")
    return rest if name == "error" else ""


def wrong(case: str, text: str) -> str:
    """What is wrong with the name of a case or with its packed answer, "" for nothing."""
    if case.count(",") != len(FIELDS) - 1:
        return f"a case has {len(FIELDS)} fields with commas between"
    if text in UNANSWERED:
        return ""
    parts = [part.partition(" ") for part in text.split("\t")]
    found = (_wrong(name, rest) for name, _, rest in parts)
    return next((why for why in found if why), "")


def _wrong(name: str, rest: str) -> str:
    if name in ("error", "warning"):
        return "" if rest else f"{name} without a text"
    if name not in ("value", "gradient"):
        return f"{name!r} is no part of an answer"
    numbers = ARRAY.fullmatch(rest)
    if rest == "none" or (numbers and _holds(*numbers.groups())):
        return ""
    return f"{name} is not a dtype, a shape and as many numbers in hexadecimal"


def _holds(dtype: str, shape: str, numbers: str) -> bool:
    sizes = [int(size) for size in shape.split(",") if size]
    try:
        digits = 2 * np.dtype(BITS.get(dtype, dtype)).itemsize
    except TypeError:
        return False
    return len(numbers) == math.prod(sizes) * (digits + 1) and not set(numbers[:: digits + 1]) - {
        " "
    }


def _packed(text: str) -> Packed:
    kind, *numbers = text.split(" ")
    dtype, _, shape = kind.removesuffix("]").partition("[")
    raw = b"".join(bytes.fromhex(number)[::-1] for number in numbers)
    sizes = [int(size) for size in shape.split(",") if size]
    return {"dtype": dtype, "shape": sizes, "hex": raw.hex()}
