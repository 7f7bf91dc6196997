"""The choices a user has: a row each, with an option, most of them with a variable, and a default.

What was typed is read by one function for each kind, whether it came from the command line or from
the environment; what can't be read is one line that says what was wrong and what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from keyword import iskeyword
from pathlib import Path
from typing import Any, Literal

import pytest

from reference.arithmetic.formats import NAMES as DTYPES
from reference.reduction import Reduction
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORM_NAMES
from suites.cases.losses import LOSSES
from suites.cases.tier import TIERS, Tier
from suites.observe.interpreters import NoInterpreter, interpreter
from suites.plugin.bad_choice import BadChoice, meant
from suites.plugin.with_values import Setting, read_settings

PREFIX = "XENTCHECK_"
OF_THE_OBSERVER = "XENTCHECK_KERAS"  # set for an observer's process, and no choice of a user
LISTED = 12  # names that fit into a line
NEVER_VARIABLES = "it writes files that are committed, so it is read from the command line only"
Drift = Literal["value", "accuracy", "bits"]
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
TAKEN = ("probabilities", "logits", "both")
RETURNED = {
    "predictions": Reduction.NONE,
    "rows": Reduction.ROW,
    "mean": Reduction.MEAN,
    "sum": Reduction.SUM,
}


def _names(known: tuple[str, ...] | None, text: str) -> tuple[str, ...]:
    """Names in the order of `known`, or as they were typed where that is found out later."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if known is None:
        return tuple(parts)
    if parts == ["all"]:
        return known
    for part in parts:
        _name(known, part)
    return tuple(name for name in known if name in parts)


def _name(known: tuple[str, ...], text: str) -> str:
    if text not in known:
        listed = ", ".join(known) if len(known) <= LISTED else "what pytest --help lists"
        raise BadChoice(f"unknown {text!r}; {meant(text, known)}choose from: {listed}")
    return text


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise BadChoice(f"{text!r} is not a whole number from 0, such as 2017")
    return int(text)


