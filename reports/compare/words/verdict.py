"""Whether an upgrade affects everyday use, in one sentence, and what else it affects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports.compare.drift.drift import Drift
from reports.compare.grouping.changes import Changed, Compared
from reports.compare.grouping.groups import Group
from reports.compare.words.words import WIDTH, few, paragraph
from reports.run.severity import Severity
from reports.run.summary import counted
from suites.cases.contracts import CONTRACTS
from suites.cases.forms import FORMS

HARMLESS = (Drift.ROUNDING, Drift.ADDED)
SHORT = {
    Severity.COMMON: "in everyday use",
    Severity.RARE: "in rarer use",
    Severity.ERROR: "errors, warnings, shapes, dtypes",
    Severity.PRECISION: "in less than half of the digits",
}
USUAL_DTYPE = "float32"
FEW, MOST = 2, 6  # names of what is affected in rarer use


def sentence(found: Sequence[Group]) -> str:
    """What it means for who reads no further."""
    if common := [group for group in found if group.severity is Severity.COMMON]:
        return f"everyday use changes in {counted(len(common), 'way')}{_mended(common)}"
    if all(group.drift in HARMLESS for group in found):
        return "not affected: nothing to do"
    if rarer := unless(found):
        return f"everyday use is not affected; nothing to do unless you use {rarer}"
    return "only digits change, and less than half of them: nothing to do"


def _mended(common: Sequence[Group]) -> str:
    number = sum(group.is_mended for group in common)
    if number < len(common):
        return f", {number} of them mended" if number else ""
    return ", mended: nothing to do, but losses logged before can't be compared"


def unless(found: Iterable[Group], most: int = MOST) -> str:
    """What rarer use is affected in: options, dtypes, executions, forms or inputs."""
    rarer = (group for group in found if group.severity in (Severity.RARE, Severity.ERROR))
    return few(list(dict.fromkeys(name for group in rarer for name in _rarity(group))), most)


def _rarity(group: Group) -> list[str]:
    """What all cases of a group have that everyday use does not."""
    if group.options:
        return [one.partition("=")[0] for one in group.options]
    for field, usual in (("dtype", USUAL_DTYPE), ("execution", "eager")):
        if usual not in (names := group.names(field)):
            return names[:FEW]
    if not any(_is_of_everyday_form(one) for one in group.changed):
        return group.names("form")[:FEW]
    inputs = group.names("inputs")
    if any(one in CONTRACTS for one in inputs):
        return ["unusual arguments"]
    return [] if group.everyday else [f"inputs {name}" for name in inputs[:FEW]]


def _is_of_everyday_form(one: Changed) -> bool:
    """Also of a loss of the user's own, whose forms no table has."""
    loss, name, *_ = one.fields
    return (form := FORMS.get((loss, name))) is None or form.everyday


def counts(found: Sequence[Group]) -> Iterator[str]:
    """A line for each severity of what is not shown."""
    for severity, short in SHORT.items():
        groups = [group for group in found if group.severity is severity]
        if groups:
            text, rarer = f" {severity}  {len(groups)} more {short}", unless(groups, FEW)
            whole = f"{text}: {rarer}"
            yield whole if rarer and len(whole) <= WIDTH else text


def unchanged(compared: Compared, found: Sequence[Group]) -> Iterator[str]:
    """How many cases are not affected, and how many can't be said to be."""
    numbers = {
        "the same": compared.same,
        "rounded": sum(len(one.changed) for one in found if one.drift is Drift.ROUNDING),
        "added": sum(len(one.changed) for one in found if one.drift is Drift.ADDED),
        "not asked of both": compared.not_asked,
    }
    parts = (f"{number:,} {what}" for what, number in numbers.items() if number)
    yield from paragraph(f"not affected: {', '.join(parts) or 'no case'}", "", "    ")
