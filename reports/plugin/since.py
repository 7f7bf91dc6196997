"""Since when a known difference is there: what the ledger says of each recorded release.

The ledger is two-sided: inside its spans a difference shows, outside it does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reports.releases import environments
from reports.run.tables.strip import Cell, Strip
from reports.store import provenance
from reports.store.recording import SHIPPED, BadRecording
from suites.ledger import ledger_file
from suites.ledger.difference import Difference
from suites.ledger.installed import LINES, Installed, installed


def strips(ids: Iterable[str]) -> Mapping[str, Strip]:
    """The strips of some entries of the shipped ledger; none where recordings can't be read."""
    entries: dict[str, list[Difference]] = defaultdict(list)
    for entry in ledger_file.load():
        entries[entry.id].append(entry)
    try:
        releases = recorded()
    except BadRecording:
        return {}
    return {id: _strip(entries[id], releases) for id in ids if id in entries}


def recorded() -> Mapping[str, Installed]:
    """What is installed in each recorded environment, line by line, the oldest first."""
    found: dict[str, Installed] = {}
    for row in environments.load():
        if about := provenance.read(SHIPPED / f"{row.id}.json"):
            found[row.id] = installed(about.versions, row.backend, row.subject)
    return dict(sorted(found.items(), key=lambda pair: LINES.index(pair[1].line)))


def _strip(entries: Iterable[Difference], releases: Mapping[str, Installed]) -> Strip:
    known = list(entries)
    return Strip(
        [
            Cell(release.line, name, any(entry.spans(release) for entry in known))
            for name, release in releases.items()
        ]
    )
