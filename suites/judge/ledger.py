"""Known differences, two-sided: inside its version span a difference must show, outside it must not.

The entries stand in `known_differences.toml`. Each says which computed causes are known, word for
word but for `{dtype}`, which stands for the name of any format, and in which cases: `always` and `sometimes` are lists of tables from a field of
`Case`, or "quantity", or "argument" (one of `arguments`, as "axis:0"), "without" (none of them), to
the names it may have; what is left out may have any. A table with `fused` is only
for TensorFlow's fused operations (true), or for the deterministic ones that do without (false).
Every case of `always` must show the difference, of `sometimes` (where the numbers decide) none
need, but in all its cases together an entry must show at least once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from reference.arithmetic.formats import NAMES as DTYPES
from suites.cases.case import Case
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORM_NAMES
from suites.cases.inputs import LOGITS, PROBABILITIES
from suites.cases.losses import LABELS, LOSSES
from suites.cases.outputs import OUTPUTS
from suites.cases.relations import NAMES as RELATION_NAMES
from suites.judge import table
from suites.judge.coverage import Index
from suites.judge.table import BadTable

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
FUSED = "fused"
OF_NO_CASE = ("quantity", FUSED)  # keys of a box that say nothing of the case itself
DTYPE = "{dtype}"
# A cause is known as a whole: what any text may follow, a second cause may follow unseen. The shape
# of a result is that of the inputs, and no cause.
WITH_ANY_TEXT = ("shape * where * is due",)
Box = Mapping[str, tuple[str, ...]]
Covered = Mapping["Difference", Mapping[Case, frozenset[str]]]


@dataclass(frozen=True)
class Difference:
    """One entry. `tensorflow` and `keras` are version specifiers, `seen` the day it was measured,
    `links` lead to public reports; without one there is none.
    """

    id: str
    title: str
    why: str
    seen: str
    tensorflow: str
    keras: str
    links: tuple[str, ...]
    causes: tuple[str, ...]
    always: tuple[Box, ...] = field(compare=False)
    sometimes: tuple[Box, ...] = field(compare=False)
    rare: bool = False

    def spans(self, versions: Mapping[str, str]) -> bool:
        """Whether the installed versions lie in the span; pre-releases count."""
        return all(
            SpecifierSet(getattr(self, name)).contains(versions[name], prereleases=True)
            for name in ("tensorflow", "keras")
        )

    def must_show(self, case: Case, quantity: str) -> bool:
        return any(_holds(box, case, quantity) for box in self.always)

    def may_show(self, case: Case, quantity: str) -> bool:
        return any(_holds(box, case, quantity) for box in (*self.always, *self.sometimes))

    @cached_property
    def losses(self) -> frozenset[str]:
        boxes = (*self.always, *self.sometimes)
        return frozenset(name for box in boxes for name in box.get("loss", LOSSES))

    def accounts_for(self, case: Case, quantity: str, cause: str) -> bool:
        """Whether the computed cause of a difference in this case is the one that is known."""
        return self.knows(cause) and self.may_show(case, quantity)

    def knows(self, cause: str) -> bool:
        return cause in self.causes or any(
            text in self.causes and fnmatchcase(cause, text) for text in WITH_ANY_TEXT
        )

    @cached_property
    def span(self) -> str:
        return f"TensorFlow {self.tensorflow or 'any'}, Keras {self.keras or 'any'}"


def _holds(box: Box, case: Case, quantity: str) -> bool:
    """Whether the quantity of the case lies in the box."""
    return quantity in box.get("quantity", (quantity,)) and all(
        _has(case, name, names) for name, names in box.items()
    )


def _has(case: Case, name: str, names: tuple[str, ...]) -> bool:
    if name in OF_NO_CASE:
        return True
    if name == "without":
        return set(names).isdisjoint(case.arguments.split("+"))
    if name == "argument":
        return not set(names).isdisjoint(case.arguments.split("+"))
    return getattr(case, name) in names


def load(path: Path = FILE, deterministic: bool = False) -> tuple[Difference, ...]:
    """Read the ledger. Raises BadTable for anything that is not in order.

    `deterministic` operations are not fused, and what is for the others is left out.
    """
    entries = tuple(_entry(where, raw) for where, raw in table.rows(path, "difference", "id"))
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise BadTable(f"{path.name}: {entry.id}: this id stands twice")
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


def _causes(where: str, causes: Iterable[str]) -> Iterator[str]:
    for cause in causes:
        if "*" in cause and cause not in WITH_ANY_TEXT:
            text = f"{where}: causes: {table.shown(cause)} may hide a second cause"
            raise BadTable(f"{text}; write whole causes, with {DTYPE} for any dtype")
        yield from (cause.replace(DTYPE, dtype) for dtype in (DTYPES if DTYPE in cause else ("",)))


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


def covered(entries: Iterable[Difference], cases: Iterable[Case]) -> Covered:
    """Of each entry the cases it covers, with the quantities that may show it.

    Raises BadTable for an entry that covers none, and for two that claim the same difference.
    """
    index = Index(cases)
    found: dict[Difference, dict[Case, frozenset[str]]] = {}
    for entry in entries:
        found[entry] = _covered(entry, index)
        if not found[entry]:
            raise BadTable(f"{FILE.name}: {entry.id} matches no case; correct or remove it")
    for first, second in combinations(found, 2):
        if not _claim_alike(first, second):
            continue
        for case in found[first].keys() & found[second].keys():
            if found[first][case] & found[second][case]:
                raise BadTable(
                    f"{FILE.name}: {first.id} and {second.id} overlap, for example in {case.id}"
                )
    return found


def _covered(entry: Difference, index: Index) -> dict[Case, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for box in (*entry.always, *entry.sometimes):
        quantities = frozenset(box.get("quantity", QUANTITIES))
        for place in np.flatnonzero(index.inside(box, OF_NO_CASE)).tolist():
            found[place] = found.get(place, frozenset()) | quantities
    return {index.cases[place]: names for place, names in sorted(found.items())}


def _claim_alike(first: Difference, second: Difference) -> bool:
    return not set(first.causes).isdisjoint(second.causes)


@dataclass(frozen=True)
class Seen:
    """What was found of one quantity of a case: the verdicts, and the ids of entries."""

    case: Case
    quantity: str
    verdicts: Set[str]
    known: Set[str]

    def tests(self, entry: Difference) -> bool:
        """Whether the difference could have shown, and something was claimed of a number."""
        return self.verdicts != {"not_tested"} and entry.may_show(self.case, self.quantity)


@dataclass(frozen=True)
class Ledger:
    """The entries that hold for the versions installed."""

    entries: tuple[Difference, ...]

    @cached_property
    def _of_loss(self) -> Mapping[str, tuple[Difference, ...]]:
        return {loss: tuple(e for e in self.entries if loss in e.losses) for loss in LOSSES}

    def verdicts(
        self, case: Case, quantity: str, causes: list[str], tested: Sequence[bool] = ()
    ) -> tuple[list[str], list[str]]:
        """A verdict and the id of an entry for each computed cause ("" where there is none).

        `tested` says of which numbers the reference claims anything; without it, of all.
        """
        asked = {quantity, "call"} if quantity == "value" else {quantity}  # it was no error
        about = self._of_loss.get(case.loss, ())
        covering = [e for e in about if any(e.may_show(case, name) for name in asked)]
        names = {cause: _name(covering, case, quantity, cause) for cause in set(causes)}
        known = [names[cause] for cause in causes]
        whether = tested or [True] * len(causes)
        verdicts = [verdict(*row) for row in zip(causes, known, whether, strict=True)]
        for entry in covering:
            must = any(entry.must_show(case, name) for name in asked)
            if entry.id not in known and must:
                verdicts, known = mark_gone(entry, verdicts, known)
        return verdicts, known

    def known(self, case: Case, quantity: str, cause: str) -> str:
        """The id of the entry that accounts for a cause; "" if none does."""
        return _name(self._of_loss.get(case.loss, ()), case, quantity, cause)

    def known_between(
        self, case: Case, relation: str, cause: str, wrong: tuple[Case, str, str]
    ) -> str:
        """The same of two cases that differ: of the one that is `wrong`, or of the relation.

        `wrong` is that case, the quantity and its own cause, "" where neither is.
        """
        return (self.known(*wrong) if wrong[-1] else "") or self.known(case, relation, cause)

    def vanished(
        self, covered: Covered, measured: Set[Case], seen: Collection[Seen]
    ) -> list[Difference]:
        """Entries that no row names, not even as gone, although all their cases were measured.

        What was nowhere tested may still be there.
        """
        named = {name for one in seen for name in one.known}
        whole = (e for e in self.entries if covered[e].keys() <= measured and e.id not in named)
        return [entry for entry in whole if any(one.tests(entry) for one in seen)]


def _name(entries: Iterable[Difference], case: Case, quantity: str, cause: str) -> str:
    found = (e.id for e in entries if cause and e.accounts_for(case, quantity, cause))
    return next(found, "")


def mark_gone(
    entry: Difference, verdicts: list[str], known: list[str]
) -> tuple[list[str], list[str]]:
    """Turn agreement into "gone", with the entry that was expected to show."""
    pairs = list(zip(verdicts, known, strict=True))
    names = [entry.id if verdict == "agree" else name for verdict, name in pairs]
    return ["gone" if verdict == "agree" else verdict for verdict in verdicts], names


def verdict(cause: str, name: str, tested: bool = True) -> str:
    """What a computed cause and the id of a known difference make of a comparison.

    A right number of which nothing is claimed is no agreement: it was not tested.
    """
    if not cause:
        return "agree" if tested else "not_tested"
    return "known" if name else "new"
