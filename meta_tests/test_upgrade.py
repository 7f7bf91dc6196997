"""An upgrade names the versions that it compares, and how to ask for others."""

from __future__ import annotations

import pytest

from reports.compare.upgrade import find, heading
from reports.releases import environments
from reports.releases.environments import Environment
from reports.store.errors import BadUsage

IDS = (
    *("tf-1.2.1", "tf-2.0.4", "tf-2.15.1", "tf-2.16.2", "tf-2.16.2-keras-3.0.5"),
    *("tf-2.18.1-keras-3.8.0", "keras-1.2.2", "keras-2.0.5", "keras-2.0.8", "keras-3.15.1-jax"),
)
ROWS = [row for row in environments.load() if row.id in IDS]


def found(version: str) -> Environment:
    return find(version, ROWS, IDS)


@pytest.mark.parametrize(
    ("version", "id"),
    [
        ("2.15", "tf-2.15.1"),
        ("2.15.1", "tf-2.15.1"),
        ("tf-2.15", "tf-2.15.1"),
        ("2.16", "tf-2.16.2"),
        ("2", "tf-2.16.2"),
        ("1", "tf-1.2.1"),
        ("tf-2.16.2-keras-3.0.5", "tf-2.16.2-keras-3.0.5"),
        ("keras-3.8", "tf-2.18.1-keras-3.8.0"),
        ("Keras 3.8.0", "tf-2.18.1-keras-3.8.0"),
        ("keras-2.0", "keras-2.0.8"),
        ("keras==2.0.5", "keras-2.0.5"),
        ("keras-3.15.1-jax", "keras-3.15.1-jax"),
    ],
)
def test_a_version_means_one_recording(version: str, id: str) -> None:
    assert found(version).id == id


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("2.1", r"^no recording of TensorFlow '2\.1'; there are 1\.2\.1, 2\.0\.4, 2\.15\.1, 2\.16\.2$"),
        ("2.15.10", r"^no recording of TensorFlow '2\.15\.10'; there are"),
        ("keras-9", r"^no recording of Keras '9'; there are 1\."),
        ("", "^no recording of TensorFlow ''"),
    ],
)  # fmt: skip
def test_a_version_that_is_not_recorded_names_those_that_are(version: str, message: str) -> None:
    with pytest.raises(BadUsage, match=message):
        found(version)


def test_only_what_is_recorded_is_found() -> None:
    with pytest.raises(BadUsage):
        find("2.15", ROWS, ["tf-2.16.2"])
    with pytest.raises(BadUsage):
        find("tf-2.15.1", ROWS, ["tf-2.16.2"])


def told(*texts: str) -> list[str]:
    old, new = texts
    return list(heading((old, new), (found(old), found(new)), ROWS))


def test_the_versions_that_were_taken_are_named() -> None:
    assert told("2.15", "keras-3.8") == [
        "From TensorFlow 2.15.1 with Keras 2.15.0 (tf-2.15.1)",
        "to   TensorFlow 2.18.1 with Keras 3.8.0 (tf-2.18.1-keras-3.8.0)",
    ]
    assert (
        told("keras-1.2", "keras-2.0")[0] == "From Keras 1.2.2 on TensorFlow 0.12.1 (keras-1.2.2)"
    )


def test_versions_that_a_keras_has_too_say_how_to_ask_for_it() -> None:
    assert told("1.2", "2.0") == [
        "From TensorFlow 1.2.1 with its own Keras (tf-1.2.1)",
        "to   TensorFlow 2.0.4 with its own Keras (tf-2.0.4)",
        "For the package Keras: --from keras-1.2.2 --to keras-2.0.8",
    ]
