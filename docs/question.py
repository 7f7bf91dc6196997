"""What `question.md` shows: tables of measured numbers, and plots: `python docs/question.py`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from reference import history  # noqa: E402
from reference.expectation import in_native  # noqa: E402
from reference.history import Formula  # noqa: E402
from reference.specification import Activation, Inputs, Specification  # noqa: E402
from suites.judge.claims import (  # noqa: E402
    CLAIMS,
    FIRST,
    NONE,
    ONE,
    SECOND,
    SHRUNK,
    ask_reference,
    numbers,
)

FOLDER = ROOT / "docs" / "question"
REVERSED = (0.705, 0.285, 0.005, 0.005)
LOGITS = (1.0, 0.5, 0.0, 0.0)
QUOTED = history.CATEGORICAL
Rows = Iterable[Sequence[str]]


def _text(number: float) -> str:
    return f"{number + 0.0:.6g}"


def _row(row: Sequence[float]) -> str:
    return f"[{', '.join(f'{number:g}' for number in row)}]"


def claims() -> Rows:
    """All twelve, with the verdict of the reference and the numbers that it rests on."""
    yield "", "who", "claim", "verdict", "numbers"
    for claim in CLAIMS:
        verdict, found = claim.test(ask_reference)
        other = f"; TensorFlow's fused operation: {claim.fused}" if claim.fused != verdict else ""
        yield str(claim.number), claim.who, claim.text, verdict + other, numbers(found)


def examples() -> Rows:
    """The two predictions of the answer, and two that are distributions."""
    yield "prediction", "sum", "quoted code", "-log y", "both terms, summed", "their mean"
    for row in (FIRST, SECOND, SHRUNK, REVERSED):
        losses = (
            ask_reference(way, ONE, row)[0][0] for way in ("quoted", "both terms", "binary mean")
        )
        quoted, both, mean = losses
        found = (sum(row), quoted, -np.log(row[0]), both, mean)
        yield _row(row), *map(_text, found)


def wrong_classes() -> Rows:
    """One row of logits, whose first class is right."""
    yield "class", "label", "logit", "softmax", "its term of the loss", "gradient by the logit"
    exponentials = np.exp(LOGITS)
    softmax = exponentials / exponentials.sum()
    gradient = ask_reference("through softmax", ONE, LOGITS)[1]
    for place, (label, logit) in enumerate(zip(ONE, LOGITS, strict=True)):
        term = -label * np.log(softmax[place])
        found = (label, logit, softmax[place], term, gradient[place])
        yield str(place), *map(_text, found)


ROUTES: dict[str, tuple[Formula, Activation]] = {
    "the quoted code, of probabilities": (QUOTED, ""),
    "the quoted code, of the softmax of logits": (QUOTED, "softmax"),
    "cross-entropy of logits": (history.SOFTMAX, ""),
    "TensorFlow's fused operation, of logits": (history.FUSED_SOFTMAX, ""),
    "both terms, of the sigmoid of logits": (history.BOTH_TERMS_SUMMED, "sigmoid"),
}


def zero_target() -> Rows:
    """A row whose labels are all zero, by each route."""
    yield "route", "loss", "greatest gradient", "is it updated?"
    for route, (formula, activation) in ROUTES.items():
        output = LOGITS if activation or formula.logits else FIRST
        loss, gradient = _native(formula, "float64", NONE, output, activation)
        steepest = np.abs(gradient).max()
        yield route, _text(loss.sum()), _text(steepest), "yes" if steepest else "no"


PROBABILITIES = (1.0, 0.999, 0.5, 1e-3, 6e-5, 2e-7, 1e-8, 0.0)


def clip() -> Rows:
    """Two classes, of which the first is right with probability p."""
    yield "p", "-log p", "float32", "gradient", "float16", "gradient"
    for p in PROBABILITIES:
        with np.errstate(divide="ignore"):
            cells = [_text(-np.log(p))]
        for dtype in ("float32", "float16"):
            loss, gradient = _native(QUOTED, dtype, (1.0, 0.0), (p, 1.0 - p))
            cells += [_text(loss[0]), _text(gradient[0, 0])]
        yield f"{p:g}", *cells


def _native(
    formula: Formula,
    dtype: str,
    target: Sequence[float],
    output: Sequence[float],
    activation: Activation = "",
) -> tuple[np.ndarray, np.ndarray]:
    """Loss and gradient of a row, step by step in the dtype."""
    inputs = Inputs(np.array([target]), np.array([output]))
    value, gradient = in_native(Specification(formula, dtype, activation), inputs)
    return value, gradient


def _along(axes: Axes, xs: np.ndarray, part: int, **lines: tuple[Formula, str, Activation]) -> None:
    """Losses (part 0) or gradients by the right class (1), of two classes."""
    for label, (formula, dtype, activation) in lines.items():
        of_logits = bool(activation) or formula.logits
        ys = []
        for x in xs:
            row = (x, 0.0) if of_logits else (x, 1.0 - x)
            found = _native(formula, dtype, (1.0, 0.0), row, activation)[part]
            ys.append(float(found.ravel()[0]))
        axes.plot(xs, ys, label=label, linewidth=1.2)
    axes.legend(frameon=False, fontsize=7)


def _plot_probability(axes: Axes) -> None:
    axes.set(xscale="log", xlabel="probability of the right class", ylabel="loss in nats")
    xs = np.geomspace(1e-10, 1.0, 241)
    _along(axes, xs, 0, float32=(QUOTED, "float32", ""), float16=(QUOTED, "float16", ""))
    axes.plot(xs, -np.log(xs), "k:", linewidth=0.8, label="-log p")
    axes.legend(frameon=False, fontsize=7)


def _plot_gradient(axes: Axes) -> None:
    axes.set(xlabel="logit of the right class, less the other", ylabel="gradient by it")
    lines = {
        "quoted code of the softmax": (QUOTED, "float32", "softmax"),
        "from logits": (history.SOFTMAX, "float32", ""),
    }
    _along(axes, np.linspace(-24, 24, 241), 1, **lines)


PLOTS: dict[str, Callable[[Axes], None]] = {
    "probability": _plot_probability,
    "gradient": _plot_gradient,
}
TABLES: dict[str, Callable[[], Rows]] = {
    "question-claims": claims,
    "question-examples": examples,
    "question-wrong-classes": wrong_classes,
    "question-zero-target": zero_target,
    "question-clip": clip,
}


def main() -> None:
    """Draw the plots."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PLOTS.items():
        with mpl.rc_context({"svg.hashsalt": name, "font.size": 8, "svg.fonttype": "none"}):
            figure = Figure(figsize=(5, 3), layout="constrained")
            draw(figure.add_subplot())
            nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
            figure.savefig(FOLDER / f"{name}.svg", metadata=nothing)
        print(f"written: docs/question/{name}.svg")


if __name__ == "__main__":
    main()
