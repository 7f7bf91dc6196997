"""Environments that are in no table: one of it, with another release of one package.

All else is as it was on the day of the newer of the two packages, as in the table. The package index
is asked for that: everything raises NoIndex, and `of_its_day` CannotLock and CannotBuild.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reports.releases import lock, package_index
from reports.releases.environments import Environment


def joined(base: Environment, other: Environment) -> Environment:
    """`base` with the pins of both, where they name another package, and without what one is."""
    named = {_package(pin) for pin in base.pins}
    pins = (*base.pins, *(pin for pin in other.pins if _package(pin) not in named))
    return replace(base, pins=pins, without=tuple(dict.fromkeys((*base.without, *other.without))))


def _package(pin: str) -> str:
    return re.split(r"[^\w.-]", pin)[0]


def with_keras(base: Environment, version: str) -> Environment:
    """`base` with another release of Keras."""
    return _named(replace(base, keras=version))


def with_tensorflow(base: Environment, version: str) -> Environment:
    """`base` with another release of TensorFlow, and with the tf_keras that goes with it."""
    return _named(replace(base, tensorflow=version, tf_keras=_tf_keras(base, version)))


def of_its_day(base: Environment, version: str) -> Environment:
    """`base` with another TensorFlow and the Keras of its day, none newer than that of `base`."""
    alone = with_tensorflow(replace(base, keras=""), version)
    asked = replace(alone, pins=(*alone.pins, f"keras<={base.keras}"))
    keras = lock.versions(lock.resolved(asked))["keras"]
    return replace(alone, keras=keras, id=_id(replace(alone, keras=keras)))


def _tf_keras(base: Environment, version: str) -> str:
    minor = _minor(version)
    if not base.tf_keras or minor == _minor(base.tensorflow):
        return base.tf_keras
    found = package_index.newest(f"tf-keras=={minor}.*", base.python)
    return found.version if found else ""


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _named(row: Environment) -> Environment:
    """With an id, and the day on which the newer of both packages came out."""
    pairs = ((name, getattr(row, name)) for name in ("tensorflow", "keras"))
    days = [package_index.day(name, version, row.python) for name, version in pairs if version]
    return replace(row, id=_id(row), released=max(filter(None, days), default=row.released))


def _id(row: Environment) -> str:
    tensorflow, keras = f"tf-{row.tensorflow}", f"keras-{row.keras}" if row.keras else ""
    order = (tensorflow, keras) if row.subject == "tf.keras" else (keras, tensorflow)
    return "-".join(filter(None, order))
