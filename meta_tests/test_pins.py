"""A pin is compared with what is answered later, and changes for a reason only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from meta_tests.recorded import CASE
from reports.compare import pins
from reports.compare.pin_file import Entry
from reports.compare.pins import Answers, check, drifted, fails, load, other_settings, update
from reports.store.errors import BadUsage
from reports.store.recording import ABSENT, NO_PARENT, NOT_ASKED, BadRecording, Recording, write

HALF, NEAR, OTHER = (
    f"value float32[1] {bits}\tgradient none" for bits in ("3f000000", "3f000001", "3f400000")
)
WRONG, UNEXPLAINED = "value wrong 0 another option: why", "value wrong 0 unexplained"
ONE, TWO, THREE = (f"{CASE},{name}" for name in ("one", "two", "three"))
SETTINGS = {"floatx": "float32", "onednn": "default"}


def entry(reason: str = "", settings: Mapping[str, str] = SETTINGS) -> Entry:
    return Entry(reason, 2, "0f1e2d3", {"tensorflow": "2.21.0"}, settings)


def answers(one: str, two: str = HALF, line: str = "", requests: str = "q") -> Answers:
    return Answers(requests, {ONE: one, TWO: two}, {ONE: line} if line else {}, SETTINGS)


@pytest.mark.parametrize(
    ("after", "kind", "failing"),
    [
        (answers(HALF), None, ""),
        (answers(NEAR), "rounding", "bits"),
        (answers(NEAR, line="value error * 9"), "accuracy", "accuracy bits"),
        (answers(OTHER, line=UNEXPLAINED), "value", "value accuracy bits"),
        (answers("error ValueError: no"), "kind", "value accuracy bits"),
        (answers(ABSENT), "removed", "value accuracy bits"),
        (answers(NOT_ASKED), None, ""),
    ],
    ids=["same", "rounding", "accuracy", "value", "kind", "removed", "not asked"],
)
def test_drift_is_classed_and_some_of_it_fails(after, kind, failing):
    compared = drifted(answers(HALF), after, [ONE, TWO])
    assert list(compared.frame["drift"]) == ([kind] if kind else [])
    levels = [level for level in ("value", "accuracy", "bits") if fails(compared, level)]
    assert levels == failing.split()


def test_what_only_one_side_was_asked_has_not_changed():
    fewer = Answers("q", {TWO: HALF}, {}, {})
    for pair in ((answers(HALF), fewer), (fewer, answers(HALF))):
        compared = drifted(*pair, [ONE, TWO])
        assert compared.frame.empty
        assert compared.not_asked == 1


def test_what_a_release_does_not_have_is_added_later():
    release = Answers("q", {TWO: HALF}, {}, {}, missing=ABSENT)
    assert list(drifted(release, answers(HALF), [ONE, TWO]).frame["drift"]) == ["added"]


def test_other_requests_cannot_be_compared():
    with pytest.raises(BadRecording, match=r"asked other requests \(p\)"):
        drifted(answers(HALF, requests="p"), answers(HALF), [ONE])


def test_a_pin_is_written_and_read(tmp_path):
    lines = update("mine", tmp_path, answers(HALF, line=WRONG), entry())
    assert lines == [f"pin mine: 2 answers written to {tmp_path / 'mine.txt'}"]
    assert load("mine", tmp_path) == answers(HALF, line=WRONG)
    assert history(tmp_path) == ["first pinned"]


def history(folder: Path) -> list[str]:
    about = json.loads((folder / "mine.json").read_text(encoding="utf-8"))
    assert all(one["settings"] == SETTINGS and one["suite"] for one in about["history"])
    return [one["reason"] for one in about["history"]]


def test_what_is_absent_or_not_asked_stays_so(tmp_path):
    update("mine", tmp_path, answers(ABSENT, NOT_ASKED), entry())
    assert load("mine", tmp_path).rows == {ONE: ABSENT}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("later", [OTHER, ABSENT, "error ValueError: no", NEAR])
def test_a_pin_changes_for_a_reason_only(tmp_path, later):
    update("mine", tmp_path, answers(HALF), entry())
    before = contents(tmp_path)
    with pytest.raises(BadUsage, match=r"(?s): 1 \w+\n.*say why with --reason"):
        update("mine", tmp_path, answers(later, line=UNEXPLAINED), entry())
    assert contents(tmp_path) == before
    update("mine", tmp_path, answers(later), entry("upgraded"))
    assert history(tmp_path) == ["first pinned", "upgraded"]
    assert load("mine", tmp_path).rows[ONE] == later


def test_an_api_that_is_new_changes_a_pin_and_is_no_silent_addition(tmp_path):
    update("mine", tmp_path, answers(ABSENT), entry())
    with pytest.raises(BadUsage, match="1 added"):
        update("mine", tmp_path, answers(HALF), entry())
    update("mine", tmp_path, answers(HALF), entry("it is there now"))
    assert load("mine", tmp_path).rows[ONE] == HALF


def test_cases_that_are_asked_for_the_first_time_are_merged_without_a_reason(tmp_path):
    update("mine", tmp_path, answers(HALF), entry())
    lines = update(
        "mine", tmp_path, Answers("q", {THREE: OTHER}, {THREE: WRONG}, SETTINGS), entry()
    )
    assert lines[:2] == ["pin mine: 1 case added", "pin mine: 2 cases not asked, kept"]
    merged = load("mine", tmp_path)
    assert merged.rows == {ONE: HALF, TWO: HALF, THREE: OTHER}
    assert merged.lines == {THREE: WRONG}
    assert history(tmp_path) == ["first pinned", "more cases"]


def test_a_run_of_fewer_cases_keeps_the_others_with_their_diagnoses(tmp_path):
    first = Answers("q", {ONE: HALF, TWO: OTHER, THREE: HALF}, {ONE: WRONG, TWO: WRONG}, SETTINGS)
    update("mine", tmp_path, first, entry())
    same = update("mine", tmp_path, Answers("q", {TWO: OTHER}, {TWO: WRONG}, SETTINGS), entry())
    assert same == ["pin mine: nothing has changed", "pin mine: 2 cases not asked, kept"]
    later = Answers("q", {TWO: HALF}, {}, SETTINGS)
    lines = update("mine", tmp_path, later, entry("mended"))
    assert "pin mine: 2 cases not asked, kept" in lines
    merged = load("mine", tmp_path)
    assert merged.rows == {ONE: HALF, TWO: HALF, THREE: HALF}
    assert merged.lines == {ONE: WRONG}


def test_nothing_is_written_where_nothing_has_changed(tmp_path):
    update("mine", tmp_path, answers(HALF, NOT_ASKED), entry())
    before = contents(tmp_path)
    lines = update("mine", tmp_path, answers(HALF, NOT_ASKED), entry("for nothing"))
    assert lines == ["pin mine: nothing has changed"]
    assert contents(tmp_path) == before


def test_answers_to_other_requests_are_replaced_for_a_reason(tmp_path):
    update("mine", tmp_path, answers(HALF, requests="p"), entry())
    with pytest.raises(BadUsage, match="2 answers to requests that are no longer asked"):
        update("mine", tmp_path, answers(HALF), entry())
    update("mine", tmp_path, answers(HALF), entry("a new suite"))
    assert load("mine", tmp_path) == answers(HALF)


def test_other_settings_are_named_in_one_line():
    now = Answers("q", {}, {}, {**SETTINGS, "onednn": "0", "backend": "tensorflow"})
    (line,) = other_settings("mine", answers(HALF), now)
    assert line == "mine was recorded with other settings: onednn default -> 0"
    assert other_settings("mine", answers(HALF), answers(HALF)) == []


def test_what_is_not_there_is_named_with_what_is(tmp_path, monkeypatch):
    monkeypatch.setattr(pins, "SHIPPED", tmp_path / "none")
    update("mine", tmp_path, answers(HALF), entry())
    with pytest.raises(BadRecording, match="no pin or release 'yours'; there are: mine"):
        load("yours", tmp_path)


@pytest.mark.parametrize("name", ["../up", "a b", "-x", ".hidden", "n" * 300, "tf-2.19.1"])
def test_a_name_that_is_no_file_or_that_of_a_release_is_refused(tmp_path, name):
    with pytest.raises(BadUsage, match="--pin: ") as raised:
        check(name, "", tmp_path)
    assert len(str(raised.value)) < 300


def test_a_pin_that_has_the_name_of_a_release_is_not_taken_for_it(tmp_path):
    write(Recording("tf-2.19.1", NO_PARENT, "q", {ONE: HALF}), tmp_path / "tf-2.19.1.txt")
    with pytest.raises(BadRecording, match=r"tf-2\.19\.1\.txt has the name of a shipped release"):
        check("", "tf-2.19.1", tmp_path)
    assert len(load("tf-2.19.1", tmp_path / "none").rows) > 1000


def _truncated(folder: Path) -> Path:
    path = folder / "mine.txt"
    path.write_text(path.read_text()[:-20])
    return path


def _replaced(path: Path, text: str | None) -> Path:
    path.unlink()
    if text is None:
        path.mkdir()
    else:
        path.write_text(text)
    return path


DAMAGE = {
    "another number": lambda f: _replaced(
        f / "mine.txt", (f / "mine.txt").read_text().replace("3f0", "3f1")
    ),
    "the end is missing": _truncated,
    "a folder for the pin": lambda f: _replaced(f / "mine.txt", None),
    "a folder for the diagnoses": lambda f: _replaced(f / "diagnoses" / "mine.txt", None),
    "a folder for the side file": lambda f: _replaced(f / "mine.json", None),
    "no JSON": lambda f: _replaced(f / "mine.json", "{broken"),
    "a list": lambda f: _replaced(f / "mine.json", "[]"),
    "no sums": lambda f: _replaced(f / "mine.json", '{"history": []}'),
    "an entry without settings": lambda f: _replaced(
        f / "mine.json",
        '{"answers": "0", "diagnoses": "0", "history": [{"reason": "", "cases": 1}]}',
    ),
    "the sums of another": lambda f: _replaced(
        f / "mine.json", (f / "mine.json").read_text().replace('"answers": "', '"answers": "0')
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("option", ["pin", "against"])
def test_a_damaged_pin_is_found_before_the_run_and_named(tmp_path, damage, option):
    update("mine", tmp_path, answers(HALF, line=WRONG), entry())
    path = damage(tmp_path)
    with pytest.raises((BadRecording, BadUsage)) as raised:
        check(*(("mine", "") if option == "pin" else ("", "mine")), tmp_path)
    assert path.name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_part_of_a_pin_that_is_missing_is_named(tmp_path):
    update("mine", tmp_path, answers(HALF, line=WRONG), entry())
    (tmp_path / "mine.json").unlink()
    with pytest.raises(BadRecording, match=r"mine\.json"):
        check("mine", "", tmp_path)


def test_a_folder_that_is_none_is_found_before_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BadUsage, match=r"--pin-folder: .*file is no folder"):
            check("mine", "", folder)
    (tmp_path / "diagnoses").write_text("")
    with pytest.raises(BadUsage, match="diagnoses is no folder"):
        check("mine", "", tmp_path)
    check("mine", "", tmp_path / "new" / "one")
    assert not (tmp_path / "new").exists()


def test_settings_of_which_nothing_is_known_are_told_as_such() -> None:
    old, new = (
        pins.Answers("q", {}, {}, {"onednn": onednn, "floatx": "float32"})
        for onednn in ("unknown", "0")
    )
    (line,) = pins.other_settings("one", old, new)
    assert line == "one does not say with which onednn it was recorded"
    assert pins.other_settings("one", new, new) == []
