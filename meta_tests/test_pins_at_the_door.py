"""Pins at the front door: what a whole run writes, merges, refuses and compares."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from meta_tests.door import LOGITS, RAILS, RELEASE, SETTINGS, Done, Door, wrong
from reports.store.recording import read

FEWER = ("-k", "output=logits")
STOPS = '''
import os, pytest
count = [0]
def pytest_runtest_call(item):
    count[0] += 1
    if count[0] == 2:
        {fault}
'''  # fmt: skip


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


@pytest.fixture
def pinned(door: Door) -> Door:
    """A door with a pin of a few cases."""
    done = pin(door)
    assert (done.code, "pin mine: " in done.text) == (0, True), done.text
    return door


def pin(door: Door, *arguments: str, **plan: object) -> Done:
    return door.run("--pin=mine", f"--pin-folder={door.place}", *arguments, **plan)


def against(door: Door, *arguments: str, **plan: object) -> Done:
    return door.run("--against=mine", f"--pin-folder={door.place}", *arguments, **plan)


def contents(folder: Path) -> dict[str, bytes]:
    files = ("mine.txt", "mine.json", "diagnoses/mine.txt")
    return {name: (folder / name).read_bytes() for name in files if (folder / name).exists()}


def line(done: Done, begins: str) -> str:
    (found,) = [one for one in done.text.splitlines() if one.startswith(begins)]
    return found


def test_a_pin_says_on_what_machine_and_with_which_settings_it_was_made(pinned: Door) -> None:
    (entry,) = json.loads((pinned.place / "mine.json").read_text())["history"]
    assert entry["settings"] == SETTINGS
    assert entry["versions"]["tensorflow"] == "2.21.0"
    assert entry["cases"] == len(read(pinned.place / "mine.txt").rows) > 2
    assert entry["suite"]


def test_a_run_of_fewer_cases_keeps_the_rest_of_a_pin(pinned: Door) -> None:
    before = contents(pinned.place)
    done = pin(pinned, *FEWER)
    assert done.code == 0, done.text
    assert "pin mine: nothing has changed" in done.text
    assert "cases not asked, kept" in done.text
    assert contents(pinned.place) == before
    done = pin(pinned, *FEWER, "--reason=why not", answers={LOGITS: wrong(LOGITS)})
    whole, old = read(pinned.place / "mine.txt").rows, before["mine.txt"].decode()
    assert len(whole) == int(old.split("rows ")[1].split()[0])
    assert "cases not asked, kept" in done.text


@pytest.mark.parametrize(
    ("fault", "options", "code"),
    [
        ('pytest.fail("planted")', ("-x",), 6),
        ('pytest.fail("planted")', ("--maxfail", "1"), 6),
        ("raise KeyboardInterrupt", (), 2),
        ("os._exit(1)", ("-n", "1"), 6),
    ],
    ids=["-x", "--maxfail", "Ctrl-C", "a crash"],
)
def test_no_pin_is_written_of_a_run_that_was_stopped(door, fault, options, code) -> None:
    if "-n" in options:
        pytest.importorskip("xdist")
    (door.place / "stops.py").write_text(STOPS.format(fault=fault))
    paths = os.pathsep.join([str(door.place), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = pin(door, "-p", "stops", *options, variables={"PYTHONPATH": paths})
    assert done.code == code, done.text
    assert line(done, "pin mine: ").startswith("pin mine: not written: the run ")
    assert not contents(door.place)


def test_a_run_is_compared_and_other_settings_are_named_in_one_line(pinned: Door) -> None:
    same = against(pinned)
    assert same.code == 0, same.text
    assert "mine -> this run: nothing changed" in same.text
    assert "other settings" not in same.text
    other = against(pinned, *FEWER, settings={**SETTINGS, "onednn": "0"})
    expected = "mine was recorded with other settings: onednn default -> 0"
    assert line(other, "mine was recorded") == expected


def test_a_wider_run_than_the_pin_changes_nothing(door: Door) -> None:
    assert pin(door, *FEWER).code == 0
    done = against(door)
    assert done.code == 0, done.text
    assert "mine -> this run: nothing changed" in done.text
    assert "cases not compared: the suite did not ask one of both" in done.text
    merged = pin(door)
    assert merged.code == 0, merged.text
    assert "cases added" in merged.text


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"absent": "AttributeError: module 'keras' has no attribute"}, "1 removed"),
        ({"error": "ValueError: no"}, "1 kind"),
    ],
    ids=["removed", "kind"],
)
def test_what_is_gone_or_raises_since_a_pin_fails(pinned: Door, answer, word: str) -> None:
    done = against(pinned, answers={RAILS: answer})
    assert done.code == 1, done.text
    assert f"mine -> this run: {word}" in done.text


@pytest.mark.parametrize("option", ["--pin", "--against"])
@pytest.mark.parametrize("name", ["mine.json", "mine.txt", "diagnoses/mine.txt"])
def test_a_damaged_pin_is_one_line_before_the_run(pinned: Door, option: str, name: str) -> None:
    path = pinned.place / name
    path.write_bytes(path.read_bytes()[:-30])
    (pinned.place / "report" / "comparisons.parquet").unlink()
    done = pinned.run(option, "mine", f"--pin-folder={pinned.place}")
    assert done.code == 4
    assert path.name in line(done, "ERROR: ")
    assert not (pinned.place / "report" / "comparisons.parquet").exists()


@pytest.mark.parametrize("name", [RELEASE, "n" * 300, "a/b"])
def test_a_name_that_no_pin_can_have_is_one_line_before_the_run(door: Door, name: str) -> None:
    done = door.run("--pin", name, f"--pin-folder={door.place}")
    assert (done.code, len(line(done, "ERROR: ")) < 250) == (4, True)
    assert not door.place.joinpath(f"{name[:50]}.txt").exists()
