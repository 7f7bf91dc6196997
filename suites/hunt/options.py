"""Options that are drawn for a call of a loss, and for a step of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from suites.cases import step_options, training
from suites.cases.case import values
from suites.cases.forms.form import Form
from suites.cases.loss_options import BETWEEN
from suites.cases.losses import Loss
from suites.cases.option import Chosen
from suites.cases.outputs import Output

SEVERAL = (3, 2, 1, 4, 5, 10, 17)  # classes
OF_LAST_LAYER = ("regularizer", "outputs")
# Options and values that mean something beside others alone: stories ask for them.
OF_STORIES = ("embedded", "second")
OF_ONE_STEP = {
    "own": ("test_step", "returned"),
    "losses": step_options.MIXED,
    "validated": ("every-second",),
}


def _each(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


def _number(low: float, high: float) -> st.SearchStrategy[str]:
    """A number in decimal, as people write it."""
    return st.floats(low, high).map(lambda x: f"{x:.3g}".replace("e+", "e"))


def _alpha(loss: Loss, shape: tuple[int, ...]) -> st.SearchStrategy[str]:
    one = _each("0.25", "1.0", "0.0", "0.5") | _number(0.0, 2.0)
    if loss.elementwise or shape[-1] == 1 or shape[-1] not in SEVERAL:
        return one
    several = st.lists(_each("0.25", "1.0", "0.5", "0.125"), min_size=shape[-1], max_size=shape[-1])
    return one | several.map(BETWEEN.join)


# What is drawn for each option; what is in no table is read as a number.
VALUES: Mapping[str, Callable[[Loss, tuple[int, ...]], st.SearchStrategy[str]]] = {
    "label_smoothing": lambda loss, shape: (
        _each("0.1", "0.0", "1.0", "0.5", "1e-8") | _number(0.0, 1.0)
    ),
    "axis": lambda loss, shape: _each(
        *map(str, range(-1, -len(shape) - 1, -1)), *map(str, range(len(shape)))
    ),
    "ignore_class": lambda loss, shape: _each("0", "-1", "255", str(shape[-1] - 1)),
    "gamma": lambda loss, shape: (
        _each("2.0", "0.0", "1.0", "0.5", "5.0", "50.0", "1e-3") | _number(0.0, 8.0)
    ),
    "alpha": _alpha,
    "apply_class_balancing": lambda loss, shape: _each("True"),
    "q": lambda loss, shape: _each("0.5", "1.0", "0.7", "0.1", "1e-3") | _number(1e-3, 1.0),
    "pos_weight": lambda loss, shape: (
        _each("2.0", "1.0", "0.0", "0.5", "100.0") | _number(0.0, 10.0)
    ),
    "epsilon": lambda loss, shape: _each("0.01", "1e-3", "0.1", "1e-5", "1e-10", "0.5"),
    "reduction": lambda loss, shape: _each("sum", "sum_over_batch_size", "mean_with_sample_weight"),
    "dtype": lambda loss, shape: _each("own"),
    "floatx": lambda loss, shape: _each("own"),
    "sample_weight": lambda loss, shape: _each("rows", "column", "scalar", "zeros"),
    "mask": lambda loss, shape: _each("rows"),
}


@st.composite
def of_call(draw: st.DrawFn, form: Form, loss: Loss, shape: tuple[int, ...]) -> Chosen:
    """Some options of a call; what a form needs is always drawn."""
    may = [name for name in form.accepts if name in VALUES]
    some = draw(st.lists(st.sampled_from(may), max_size=3, unique=True)) if may else []
    names = [name for name in (*form.needs, *form.accepts) if name in (*form.needs, *some)]
    row = {name: draw(VALUES[name](loss, shape)) for name in dict.fromkeys(names)}
    if form.by == "weight":
        row["sample_weight"] = "rows"  # the gradient of a number of Python is none
    return row


@st.composite
def of_step(draw: st.DrawFn, form: Form, output: Output, shape: tuple[int, ...]) -> Chosen:
    """Some options of a step of a model, of those that go together."""
    names = [name for name in form.accepts if any(values(form, name))]
    names = [name for name in names if _goes_with(name, output, shape)]
    some = draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    row = {name: draw(_each(*_of_table(form, name))) for name in some}
    return training.together(form, row, shape)


def _goes_with(name: str, output: Output, shape: tuple[int, ...]) -> bool:
    """Whether an option of a step is drawn beside an output: what regularizes a layer does not see the
    activation that stands apart from it, and each of several outputs has a last layer of its own.
    """
    if name in OF_LAST_LAYER:
        return not output.apart
    if name == "masking":
        return output.passes_masks
    if name == "own":
        return output.loads  # which a model that is saved needs
    if name == "validated":
        return shape[0] > 1  # half of the rows may be held out
    return name not in OF_STORIES


def _of_table(form: Form, name: str) -> list[str]:
    left_out = (*training.LEFT_OUT, *OF_ONE_STEP.get(name, ()))
    return [value for value in values(form, name) if value not in left_out]
