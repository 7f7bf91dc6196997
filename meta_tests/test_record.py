"""What becomes of the results of a sweep: recordings, reasons, and nothing of what is there already."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reports.releases import record, sweep
from reports.releases.sweep import Result
from reports.store import refused
from reports.store.errors import BadUsage
from reports.store.provenance import About
from reports.store.recording import BadRecording, Recording, write
from reports.store.recordings import Recordings
from suites.judge.diagnosis_text import read

ABOUT = About({"tensorflow": "2.4.4"}, {"epsilon": "1e-07"}, "abc")
VALUE = "value float32[1] 3f800000\tgradient none"
FIRST, SECOND = "tf-1.0.1", "tf-1.1.0"  # the second has the first for its parent
CASE = ",".join("abcdefghi")


@pytest.mark.parametrize(
    ("about", "refusals", "expected"),
    [
        (ABOUT, [], Result("e", ABOUT, "", True)),
        (ABOUT, ["why", "other"], Result("e", None, "why", True)),
        (None, ["why"], Result("e", None, "", True)),
    ],
)
def test_a_result_is_held_where_every_case_of_a_form_is_refused(
    monkeypatch: pytest.MonkeyPatch, about: About | None, refusals: list[str], expected: Result
) -> None:
    monkeypatch.setattr(refused, "unaccepted", lambda environment, rows, forms: iter(refusals))
    monkeypatch.setattr(sweep, "answered", lambda task: {})
    assert record._held(Result("e", about), SimpleNamespace(), {}) == expected


def test_what_was_measured_is_written_with_its_diagnosis_and_what_is_known_of_it(
    tmp_path: Path,
) -> None:
    asked = SimpleNamespace(
        digest="q", diagnose=lambda rows: dict.fromkeys(rows, read("value wrong 0 unexplained"))
    )
    (tmp_path / "diagnoses").mkdir()
    write(Recording("tf-1.2.1", "none", "q", {CASE: VALUE}), tmp_path / "tf-1.2.1.txt")
    results = [
        Result(FIRST, ABOUT),
        Result(SECOND, None, "no interpreter"),
        Result("tf-1.2.1", None, "no network"),
    ]
    record.put(tmp_path, {FIRST: {CASE: VALUE}}, asked, results)
    assert Recordings(tmp_path).answers(FIRST) == {CASE: VALUE}
    text = (tmp_path / "diagnoses" / f"{FIRST}.txt").read_text()
    assert text.rstrip().endswith("value wrong 0 unexplained")
    assert json.loads((tmp_path / f"{FIRST}.json").read_text())["suite"] == "abc"
    assert json.loads((tmp_path / f"{SECOND}.json").read_text()) == {"not measured": "no interpreter"}  # fmt: skip
    assert not (tmp_path / "tf-1.2.1.json").exists()


def test_what_is_no_recording_is_found_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "diagnoses").mkdir()
    write(Recording(FIRST, "none", "q", {CASE: VALUE}), tmp_path / f"{FIRST}.txt")
    record.check(tmp_path)
    (tmp_path / f"{FIRST}.txt").write_text("broken")
    with pytest.raises(BadRecording):
        record.check(tmp_path)
    (tmp_path / f"{FIRST}.txt").rename(tmp_path / "mine.txt")
    with pytest.raises(BadUsage, match=r"mine\.txt: no environment of the table; move it away$"):
        record.check(tmp_path)


class Executor:
    """Gives what each task holds, or raises it."""

    def submit(self, function: Any, task: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if isinstance(task.gives, Exception):
            future.set_exception(task.gives)
        else:
            future.set_result(task.gives)
        return future


def test_all_tasks_are_told_of_and_a_lost_worker_is_no_answer() -> None:
    good = Result("a", ABOUT)
    lost = RuntimeError("the worker\nis lost")
    tasks = [
        SimpleNamespace(environment=SimpleNamespace(id=name), gives=gives)
        for name, gives in (("a", good), ("b", lost))
    ]
    reported: list[tuple[int, int]] = []
    found = sweep.run(
        tasks, Executor(), lambda waiting, done: reported.append((len(waiting), len(done)))
    )
    assert sorted(found, key=lambda one: one.environment) == [
        good,
        Result("b", None, "RuntimeError: the worker"),
    ]
    assert reported == [(0, 2)]
