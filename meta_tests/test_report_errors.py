"""What goes wrong while a report is written leaves the old one, and has an exit code and a line.

Through the front door, on canned answers.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from meta_tests.test_exit_codes import RAILS, Door, door
from suites.observe.visible import visible

__all__ = ["door"]  # a fixture

UNCHANGED = "no report written; the previous one, if any, is kept"
BREAKS = {
    "Ctrl-C": ("raise KeyboardInterrupt", 2, "xentcheck: interrupted"),
    "Ctrl-C that a library swallows": (
        "import contextlib, signal\n"
        "    with contextlib.suppress(KeyboardInterrupt):\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    raise TypeError('it had to draw None')",
        2,
        "xentcheck: interrupted",
    ),
    "a full disk": (
        "raise OSError(28, 'No space left on device')",
        4,
        "xentcheck: --report-folder: can't write {folder}: No space left on device",
    ),
    "a mistake of ours": ("raise TypeError('ours')", 3, "TypeError: ours"),
}
HOSTILE = "PlantedError: \x1b[31m\x1b]0;owned\x07\x9b\u202e</td>|=1+1"


def broken(place: Path, how: str) -> dict[str, str]:
    """Variables under which drawing the page of the report does something else."""
    code = (
        f"import reports.run.write\ndef render(*_):\n    {how}\nreports.run.write.render = render\n"
    )
    (place / "broken.py").write_text(code)
    return {"PYTHONPATH": str(place), "PYTEST_PLUGINS": "broken"}


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def reported(door: Door) -> Door:
    """A door with a report, and a script of the user's beside it."""
    (door.place / "report/scripts").mkdir(parents=True)
    (door.place / "report/scripts/backup.sh").write_text("mine")
    assert door.run().code == 0
    return door


def test_whatever_breaks_the_old_report_is_whole(reported: Door) -> None:
    before = contents(reported.place / "report")
    for name, (how, code, line) in BREAKS.items():
        done = reported.run(variables=broken(reported.place, how))
        assert done.code == code, (name, done.text)
        assert line.format(folder=reported.place / "report") in done.text.splitlines(), name
        assert ("Traceback" in done.text) is (code == 3), name
        assert (UNCHANGED in done.text) or code == 3, name
        assert contents(reported.place / "report") == before, name


@pytest.mark.parametrize("name", ["scripts", "index.html", ".xentcheck"])
def test_what_stands_in_the_way_is_one_line_before_the_run(door: Door, name: str) -> None:
    (door.place / "report").mkdir()
    (door.place / "report" / name).write_text("mine")
    done = door.run()
    assert done.code == 4
    (line,) = done.text.strip().splitlines()
    assert line.startswith(f"ERROR: --report-folder: {door.place / 'report' / name} is ")
    assert contents(door.place / "report") == {name: b"mine"}


def test_a_hostile_message_of_an_error_stays_a_message(door: Door) -> None:
    done = door.run(answers={RAILS: {"error": HOSTILE}})
    assert done.code == 1
    assert visible(HOSTILE) in done.text
    assert not [one for one in done.text if unicodedata.category(one) == "Cc" and one != "\n"]
    assert HOSTILE not in done.text
    assert visible(HOSTILE) in set(done.frame["observed"])
    (script,) = (done.folder / "scripts").glob("*.py")
    compile(script.read_text(), script.name, "exec")
