"""How a run starts: what is checked before it, and what each refusal becomes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meta_tests.hooks import ROOT, Config, front_door
from reports.compare import pins
from reports.compare.since.same_answer import SameAnswer
from reports.plugin import start as starting
from reports.releases.interpreter import NoInterpreter
from reports.store.errors import BadUsage, CannotWrite
from reports.store.recording import BadRecording
from suites.judge.table import BadTable
from suites.observe.environment import CannotMeasure, Other
from suites.plugin import options
from suites.plugin.bad_choice import BadChoice
from suites.plugin.run import NothingChosen

STARTED = object()


class Start:
    """The steps of a start, in their order; one of them may raise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        usual = {"seed": 2017, "pin": None, "against": None, "keeps_answers": False}
        usual |= {"python": None, "release": None}
        usual |= {"known": None, "subject": None, "hunt": None}
        usual |= {"pin_folder": Path("pins"), "report_folder": Path("a/report")}
        self.chosen = SimpleNamespace(**usual)
        self.steps: list[Any] = []
        self.raises: dict[str, BaseException] = {}
        self.config = SimpleNamespace(stash={}, rootpath=Path("/root"), option={})
        self.config.getoption = lambda name, default=None: self.config.option.get(name, default)
        for owner, name in (
            (options, "from_pytest"),
            (starting, "check_writable"),
            (pins, "check"),
            (starting, "start"),
        ):
            monkeypatch.setattr(owner, name, self._step(name))

    def _step(self, name: str) -> Any:
        def step(*arguments: Any) -> Any:
            self.steps.append((name, *arguments))
            if name in self.raises:
                raise self.raises[name]
            return {"from_pytest": self.chosen, "start": STARTED}.get(name)

        return step

    def names(self) -> list[str]:
        return [name for name, *_ in self.steps]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    return Start(monkeypatch)


def test_a_run_is_started_once_its_report_can_be_written(start: Start) -> None:
    assert starting.started(start.config) is STARTED
    assert start.names() == ["from_pytest", "check_writable", "start"]
    assert start.steps[1] == ("check_writable", Path("/root/a/report"))
    assert start.steps[2][1] is start.chosen


def test_what_only_collects_needs_no_report(start: Start) -> None:
    start.config.option["collectonly"] = True
    assert starting.started(start.config) is STARTED
    assert start.names() == ["from_pytest", "start"]


@pytest.mark.parametrize(
    ("pin", "against", "asked"), [("a", None, ("a", "")), (None, "b", ("", "b")), ("a", "b", ("a", "b"))]
)  # fmt: skip
def test_pins_are_checked_before_a_long_run(
    start: Start, pin: str | None, against: str | None, asked: tuple[str, str]
) -> None:
    start.chosen.pin, start.chosen.against, start.chosen.keeps_answers = pin, against, True
    assert starting.started(start.config) is STARTED
    assert start.steps[2] == ("check", *asked, Path("/root/pins"))


def test_a_pin_of_another_seed_is_refused(start: Start) -> None:
    start.chosen.seed, start.chosen.keeps_answers = 7, True
    why = r"^--seed: pins and recordings are of the seed 2017 alone$"
    with pytest.raises(pytest.UsageError, match=why):
        starting.started(start.config)
    start.chosen.keeps_answers = False
    assert starting.started(start.config) is STARTED


def test_which_release_gave_an_answer_is_told_for_the_usual_seed_alone(start: Start) -> None:
    shown = starting._same_answer(start.chosen)
    assert isinstance(shown.__self__, SameAnswer)
    start.chosen.seed = 7
    assert starting._same_answer(start.chosen)("case", {}) == ""


@pytest.mark.parametrize(
    ("step", "error", "line"),
    [
        ("from_pytest", BadChoice("why"), "why"),
        ("check_writable", CannotWrite("why"), "--report-folder: why"),
        ("check", BadUsage("why"), "why"),
        ("check", BadRecording("why"), "why"),
        ("start", BadTable("why"), "why"),
        ("start", BadChoice("why"), "why"),
    ],
)
def test_what_a_user_can_mend_is_a_line_about_usage(
    start: Start, step: str, error: Exception, line: str
) -> None:
    start.chosen.keeps_answers = True
    start.raises[step] = error
    with pytest.raises(pytest.UsageError, match=f"^{line}$"):
        starting.started(start.config)


def test_a_release_or_an_interpreter_takes_the_place_of_this_environment(
    start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ready(id: str, folder: Path, tell: Any) -> Other:
        tell(f"building {id} in {folder}")
        return Other(Path("built"), {}, id)

    monkeypatch.setattr(starting, "ready", ready)
    start.config.pluginmanager = SimpleNamespace(getplugin=lambda name: None)
    start.chosen.release = "tf-2.4.4"
    assert starting.started(start.config) is STARTED
    assert start.steps[-1][3] == Other(Path("built"), {}, "tf-2.4.4")
    assert capsys.readouterr().err == "xentcheck: building tf-2.4.4 in /root/.environments\n"
    start.chosen.release, start.chosen.python = None, Path("python")
    assert starting.started(start.config) is STARTED
    assert start.steps[-1][3] == Other(Path("python"))
    start.chosen.python = None
    assert starting.started(start.config) is STARTED
    assert start.steps[-1][3] is None


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (NoInterpreter("why"), "xentcheck: why", 6),
        (CannotMeasure("why"), "xentcheck: why", 6),
        (NothingChosen.__new__(NothingChosen), "xentcheck: ", 5),
    ],
    ids=["no interpreter", "no installation", "no case"],
)
def test_what_can_not_be_run_ends_with_its_code(
    start: Start, error: Exception, line: str, code: int
) -> None:
    start.raises["start"] = error
    with pytest.raises(pytest.exit.Exception, match=f"^{line}") as raised:
        starting.started(start.config)
    assert raised.value.returncode == code


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ModuleNotFoundError("No module named 'flint'", name="flint"), "python-flint is not installed"),
        (ImportError("cannot import name 'x'", name="suites.x"), ""),
        (KeyError("x"), ""),
    ],
)  # fmt: skip
def test_a_package_that_is_missing_is_a_line_and_a_mistake_of_ours_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    def fail(config: Any) -> None:
        raise error

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("reports.plugin.start.started", fail)
    with pytest.raises(pytest.exit.Exception if line else type(error)) as raised:
        front_door().pytest_configure(Config())
    if line:
        assert str(raised.value).startswith(f"xentcheck: {line}")
        assert raised.value.returncode == 6
