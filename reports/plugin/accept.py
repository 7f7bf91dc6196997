"""Write the known differences of a user's own loss, where the run was to accept what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from reports.run.summary import counted
from reports.store.files import write_out
from suites.cases.case import Case
from suites.ledger import accepted, ledger_file
from suites.ledger.accepted import Row
from suites.plugin.block import Block
from suites.plugin.run import Run


def accept(run: Run, blocks: Iterable[Block], known: Path, reason: str) -> str:
    """A line that says what was written. Raises CannotWrite."""
    rows = list(_rows(blocks))
    before = ledger_file.load(known) if known.exists() else ()
    today = datetime.now(UTC).date().isoformat()
    found = accepted.entries(before, dict.fromkeys(rows), run.covered, reason, today)
    if known.exists() and accepted.text(before) == accepted.text(found):
        return f"accepted: nothing differs from what {known} holds; it is unchanged"
    write_out(known, accepted.text(found))
    new = sum(row.verdict == "new" for row in rows)
    return f"accepted: {counted(new, 'new difference')}; {known} has {_entries(len(found))} now"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def _rows(blocks: Iterable[Block]) -> Iterator[Row]:
    for block in blocks:
        case = Case.of_names(block["case"])
        columns = (block[name] for name in ("quantity", "cause", "verdict", "known"))
        for quantity, cause, verdict, known in zip(*columns, strict=True):
            yield Row(case, quantity, cause, verdict, known)
