"""What each command of `python -m reports` makes of its arguments: its defaults, and all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reports.commands.sensitivity import CORES
from reports.commands.table import parser
from reports.exit_codes import refusal
from reports.releases.interpreter import CannotBuild
from reports.releases.uv import CannotLock, NoIndex
from reports.store.errors import BadUsage, CannotWrite
from reports.store.recording import BadRecording
from suites.judge.table import BadTable
from suites.observe.client import CannotAsk
from suites.plugin.exits import OF_COMMANDS, Exit

ROOT = Path(__file__).parents[1]
SHIPPED = {"recordings": ROOT / "reports/recordings"}
BUILT = {"built": Path(".environments")}
ALL_CASES: dict[str, Any] = dict.fromkeys(("loss", "form", "dtype", "execution", "option"))
NO_FILES: dict[str, Any] = {"csv": None, "html": None}
LATEST = {kind: ROOT / f"reports/latest/timeline.{kind}" for kind in ("csv", "html")}
NARROW = ["--loss", "bce,cce", "--form", "class", "--dtype", "float16", "--execution", "xla", "--option", "axis=0,plain"]  # fmt: skip
NARROWED = {"loss": ["bce", "cce"], "form": ["class"], "dtype": ["float16"], "execution": ["xla"], "option": ["axis=0", "plain"]}  # fmt: skip
OF_ITS_DAY = {"keras_from": "", "keras_to": ""}
HERE = {"recordings": Path(".")}
SENSITIVITY: dict[str, Any] = {
    **{"files": (), "sample": None, "seed": 1, "only": (), "list": False, "keras_tests": False},
    **{"folder": Path(".sensitivity"), "workers": CORES, "limit": 120, "minutes": None},
}

PARSED: dict[str, tuple[list[str], dict[str, Any]]] = {
    "record": ([], {"names": [], **SHIPPED, **BUILT, "workers": 2, "scheduler": None, "new_cases": False}),
    "record some": (
        ["a", "b", "--new-cases", "--recordings", "new", "--built", "place", "--workers", "3", "--scheduler", "tcp://x:1"],
        {
            **{"names": ["a", "b"], "recordings": Path("new"), "built": Path("place")},
            **{"workers": 3, "scheduler": "tcp://x:1", "new_cases": True},
        },
    ),
    "lock": (["a", "b"], {"names": ["a", "b"]}),
    "verify": (["a"], {"names": ["a"], **SHIPPED, **BUILT, "workers": 2}),
    "verify elsewhere": (
        ["a", "b", "--recordings", ".", "--built", "place", "--workers", "1"],
        {"names": ["a", "b"], **HERE, "built": Path("place"), "workers": 1},
    ),
    "rejudge": ([], SHIPPED),
    "rejudge elsewhere": (["--recordings=."], HERE),
    "compare": (
        ["a", "b"],
        {"before": "a", "after": "b", "rounding": False, **SHIPPED, **ALL_CASES, **NO_FILES},
    ),
    "compare all of it": (
        ["a", "b", *NARROW, "--rounding", "--csv=x.csv", "--html=x.html", "--recordings", "."],
        {
            **{"before": "a", "after": "b", "rounding": True, **HERE, **NARROWED},
            **{"csv": Path("x.csv"), "html": Path("x.html")},
        },
    ),
    "trace": (["c"], {"case": "c", "backends": False, "rounding": False, "bisect": None, **SHIPPED, **BUILT}),
    "trace and bisect": (
        ["c", "--bisect", "--backends", "--rounding"],
        {"case": "c", "backends": True, "rounding": True, "bisect": "", **SHIPPED, **BUILT},
    ),
    "trace and bisect one": (
        ["c", "--bisect", "a", "--built", "place"],
        {"case": "c", "backends": False, "rounding": False, "bisect": "a", **SHIPPED, "built": Path("place")},
    ),
    "upgrade": (
        ["--from", "1", "--to", "2"],
        {"old": "1", "new": "2", "all": False, **OF_ITS_DAY, **SHIPPED, **ALL_CASES},
    ),
    "upgrade of some": (
        ["--to=2", "--from=1", "--keras-from=3", "--keras-to=3.5", "--all", *NARROW],
        {"old": "1", "new": "2", "keras_from": "3", "keras_to": "3.5", "all": True, **SHIPPED, **NARROWED},
    ),
    "timeline": ([], SHIPPED | LATEST | ALL_CASES),
    "timeline elsewhere": (["--csv", "x", "--html", "y", *NARROW], SHIPPED | NARROWED | {"csv": Path("x"), "html": Path("y")}),
    "check-claims": ([], SHIPPED),
    "accuracy": (
        [],
        {
            **{"function": None, "dtype": ["float16", "bfloat16"], "execution": ["eager", "xla"]},
            **{"blocks": None, "searches": 16, "folder": Path(".accuracy"), "only_there": False},
            **{"csv": ROOT / "reports/latest/accuracy.csv", "workers": None, "scheduler": None},
        },
    ),
    "accuracy of some": (
        ["--function=a,b", "--dtype=c", "--execution=d", "--blocks=1", "--searches=2", "--folder=e", "--only-there", "--csv=f", "--workers=3", "--scheduler=g"],
        {
            **{"function": ["a", "b"], "dtype": ["c"], "execution": ["d"], "blocks": 1, "searches": 2},
            **{"folder": Path("e"), "only_there": True, "csv": Path("f"), "workers": 3, "scheduler": "g"},
        },
    ),
    "sensitivity": ([], SENSITIVITY),
    "sensitivity of a sample": (
        ["--files", "a,b", "--sample", "3", "--seed=2", "--only=c", "--list", "--keras-tests",
         "--folder", "x", "--workers=4", "--limit=5", "--minutes=6"],
        {"files": ["a", "b"], "sample": 3, "seed": 2, "only": ["c"], "list": True, "keras_tests": True,
         "folder": Path("x"), "workers": 4, "limit": 5, "minutes": 6},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARSED)
def test_a_command_has_its_defaults_and_takes_its_options(name: str) -> None:
    arguments, expected = PARSED[name]
    command = name.partition(" ")[0]
    found = vars(parser().parse_args([command, *arguments]))
    assert found == {"command": command, **expected}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["lock"], "the following arguments are required: ENVIRONMENT"),
        (["verify"], "the following arguments are required: ENVIRONMENT"),
        (["compare", "a"], "the following arguments are required: AFTER"),
        (["trace"], "the following arguments are required: CASE"),
        (["upgrade", "--to", "2"], "the following arguments are required: --from"),
        (["upgrade", "--from", "2"], "the following arguments are required: --to"),
        (["record", "--workers", "0"], "argument --workers: '0' is not a whole number from 1"),
        (["record", "--workers", "x"], "argument --workers: 'x' is not a whole number from 1"),
        (["record", "--built", ""], "argument --built: an empty text names no file"),
        (["rejudge", "--recordings", "/no/where"], "argument --recordings: there is no folder /no/where"),
        (["compare", "a", "b", "--loss", ","], "argument --loss: the list is empty"),
        (["compare", "a", "b", "--csv=x", "--html=./x"], "--csv and --html are the same file"),
        (["timeline", "--csv", f"{LATEST['html']}"], "--csv and --html are the same file"),
        (["check-claims", "--backends"], "unrecognized arguments: --backends"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_where_the_help_is(
    arguments: list[str], why: str
) -> None:
    with pytest.raises(BadUsage) as raised:
        parser().parse_args(arguments)
    assert str(raised.value).startswith(f"{why}; python -m reports")
    assert str(raised.value).endswith(" --help lists what is allowed")


def test_exit_codes_are_those_of_pytest_where_it_has_them() -> None:
    of_pytest = {
        Exit.DONE: pytest.ExitCode.OK,
        Exit.DIFFERENT: pytest.ExitCode.TESTS_FAILED,
        Exit.INTERRUPTED: pytest.ExitCode.INTERRUPTED,
        Exit.MISTAKE: pytest.ExitCode.INTERNAL_ERROR,
        Exit.UNUSABLE: pytest.ExitCode.USAGE_ERROR,
        Exit.NOTHING_CHOSEN: pytest.ExitCode.NO_TESTS_COLLECTED,
    }
    assert all(int(code) == int(theirs) for code, theirs in of_pytest.items())
    assert set(Exit) - set(of_pytest) == {Exit.CANNOT_MEASURE}
    assert set(Exit) - set(OF_COMMANDS) == {Exit.NOTHING_CHOSEN}


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (BadUsage("why"), (4, "why")),
        (BadRecording("why"), (4, "why")),
        (CannotWrite("why"), (4, "why")),
        (BadTable("why"), (4, "why")),
        (CannotBuild("why"), (6, "why")),
        (CannotLock("why"), (6, "why")),
        (NoIndex("why"), (6, "why")),
        (CannotAsk("why"), (6, "why")),
        (OSError(28, "No space left", "a.csv"), (4, "a.csv: No space left")),
        (OSError(28, "No space left"), (4, "output: No space left")),
        (OSError(2, "No such file", "a.csv"), None),
        (KeyError("x"), None),
        (ImportError("cannot import name 'x'", name="suites.x"), None),
    ],
)
def test_which_errors_a_user_can_mend(error: Exception, found: tuple[int, str] | None) -> None:
    assert refusal(error) == found
