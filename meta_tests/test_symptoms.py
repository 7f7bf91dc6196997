"""Each row of the symptoms shows what it says, and is found by the words that people have for it."""

from __future__ import annotations

import shlex

import pytest

from reports import __main__ as command
from reports.explain import symptom_text
from reports.explain.symptoms import SYMPTOMS, Possibility
from reports.store.errors import BadUsage
from suites.ledger import ledger_file

REPORTS = ["python", "-m", "reports"]
POSSIBILITIES = [each for symptom in SYMPTOMS for each in symptom.possibilities]


HERE = [each for each in POSSIBILITIES if not each.needs_tensorflow]  # `as_typed` runs the others


@pytest.mark.parametrize("each", HERE, ids=lambda each: each.what[:40])
def test_the_command_shows_the_cause(each: Possibility, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(each.command)
    assert words[:3] == REPORTS
    command.main(words[3:])
    assert each.shows in capsys.readouterr().out


def test_entries_are_in_the_ledger() -> None:
    known = {entry.id for entry in ledger_file.load()}
    assert {entry for each in POSSIBILITIES for entry in each.entries} <= known


def test_a_command_alone_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["symptom"]) == 0
    listed = capsys.readouterr().out
    assert all(f"symptom {each.name} " in listed and each.sees in listed for each in SYMPTOMS)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("NaN", "nan"),
        ("16.118", "16.118"),
        ("15.94", "16.118"),
        ("loss is negative", "negative"),
        ("0.693", "plateau"),
        ("mixed precision", "half"),
        ("Keras 3", "upgrade"),
        ("evaluate", "fit-and-predict"),
        ("pytorch", "numpy"),
    ],
)
def test_it_is_found_by_words(words: str, name: str) -> None:
    assert symptom_text.find(words).name == name


def test_of_several_symptoms_the_first_counts_sorted_by_the_other_words() -> None:
    found = symptom_text.find("NaN in float16")
    assert found.name == "nan"
    assert "--dtype float16" in found.possibilities[0].command
    assert {*found.possibilities} == {*symptom_text.find("nan").possibilities}
    assert symptom_text.find("fit and predict differ in float16").name == "fit-and-predict"


def test_what_a_symptom_can_be_fits_a_terminal_but_for_commands() -> None:
    for symptom in SYMPTOMS:
        for line in symptom_text.lines(symptom):
            assert len(line) < 80 or line.strip().startswith(("find out:", "reported:")), line


def test_no_word_means_two_symptoms() -> None:
    words = [word for each in SYMPTOMS for word in (each.name, *each.words)]
    assert sorted(set(words)) == sorted(words)


def test_what_is_unknown_names_a_near_one() -> None:
    with pytest.raises(BadUsage, match="did you mean 'negative'"):
        symptom_text.find("negativ")
    with pytest.raises(BadUsage, match=r"unknown symptom 'blue'; choose from: nan, "):
        symptom_text.find("blue")
