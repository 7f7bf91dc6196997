"""All releases side by side, by small recordings: what each answers, who gave an answer, what a sweep tells."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare import timeline_page
from reports.compare.since import same_answer, timeline
from reports.compare.since.matrix import matrix
from reports.compare.since.release_steps import STEP_COLUMNS, frame, release_steps
from reports.compare.since.same_answer import SameAnswer
from reports.compare.since.timeline import Timeline, changed
from reports.releases import environments, progress
from reports.releases.progress import Progress
from reports.run.severity import Severity
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


STEPS = list(release_steps(FOUR, [ONE, TWO]))


def test_each_release_is_held_against_the_nearest_before_it_that_was_asked() -> None:
    found = [(step.before.environment.id, step.after.environment.id) for step in STEPS]
    assert found == [("tf-2.2.3", "tf-2.3.4"), ("tf-2.3.4", "tf-2.4.4"), ("tf-2.4.4", IDS[3])]
    assert STEPS[0].changed == ()
    assert {one.case: one.change.mark for one in STEPS[1].changed} == {ONE: "+", TWO: "*"}
    assert [STEPS[1].count(severity) for severity in Severity] == [0, 1, 0, 0, 1]
    assert STEPS[1].packages == "TensorFlow 2.3.4 -> 2.4.4"


def test_only_the_cases_that_are_wanted_are_told() -> None:
    found = [one.case for step in release_steps(FOUR, [TWO]) for one in step.changed]
    assert set(found) == {TWO}


def test_what_a_release_no_longer_has_is_removed() -> None:
    both = whole({"tf-2.2.3": {ONE: OLD}, "tf-2.3.4": {}}, {})
    (step,) = release_steps(both, [ONE])
    assert [one.change.drift for one in step.changed] == ["removed"]


def test_rounding_is_not_counted_among_the_ways() -> None:
    both = whole({"tf-2.2.3": {ONE: OLD}, "tf-2.3.4": {ONE: answer([0.5, 2.0000002])}}, {})
    (step,) = release_steps(both, [ONE])
    assert len(step.changed) == 1
    assert not step.shown
    assert step.count(Severity.PRECISION) == 0


def test_a_frame_has_a_row_for_each_change_with_numbers_and_severity() -> None:
    table = frame(STEPS[:2])
    assert tuple(table.columns) == STEP_COLUMNS
    (row,) = table[table["inputs"] == "one"].to_dict("records")
    assert (row["release"], row["compared_with"]) == ("tf-2.4.4", "tf-2.3.4")
    assert (row["severity"], row["place"], row["old"], row["new"]) == ("B", "value[1]", "2", "3")
    assert row["cause_after"] == "another option: why (value)"


def test_the_terminal_has_the_newest_releases_that_changed_numbers() -> None:
    assert list(timeline_page.lines(STEPS[:2])) == [
        "release                 A  B  C  D  the gravest",
        "tf-2.4.4                   1        + another option: why",
    ]
    nothing = whole({"tf-2.2.3": {ONE: OLD}, "tf-2.3.4": {ONE: OLD}}, {})
    (line,) = timeline_page.lines(list(release_steps(nothing, [ONE])))
    assert line == "no release changed a number by more than half of its digits"


def test_the_lines_of_the_terminal_are_few_and_short() -> None:
    ids = [row for row in ROWS if row.startswith("tf-2") and row != "tf-2.0.4"][:25]
    answers = {name: {ONE: (OLD, NEW)[n % 2]} for n, name in enumerate(ids)}
    long = f"value wrong 1 another option: {'why ' * 30}because"
    steps = list(release_steps(whole(answers, dict.fromkeys(ids[1::2], long)), [ONE]))
    shown = list(timeline_page.lines(steps))
    assert max(map(len, shown)) < 80
    assert len(shown) == timeline_page.LINES + 2
    assert shown[1].startswith(ids[-1])
    assert shown[-1] == f"and {24 - timeline_page.LINES} more releases"


def test_a_matrix_tells_everyday_use_from_rarer_use() -> None:
    everyday, fringe = f"{CASE},interior", f"{CASE},not-finite"
    lines = {"tf-2.2.3": WHY}
    table = whole(
        {"tf-2.2.3": {everyday: OLD, ONE: OLD}, "tf-2.3.4": {fringe: OLD, ONE: "absent"}}, lines
    )
    (row,) = matrix(table, [everyday, fringe, ONE])
    assert (row.loss, row.form) == ("binary_crossentropy", "function")
    assert [cell.state for cell in row.cells] == ["rarer", "right"]
    assert row.cells[0].text == "everyday use: 0 of 1 differ; rarer use: 1 of 1 differ"
    wrong = whole({"tf-2.2.3": {everyday: OLD}, "tf-2.3.4": {everyday: "not asked"}}, {})
    wrong.recorded["tf-2.2.3"].lines[everyday] = WHY
    (row,) = matrix(wrong, [everyday])
    assert [cell.state for cell in row.cells] == ["everyday", "none"]
    assert row.cells[1].text == "no such form, or not asked"


def test_what_is_right_but_rough_does_not_differ() -> None:
    rough = whole({"tf-2.2.3": {ONE: OLD}}, {"tf-2.2.3": "value error * 9"})
    (row,) = matrix(rough, [ONE])
    assert row.cells[0].state == "right"


def test_the_rows_of_a_matrix_are_in_the_order_of_the_tables() -> None:
    names = ("function", "class", "fit-string")
    cases = [ONE.replace("function", form) for form in names]
    own = ONE.replace("binary_crossentropy", "mine")
    table = whole({"tf-2.2.3": dict.fromkeys([*cases, own], OLD)}, {})
    assert [row.form for row in matrix(table, [own, *reversed(cases)])] == [*names, "function"]


def test_a_page_has_each_release_and_each_form() -> None:
    made = timeline_page.page(FOUR, STEPS, [ONE, TWO], "all losses")
    assert "all losses: 2 cases, 4 environments" in made
    assert "new: another option: why: value[1] 2 -&gt; 3" in made
    assert made.index(">tf-2.4.4<") < made.index(">tf-2.3.4<")
    assert 'title="tf-2.4.4: rarer use: 1 of 2 differ"' in made
    assert 'title="keras-3.15.1-jax: rarer use: 0 of 1 differ"' in made


def test_lines_of_releases_stay_together_with_the_newest_first() -> None:
    ids = ("tf-2.2.3", "tf-2.3.4", "keras-1.0.7", "keras-1.2.2", "keras-2.0.5")
    steps = list(release_steps(whole({name: {ONE: OLD} for name in ids}, {}), [ONE]))
    found = [step.environment.id for step in timeline_page.newest_first(steps)]
    assert found == ["tf-2.3.4", "keras-2.0.5", "keras-1.2.2"]


def test_the_one_before_is_the_nearest_that_is_recorded_or_was_asked() -> None:
    for name, before, asked in (
        ("tf-2.4.4", "tf-2.3.4", "tf-2.2.3"),
        ("tf-2.3.4", "tf-2.2.3", "tf-2.2.3"),
        ("tf-2.2.3", None, None),
    ):
        found, earlier = FOUR.before(name), FOUR.asked_before(name, ONE)
        assert (found and found.environment.id) == before
        assert (earlier and earlier.environment.id) == asked


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
