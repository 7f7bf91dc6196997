"""Answers that recordings hold are not asked again, if the requests are the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.releases import kept
from reports.store import journal
from reports.store.errors import BadUsage
from reports.store.recording import Recording, write
from suites.observe.requests import digest

OLD = tuple(",".join((letter, *"bcdefghi")) for letter in "xyz")
NEW = ",".join("nbcdefghi")
CRASH = "error Crash: SIGSEGV"
REQUESTS = {case: {"call": case} for case in (*OLD, NEW)}


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """One answers all, one dies at the second and lacks the third, one knew other cases."""
    of = digest({case: REQUESTS[case] for case in OLD})
    rows = {
        "tf-1.0.1": (of, dict(zip(OLD, ("error A: a", "error B: b", "error C: c"), strict=True))),
        "tf-1.1.0": (of, {OLD[0]: "error A: a", OLD[1]: CRASH}),
        "tf-1.2.1": (digest({OLD[0]: REQUESTS[OLD[0]]}), {OLD[0]: "error A: d"}),
        "tf-1.3.0": ("0" * 16, {OLD[0]: "error A: e"}),
    }
    for name, (requests, answers) in rows.items():
        write(Recording(name, "none", requests, answers), tmp_path / f"{name}.txt")
    return tmp_path


def test_only_new_cases_are_left_to_ask(recordings: Path) -> None:
    names = ("tf-1.0.1", "tf-1.1.0", "tf-1.2.1", "tf-9.0.0")
    journals = recordings / "journals"
    for _ in range(2):  # what the journals have is not written again
        assert kept.keep(recordings, names, REQUESTS, digest, journals) == 1
    answers = {name: journal.read(journals / f"{name}.jsonl", REQUESTS) for name in names}
    assert answers == {
        "tf-1.0.1": dict(zip(OLD, ("error A: a", "error B: b", "error C: c"), strict=True)),
        "tf-1.1.0": dict(zip(OLD, ("error A: a", CRASH, "absent"), strict=True)),
        "tf-1.2.1": {OLD[0]: "error A: d"},
        "tf-9.0.0": {},
    }
    assert journal.count(journals / "tf-1.1.0.jsonl") == 4  # a crash is believed at the second time


def test_answers_to_other_requests_are_not_kept(recordings: Path) -> None:
    changed = {**REQUESTS, OLD[2]: {"call": "another"}}
    for name, requests in (("tf-1.3.0", REQUESTS), ("tf-1.0.1", changed)):
        with pytest.raises(BadUsage, match=f"^--new-cases: {name} answers requests that are not"):
            kept.keep(recordings, [name], requests, digest, recordings / "journals")
