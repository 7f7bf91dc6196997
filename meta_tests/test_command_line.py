"""`python -m reports` as a user meets it: one line for what they can mend, and its exit code."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reports import __main__ as front
from reports.commands.table import COMMANDS, parser
from suites.plugin.exits import OF_COMMANDS, Exit

ROOT = Path(__file__).parents[1]
UPGRADE = ("upgrade", "--to", "2.15")
PAIR = ("compare", "tf-2.16.2", "tf-2.16.2")


def reports(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    usual = {"cwd": ROOT, "capture_output": True, "text": True, "check": False}
    return subprocess.run([sys.executable, "-m", "reports", *arguments], **{**usual, **options})


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong call ends with, and 4."""
    assert front.main(arguments) == Exit.UNUSABLE
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("xentcheck: ")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "COMMAND"),
        (("nonsense",), "invalid choice: 'nonsense'"),
        (("compare", "tf-2.16.2"), "AFTER"),
        ((*PAIR, "--csv", ""), "--csv: an empty text names no file"),
        ((*PAIR, "--html", ""), "--html: an empty text names no file"),
        ((*PAIR, "--csv", "x", "--html", "x"), "--csv and --html are the same file"),
        ((*PAIR, "--html", "./x", "--csv", "reports/../x"), "--csv and --html are the same"),
        (("timeline", "--csv", "reports/latest/timeline.html"), "are the same file"),
        ((*PAIR, "--loss", ""), "--loss: the list is empty"),
        ((*PAIR, "--dtype", " , "), "--dtype: the list is empty"),
        (("compare", "tf-2.15.1", "tf-2.16.2", "--loss", "hinge"), "no case has 'hinge'"),
        (("compare", "2.15", "9.9"), "no recording of '9.9'"),
        ((*UPGRADE, "--from", "2.15.1"), "--from and --to are both tf-2.15.1"),
        ((*UPGRADE, "--from", "3.8"), "for Keras write keras-3.8"),
        ((*UPGRADE, "--from", "2.14", "--form", "fit"), "did you mean fit*, or fit-"),
        ((*UPGRADE, "--from", "2.14", "--option", "axes"), "did you mean axis"),
        ((*UPGRADE, "--from", "2.14", "--execution", "jit"), "known: eager, graph, xla"),
        (("trace", "01234567"), "no case has this id"),
        (("trace", "bce,float16,nowhere"), "nothing is called 'nowhere'"),
        (("timeline", "--loss", "hinge"), "no case has 'hinge'"),
        ((*PAIR, "--csv", "/proc/nowhere"), "can't write /proc"),
        ((*PAIR, "--csv", "/dev/full"), "can't write /dev/full: No space left on device"),
        (("rejudge", "--recordings", "/nowhere"), "--recordings: there is no folder /nowhere"),
        (("rejudge", "--recordings", "reports/run/templates"), "there is no recording in"),
        (("record", "tf-9.9"), "no environment 'tf-9.9'; known: "),
        (("record", "--workers", "0"), "'0' is not a whole number from 1"),
        (("record", "tf-2.16.2", "--built", ""), "--built: an empty text"),
        (("record", "tf-2.16.2", "--built", "/proc/x"), "can't write /proc/x: No such file"),
        (("verify", "tf-2.16.2", "--built", "README.md/x"), "can't write README.md/x: Not a"),
        (
            ("record", "tf-2.16.2", "--recordings", "README.md"),
            "can't write README.md: File exists",
        ),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, tuple) else "",
)
def test_a_wrong_call_is_one_line_and_4(capsys, monkeypatch, arguments, text) -> None:
    monkeypatch.chdir(ROOT)
    assert text in complaint(capsys, *arguments)


def test_what_is_typed_reaches_the_terminal_harmless(capsys) -> None:
    assert "\\x1b[31m" in complaint(capsys, *PAIR, "\x1b[31m")


