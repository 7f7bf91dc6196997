"""The numbers of a drawn call: labels, predictions and weights, most of them near something that may
go wrong.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reference.arithmetic.formats import Format, get_format
from reference.arithmetic.protocol import EPSILON
from suites.cases.inputs import NAMED, rounded
from suites.cases.losses import Family

Shape = tuple[int, ...]
Strategy = st.SearchStrategy
EIGHTHS = tuple(number / 8 for number in range(9))
OUT_OF_RANGE = (np.nan, np.inf, -np.inf)


def predictions(shape: Shape, dtype: str, logits: bool, family: Family) -> Strategy[np.ndarray]:
    """Logits or probabilities of a shape, rounded to the dtype."""
    format = get_format(dtype)
    every = _logits(format) if logits else _probabilities(format)
    numbers = hnp.arrays(np.float64, shape, elements=every)
    if logits:
        numbers = st.one_of(numbers, _shifted(numbers, format))
    elif family != "binary":
        few = st.sampled_from((1e-3, EPSILON, format.unit_roundoff**3, format.smallest_normal))
        scaled = st.builds(np.multiply, numbers, few)
        numbers = st.one_of(numbers.map(_normalised), numbers, numbers.map(_normalised), scaled)
    return numbers.map(lambda found: rounded(found, format))


def _shifted(numbers: Strategy[np.ndarray], format: Format) -> Strategy[np.ndarray]:
    """Logits that have much in common, which cancels."""
    common = st.sampled_from((100.0, -100.0, 0.25 / format.unit_roundoff, format.largest / 4))
    return st.builds(np.add, numbers, common)


def _normalised(numbers: np.ndarray) -> np.ndarray:
    """Rows that sum to one, but for those that sum to nothing."""
    total = numbers.sum(axis=-1, keepdims=True)
    return numbers / np.where(total > 0, total, 1.0)


def _near(number: float, format: Format) -> tuple[float, ...]:
    """The number in a format, and its neighbours."""
    here = np.asarray(number, format.dtype)
    towards = (np.asarray(end, format.dtype) for end in (-np.inf, np.inf))
    return tuple(float(x) for x in (here, *(np.nextafter(here, end) for end in towards)))


def _probabilities(format: Format) -> Strategy[float]:
    """In [0, 1]; the edges, what is near the clip, and what is near what a format can hold."""
    edges = (
        *(0.5, 0.25, 1.0, 0.0, 0.9, 1e-3, -0.0),
        *(*_near(EPSILON, format), *_near(1 - EPSILON, format), *_near(1.0, format)[:2]),
        *(format.smallest_normal, format.smallest_subnormal, format.unit_roundoff),
    )
    return st.sampled_from([x for x in edges if x <= 1]) | st.floats(0.0, 1.0)


def _logits(format: Format) -> Strategy[float]:
    """Near 0, where exponentials overflow or vanish, and near the ends of a format."""
    exponent = float(np.log(format.largest))
    edges = (
        *(0.0, 1.0, -1.0, 0.5, 3.0, -3.0, 10.0, -10.0, 16.0, -17.0, 30.0, -30.0, 1e-3, -0.0),
        *(x for end in (exponent, -exponent) for x in _near(end, format)),
        *(format.smallest_normal, -format.unit_roundoff, 1000.0, -1000.0),
        *(format.largest / 4, -format.largest / 4),
    )
    return st.sampled_from(edges) | st.floats(-30.0, 30.0)


def with_strange(draw: st.DrawFn, numbers: np.ndarray) -> np.ndarray:
    """The numbers with one that is not finite, or too large, among them."""
    place = draw(st.integers(0, numbers.size - 1))
    strange = draw(st.sampled_from((*OUT_OF_RANGE, 2.0, -0.5)))
    changed = numbers.copy()
    changed.flat[place] = np.asarray(strange, numbers.dtype)
    return changed


GREATEST = {"int8": 127, "uint8": 255}  # class numbers of these labels


def _classes(shape: Shape, kind: str = "") -> Strategy[np.ndarray]:
    """Class numbers that labels of the kind can hold."""
    last = min(shape[-1] - 1, GREATEST.get(kind, shape[-1]))
    return hnp.arrays(np.int64, shape[:-1], elements=st.integers(0, last))


def _dense(kind: str, shape: Shape) -> Strategy[np.ndarray]:
    if kind == "zero":
        return st.just(np.zeros(shape))
    if kind in ("soft", "unnormalised"):
        eighths = hnp.arrays(np.float64, shape, elements=st.sampled_from(EIGHTHS))
        return eighths if kind == "unnormalised" else eighths.map(_summing_to_one)
    return _classes(shape).map(lambda classes: np.eye(shape[-1])[classes])


def _summing_to_one(eighths: np.ndarray) -> np.ndarray:
    """What is missing or too much is taken from the first class, or the class is certain."""
    rest = eighths[..., 1:].sum(axis=-1, keepdims=True)
    certain = np.eye(eighths.shape[-1])[0]
    moved = np.concatenate([1 - rest, eighths[..., 1:]], axis=-1)
    return np.where(rest > 1, certain, moved)


def _independent(kind: str, shape: Shape) -> Strategy[np.ndarray]:
    if kind == "zero":
        return st.just(np.zeros(shape))
    every = EIGHTHS if kind == "soft" else (0.0, 1.0)
    return hnp.arrays(np.float64, shape, elements=st.sampled_from(every))


LABELS: dict[Family, Callable[[str, Shape], Strategy[np.ndarray]]] = {
    "categorical": _dense,
    "sparse": lambda kind, shape: _classes(shape, kind),
    "binary": _independent,
}


def labels(family: Family, kind: str, shape: Shape, dtype: str) -> Strategy[np.ndarray]:
    """Labels of a kind for predictions of a shape; a kind that is the name of a dtype has that."""
    of = np.dtype(kind) if kind in NAMED else get_format(dtype).dtype
    return LABELS[family](kind, shape).map(lambda found: found.astype(of))


def weights(shape: Shape) -> Strategy[np.ndarray]:
    """Weights of the rows, exact in every format."""
    return hnp.arrays(np.float64, shape[:-1], elements=st.sampled_from((1.0, 0.0, 0.25, 0.5, 2.0)))


def masks(shape: Shape) -> Strategy[np.ndarray]:
    return hnp.arrays(np.float64, shape[:-1], elements=st.sampled_from((1.0, 0.0)))
