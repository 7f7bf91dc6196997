"""The one case that somebody means, by what they have at hand, or what may have been meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.compare.grouping.case_names import ID, matches, pieces, short, suggestion
from reports.store.errors import BadUsage
from suites.cases.fields import FIELDS

FEW = 4  # names of a field that are shown


def find(cases: Sequence[str], text: str) -> str:
    """The one case that a text means: all of it, its short id, a printed test id, or some names.

    Raises BadUsage for none or several, with the nearest or what tells them apart.
    """
    wanted = pieces(text)
    found = [case for case in cases if all(matches(one, case.split(",")) for one in wanted)]
    if ID.fullmatch(text):
        found = [case for case in cases if short(case.split(",")) == text]
    if text in cases or len(found) == 1:
        return text if text in cases else found[0]
    if not wanted or not found:
        near = "no case has this id" if ID.fullmatch(text) else _near(wanted, cases)
        raise BadUsage(f"no case matches {text!r}: {near}")
    tell = "; ".join(_varying(found))
    some = f"{len(found):,} cases match {text!r}, such as {found[0]}"
    raise BadUsage(f"{some}; they differ in {tell}")


def _near(wanted: Sequence[str], cases: Sequence[str]) -> str:
    """What may have been meant instead of pieces that no case has, or has together.

    The nearest has the pieces that few cases have.
    """
    table = {case: case.split(",") for case in cases}
    for piece in wanted:
        if not any(matches(piece, fields) for fields in table.values()):
            losses = [fields[0] for fields in table.values()]
            every = {field for fields in table.values() for field in fields}
            near = suggestion(piece, every)
            return f"nothing is called {piece!r}; " + (
                near if near.endswith("?") else suggestion("", losses)
            )
    found = {one: {case for case in cases if matches(one, table[case])} for one in wanted}
    nearest = max(cases, key=lambda case: sum(1 / len(of) for of in found.values() if case in of))
    return f"no case has all of {', '.join(wanted)}; the nearest is {nearest}"


def _varying(found: Sequence[str]) -> Iterator[str]:
    """The fields in which cases are not the same, with some of their names."""
    for name, column in zip(
        FIELDS, zip(*(case.split(",") for case in found), strict=True), strict=True
    ):
        names = sorted(set(column), key=lambda name: (len(name), name))
        if len(names) > 1:
            yield f"{name} ({', '.join(names[:FEW])}{', ...' if len(names) > FEW else ''})"
