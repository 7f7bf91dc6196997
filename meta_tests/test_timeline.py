"""All releases side by side, by small recordings: what each answers, who gave an answer, what a sweep tells."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from meta_tests.recorded import CASE, answer
from reports.compare import same_answer, timeline
from reports.compare.same_answer import SameAnswer
from reports.compare.timeline import Timeline, changed, frame, page
from reports.releases import environments, progress
from reports.releases.progress import Progress
from reports.store import provenance
from reports.store.answer_text import unpack
from reports.store.provenance import About
from reports.store.recording import BadRecording, Recording, write

ONE, TWO = f"{CASE},one", f"{CASE},two"
ROWS = {row.id: row for row in environments.load()}
OLD, NEW = answer(), answer([0.5, 3.0])
IDS = ("tf-2.2.3", "tf-2.3.4", "tf-2.4.4", "keras-3.15.1-jax")
WHY = "value wrong 1 another option: why"


def whole(answers: Mapping[str, Mapping[str, str]], lines: Mapping[str, str]) -> Timeline:
    """What environments answered by case, and the lines of the diagnoses of case ONE."""
    return Timeline(
        {
            name: timeline.Recorded(ROWS[name], dict(found), {ONE: lines.get(name, "")})
            for name, found in answers.items()
        }
    )


FOUR = whole(
    {
        "tf-2.2.3": {ONE: OLD, TWO: "absent"},
        "tf-2.3.4": {ONE: "not asked", TWO: "not asked"},
        "tf-2.4.4": {ONE: NEW, TWO: OLD},
        "keras-3.15.1-jax": {TWO: NEW},
    },
    {"tf-2.4.4": WHY},
)


def test_a_frame_has_what_each_environment_made_of_each_case() -> None:
    table = frame(FOUR)
    assert table["inputs"].tolist() == ["one", "two"]
    assert table["loss"].tolist() == ["binary_crossentropy"] * 2
    assert table[list(IDS)].to_numpy().tolist() == [
        ["right", "not asked", "another option: why (value)", "absent"],
        ["absent", "not asked", "right", "right"],
    ]


def test_the_one_before_is_the_nearest_that_is_recorded_or_was_asked() -> None:
    for name, before, asked in (
        ("tf-2.4.4", "tf-2.3.4", "tf-2.2.3"),
        ("tf-2.3.4", "tf-2.2.3", "tf-2.2.3"),
        ("tf-2.2.3", None, None),
    ):
        found, earlier = FOUR.before(name), FOUR.asked_before(name, ONE)
        assert (found and found.environment.id) == before
        assert (earlier and earlier.environment.id) == asked


def test_a_page_counts_what_is_right_and_names_the_causes_of_the_rest() -> None:
    texts = ["right"] * 2 + ["a"] * 4 + ["b"] * 3 + ["c"] * 2 + ["d", "absent"]
    rows = [("bce", "function", text, "absent") for text in texts]
    rows += [("bce", "class", "right", "not asked"), ("bce", "class", "right", "absent")]
    made = page(pd.DataFrame(rows, columns=["loss", "form", "tf-1", "tf-2"]))
    for text in (
        "tf-1: 2 of 12 right; 4 a; 3 b; 2 c",
        "tf-1: 2 of 2 right",
        "tf-2: absent or not asked",
    ):
        assert f'"{text}"' in made
    assert "1 d" not in made
    assert made.index("function") < made.index(">class")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("tf-2.15.1", "tf-2.16.2", "TensorFlow 2.15.1 -> 2.16.2, Keras 2.15.0 -> 3.4.1, tf_keras none -> 2.16.0"),
        ("tf-2.21.0-keras-3.15.1", "keras-3.15.1-jax", "TensorFlow 2.21.0 -> none, tf_keras 2.21.0 -> none, backend tensorflow -> jax"),
        ("tf-2.2.3", "tf-2.2.3", "the same packages"),
    ],
)  # fmt: skip
def test_packages_that_are_not_the_same_are_named(before: str, after: str, words: str) -> None:
    assert changed(ROWS[before], ROWS[after]) == words


def recorded(folder: Path, answers: Mapping[str, str], requests: str = "q") -> SameAnswer:
    (folder / "diagnoses").mkdir()
    for name, text in answers.items():
        write(Recording(name, "none", requests, {ONE: text}), folder / f"{name}.txt")
        write(Recording(name, "none", requests, {}), folder / "diagnoses" / f"{name}.txt")
    return SameAnswer(lambda: "q", folder)


def test_who_gave_an_answer_is_told_in_runs_of_neighbours(tmp_path: Path) -> None:
    names = ("tf-2.0.4", "tf-2.1.4", "tf-2.2.3", "tf-2.3.4", "tf-2.4.4", "tf-2.5.3", *IDS[-1:])
    found = recorded(tmp_path, dict(zip(names, (OLD, OLD, OLD, NEW, OLD, NEW, NEW), strict=True)))
    assert found.by(ONE, unpack(OLD)) == "tf-2.0.4 to tf-2.2.3, tf-2.4.4"
    assert found.by(ONE, unpack(NEW)) == "tf-2.3.4, tf-2.5.3, keras-3.15.1-jax"
    assert found.by(ONE, unpack(answer([1.0, 1.0]))) == "no release that is recorded"
    assert same_answer.NOBODY == "no release that is recorded"


def test_recordings_of_other_requests_and_none_at_all_tell_nothing(tmp_path: Path) -> None:
    assert recorded(tmp_path, {"tf-2.2.3": OLD}, "others").by(ONE, unpack(OLD)) == ""
    assert SameAnswer(lambda: "q", tmp_path / "nowhere").by(ONE, unpack(OLD)) == ""


def test_environments_stand_line_by_line_and_none_is_refused(tmp_path: Path) -> None:
    names = ("keras-3.15.1-jax", "keras-2.3.1", "tf-2.3.4", "tf-2.2.3")
    recorded(tmp_path, dict.fromkeys(names, OLD))
    assert list(timeline.load(tmp_path).recorded) == ["tf-2.2.3", "tf-2.3.4", "keras-2.3.1", "keras-3.15.1-jax"]  # fmt: skip
    with pytest.raises(BadRecording, match=r"^no recordings in "):
        timeline.load(tmp_path / "diagnoses/none")


def test_a_side_file_is_read_as_it_was_written_or_refused(tmp_path: Path) -> None:
    about = About({"tensorflow": "2.21.0"}, {"epsilon": "1e-07"}, "abc-dirty")
    path = tmp_path / "one.json"
    path.write_text(about.text())
    assert provenance.read(path) == about
    path.write_text(provenance.not_measured("no interpreter"))
    assert provenance.read(path) is None
    for text in ("{}", "[]", "3", "{", '{"versions": {}, "settings": {}}'):
        path.write_text(text)
        with pytest.raises(BadRecording, match=r"^one\.json: not as a sweep writes it: "):
            provenance.read(path)


@pytest.mark.parametrize(("printed", "suite"), [("abc-dirty\n", "abc-dirty"), ("", "unknown")])
def test_the_commit_of_the_suite_is_that_of_git(
    monkeypatch: pytest.MonkeyPatch, printed: str, suite: str
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=printed))
    assert provenance.this_suite() == suite
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        provenance.this_suite()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress.journal, "count", lambda answers: answers)
    return now


def task(name: str, answers: int) -> SimpleNamespace:
    return SimpleNamespace(environment=SimpleNamespace(id=name), journal=answers)


def test_a_log_has_a_line_for_each_end_and_one_a_minute(clock: list[float]) -> None:
    stream = io.StringIO()
    reporter = Progress(200, stream)
    done = [SimpleNamespace(environment="c", reason="")]
    reporter.tell([task("a", 10), task("b", 0)], done)
    clock[0] = 59.0
    reporter.tell([task("a", 20), task("b", 0)], done)
    clock[0] = 60.0
    failed = [*done, SimpleNamespace(environment="b", reason="no\x1b interpreter")]
    reporter.tell([task("a", 50)], failed)
    clock[0] = 119.0
    reporter.tell([task("a", 60)], failed)
    assert stream.getvalue().splitlines() == [
        "c: recorded",
        "b: no\\x1b interpreter",
        "2 of 3 environments; a 25 %; 1 min",
    ]


def test_a_terminal_has_one_line_that_is_written_over(clock: list[float]) -> None:
    stream = Terminal()
    reporter = Progress(200, stream)
    reporter.tell([task("a", 10), task("b", 5)], [])
    reporter.tell([task("a", 10), task("b", 7)], [])
    reporter.tell([], [SimpleNamespace(environment="a", reason="")])
    assert stream.getvalue().split("\r\x1b[K")[1:] == [
        "0 of 2 environments; 0 min",
        "0 of 2 environments; b 3 %; 0 min",
        "a: recorded\n",
        "1 of 1 environments; 0 min",
    ]
