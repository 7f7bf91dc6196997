"""A pin is compared with what is answered later, and changes for a reason only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports import pins
from reports.pins import Answers, check_name, drifted, fails, load, update
from reports.recording import BadRecording

HALF, NEAR, OTHER = (
    f"value float32[1] {bits}\tgradient none" for bits in ("3f000000", "3f000001", "3f400000")
)
CASE = "loss,form,plain,logits,float32,eager,CPU:0,hard"
ONE, TWO = f"{CASE},one", f"{CASE},two"
ABOUT = {"tensorflow": "2.21.0"}


def answers(one: str, two: str = HALF, said: str = "", questions: str = "q") -> Answers:
    return Answers(questions, {ONE: one, TWO: two}, {ONE: said} if said else {})


@pytest.mark.parametrize(
    ("after", "kind", "failing", "strictly"),
    [
        (answers(HALF), None, 0, 0),
        (answers(NEAR), "rounding", 0, 1),
        (answers(OTHER, said="value 0 unexplained"), "value", 1, 1),
        (answers("error ValueError: no"), "category", 1, 1),
        (answers("absent"), "gone", 0, 0),
    ],
    ids=["same", "rounding", "value", "category", "gone"],
)
def test_drift_is_classed_and_some_of_it_fails(after, kind, failing, strictly):
    frame = drifted(answers(HALF), after, [ONE, TWO])
    assert list(frame["drift"]) == ([kind] if kind else [])
    assert (fails(frame, strict=False), fails(frame, strict=True)) == (failing, strictly)


def test_a_case_that_was_not_asked_is_not_gone():
    assert drifted(answers(HALF), Answers("q", {TWO: HALF}, {}), [TWO]).empty


def test_other_questions_cannot_be_compared():
    with pytest.raises(BadRecording, match=r"asked other questions \(p\)"):
        drifted(answers(HALF, questions="p"), answers(HALF), [ONE])


def test_a_pin_is_written_and_read(tmp_path):
    lines = update("mine", tmp_path, answers(HALF, said="value 0 why"), ABOUT, "")
    assert lines == [f"pin mine: 2 answers written to {tmp_path / 'mine.txt'}"]
    assert load("mine", tmp_path) == answers(HALF, said="value 0 why")


def test_a_pin_changes_for_a_reason_only(tmp_path):
    update("mine", tmp_path, answers(HALF), ABOUT, "")
    before = (tmp_path / "mine.txt").read_bytes()
    with pytest.raises(ValueError, match=r"(?s)1 value.*say why with --reason"):
        update("mine", tmp_path, answers(OTHER, said="value 0 unexplained"), ABOUT, "")
    assert (tmp_path / "mine.txt").read_bytes() == before
    update("mine", tmp_path, answers(OTHER), ABOUT, "upgraded")
    reasons = json.loads((tmp_path / "mine.json").read_text())["reasons"]
    assert [entry["reason"] for entry in reasons] == ["first pinned", "upgraded"]
    assert load("mine", tmp_path).rows[ONE] == OTHER


def test_nothing_is_written_where_nothing_has_changed(tmp_path):
    update("mine", tmp_path, answers(HALF), ABOUT, "")
    assert update("mine", tmp_path, answers(HALF), ABOUT, "") == ["pin mine: nothing has changed"]


def test_what_is_not_there_is_named_with_what_is(tmp_path, monkeypatch):
    monkeypatch.setattr(pins, "SHIPPED", tmp_path / "none")
    update("mine", tmp_path, answers(HALF), ABOUT, "")
    with pytest.raises(BadRecording, match="no pin or release 'yours'; there are: mine"):
        load("yours", tmp_path)


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", ".hidden"])
def test_a_name_that_is_no_file_is_refused(name):
    with pytest.raises(ValueError, match="--pin"):
        check_name(name)


def test_a_damaged_pin_is_refused(tmp_path: Path):
    update("mine", tmp_path, answers(HALF), ABOUT, "")
    path = tmp_path / "mine.txt"
    path.write_text(path.read_text().replace("3f0", "3f1"))
    with pytest.raises(BadRecording, match=r"mine\.txt: line 9"):
        load("mine", tmp_path)
