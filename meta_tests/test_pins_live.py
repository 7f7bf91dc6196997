"""Pins at the front door: what a whole run writes, merges, refuses and compares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meta_tests.test_front_door import FEW, plant, run
from reports.recording import read

NO_ROWS = ("-k", "no-rows")
PIN = ("--pin", "mine")


@pytest.fixture(scope="module")
def pinned(tmp_path_factory) -> Path:
    """A folder with a pin of a few cases."""
    folder = tmp_path_factory.mktemp("pins")
    done = run(folder / "report", *FEW, *PIN, f"--pin-folder={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pin mine: " in done.stdout
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = ("mine.txt", "mine.json", "said/mine.txt")
    return {name: (folder / name).read_bytes() for name in files if (folder / name).exists()}


def test_a_pin_says_on_what_machine_and_with_which_settings_it_was_made(pinned) -> None:
    (entry,) = json.loads((pinned / "mine.json").read_text())["history"]
    assert entry["versions"]["tensorflow"]
    assert entry["settings"]["onednn"] == "default"
    assert entry["cases"] == len(read(pinned / "mine.txt").rows) > 10


def test_a_run_of_fewer_cases_keeps_the_rest_of_a_pin(pinned, tmp_path) -> None:
    before = contents(pinned)
    done = run(tmp_path, *FEW, *NO_ROWS, *PIN, f"--pin-folder={pinned}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pin mine: nothing has changed" in done.stdout
    assert "cases not asked, kept" in done.stdout
    assert contents(pinned) == before


STOPS = {
    "a failure and -x": ('    pytest.fail("planted")', ("-x",), 1),
    "a failure and --maxfail": ('    pytest.fail("planted")', ("--maxfail", "1"), 1),
    "Ctrl-C": ("    raise KeyboardInterrupt", (), 2),
    "a crash": ("    os._exit(1)", ("-n", "2"), 1),
}


@pytest.mark.parametrize(("fault", "options", "code"), STOPS.values(), ids=STOPS)
def test_no_pin_is_written_of_a_run_that_was_stopped(tmp_path, fault, options, code) -> None:
    if "-n" in options:
        pytest.importorskip("xdist")
    hook = f"import os, pytest\ncount = [0]\ndef pytest_runtest_call(item):\n    count[0] += 1\n    if count[0] != 3:\n        return\n{fault}\n"
    done = run(
        tmp_path / "report",
        *FEW,
        *options,
        *PIN,
        f"--pin-folder={tmp_path}",
        **plant(tmp_path, hook),
    )
    assert done.returncode == code, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("pin mine: ")]
    assert line.startswith("pin mine: not written: the run ")
    assert not contents(tmp_path)


def test_a_run_is_compared_and_other_settings_are_named(pinned, tmp_path) -> None:
    options = (*FEW, f"--pin-folder={pinned}", "--against", "mine")
    same = run(tmp_path, *options)
    assert same.returncode == 0, same.stdout + same.stderr
    assert "mine -> this run: nothing changed" in same.stdout
    assert "other settings" not in same.stdout
    other = run(tmp_path, *options, *NO_ROWS, TF_ENABLE_ONEDNN_OPTS="0")
    assert other.returncode == 0, other.stdout + other.stderr
    assert "mine was recorded with other settings: onednn default -> 0\n" in other.stdout


def test_what_is_gone_since_a_pin_fails(pinned, tmp_path) -> None:
    gone = plant(tmp_path, "import tensorflow as tf\ndel tf.nn.sigmoid_cross_entropy_with_logits")
    done = run(tmp_path, *FEW, f"--pin-folder={pinned}", "--against", "mine", **gone)
    assert done.returncode == 1, done.stdout + done.stderr
    assert " removed" in done.stdout


@pytest.mark.parametrize("option", ["--pin", "--against"])
def test_a_damaged_pin_is_one_line_before_the_run(pinned, tmp_path, option) -> None:
    for name in ("mine.json", "mine.txt"):
        (tmp_path / name).write_bytes((pinned / name).read_bytes()[:-30])
    done = run(tmp_path / "report", *FEW, f"--pin-folder={tmp_path}", option, "mine")
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
    assert "mine." in line
    assert not (tmp_path / "report" / "comparisons.csv").exists()
