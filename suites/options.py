"""The choices a user has, one row each: an option, an environment variable and a default."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from reference.formats import NAMES as DTYPES
from suites.cases import EXECUTIONS
from suites.forms import FORM_NAMES
from suites.losses import LOSSES
from suites.selection import TIERS


@dataclass(frozen=True)
class Option:
    """`known` are the names that a list may hold; None where that is found out later or is free."""

    name: str
    default: str
    help: str
    known: tuple[str, ...] | None = None

    @property
    def flag(self) -> str:
        return "--" + self.name

    @property
    def variable(self) -> str:
        return "XENTCHECK_" + self.name.upper().replace("-", "_")


OPTIONS = (
    Option("losses", "all", "losses to ask for, separated by commas", tuple(LOSSES)),
    Option("forms", "all", "ways of calling a loss", FORM_NAMES),
    Option("dtypes", "all", "dtypes of predictions and labels", DTYPES),
    Option("executions", "all", "how a call is run", EXECUTIONS),
    Option("devices", "all", "logical devices, such as CPU:0,GPU:0; all that work by default"),
    Option(
        "tier", "default", "how much to ask: quick for each commit, everything for the night", TIERS
    ),
    Option("seed", "2017", "seed of the random inputs, a whole number"),
    Option("pin", "", "write the answers of this run as a pin of this name"),
    Option("reason", "", "why a pin may change"),
    Option("against", "", "compare the answers with a pin or a release, such as tf-2.19.1"),
    Option("drift", "value", "the least drift that fails", ("value", "bits")),
    Option("pin-folder", "pins", "folder of the pins"),
    Option("report-folder", "reports/latest", "folder that the report is written to"),
)


def add_to(parser: Any) -> None:
    """Put the options on pytest's command line."""
    group = parser.getgroup("xentcheck", "xentcheck: what to compare")
    for option in OPTIONS:
        known = f" [{', '.join(option.known)}]" if option.known else ""
        default = option.default or "none"
        text = f"{option.help}{known} (default: {default}; variable: {option.variable})"
        group.addoption(option.flag, default=None, metavar="NAMES", help=text)


def value(config: Any, name: str) -> str:
    """The text given on the command line, else in the environment, else the default."""
    option = next(option for option in OPTIONS if option.name == name)
    given = config.getoption(option.flag)
    return str(given if given is not None else os.environ.get(option.variable, option.default))


def names(config: Any, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """A list of names in the order of `known`. Raises ValueError for a name that is not there."""
    given = [part.strip() for part in value(config, name).split(",") if part.strip()]
    if given == ["all"]:
        return known
    for part in given:
        if part not in known:
            raise ValueError(f"--{name}: unknown {part!r}; known: {', '.join(known)}")
    if not given:
        raise ValueError(f"--{name}: names none; known: {', '.join(known)}")
    return tuple(part for part in known if part in given)


def tier(config: Any) -> str:
    """The one tier. Raises ValueError for another name."""
    given = value(config, "tier")
    if given not in TIERS:
        raise ValueError(f"--tier: unknown {given!r}; known: {', '.join(TIERS)}")
    return given


def seed(config: Any) -> int:
    """The seed. Raises ValueError unless it is a whole number from 0."""
    text = value(config, "seed")
    if not text.isdecimal():
        raise ValueError(f"--seed: {text!r} is not a whole number from 0, such as 2017")
    return int(text)
