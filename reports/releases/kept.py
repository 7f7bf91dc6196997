"""Answers that recordings hold already: `record --new-cases` asks for the others alone.

A recording does not hold its requests, but their digest. Those of its cases are made again, and
only if they have that digest still are its answers kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reports.store import journal
from reports.store.errors import BadUsage
from reports.store.recording import ABSENT
from reports.store.recordings import Recordings
from suites.observe.messages import Request

Digest = Callable[[Mapping[str, Request]], str]


def keep(
    recordings: Path,
    names: Iterable[str],
    requests: Mapping[str, Request],
    digest: Digest,
    journals: Path,
) -> int:
    """Fill the journals of environments with what is recorded; return the number of cases that
    none of them has.

    Raises BadUsage where a recording answers requests that have changed, or that are gone.
    """
    there = Recordings(recordings)
    answers = dict(there.everything(there.names()))
    digests = {name: there.read(name).requests for name in answers}
    kept: set[str] = set()
    for name in (name for name in names if name in answers):
        alike = (answers[other] for other in answers if digests[other] == digests[name])
        old = {case: requests[case] for rows in alike for case in rows if case in requests}
        if digests[name] != digest(old):
            raise BadUsage(
                f"--new-cases: {name} answers requests that are not today's; leave the option out"
            )
        _fill(journals / f"{name}.jsonl", answers[name], old)
        kept |= old.keys()
    return len(requests) - len(kept)


def _fill(path: Path, answers: Mapping[str, str], requests: Mapping[str, Request]) -> None:
    """Write what the journal does not have; that there was no answer is believed at the second time."""
    there = journal.read(path, requests)
    for case, request in requests.items():
        answer = answers.get(case, ABSENT)
        if case not in there:
            for _ in range(2 if answer.startswith(journal.NO_ANSWER) else 1):
                journal.add(path, case, request, answer)
