"""The cases as requests to an observer, by the names that they have in a recording."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from reference.specification import Inputs
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.selection import select
from suites.observe.arrays import arrays, pack_batch
from suites.observe.messages import Request

DEVICES = ("CPU:0", "CPU:1")  # those of all recordings
SEED = 2017  # theirs, too


def key(case: Case) -> str:
    """The name of a case in a recording: its fields, without their names."""
    return ",".join(case.names)


def request(case: Case, seed: int) -> Request:
    """What the observer is asked for a case."""
    return request_of(case, arrays(case, seed))


def request_of(case: Case, inputs: Inputs) -> Request:
    """What it is asked with other numbers than those of the case."""
    form = FORMS[case.loss, case.form]
    together = {"workers": form.workers} if form.workers > 1 else {}
    return {
        **together,
        "call": case.call,
        "arrays": pack_batch(case, inputs),
        "execution": case.execution if form.traced else "eager",
        "device": case.device,
        "by": "" if form.gives_gradient else form.by,
    }


def digest(requests: Mapping[str, Request]) -> str:
    """A name for all that was asked: two recordings can be compared if theirs are the same."""
    return hashlib.sha256(as_json(requests).encode()).hexdigest()[:16]


def digest_of_all() -> str:
    """That of what recordings are asked, by which a pin knows whether it can be compared."""
    return digest(requests(select(DEVICES), SEED))


def as_json(requests: Mapping[str, Request]) -> str:
    return json.dumps(requests, sort_keys=True)


def requests(cases: Iterable[Case], seed: int) -> dict[str, Request]:
    return {key(case): request(case, seed) for case in sorted(cases, key=key)}
