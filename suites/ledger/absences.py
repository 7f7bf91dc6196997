"""What a release may lack: what the newest recorded release that is no newer lacks, too.

The table in `absences.toml` is made from the recordings (`python -m reports.compare.absences`), and never
edited. A row has a `package`, "tensorflow" or "keras", the `versions` of it that lack something,
and what that is: all cases with one of the names of each field that the row has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from reference.cause import BETWEEN, Cause, cause
from reference.cause_kinds import CauseKind
from suites.cases.case import Case
from suites.observe.messages import Answer

FILE = Path(__file__).with_name("absences.toml")
MISSING = cause(CauseKind.MISSING)
PACKAGES = ("tensorflow", "keras")
FIELDS = ("loss", "form", "argument", "inputs")
KINDS = {"inputs": "contract"}  # what a row that has this field, and none after it, is about


@dataclass(frozen=True)
class Absence:
    """A field without names may have any."""

    package: str
    versions: str
    loss: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    argument: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why a case is not measured."""
        last = [name for name in FIELDS if getattr(self, name)][-1]
        what = ", ".join(self.argument) if last == "argument" else ""
        return f"this release has no such {KINDS.get(last, last)} {what}".rstrip()

    def holds(self, case: Case) -> bool:
        return all(
            not (allowed := getattr(self, name)) or not names(case, name).isdisjoint(allowed)
            for name in FIELDS
        )


def names(case: Case, field: str) -> frozenset[str]:
    """What a case has in a field of the table; its arguments are those of its contract, too."""
    if field != "argument":
        return frozenset({getattr(case, field)})
    of_contract = case.contract.arguments if case.is_contract else {}
    return frozenset({*case.chosen, *of_contract})


def package(case: Case) -> str:
    """Whose versions decide whether there is what a case calls."""
    return "keras" if "keras" in case.call else "tensorflow"


@dataclass(frozen=True)
class Absences:
    """The rows that hold for what is installed."""

    rows: tuple[Absence, ...]

    def unanswered(self, case: Case, answer: Answer) -> tuple[str, Cause] | None:
        """Verdict and cause where an answer is none; None where there is one."""
        if "not_asked" in answer:
            return "not_measured", not_measured(f"not asked, {answer['not_asked']}")
        if "absent" not in answer:
            return None
        reason = self.reason(case)
        return ("not_measured", not_measured(reason)) if reason else ("missing", MISSING)

    def reason(self, case: Case) -> str:
        """Why this release may lack what the case calls; "" where it may not."""
        return next((row.reason for row in self.rows if row.holds(case)), "")


def not_measured(reason: str) -> Cause:
    """The cause of an answer that there is not; a reason in many parts becomes one line."""
    return cause(CauseKind.NOT_MEASURED, ", ".join(" ".join(reason.split()).split(BETWEEN)))


def load(path: Path = FILE) -> tuple[Absence, ...]:
    """The whole table."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("absence", [])
    return tuple(_absence(row) for row in rows)


def _absence(row: Mapping[str, Any]) -> Absence:
    texts = {name: tuple(row[name]) for name in FIELDS if name in row}
    return Absence(row["package"], row["versions"], **texts)


def of(versions: Mapping[str, str], rows: Iterable[Absence]) -> Absences:
    """Those for these versions of the packages; pre-releases count."""
    return Absences(
        tuple(
            row
            for row in rows
            if SpecifierSet(row.versions).contains(versions[row.package], prereleases=True)
        )
    )
