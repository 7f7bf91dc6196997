"""The numbers that are asked about, by regime: batches of predictions, and labels to go with them.

A regime has a function of a random generator and a floating-point format, which returns float64
rows that are then rounded to the format. The generator is seeded by the name of the regime and by
`--seed`, so a case has the same numbers in every run and every order. Most regimes have the one
shape (8, 3), which lets one traced function serve them all.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np

from reference.arithmetic.formats import Format, get_format
from reference.arithmetic.protocol import EPSILON
from suites.cases import worst_inputs
from suites.cases.losses import Family

ROWS, CLASSES = 8, 3
NAMED = ("bool", "int8", "uint8", "int32", "int64", "float32")  # kinds of labels that are dtypes
MANY = 100  # classes of which a bound says little in half precision
Rows = Callable[[np.random.Generator, Format], np.ndarray]


def _normalised(rng: np.random.Generator, *shape: int) -> np.ndarray:
    scores = rng.gamma(1.0, size=shape) + 1e-3
    return scores / scores.sum(axis=-1, keepdims=True)


def _one_hot_rows() -> np.ndarray:
    """Each class certain, in an order that meets right and wrong labels (row number mod 3)."""
    return np.eye(CLASSES)[np.arange(ROWS) // CLASSES]


def _nearly_normalised(rng: np.random.Generator, format: Format) -> np.ndarray:
    """Sums of 1 within 5e-4, as a softmax in half precision leaves them."""
    return _normalised(rng, ROWS, CLASSES) * (1 + np.linspace(-5e-4, 5e-4, ROWS))[:, None]


def _rails(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = _one_hot_rows()
    rows[-2:] = [[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]]
    return rows


def _near_epsilon(rng: np.random.Generator, format: Format) -> np.ndarray:
    """The true class just below and above epsilon and 1 - epsilon, the rest on another class."""
    factors = np.array([0.5, 0.9, 0.99, 1.01, 1.1, 2.0, 10.0, 1000.0])
    rows = np.zeros((ROWS, CLASSES))
    row = np.arange(ROWS)
    rows[row, (row + (row % 2)) % CLASSES] = factors * EPSILON
    rows[row, (row + 1 + (row % 2)) % CLASSES] = 1 - factors * EPSILON
    return rows


def _negative(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = rng.uniform(0.5, 2.0, (ROWS, CLASSES))
    rows[np.arange(ROWS), np.arange(ROWS) // 3] *= -0.25
    return rows


def _zero_rows(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = _normalised(rng, ROWS, CLASSES)
    rows[::2] = 0.0
    return rows


def _not_finite(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = rng.uniform(0.25, 0.5, (ROWS, CLASSES))
    specials = [np.inf, np.inf, -np.inf, -np.inf, np.nan, np.nan]
    rows[np.arange(6), [0, 2, 2, 0, 1, 0]] = specials
    rows[6] = np.inf
    return rows


def _subnormal(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = _normalised(rng, ROWS, CLASSES)
    rows[np.arange(ROWS), np.arange(ROWS) // 3] = format.smallest_normal / 4
    return rows


def _minus_zero(rng: np.random.Generator, format: Format) -> np.ndarray:
    rows = _normalised(rng, ROWS, CLASSES)
    rows[np.arange(ROWS), np.arange(ROWS) // 3] = -0.0
    return rows


def _saturated(rng: np.random.Generator, format: Format) -> np.ndarray:
    gaps = np.array([10.0, 17.0, 30.0, 50.0, 88.0, 104.0, 750.0, 20000.0])
    return rng.normal(size=(ROWS, CLASSES)) + gaps[:, None] * (2 * _one_hot_rows() - 1)


def _mistaken(rng: np.random.Generator, format: Format) -> np.ndarray:
    """Logits of certain answers, of which most are wrong, small enough to see a step beside them."""
    return rng.normal(size=(ROWS, CLASSES)) + 30.0 * (2 * _one_hot_rows() - 1)


def _overflowing(rng: np.random.Generator, format: Format) -> np.ndarray:
    share = np.array([1.0, 1.0, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25])
    return share[:, None] * format.largest * (2 * _one_hot_rows() - 1)


def _certain_of_thousand(rng: np.random.Generator, format: Format) -> np.ndarray:
    """The true class of `_class_numbers`, and nothing for the others."""
    return np.eye(1000)[_class_numbers((1, 1000))]


def _normal(*shape: int) -> Rows:
    return lambda rng, format: rng.normal(scale=2.0, size=shape)


def _scores(*shape: int) -> Rows:
    return lambda rng, format: rng.gamma(1.0, 2.0, shape) + 0.01


def _distribution(*shape: int) -> Rows:
    return lambda rng, format: _normalised(rng, *shape)


class Asked(Enum):
    """Of which forms a regime is asked, beside the first of each loss, which meets all of them."""

    OF_EVERY_FORM = "every form"
    OF_QUICK_FORMS = "the forms of the quick tier, too"
    OF_FIRST_FORM = "no other"
    OF_MODELS = "models alone"
    OF_MAIN_LOSSES = "those of the main losses, in the tier everything"


@dataclass(frozen=True)
class Regime:
    """A batch of predictions, whose `shape` has the classes last."""

    rows: Rows
    asked: Asked = Asked.OF_FIRST_FORM
    shape: tuple[int, ...] = (ROWS, CLASSES)

    @property
    def is_usual_shape(self) -> bool:
        """Whether the function that was traced for most regimes takes it, too."""
        return self.shape == (ROWS, CLASSES)

    @property
    def is_one_row(self) -> bool:
        return int(np.prod(self.shape[:-1], dtype=int)) == 1

    @property
    def has_many_classes(self) -> bool:
        return self.shape[-1] > MANY


SHAPES: dict[str, tuple[int, ...]] = {
    "one-class": (ROWS, 1),
    "two-classes": (ROWS, 2),
    "thousand-classes": (1, 1000),
    "certain-of-thousand": (1, 1000),
    "rank-1": (CLASSES,),
    "rank-3": (2, 4, CLASSES),
    "rank-4": (2, 2, 2, CLASSES),
}


# What is laid along a wrong axis shows only where two axes have one size, and what is taken of the last
# batch alone where two replicas share that alone unevenly.
IN_MODELS: dict[str, tuple[int, ...]] = {
    "cube": (CLASSES, CLASSES, CLASSES),
    "square": (CLASSES, CLASSES),
    "seven-rows": (7, CLASSES),
}

FOUND: dict[str, tuple[int, ...]] = {"worst": (2 * worst_inputs.NUMBERS, 2)}


def _of_shapes(rows: Callable[..., Rows]) -> dict[str, Regime]:
    of_models = {
        name: Regime(rows(*shape), Asked.OF_MODELS, shape) for name, shape in IN_MODELS.items()
    }
    return of_models | {name: Regime(rows(*shape), shape=shape) for name, shape in SHAPES.items()}


def _worst(kind: str) -> dict[str, Regime]:
    """The numbers with the largest errors that were found."""

    def rows(rng: np.random.Generator, format: Format) -> np.ndarray:
        return worst_inputs.rows(kind, format)

    return {"worst": Regime(rows, Asked.OF_MAIN_LOSSES, FOUND["worst"])}


def _of_one_shape(name: str, rows: Rows) -> dict[str, Regime]:
    return {name: Regime(rows, shape=SHAPES[name])}


PROBABILITIES: dict[str, Regime] = {
    "interior": Regime(_distribution(ROWS, CLASSES), Asked.OF_EVERY_FORM),
    "nearly-normalised": Regime(_nearly_normalised),
    "unnormalised": Regime(_scores(ROWS, CLASSES), Asked.OF_QUICK_FORMS),
    "rails": Regime(_rails, Asked.OF_EVERY_FORM),
    "near-epsilon": Regime(_near_epsilon, Asked.OF_EVERY_FORM),
    "negative": Regime(_negative),
    "zero-rows": Regime(_zero_rows),
    "not-finite": Regime(_not_finite, Asked.OF_QUICK_FORMS),
    "subnormal": Regime(_subnormal),
    "minus-zero": Regime(_minus_zero),
    **_of_shapes(_distribution),
    **_of_one_shape("one-class", _scores(*SHAPES["one-class"])),
    **_of_one_shape("certain-of-thousand", _certain_of_thousand),
    **_worst("probabilities"),
}

LOGITS: dict[str, Regime] = {
    "interior": Regime(_normal(ROWS, CLASSES), Asked.OF_EVERY_FORM),
    "saturated": Regime(_saturated, Asked.OF_EVERY_FORM),
    "mistaken": Regime(_mistaken),
    "overflowing": Regime(_overflowing, Asked.OF_QUICK_FORMS),
    "not-finite": Regime(_not_finite, Asked.OF_QUICK_FORMS),
    "subnormal": Regime(_subnormal),
    "minus-zero": Regime(_minus_zero),
    **_of_shapes(_normal),
    **_worst("logits"),
}


# What a model in training gives.
EVERYDAY = (
    "interior",
    "nearly-normalised",
    "near-epsilon",
    "rails",
    "saturated",
    "mistaken",
    *SHAPES,
    *IN_MODELS,
)


def shape(inputs: str) -> tuple[int, ...]:
    """The shape of the predictions of a regime, classes last."""
    return (SHAPES | IN_MODELS | FOUND).get(inputs, (ROWS, CLASSES))


def _generator(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@cache
def predictions(inputs: str, logits: bool, dtype: str, seed: int) -> np.ndarray:
    """The batch of a regime, rounded to `dtype`; probabilities, or logits where `logits`."""
    format = get_format(dtype)
    regime = (LOGITS if logits else PROBABILITIES)[inputs]
    return rounded(regime.rows(_generator(inputs, seed), format), format)


def rounded(rows: np.ndarray, format: Format) -> np.ndarray:
    """The numbers in a format; what is too large for it becomes its largest, and stays finite."""
    largest = format.largest
    finite = np.where(np.isfinite(rows), np.clip(rows, -largest, largest), rows)
    return finite.astype(format.dtype)


def _class_numbers(shape: tuple[int, ...]) -> np.ndarray:
    """A class for each row: the row number mod 2 or 3 among few classes, far apart among many."""
    rows = np.arange(int(np.prod(shape[:-1], dtype=int)))
    return (rows * 499 + 300) % shape[-1]


def _dense(kind: str, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Labels of `shape`; all are multiples of 1/8, exact in every format."""
    classes = shape[-1]
    rows = _class_numbers(shape)
    hard = np.eye(classes)[rows]
    if kind == "soft":
        hard = rng.multinomial(8, np.full(classes, 1 / classes), len(rows)) / 8
    elif kind == "unnormalised":
        hard = rng.integers(0, 9, (len(rows), classes)) / 8
        hard[:, 0] += 1.125  # no row sums to one
    elif kind == "zero":
        hard = np.zeros((len(rows), classes))
    return hard.reshape(shape)


def _independent(kind: str, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Labels of classes that do not exclude each other, in eighths where soft."""
    if kind == "zero":
        return np.zeros(shape)
    if kind == "soft":
        return rng.integers(0, 9, shape) / 8
    return np.indices(shape).sum(axis=0) % 2 * 1.0


def _sparse(kind: str, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return _class_numbers(shape).reshape(shape[:-1])


LABELS: dict[Family, Callable[[str, np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "categorical": _dense,
    "binary": _independent,
    "sparse": _sparse,
}


@cache
def labels(family: Family, kind: str, shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    """Labels of a kind for predictions of `shape`.

    A kind that is the name of a dtype has hard labels in that dtype, the others have `dtype`.
    """
    numbers = LABELS[family](kind, _generator(kind, seed), shape)
    named = kind in NAMED
    return numbers.astype(kind if named else get_format(dtype).dtype)