def _seconds(text: str) -> float:
    """The seconds of a time such as 90s, 10m or 1h."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdecimal() and unit in UNITS and int(number)):
        raise BadChoice(f"{text!r} is not a time, such as 90s, 10m or 1h")
    return float(number) * UNITS[unit]


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _interpreter(text: str) -> Path:
    """The program that a path, a name or the folder of an environment means."""
    try:
        return interpreter(text)
    except NoInterpreter as error:
        raise BadChoice(str(error)) from None


@dataclass(frozen=True)
class Option:
    """`read` makes a value of a text that is not empty, and raises BadChoice where it can't.

    `metavar` says in --help what kind of text it takes, `known` which names if they are known.
    Without `default` there is no value. `needs` are the options one of which must be there, too,
    since without them this one would do nothing.
    """

    name: str
    metavar: str
    default: str
    help: str
    read: Callable[[str], Any] = str  # each option has values of its own type
    known: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()
    has_variable: bool = True

    @property
    def flag(self) -> str:
        return "--" + self.name

    @property
    def field(self) -> str:
        """Its name in Python, where `with` is a keyword."""
        name = self.name.replace("-", "_")
        return f"{name}_" if iskeyword(name) else name

    @property
    def variable(self) -> str:
        return PREFIX + self.name.replace("-", "_").upper()

    @property
    def allowed(self) -> str:
        """What may be typed, in a few words."""
        kinds = {
            "NUMBER": "a whole number",
            "PATH": "a path",
            "FOLDER": "a folder",
            "TEXT": "a text",
            "TIME": "a time, such as 10m",
        }
        known = ", ".join(self.known or ())
        if self.metavar == "NAMES":
            return known + (", or all" if known else "names separated by commas, or all")
        return known or kinds.get(self.metavar, "a name")

    def value(self, source: str, text: str) -> Any:  # as `read`
        """The value of a text that comes from `source`, an option, a variable or "" for a default.

        Raises BadChoice that names the source.
        """
        if not source:
            return self.read(text) if text else None
        if not text.strip(", "):
            raise BadChoice(f"{source}: the value is empty; allowed: {self.allowed}")
        try:
            return self.read(text)
        except BadChoice as error:
            raise BadChoice(f"{source}: {error}") from None


def _list(name: str, known: tuple[str, ...] | None, help: str) -> Option:
    return Option(name, "NAMES", "all", help, partial(_names, known), known)


def _one_of(name: str, known: tuple[str, ...], help: str, needs: tuple[str, ...] = ()) -> Option:
    return Option(name, "NAME", known[0], help, partial(_name, known), known, needs)


OPTIONS = (
    _list("losses", tuple(LOSSES), "losses to compare, separated by commas"),
    _list("forms", FORM_NAMES, "ways of calling a loss, separated by commas"),
    _list("dtypes", DTYPES, "dtypes of predictions and labels, separated by commas"),
    _list("executions", EXECUTIONS, "how calls run, separated by commas"),
    _list("devices", None, "logical devices, such as CPU:0,GPU:0; all: every device that works"),
    Option(
        "tier",
        "NAME",
        "default",
        "how many cases: quick for each commit, everything for a nightly run",
        partial(_name, TIERS),
        TIERS,
    ),
    Option("seed", "NUMBER", "2017", "seed of the random inputs, 0 or greater", _whole_number),
    Option(
        "pin",
        "NAME",
        "",
        "save the results of this run as a baseline (a pin) with this name",
        has_variable=False,
    ),
    Option(
        "reason",
        "TEXT",
        "",
        "why the pin changes; required when it does, and kept in the pin",
        needs=("pin",),
        has_variable=False,
    ),
    Option(
        "python",
        "PATH",
        "",
        "compare the TensorFlow of another Python or environment; nothing is installed there",
        _interpreter,
    ),
    Option(
        "release",
        "NAME",
        "",
        "compare a recorded release, such as tf-2.17.1; it is built from its lock if it is missing",
    ),
    Option(
        "against", "NAME", "", "compare the results with a pin or with a release, such as tf-2.19.1"
    ),
    _one_of(
        "drift",
        ("value", "accuracy", "bits"),
        "fail on: value = a wrong result or another kind of result; accuracy = also a much greater "
        "error; bits = any change",
        needs=("against",),
    ),
    Option(
        "subject",
        "TEXT",
        "",
        "compare a loss of your own in place of those of Keras: package.module:name or file.py:name",
        needs=("like", "formula"),
    ),
    Option(
        "like",
        "NAME",
        "",
        "the loss that your own should equal; with --formula that whose labels it takes",
        partial(_name, tuple(LOSSES)),
        tuple(LOSSES),
        needs=("subject",),
    ),
    Option(
        "formula",
        "TEXT",
        "",
        "what your own loss should equal, as a function of (target, output, a): file.py:name",
        needs=("subject",),
    ),
    Option(
        "with",
        "TEXT",
        "",
        "values of its parameters (alpha=0.25,gamma=2.0); name=gamma: it calls our gamma name",
        read_settings,
        needs=("subject",),
    ),
    Option(
        "takes",
        "NAME",
        "",
        "the predictions that your own loss takes (default: measured)",
        partial(_name, TAKEN),
        TAKEN,
        needs=("subject",),
    ),
    Option(
        "reduction",
        "NAME",
        "",
        "what it returns: a loss for each prediction or row, their mean, or their sum "
        "(default: measured)",
        partial(_name, tuple(RETURNED)),
        tuple(RETURNED),
        needs=("subject",),
    ),
    Option(
        "contracts",
        "NAMES",
        "unknown-batch,unknown-shape,no-rows",
        "what your own loss promises for unusual arguments; docs/cases.md lists the contracts",
        partial(_names, tuple(CONTRACTS)),
        tuple(CONTRACTS),
        needs=("subject",),
    ),
    Option(
        "known",
        "PATH",
        "",
        "file of the known differences of your own loss, such as mine.toml",
        _folder,
        needs=("subject",),
    ),
    Option(
        "accept",
        "TEXT",
        "",
        "why what differs now is right: the differences are written into the file of --known",
        needs=("known",),
        has_variable=False,
    ),
    Option(
        "hunt",
        "TIME",
        "",
        "draw calls that no table holds, for so long, such as 10m, in place of all tests",
        _seconds,
    ),
    Option(
        "scheduler",
        "ADDRESS",
        "",
        "address of a Dask scheduler to hunt on, such as tcp://host:8786 (default: all cores here)",
        needs=("hunt",),
    ),
    Option("pin-folder", "FOLDER", "pins", "folder of the pins", _folder, needs=("pin", "against")),
    Option("report-folder", "FOLDER", "reports/latest", "folder to write the report into", _folder),
)
CHOOSING = ("losses", "dtypes", "executions", "forms")  # which choose among the cases of a tier
BY_NAME = {option.name: option for option in OPTIONS}
# Of Keras's own losses, whose answers are recorded.
NOT_WITH_SUBJECT = ("losses", "forms", "pin", "against", "hunt")
NOT_WITH_HUNT = ("pin", "against", "release", "tier")


@dataclass(frozen=True)
class Choices:
    """What the user chose. `devices` may be ("all",), since what works is found out later."""

    losses: tuple[str, ...]
    forms: tuple[str, ...]
    dtypes: tuple[str, ...]
    executions: tuple[Execution, ...]
    devices: tuple[str, ...]
    tier: Tier
    seed: int
    pin: str | None
    reason: str | None
    against: str | None
    drift: Drift
    subject: str | None
    like: str | None
    formula: str | None
    with_: tuple[Setting, ...] | None
    takes: str | None
    reduction: str | None
    contracts: tuple[str, ...]
    known: Path | None
    accept: str | None
    python: Path | None
    release: str | None
    hunt: float | None
    scheduler: str | None
    pin_folder: Path
    report_folder: Path

    @property
    def is_whole(self) -> bool:
        """Whether a tier is run whole, of the losses of Keras and TensorFlow."""
        every = all(getattr(self, name) == BY_NAME[name].known for name in CHOOSING)
        return every and self.subject is None and self.hunt is None

    @property
    def keeps_answers(self) -> bool:
        """Whether the answers of the run are needed as a whole when it ends."""
        return self.pin is not None or self.against is not None

    def among(self, working: tuple[str, ...]) -> tuple[str, ...]:
        """The devices chosen of those that work. Raises BadChoice for one that does not."""
        try:
            return _names(working, ",".join(self.devices))
        except BadChoice as error:
            raise BadChoice(f"--devices: {error}") from None


def choices(typed: Mapping[str, str | None], environment: Mapping[str, str]) -> Choices:
    """What was chosen by options, `typed` by their names, and by variables.

    Raises BadChoice for a text that can't be read, for a variable that is no option's, and for an
    option that would do nothing or contradicts another.
    """
    _check_variables(environment)
    sources = {option.name: _source(option, typed, environment) for option in OPTIONS}
    _check_partners({name: source for name, (source, _) in sources.items() if source})
    if (pin := typed.get("pin")) and pin == sources["against"][1]:
        raise BadChoice(
            f"--pin and --against: both name {pin!r}; compare first with --against {pin},"
            f" then accept what changed with --pin {pin} --reason TEXT"
        )
    if (python := sources["python"][0]) and (release := sources["release"][0]):
        raise BadChoice(f"{python} and {release}: each names what is compared; leave out one")
    found = {option.field: option.value(*sources[option.name]) for option in OPTIONS}
    return Choices(**found)


def _source(
    option: Option, typed: Mapping[str, str | None], environment: Mapping[str, str]
) -> tuple[str, str]:
    """Where the text of an option comes from, "" for its default, and the text."""
    text = typed.get(option.name)
    if text is not None:
        return option.flag, text
    if option.variable in environment:
        return option.variable, environment[option.variable]
    return "", option.default


def _check_variables(environment: Mapping[str, str]) -> None:
    read = [option.variable for option in OPTIONS if option.has_variable]
    for variable in of_the_suite(environment):
        if variable in read or variable == OF_THE_OBSERVER:
            continue
        for option in OPTIONS:
            if variable == option.variable:
                raise BadChoice(f"{variable}: use {option.flag} instead; {NEVER_VARIABLES}")
        near = meant(variable, read)
        raise BadChoice(f"{variable}: no such variable; {near}known: {', '.join(read)}")


def _check_partners(sources: Mapping[str, str]) -> None:
    if "subject" in sources and (wrong := [name for name in NOT_WITH_SUBJECT if name in sources]):
        why = "it is about the losses of Keras and TensorFlow"
        raise BadChoice(f"{sources[wrong[0]]}: not with {sources['subject']}; {why}")
    if "hunt" in sources and (wrong := [name for name in NOT_WITH_HUNT if name in sources]):
        why = "a hunt draws its calls, and compares nothing else"
        raise BadChoice(f"{sources[wrong[0]]}: not with {sources['hunt']}; {why}")
    for name, source in sources.items():
        needs = BY_NAME[name].needs
        if needs and sources.keys().isdisjoint(needs):
            needed = " or ".join(BY_NAME[other].flag for other in needs)
            raise BadChoice(
                f"{source}: has no effect without {needed}; add that option, or remove this one"
            )


def of_the_suite(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set for this suite, sorted."""
    return {name: text for name, text in sorted(environment.items()) if name.startswith(PREFIX)}


def add_to(parser: pytest.Parser) -> None:
    """Put the options on pytest's command line."""
    group = parser.getgroup("xentcheck", "xentcheck: what to compare")
    for option in OPTIONS:
        about = {"metavar": option.metavar, "type": partial(_typed, option), "help": _help(option)}
        group.addoption(option.flag, **about)


def _typed(option: Option, text: str) -> str:
    """The text, if it can be read: argparse's own errors take three lines and print the usage."""
    try:
        option.value(option.flag, text)
    except BadChoice as error:
        raise pytest.UsageError(str(error)) from None
    return text


def _help(option: Option) -> str:
    known = f" [{', '.join(option.known)}]" if option.known else ""
    variable = option.variable if option.has_variable else "none"
    needs = "; needs " + " or ".join(f"--{name}" for name in option.needs) if option.needs else ""
    default = option.default or "none"
    return f"{option.help}{known} (default: {default}; variable: {variable}{needs})"


def from_pytest(config: pytest.Config, environment: Mapping[str, str]) -> Choices:
    """What was chosen for this run. Raises BadChoice."""
    typed = {option.name: config.getoption(option.flag) for option in OPTIONS}
    return choices(typed, environment)