@pytest.mark.parametrize("package", ["pandas", "jinja2", "numpy"])
def test_a_package_that_is_missing_is_named(tmp_path, package) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = reports(*PAIR, env={**os.environ, "PYTHONPATH": paths})
    message = f"xentcheck: {package} is not installed: pip install -r requirements.txt\n"
    assert (done.returncode, done.stderr, done.stdout) == (Exit.CANNOT_MEASURE, message, "")


def fail(monkeypatch: pytest.MonkeyPatch, command: str, error: BaseException) -> None:
    def run(_: object) -> int:
        raise error

    monkeypatch.setattr(COMMANDS[command], "run", run)


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), KeyError("x"), RuntimeError()])
@pytest.mark.parametrize("missing", [FileNotFoundError(errno.ENOENT, "gone", "ours")])
def test_a_mistake_of_ours_keeps_its_traceback(capsys, monkeypatch, error, missing) -> None:
    for one in (error, missing, ImportError("reports", name="reports.gone")):
        fail(monkeypatch, "check-claims", one)
        assert front.main(["check-claims"]) == Exit.MISTAKE
        err = capsys.readouterr().err
        assert err.startswith("Traceback")
        assert err.splitlines()[-1].startswith("xentcheck: a mistake in xentcheck itself")


def test_a_full_disk_is_one_line(capsys, monkeypatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/somewhere/x")
    fail(monkeypatch, "check-claims", full)
    assert complaint(capsys, "check-claims") == "xentcheck: /somewhere/x: No space left on device\n"


@pytest.mark.parametrize(
    ("command", "goes_on"), [("record", True), ("verify", True), ("check-claims", False)]
)
def test_ctrl_c_is_one_line_and_2(capsys, monkeypatch, command, goes_on) -> None:
    fail(monkeypatch, command, KeyboardInterrupt())
    names = ["tf-2.16.2"] if command == "verify" else []
    assert front.main([command, *names]) == Exit.INTERRUPTED
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert ("the same command goes on from here" in err) is goes_on


@pytest.mark.parametrize(
    ("redirection", "code", "text"),
    [
        (">&-", 0, ""),
        (">&- 2>&-", 0, ""),
        ("| head -c 1", 0, ""),
        (">/dev/full", 4, "xentcheck: output: No space left on device\n"),
    ],
)
def test_an_output_that_takes_nothing_is_no_traceback(redirection, code, text) -> None:
    command = f"set -o pipefail; {sys.executable} -m reports check-claims {redirection}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (code, text)


def test_the_files_of_a_comparison_are_written_where_a_link_leads(tmp_path) -> None:
    (tmp_path / "link.csv").symlink_to("target.csv")
    done = reports(*PAIR, "--csv", str(tmp_path / "link.csv"), "--html", "/dev/null")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "target.csv").read_text().startswith("loss,form")


def test_every_option_that_takes_a_value_says_which() -> None:
    (commands,) = (one for one in parser()._actions if one.dest == "command")
    for name, command in commands.choices.items():
        for action in command._actions:
            assert action.help, (name, action.dest)
            assert action.nargs == 0 or (action.metavar or "").isupper(), (name, action.dest)


def test_the_help_has_all_exit_codes(capsys) -> None:
    with pytest.raises(SystemExit):
        front.main(["--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert all(f"{code:d} {code.of_command}" in out for code in OF_COMMANDS)


def test_a_copy_without_recordings_says_which_there_are(capsys, tmp_path) -> None:
    shutil.copy(ROOT / "reports/recordings/tf-1.0.1.txt", tmp_path)
    text = complaint(capsys, *PAIR, "--recordings", str(tmp_path))
    assert "no recording of 'tf-2.16.2'; did you mean tf-1.0.1?; there are TensorFlow 1.0.1" in text


def test_a_file_that_is_no_recording_is_found_before_the_work(capsys, tmp_path) -> None:
    shutil.copy(ROOT / "reports/recordings/tf-1.0.1.txt", tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    text = complaint(capsys, "rejudge", "--recordings", str(tmp_path))
    assert f"{tmp_path / 'notes.txt'}: no environment of the table" in text
