"""Which known differences an answer shows: the ledger's words for what was found in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from reference.cause import Cause
from reports.releases.environments import Environment
from suites.cases.case import Case
from suites.judge.diagnosis_text import read
from suites.ledger import ledger_file
from suites.ledger.difference import Difference
from suites.ledger.installed import Installed, installed

Names = frozenset[str]  # ids of entries, and the texts of causes that no entry accounts for
NOTHING: Names = frozenset()


class Known:
    """The entries that may hold for one side of a comparison."""

    def __init__(self, entries: Iterable[Difference]) -> None:
        self.entries = tuple(entries)
        self.names = lru_cache(maxsize=2**16)(self._all)
        self._knowing = cache(self._all_knowing)

    def _all(self, fields: tuple[str, ...], line: str) -> Names:
        """The entries that account for what is wrong with an answer, of which this is the line of
        the diagnosis; of any other, its cause.

        Of several reasons at once also those of each: it may come or go by itself.
        """
        diagnosis = read(line)
        if diagnosis.is_right:
            return NOTHING
        case = Case.of_names(fields)
        return frozenset(
            name
            for quantity, cause in diagnosis.causes
            for name in self._names(case, quantity, cause)
        )

    def _names(self, case: Case, quantity: str, cause: Cause) -> Iterator[str]:
        yield self._id(case, quantity, cause) or str(cause)
        for reason in cause.reasons if len(cause.reasons) > 1 else ():
            if found := self._id(case, quantity, Cause((reason,))):
                yield found

    def _id(self, case: Case, quantity: str, cause: Cause) -> str:
        """That of the entry that accounts for a cause; "" if none does."""
        found = (one.id for one in self._knowing(cause) if one.may_show(case, quantity))
        return next(found, "")

    def _all_knowing(self, cause: Cause) -> tuple[Difference, ...]:
        """The entries with this cause: there are many more cases than causes."""
        return tuple(one for one in self.entries if one.knows(cause))


@cache
def entries() -> tuple[Difference, ...]:
    """All entries, each once for each of its spans."""
    return ledger_file.load()


@cache
def by_id() -> Mapping[str, Difference]:
    """The first span of each entry."""
    return {one.id: one for one in reversed(entries())}


@cache
def options_of(id: str) -> frozenset[str]:
    """The options that the boxes of an entry name."""
    boxes = (box for one in entries() if one.id == id for box in (*one.always, *one.sometimes))
    return frozenset(name.partition(":")[0] for box in boxes for name in box.get("argument", ()))


@cache
def of_any() -> Known:
    """For an installation of which it is not known what it is: all entries."""
    return Known(entries())


@cache
def of_release(environment: Environment) -> Known:
    return Known(_spanning(installation(environment), entries()))


def installation(one: Environment) -> Installed:
    versions = {"tensorflow": one.tensorflow, "keras": one.keras}
    return installed(versions, one.backend, one.subject)


def _spanning(one: Installed, found: Iterable[Difference]) -> Iterable[Difference]:
    return (entry for entry in found if entry.spans(one))
