"""Read the ledger from `known_differences.toml`, so that each mistake is one line.

An entry has one span, and may have `also` others, each with `lines` of releases (of `installed.py`,
"tf.keras" where it names none) and versions of packages. There it shows in all its boxes, and in
those that `sometimes` of the span adds, from all its causes and those that the span adds. `always`
of a span takes the place of the entry's, which are then boxes in which it may show. A span that
stands `alone` has its own boxes and causes, and none of the entry's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from reference.arithmetic.formats import NAMES as DTYPES
from reference.cause import Cause, read
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORMS
from suites.cases.inputs import LOGITS, PROBABILITIES
from suites.cases.losses import LABELS, LOSSES
from suites.cases.outputs import OUTPUTS
from suites.cases.relations import NAMES as RELATION_NAMES
from suites.judge import table
from suites.judge.table import BadTable
from suites.ledger.difference import ANY, ANY_SHAPE, FUSED, Box, Difference
from suites.ledger.installed import LINES, Line

QUANTITIES = ("value", "gradient", "call", *RELATION_NAMES)
FILE = Path(__file__).with_name("known_differences.toml")
TEXTS = ("id", "title", "why", "seen", "tensorflow", "keras")
BOXES = ("always", "sometimes")
NEEDED = (*TEXTS, "links", "causes", *BOXES)
# rare: for what the tier "everything" alone asks; advice: what to do instead, in a sentence
OPTIONAL = ("advice", "rare", "lines", "also")
SPAN = ("tensorflow", "keras")
ALSO = (*SPAN, "lines", "alone", "causes", *BOXES)
ID = re.compile(
    r"[A-Za-z0-9][\w.-]*", re.ASCII
)  # also the name of a file, and of a place in a page
KNOWN = {
    "loss": None,  # of the tables, to which a run may add rows
    "form": None,
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
    """The entries, each once for each of its spans; a user's own file may have none. Raises BadTable
    for what is not in order.

    `deterministic` operations are not fused, and what is for the others is left out.
    """
    entries: dict[str, list[Difference]] = {}
    for where, raw in table.rows(path, "difference", "id", may_be_none=path != FILE):
        first = _entry(where, raw)
        if first.id in entries:
            raise BadTable(f"{path.name}: {first.id}: this id occurs twice")
        also = _also(where, first, raw.get("also", []))
        entries[first.id] = [*_on_lines(where, first, raw), *also]
        if len(set(entries[first.id])) < len(entries[first.id]):
            raise BadTable(f"{where}: two spans have the same releases and causes; make them one")
    found = (
        _of_mode(entry, str(not deterministic)) for of_id in entries.values() for entry in of_id
    )
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
        advice=table.text(f"{where}: advice", raw.get("advice", "")),
    )


def _also(where: str, first: Difference, raw: object) -> Iterator[Difference]:
    """The other spans of an entry."""
    if not isinstance(raw, list) or not all(isinstance(span, dict) for span in raw):
        raise BadTable(f"{where}: also must be a list of tables, not {table.shown(raw)}")
    for number, span in enumerate(raw, 1):
        place = f"{where}: also {number}"
        yield from _on_lines(place, _in_span(place, first, span), span)


def _in_span(where: str, first: Difference, raw: table.Row) -> Difference:
    table.check_keys(where, raw, (), ALSO)
    versions = {name: table.text(f"{where}: {name}", raw.get(name, "")) for name in SPAN}
    _check_spans(where, versions)
    more = table.texts(f"{where}: causes", raw.get("causes", []))
    always, sometimes = (_boxes(f"{where}: {name}", raw.get(name, [])) for name in BOXES)
    causes = tuple(_causes(where, more))
    if table.truth(f"{where}: alone", raw.get("alone", False)):
        if not (causes and (always or sometimes)):
            raise BadTable(f"{where}: alone, it needs causes, and always or sometimes, of its own")
    else:
        causes = (*first.causes, *causes)
        always = always if "always" in raw else first.always
        sometimes = (*first.always, *first.sometimes, *sometimes)
    return replace(
        first,
        tensorflow=versions["tensorflow"],
        keras=versions["keras"],
        causes=causes,
        always=always,
        sometimes=sometimes,
    )


def _on_lines(where: str, entry: Difference, raw: table.Row) -> Iterator[Difference]:
    """The entry once for each line of releases that a span names."""
    for line in table.texts(f"{where}: lines", raw.get("lines", ["tf.keras"]), LINES):
        yield replace(entry, line=cast(Line, line))


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
    _check_spans(where, texts)


def _check_spans(where: str, texts: Mapping[str, str]) -> None:
    for name in SPAN:
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
    known = KNOWN | {"loss": tuple(LOSSES), "form": tuple(dict.fromkeys(name for _, name in FORMS))}
    box = {
        name: table.texts(f"{where}: {name}", raw[name], names)
        for name, names in known.items()
        if name in raw
    }
    if empty := [name for name, names in box.items() if not names]:
        raise BadTable(f"{where}: {empty[0]} names none; leave it out where any may show it")
    if FUSED in raw:
        box[FUSED] = (str(table.truth(f"{where}: {FUSED}", raw[FUSED])),)
    return box
