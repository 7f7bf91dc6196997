"""The installed TensorFlow as a function of an array of numbers, in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial

import numpy as np

from reference.arithmetic.formats import get_format
from reports.accuracy.exact.families import FAMILIES, Family
from reports.accuracy.measure import Results
from suites.cases.execution import Execution
from suites.observe.observer import Observer

THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
Ask = Callable[[np.ndarray], Results]
Both = tuple[object, object]  # value and gradient, tensors


@cache
def _observer() -> Observer:
    """With one thread: each block has a process of its own."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
    return Observer(cpus=1)


def about() -> dict[str, str]:
    """What is installed, and what its results may depend on."""
    return {**_observer().versions(), **_observer().settings()}


@cache
def asking(function: str, dtype: str, execution: Execution, size: int) -> Ask:
    """The function of so many numbers of the dtype."""
    family, observer = FAMILIES[function], _observer()
    call = family.case(dtype, execution).call
    traced = observer.traced(call, ("target", "output"), execution, by="output")
    target = observer.tf.constant(family.targets(size, dtype))
    return partial(_ask, family, observer, partial(traced, target))


def _ask(
    family: Family, observer: Observer, function: Callable[..., Both], numbers: np.ndarray
) -> Results:
    with observer.tf.device("/device:CPU:0"):
        value, gradient = function(observer.tf.constant(family.predictions(numbers)))
    of_entry = np.asarray(gradient)[:, 0]
    return Results(numbers, np.asarray(value).astype(np.float64), of_entry.astype(np.float64))


def numbers_of(start: int, count: int, dtype: str) -> np.ndarray:
    """The numbers of a dtype whose bits are `start` and the integers after it."""
    kind = get_format(dtype).dtype
    return np.arange(start, start + count, dtype=f"u{kind.itemsize}").view(kind)
