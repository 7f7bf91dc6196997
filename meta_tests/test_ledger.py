"""The ledger is two-sided, and refuses with one line what it can't use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suites import ledger
from suites.cases import Case
from suites.selection import select
from suites.table import BadTable

ENTRY = """
[[difference]]
id = "{id}"
title = "t"
why = "w"
links = ["https://example.org/1"]
seen = "2026-11-23"
tensorflow = "{tensorflow}"
keras = ""
causes = ["{cause}"]
always = [{{ loss = ["{loss}"], inputs = ["rails"] }}]
sometimes = [{{ loss = ["{loss}"], inputs = ["interior"] }}]
"""
ALWAYS = re.compile("^always = .*$", re.MULTILINE)
BOTH = re.compile("^always = .*\nsometimes = .*$", re.MULTILINE)
CASES = select(["CPU:0"], executions=["eager"])


def text(**changes: str) -> str:
    usual = {"id": "a", "tensorflow": ">=2.16", "cause": "wrong*", "loss": "binary_crossentropy"}
    return ENTRY.format(**(usual | changes))


def load(folder: Path, content: str) -> tuple[ledger.Difference, ...]:
    path = folder / "known.toml"
    path.write_text(content)
    return ledger.load(path)


def case(regime: str, loss: str = "binary_crossentropy") -> Case:
    return next(c for c in CASES if c.loss == loss and c.inputs == regime)


def test_a_known_cause_in_a_covered_case_is_known(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    verdicts, known = book.verdicts(case("rails"), "value", ["", "wrong by half", "odd"])
    assert verdicts == ["agree", "known", "new"]
    assert known == ["", "a", ""]


def test_the_same_cause_elsewhere_is_new(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    assert book.verdicts(case("negative"), "value", ["wrong"])[0] == ["new"]


def test_what_must_show_and_does_not_is_gone(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    assert book.verdicts(case("rails"), "value", ["", ""]) == (["gone", "gone"], ["a", "a"])
    assert book.verdicts(case("interior"), "value", ["", ""])[0] == ["agree", "agree"]


def test_an_entry_that_shows_nowhere_has_vanished(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    everything, covered = set(CASES), ledger.covered(book.entries, CASES)
    assert [e.id for e in book.vanished(covered, everything, set())] == ["a"]
    assert book.vanished(covered, everything, {"a"}) == []
    assert book.vanished(covered, everything - {case("rails")}, set()) == []


@pytest.mark.parametrize(
    ("version", "inside"), [("2.15.1", False), ("2.16.0", True), ("2.17.0rc1", True)]
)
def test_a_span_has_two_ends(tmp_path, version, inside):
    (entry,) = load(tmp_path, text())
    assert entry.spans({"tensorflow": version, "keras": "3.15.1"}) is inside


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[difference", "known.toml: "),
        (text().replace("why", "whatever"), "missing why; unknown whatever; allowed: id, title"),
        (text() + 'shows = "x"', "unknown shows"),
        (text(tensorflow="newer"), "'newer' is no version span"),
        (text(loss="hinge"), "unknown 'hinge'; allowed: categorical_crossentropy"),
        (text().replace("inputs", "input"), "unknown input; allowed: loss"),
        (text().replace('["rails"]', '"rails"'), "must be a list of texts"),
        (text() + text(), "a: this id stands twice"),
        (text().replace("difference", "diference"), "unknown diference; a row begins with [["),
        (text() + "[other]\n", "unknown other; a row begins with [[difference]]"),
        ("difference = 3", "no rows; each begins with [[difference]]"),
        ("", "no rows; each begins with [[difference]]"),
        (text() + "rare = 'yes'", "row 1 (a): rare must be true or false, not 'yes'"),
        (text(id="../../a"), "'../../a' is no id"),
        (text(loss="\\u001b[31m"), "unknown '\\x1b[31m'"),
        (ALWAYS.sub('always = "abc"', text()), "always must be a list of tables, not 'abc'"),
        (ALWAYS.sub("always = [3]", text()), "always must be a list of tables, not [3]"),
        (ALWAYS.sub("always = [{ loss = [] }]", text()), "always: loss names none"),
        (ALWAYS.sub("always = [{ fused = 1 }]", text()), "fused must be true or false, not 1"),
        (ALWAYS.sub("", text()), "row 1 (a): missing always; allowed: id"),
        (BOTH.sub("always = []\nsometimes = []", text()), "always and sometimes are both empty"),
    ],
)
def test_a_malformed_ledger_is_refused_in_one_line(tmp_path, content, message):
    with pytest.raises(BadTable) as refusal:
        load(tmp_path, content)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_entry_that_matches_nothing_is_refused(tmp_path):
    lonely = text().replace('["rails"]', '["saturated"]').replace('["interior"]', '["saturated"]')
    entries = load(tmp_path, lonely)
    probabilities = [c for c in CASES if c.output == "probabilities"]
    with pytest.raises(BadTable, match="a matches no case"):
        ledger.covered(entries, probabilities)


def test_entries_that_overlap_are_refused(tmp_path):
    with pytest.raises(BadTable, match="a and b overlap, for example in loss=binary"):
        ledger.covered(load(tmp_path, text() + text(id="b", cause="wrong by half")), CASES)


def test_entries_with_different_causes_do_not_overlap(tmp_path):
    ledger.covered(load(tmp_path, text() + text(id="b", cause="odd")), CASES)


def test_the_ledger_of_the_project_is_in_order():
    entries = ledger.load()
    ledger.covered([entry for entry in entries if not entry.rare], select(["CPU:0", "CPU:1"]))
    ledger.covered(entries, select(["CPU:0", "CPU:1"], tier="everything"))
    assert all(link.startswith("https://") for entry in entries for link in entry.links)
    assert all(entry.why for entry in entries)
    assert not any("unexplained" in cause for entry in entries for cause in entry.causes)
