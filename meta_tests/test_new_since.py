"""The strip of a new difference: where the same was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reports.plugin import new_since
from reports.run.tables.strip import Strip
from reports.run.tables.tables import Record
from suites.cases.fields import FIELDS

NAMES = ("binary_crossentropy", "function", "plain", "probabilities", "float16")
CASE = dict(zip(FIELDS, (*NAMES, "eager", "CPU:0", "hard", "rails"), strict=True))
NAN = {"verdict": "new", "quantity": "value", "index": "0", "cause": "the formula fails in float16", "bits": "7e00"}  # fmt: skip


@pytest.fixture(scope="module")
def of() -> Callable[[Record], Strip | None]:
    return new_since.strips()


def shown(strip: Strip | None) -> set[str]:
    assert strip
    assert {cell.line for cell in strip.cells} > {"tf.keras", "keras"}
    return {cell.release for cell in strip.cells if cell.shows}


def test_a_cause_shows_where_the_recorded_diagnosis_has_it(of: Callable[..., Any]) -> None:
    assert {"tf-2.16.2", "tf-2.21.0", "tf-nightly"} <= shown(of(CASE | NAN))
    assert "tf-2.15.1" not in shown(of(CASE | NAN))  # which adds epsilon inside of the logarithm
    assert shown(of(CASE | NAN | {"quantity": "gradient"})) != shown(of(CASE | NAN))


@pytest.mark.parametrize(
    ("bits", "index", "some"),
    [
        ("7e00", "1", True),
        ("7e01", "1", False),
        ("7e00", "0", False),
        ("7e00", "8", False),
        ("7e00", "0 0", False),
        ("", "1", False),
    ],
)
def test_what_is_unexplained_shows_where_the_same_number_was_recorded(
    of: Callable[..., Any], bits: str, index: str, some: bool
) -> None:
    found = shown(of(CASE | NAN | {"cause": "unexplained", "bits": bits, "index": index}))
    assert ("tf-2.21.0" in found) is bool(found) is some


@pytest.mark.parametrize(
    "other", [{"verdict": "gone"}, {"quantity": "twice negated is not negated"}]
)
def test_what_is_gone_and_what_has_two_sides_has_no_strip(
    of: Callable[..., Any], other: dict[str, str]
) -> None:
    assert of(CASE | NAN | other) is None


def test_recordings_of_other_requests_are_left_out() -> None:
    assert new_since.strips(lambda: "other")(CASE | NAN) is None
