"""What a release may lack: what the newest recorded release that is no newer lacks, too.

The table in `absences.toml` is made from the recordings (`python -m reports.compare.absences`), and never
edited. A row has the `line` of releases that it is of (`installed.py`), a `package`, "tensorflow"
or "keras", the `versions` of it that lack something, and what that is: all cases with one of the
names of each field that the row has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reference.cause import BETWEEN, Cause, cause
from reference.cause_kinds import CauseKind
from suites.cases.case import Case
from suites.cases.loss_options import ARGUMENTS
from suites.judge import table
from suites.ledger.installed import PACKAGES, Installed, Line
from suites.observe.messages import Answer

__all__ = ["PACKAGES", "Absence", "Absences", "load", "of"]

FILE = Path(__file__).with_name("absences.toml")
MISSING = cause(CauseKind.MISSING)
WHERE = ("line", "package", "versions")
FIELDS = ("loss", "form", "dtype", "output", "labels", "execution", "without", "argument", "inputs")
KINDS = {"inputs": "input", "labels": "kind of labels"}  # of a row that has none behind this field


@dataclass(frozen=True)
class Absence:
    """`box` are names by fields of a case; a field that it leaves out may have any."""

    line: Line
    package: str
    versions: str
    box: Mapping[str, tuple[str, ...]]

    @property
    def reason(self) -> str:
        """Why a case is not measured."""
        last = [name for name in FIELDS if name in self.box and name != "without"][-1]
        what = ", ".join(self.box[last]) if last in ("argument", "dtype", "execution") else ""
        return f"this release has no such {KINDS.get(last, last)} {what}".rstrip()

    def holds(self, case: Case) -> bool:
        return all(not names(case, name).isdisjoint(texts) for name, texts in self.box.items())


def names(case: Case, field: str) -> frozenset[str]:
    """What a case has in a field of the table; its arguments are those of its contract, too.

    "without" are the arguments that it does not have. A form that is looked up is another form: a
    release may answer that it does not know the name of what it lacks.
    """
    if field == "form" and case.is_contract and case.contract.look_up:
        return frozenset({f"{case.form} by name"})
    if field not in ("argument", "without"):
        return frozenset({getattr(case, field)})
    of_contract = case.contract.arguments if case.is_contract else {}
    arguments = frozenset({*case.chosen, *of_contract})
    return arguments if field == "argument" else frozenset(ARGUMENTS) - arguments


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


def _absence(row: table.Row) -> Absence:
    box = {name: tuple(row[name]) for name in FIELDS if name in row}
    return Absence(row["line"], row["package"], row["versions"], box)


def of(installed: Installed, rows: Iterable[Absence]) -> Absences:
    """Those for what is installed; pre-releases count."""
    return Absences(
        tuple(row for row in rows if installed.lies_in(row.line, **{row.package: row.versions}))
    )
