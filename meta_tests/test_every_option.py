"""Every option of the documents, through the front door, on canned answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from meta_tests.as_typed import ALONE, OF_OWN_LOSS
from meta_tests.door import ABSENT, RAILS, RAISED, RELEASE, Door, entry, other_bits
from meta_tests.test_readme import rows

FLAGS = {row[0].strip("`"): row[1].strip("`") for row in rows("option")}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


# What an option selects, as the fields of the cases that are collected.
BASE = ("--losses=binary_crossentropy,weighted_sigmoid_crossentropy", "--forms=function,nn")
BASE += ("--dtypes=float32,float64", "--executions=eager,graph", "--devices=CPU:0,CPU:1")
SELECTS = {
    "--losses": ("weighted_sigmoid_crossentropy", {"loss": {"weighted_sigmoid_crossentropy"}}),
    "--forms": ("nn", {"form": {"nn"}}),
    "--dtypes": ("float64", {"dtype": {"float64"}}),
    "--executions": ("graph", {"execution": {"graph"}}),
    "--devices": ("CPU:1", {"device": {"CPU:1"}}),
    "--tier": ("quick", {"execution": {"eager"}, "device": {"CPU:0"}}),
}
USES = (
    "--seed",
    "--python",
    "--pin",
    "--reason",
    "--against",
    "--drift",
    "--pin-folder",
    "--report-folder",
)


def test_every_option_of_the_table_has_a_run_that_shows_it():
    elsewhere = {*OF_OWN_LOSS, *ALONE}  # in test_own_loss, and in test_start
    assert {*SELECTS, *USES} == set(FLAGS) - elsewhere


def fields(text: str) -> dict[str, set[str]]:
    """The values of each field of the cases in a list of items."""
    found: dict[str, set[str]] = {}
    for name, value in re.findall(r"[\[,](\w+)=([^,\]]+)", text):
        found.setdefault(name, set()).add(value)
    return found


def ways(flag: str, text: str) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """An option behind a space, behind "=", and as a variable."""
    yield (flag, text), {}
    yield (f"{flag}={text}",), {}
    if FLAGS[flag]:
        yield (), {FLAGS[flag]: text}


@pytest.mark.parametrize("flag", SELECTS)
def test_an_option_selects_cases(door, flag):
    text, expected = SELECTS[flag]
    base = tuple(one for one in BASE if not one.startswith(flag))
    listing = ("--collect-only", "-q", "suites/test_losses.py")
    whole = fields(door.run(few=(*base, *listing)).text)
    for arguments, variables in ways(flag, text):
        done = door.run(few=(*base, *listing, *arguments), variables=variables)
        assert done.code == 0, done.text
        found = fields(done.text)
        for name, values in expected.items():
            assert found[name] == values < whole[name]
        assert not (door.place / "report").exists()


def test_a_seed_makes_other_inputs(door):
    usual = door.run()
    before = set(usual.frame["exact"])
    for arguments, variables in ways("--seed", "7"):
        done = door.run(*arguments, variables=variables)
        assert done.code == 0, done.text
        about = json.loads((done.folder / "environment.json").read_text(encoding="utf-8"))
        assert about["seed"] == "7"
        assert len(set(done.frame["exact"]) - before) > 20


def test_a_report_folder_gets_the_report(door):
    for number, (arguments, variables) in enumerate(ways("--report-folder", "{}")):
        place = door.place / f"my report {number}"
        done = door.run(
            *(text.format(place) for text in arguments),
            variables={name: text.format(place) for name, text in variables.items()},
        )
        assert done.code == 0, done.text
        assert (place / "index.html").is_file()
        assert f"report: {place}/index.html" in done.text


def test_a_pin_is_written_compared_and_updated_for_a_reason(door):
    folder = f"--pin-folder={door.place / 'my pins'}"
    first = door.run("--pin", "mine", folder)
    assert first.code == 0, first.text
    pin = door.place / "my pins" / "mine.txt"
    before = pin.read_bytes()
    assert door.run("--against", "mine", folder).code == 0

    bits = {"answers": {RAILS: other_bits(RAILS)}}
    rounded = door.run("--against=mine", folder, **bits)
    assert (rounded.code, rounded.verdicts) == (0, set()), rounded.text
    for arguments, variables in ways("--drift", "bits"):
        assert door.run("--against=mine", folder, *arguments, variables=variables, **bits).code == 1
    assert (rounded.folder / "drift.csv").is_file()
    strict = {"XENTCHECK_AGAINST": "mine", "XENTCHECK_PIN_FOLDER": folder.partition("=")[2]}
    assert door.run("--drift=bits", variables=strict, **bits).code == 1

    refused = door.run("--pin=mine", folder, **bits)
    assert refused.code == 4, refused.text
    assert "--reason" in refused.text
    assert pin.read_bytes() == before
    accepted = door.run("--pin=mine", "--reason", "other bits", folder, **bits)
    assert accepted.code == 0, accepted.text
    assert pin.read_bytes() != before
    assert "other bits" in pin.with_suffix(".json").read_text()
    assert door.run("--against=mine", "--drift=bits", folder, **bits).code == 0


@pytest.mark.parametrize("answer", [RAISED, ABSENT], ids=["an error", "nothing"])
def test_another_kind_of_answer_fails_against_a_release_that_the_ledger_excuses(door, answer):
    ledger = entry(RAILS) if "error" in answer else ""
    done = door.run(f"--against={RELEASE}", answers={RAILS: answer}, ledger=ledger)
    assert done.code == 1, done.text
    assert done.verdicts == (set() if "error" in answer else {"missing"})
