"""Environments that stand in no table, and what the package index is asked for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.bisect import derived
from reports.releases import lock, package_index
from reports.releases.environments import find
from reports.releases.package_index import Release

BASE = replace(find("tf-2.18.1-keras-3.8.0"), pins=("numpy<3",), without=(), released="2025-01-01")
DAYS = {
    "2.17.1": "2024-10-24",
    "2.18.1": "2025-03-12",
    "3.5.0": "2024-08-12",
    "3.8.0": "2025-01-07",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was asked of an index that knows some days, and one tf_keras."""
    found: list[object] = []

    def newest(wanted: str, python: str) -> Release:
        found.append((wanted, python))
        return Release("2.17.9", python)

    def resolved(row: object) -> str:
        found.append(row)
        return "keras==3.5.0"

    monkeypatch.setattr(
        package_index, "day", lambda package, version, python: DAYS.get(version, "")
    )
    monkeypatch.setattr(package_index, "newest", newest)
    monkeypatch.setattr(lock, "resolved", resolved)
    monkeypatch.setattr(lock, "versions", lambda text: dict([text.split("==")]))
    return found


def test_another_keras_has_the_day_of_the_newer_package(asked: list[object]) -> None:
    found = derived.with_keras(BASE, "3.5.0")
    assert found == replace(BASE, keras="3.5.0", id="tf-2.18.1-keras-3.5.0", released="2025-03-12")
    assert derived.with_keras(replace(BASE, tensorflow="2.17.1"), "3.8.0").released == "2025-01-07"
    unknown = derived.with_keras(replace(BASE, tensorflow="2.99.0"), "3.99.0")
    assert unknown.released == "2025-01-01"
    assert asked == []


def test_another_tensorflow_has_the_tf_keras_that_goes_with_it(asked: list[object]) -> None:
    found = derived.with_tensorflow(BASE, "2.17.1")
    assert asked == [("tf-keras==2.17.*", BASE.python)]
    assert (found.tensorflow, found.tf_keras, found.id) == ("2.17.1", "2.17.9", "tf-2.17.1-keras-3.8.0")  # fmt: skip
    assert derived.with_tensorflow(BASE, "2.18.0").tf_keras == BASE.tf_keras
    assert derived.with_tensorflow(replace(BASE, tf_keras=""), "2.17.1").tf_keras == ""


def test_the_keras_of_the_day_is_none_newer_than_that_of_the_base(asked: list[object]) -> None:
    found = derived.of_its_day(BASE, "2.17.1")
    (_, row) = asked
    assert (row.keras, row.tensorflow, row.pins) == ("", "2.17.1", ("numpy<3", "keras<=3.8.0"))
    assert (found.keras, found.id, found.pins) == ("3.5.0", "tf-2.17.1-keras-3.5.0", ("numpy<3",))


@pytest.mark.parametrize(
    ("base", "other", "pins", "without"),
    [
        ((("a==1",), ()), (("b<2",), ("c",)), ("a==1", "b<2"), ("c",)),
        ((("a==1",), ("c",)), (("a<2", "b[x]>=1"), ("c", "d")), ("a==1", "b[x]>=1"), ("c", "d")),
    ],
)
def test_pins_of_both_are_joined_where_they_name_another_package(
    base, other, pins, without
) -> None:
    one, two = (replace(BASE, pins=p, without=w) for p, w in (base, other))
    found = derived.joined(one, two)
    assert (found.pins, found.without) == (pins, without)
    assert replace(found, pins=(), without=()) == replace(BASE, pins=(), without=())
