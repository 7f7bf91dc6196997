"""What asks an installation with a mistake: a run without an observer, and the clients that it gets."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reports.sensitivity import forked, planted
from suites.cases.case import Case
from suites.observe.client import Client
from suites.observe.messages import Answer
from suites.plugin import options
from suites.plugin.block import Block
from suites.plugin.failure import FAILING
from suites.plugin.run import Run, start

ROOT = Path(__file__).parents[2]
JUDGING = ("reference", "suites")
LIMIT = 60.0  # seconds for an answer: a mistake may keep a step from ever ending


@dataclass(frozen=True)
class Difference:
    """What a run would report of a comparison."""

    case: str
    quantity: str
    observed: str = ""
    exact: str = ""
    cause: str = ""


def differences(blocks: Iterable[Block]) -> list[Difference]:
    """What a run would report of the comparisons."""
    return [
        Difference(
            Case.of_names(block["case"]).id,
            f"{block['quantity'][place]} {block['index'][place]}".strip(),
            str(block["observed"][place]),
            str(block["exact"][place]),
            block["cause"][place] or f"{verdict} {block['known'][place]}".strip(),
        )
        for block in blocks
        for place, verdict in enumerate(block["verdict"])
        if verdict in FAILING
    ]


def known(blocks: Iterable[Block]) -> dict[str, int]:
    """How many comparisons show each known difference."""
    counts: dict[str, int] = {}
    for block in blocks:
        for verdict, name in zip(block["verdict"], block["known"], strict=True):
            if verdict == "known":
                counts[name] = counts.get(name, 0) + 1
    return counts


def digest(answers: Iterable[Answer]) -> str:
    """A name for the bits of answers: what is answered alike is judged alike."""
    return hashlib.sha256(json.dumps(list(answers), sort_keys=True).encode()).hexdigest()[:16]


def client(run: Run, **variables: str) -> Client:
    """A fresh process of what a run asks, forked from one with TensorFlow; `planted` reads `variables`."""
    program = {forked.PROGRAM: planted.__file__}
    whole = {**run.client.variables, **forked.variables(), **program, **variables}
    return Client(Path(sys.executable), Path(forked.__file__), whole, limit=LIMIT)


@dataclass(frozen=True)
class Bench:
    """All that the default tier asks on one device."""

    run: Run

    def asking(self, client: Client) -> Run:
        """The run, as it asks this client."""
        return replace(self.run, client=client)

    def key(self) -> str:
        """A name for what is installed, and for how it is asked and judged."""
        whole = hashlib.sha256(json.dumps(dict(self.run.versions), sort_keys=True).encode())
        for path in sorted(path for room in JUDGING for path in (ROOT / room).rglob("*.*")):
            if path.suffix in (".py", ".toml"):
                whole.update(path.read_bytes())
        return whole.hexdigest()[:16]


def prepare(variables: Mapping[str, str] = os.environ) -> Bench:
    """Start to ask what is installed, and end the observer that described it."""
    run = start(options.choices({"devices": "CPU:0"}, variables), lambda case, answer: "")
    run.client.end()
    return Bench(run)
