"""Read the ledger from `known_differences.toml`, so that each mistake is one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from reference.arithmetic.formats import NAMES as DTYPES
from reference.cause import Cause, read
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORM_NAMES
from suites.cases.inputs import LOGITS, PROBABILITIES
from suites.cases.losses import LABELS, LOSSES
from suites.cases.outputs import OUTPUTS
from suites.cases.relations import NAMES as RELATION_NAMES
from suites.judge import table
from suites.judge.table import BadTable
from suites.ledger.difference import ANY, ANY_SHAPE, FUSED, Box, Difference

QUANTITIES = ("value", "gradient", "call", *RELATION_NAMES)
FILE = Path(__file__).with_name("known_differences.toml")
TEXTS = ("id", "title", "why", "seen", "tensorflow", "keras")
BOXES = ("always", "sometimes")
NEEDED = (*TEXTS, "links", "causes", *BOXES)
OPTIONAL = ("rare",)  # for what the tier "everything" alone asks
ID = re.compile(
    r"[A-Za-z0-9][\w.-]*", re.ASCII
)  # also the name of a file, and of a place in a page
KNOWN = {
    "loss": tuple(LOSSES),
    "form": FORM_NAMES,
    "arguments": None,
    "argument": None,
    "without": None,
    "output": tuple(OUTPUTS),
    "labels": tuple(dict.fromkeys(name for names in LABELS.values() for name in names)),
    "inputs": tuple(dict.fromkeys((*PROBABILITIES, *LOGITS, *CONTRACTS))),
    "dtype": DTYPES,
    "execution": EXECUTIONS,
    "device": None,
    "quantity": QUANTITIES,
}
DTYPE = "{dtype}"


def load(path: Path = FILE, deterministic: bool = False) -> tuple[Difference, ...]:
    """Read the ledger. Raises BadTable for anything that is not in order.

    `deterministic` operations are not fused, and what is for the others is left out.
    """
    entries = tuple(_entry(where, raw) for where, raw in table.rows(path, "difference", "id"))
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise BadTable(f"{path.name}: {entry.id}: this id occurs twice")
        seen.add(entry.id)
    found = (_of_mode(entry, str(not deterministic)) for entry in entries)
    return tuple(entry for entry in found if entry.always or entry.sometimes)


def _of_mode(entry: Difference, fused: str) -> Difference:
    """The entry with the boxes that hold for fused operations, or for the others."""
    always, sometimes = (
        tuple(box for box in boxes if box.get(FUSED, (fused,)) == (fused,))
        for boxes in (entry.always, entry.sometimes)
    )
    return replace(entry, always=always, sometimes=sometimes)


def _entry(where: str, raw: table.Row) -> Difference:
    table.check_keys(where, raw, NEEDED, OPTIONAL)
    texts = {name: table.text(f"{where}: {name}", raw[name]) for name in TEXTS}
    _check_texts(where, texts)
    links, causes = (table.texts(f"{where}: {name}", raw[name]) for name in ("links", "causes"))
    always, sometimes = (_boxes(f"{where}: {name}", raw[name]) for name in BOXES)
    if not (always or sometimes):
        raise BadTable(f"{where}: always and sometimes are both empty, so it shows nowhere")
    rare = table.truth(f"{where}: rare", raw.get("rare", False))
    return Difference(
        id=texts["id"],
        title=texts["title"],
        why=texts["why"],
        seen=texts["seen"],
        tensorflow=texts["tensorflow"],
        keras=texts["keras"],
        links=links,
        causes=tuple(_causes(where, causes)),
        always=always,
        sometimes=sometimes,
        rare=rare,
    )


def _causes(where: str, causes: Iterable[str]) -> Iterator[Cause]:
    for text in causes:
        for dtype in DTYPES if DTYPE in text else ("",):
            yield _cause(where, text, text.replace(DTYPE, dtype))


def _cause(where: str, written: str, text: str) -> Cause:
    """A cause is known as a whole: what any text may follow, a second cause may follow unseen."""
    try:
        found = read(text)
    except ValueError:
        raise BadTable(f"{where}: causes: {table.shown(written)} is no cause") from None
    if ANY in text and found != ANY_SHAPE:
        why = f"{table.shown(written)} may hide a second cause"
        raise BadTable(f"{where}: causes: {why}; write whole causes, with {DTYPE} for any dtype")
    return found


def _check_texts(where: str, texts: Mapping[str, str]) -> None:
    if not ID.fullmatch(texts["id"]):
        allowed = "letters, digits, '.', '_' and '-' make one"
        raise BadTable(f"{where}: {table.shown(texts['id'])} is no id; {allowed}")
    for name in ("tensorflow", "keras"):
        try:
            SpecifierSet(texts[name])
        except InvalidSpecifier:
            text = f"{name} = {table.shown(texts[name])} is no version span"
            raise BadTable(f"{where}: {text}, such as '>=2.16,<2.20'") from None


def _boxes(where: str, raw: object) -> tuple[Box, ...]:
    if not isinstance(raw, list) or not all(isinstance(box, dict) for box in raw):
        raise BadTable(f"{where} must be a list of tables, not {table.shown(raw)}")
    return tuple(_box(where, box) for box in raw)


def _box(where: str, raw: table.Row) -> Box:
    table.check_keys(where, raw, (), (*KNOWN, FUSED))
    box = {
        name: table.texts(f"{where}: {name}", raw[name], KNOWN[name])
        for name in KNOWN
        if name in raw
    }
    if empty := [name for name, names in box.items() if not names]:
        raise BadTable(f"{where}: {empty[0]} names none; leave it out where any may show it")
    if FUSED in raw:
        box[FUSED] = (str(table.truth(f"{where}: {FUSED}", raw[FUSED])),)
    return box
