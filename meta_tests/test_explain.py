"""Numbers of a user's own: what is right, what gives the observed one, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.reduction import Reduction
from reports import __main__ as command
from reports.explain.arrays import array
from reports.explain.call import call
from reports.explain.computed import MANY
from reports.explain.explain import explain, explanation
from reports.explain.losses import Losses
from reports.explain.matters import effects
from reports.explain.observed import observed
from reports.explain.text import lines
from reports.store.errors import BadUsage
from suites.cases.losses import LOSSES, Loss

TINY = np.array([[1.0, 4.5e-12]])  # its logarithm is -26.127, that of the clip -16.118
LABEL = np.array([[0.0, 1.0]])


def printed(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert command.main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def labels(seen: str, *arrays: np.ndarray, loss: str = "cce", **options: object) -> list[str]:
    """What reproduces a number, the likeliest first."""
    found = explanation(call(loss, *arrays, **options), observed(seen))
    return [item.hypothesis.label for item in found.reproduced]


def test_the_story_of_the_clip(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        *("--loss", "cce", "--target", "[[0, 1]]", "--output", "[[1, 4.5e-12]]"),
        *("--observed", "26.127"),
        capsys=capsys,
    )
    assert "row 0  16.11809565095831978" in text
    assert "in row 0 the loss is 16.1181, and 26.1269 without it" in text
    assert "Observed 26.127: not what this call should give." in text
    assert "without the clip (epsilon is 0)" in text
    assert "Keras clips probabilities to [epsilon, 1 - epsilon]" in text


def test_a_correct_number_is_called_correct() -> None:
    one = call("bce", LABEL, np.array([[0.25, 0.5]]))
    value = (-math.log(0.75) - math.log(0.5)) / 2
    found = explanation(one, observed(f"{value:.5f}"))
    assert found.right
    assert found.right.where == "row 0"
    assert (
        list(lines(found))[-1]
        == f"Observed {value:.5f}: correct. It is the loss of row 0 as it should be."
    )


LOGITS = np.array([[2.0, -1.0, 0.5], [0.1, 0.2, -3.0]])
CLASSES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x)
    return powers / powers.sum(axis=-1, keepdims=True)


def _mean(losses: np.ndarray) -> str:
    return f"{losses.mean():.6f}"


P = _softmax(LOGITS)
ROWS = -(CLASSES * np.log(P)).sum(axis=-1)
WEIGHTS = np.array([0.5, 3.0])
STORIES = {
    "softmax twice": (
        _mean(-(CLASSES * np.log(_softmax(P))).sum(axis=-1)),
        {},
        "the probabilities were taken for logits",
    ),
    "weights ignored": (_mean(ROWS), {"sample_weight": WEIGHTS}, "sample_weight was ignored"),
    "smoothing ignored": (_mean(ROWS), {"label_smoothing": 0.2}, "label_smoothing was ignored"),
    "swapped": (
        _mean(-(P * np.log(np.clip(CLASSES, 1e-7, 1 - 1e-7))).sum(axis=-1)),
        {},
        "labels and predictions were swapped",
    ),
    "another loss": (
        _mean(-(CLASSES * np.log(P) + (1 - CLASSES) * np.log(1 - P)).mean(axis=-1)),
        {},
        "another loss: binary_crossentropy",
    ),
}


@pytest.mark.parametrize(("seen", "options", "label"), STORIES.values(), ids=STORIES)
def test_numpy_computes_a_mistake_and_it_is_named(seen: str, options: dict, label: str) -> None:
    assert label in labels(seen, CLASSES, P, **options)


def test_a_mean_over_the_weights_is_named_as_a_reduction() -> None:
    seen = f"{(ROWS * WEIGHTS).sum() / WEIGHTS.sum():.6f}"
    one = call("cce", CLASSES, P, sample_weight=WEIGHTS)
    best = explanation(one, observed(seen)).reproduced[0]
    assert best.where == "sum divided by the sum of the weights"


def test_nothing_is_said_where_nothing_fits() -> None:
    found = explanation(call("bce", LABEL, np.array([[0.25, 0.5]])), observed("7.654321"))
    text = "\n".join(lines(found))
    assert not found.reproduced
    assert "nothing that was tried gives this number" in text
    assert "Tried: every formula of every release" in text


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_every_loss_can_be_explained(loss: Loss) -> None:
    target = np.array([1]) if loss.family == "sparse" else LABEL
    one = call(loss.name, target, np.array([[0.25, 0.5]]), from_logits=loss.probabilities is None)
    found = explanation(one, observed("0.7"))
    (mean,) = (mean for formula, mean in found.formulas if not formula.departures)
    assert found.expected.exact_hi.item() == pytest.approx(mean, rel=1e-5)
    assert "\n".join(lines(found)).startswith(f"{loss.name} of ")


def test_a_parameter_is_one_that_the_formula_takes() -> None:
    with pytest.raises(BadUsage, match=r"has no q; its parameters are: alpha, gamma$"):
        call("cfce", LABEL, TINY, q=0.5)
    with pytest.raises(BadUsage, match=r"has no gamma; its parameters are: none$"):
        call("cce", LABEL, TINY, gamma=0.5)


def test_the_loss_of_one_row_is_named_as_one() -> None:
    found = explanation(
        call("bce", np.array([0.0, 1.0]), np.array([0.25, 0.5])), observed("0.4904")
    )
    assert list(lines(found))[-1] == "Observed 0.4904: correct. It is the loss as it should be."


def test_the_function_gives_a_frame() -> None:
    frame = explain("cce", LABEL, TINY, "26.127")
    assert list(frame)[:2] == ["hypothesis", "releases"]
    right = frame[frame["departures"] == 0]
    assert right["value"].item() == pytest.approx(16.1181, abs=1e-4)
    assert not right["reproduces"].any()
    assert frame["reproduces"].any()


def test_steps_that_matter_are_named_with_their_rows() -> None:
    target = np.array([[0.0, 1.0], [1.0, 0.0]])
    output = np.array([[1.0, 4.5e-12], [0.8, 0.4]])
    found = {one.step: (one.rows, one.where) for one in effects(call("cce", target, output))}
    assert found == {
        "the clip to [epsilon, 1 - epsilon]": (1, (0,)),
        "dividing each row by its sum": (1, (1,)),
    }
    half = [
        one.step for one in effects(call("bce", LABEL, np.array([[0.1, 0.9]]), dtype="float16"))
    ]
    assert half == ["rounding the numbers to float16"]


def _many(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of three classes."""
    rng = np.random.default_rng(7)
    return np.eye(3)[rng.integers(0, 3, rows)], _softmax(rng.normal(size=(rows, 3)))


def test_of_many_rows_what_they_give_together_is_found() -> None:
    target, output = _many(3 * MANY)
    weight = np.linspace(0.5, 2, len(output))
    each = -(target * np.log(output)).sum(axis=-1)
    over_weights = f"{(each * weight).sum() / weight.sum():.5f}"
    found = explanation(call("cce", target, output, sample_weight=weight), observed(over_weights))
    assert [item.where for item in found.reproduced][:1] == [
        "sum divided by the sum of the weights"
    ]
    without = f"{each.mean():.5f}"
    found = explanation(call("cce", target, output, sample_weight=weight), observed(without))
    assert found.reproduced[0].hypothesis.label == "sample_weight was ignored"
    found = explanation(call("cce", target, output), observed(without))
    assert found.right
    assert found.right.where == "mean over all rows"


def test_parts_of_the_rows_give_what_all_rows_give(monkeypatch: pytest.MonkeyPatch) -> None:
    target, output = _many(50)
    one = call("bce", target, output, sample_weight=np.linspace(0, 1, 50))
    of_all = [Losses(one.spec, one.inputs).enclosure(reduction) for reduction in Reduction]
    monkeypatch.setattr("reports.explain.losses.NUMBERS", 7)
    for reduction, whole in zip(Reduction, of_all, strict=True):
        in_parts = Losses(one.spec, one.inputs).enclosure(reduction)
        assert (in_parts.mid == whole.mid).all()
        assert (in_parts.rad == whole.rad).all()


def test_one_row_of_many_that_fits_may_be_chance() -> None:
    target, output = _many(1000)
    each = -(target * np.log(output)).sum(axis=-1)
    vague = explanation(call("cce", target, output), observed(f"{each[0]:.1f}"))
    assert vague.right is None
    assert "with so many rows this may be chance" in "\n".join(lines(vague))
    known = explanation(call("cce", target, output, dtype="float64"), observed(f"{each[0]:.12f}"))
    assert known.right
    assert known.right.place == (0,)


def test_huge_files_are_mapped_and_sampled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.explain.arrays.MOST", 300)
    files = dict(zip(("target", "output"), _many(1000), strict=True))
    for name, numbers in files.items():
        np.save(tmp_path / name, numbers)
    arguments = [part for name in files for part in (f"--{name}", str(tmp_path / f"{name}.npy"))]
    text = printed("--loss", "cce", *arguments, capsys=capsys)
    assert text.startswith("Of 1,000 rows every 10th was taken, 100 in all:")
    assert "categorical_crossentropy of probabilities (100 x 3)" in text
    assert command.main(["explain", "--loss", "cce", "--axis", "0", *arguments]) == 4
    assert "3,000 numbers are too many; at most 300 are computed" in capsys.readouterr().err


def test_nan_is_what_rounding_makes_where_no_number_is_right() -> None:
    ones = np.array([1.0, 1.0])
    found = labels("nan", LABEL[0], ones, loss="bce", dtype="float16")
    assert found[0] == "the formula fails in float16"  # before what would change the call
    assert labels("nan", LABEL[0], ones * 0.5, loss="bce", dtype="float16") == []
    found = explanation(call("bce", LABEL[0], np.array([np.nan, 1.0])), observed("nan"))
    assert found.right


@given(st.floats(0.001, 1000), st.integers(2, 9))
def test_a_number_is_known_as_far_as_it_is_written(value: float, digits: int) -> None:
    seen = observed(f"{value:.{digits}f}")
    assert seen.lower - 1e-12 <= value <= seen.upper + 1e-12
    assert seen.half == pytest.approx(0.5 * 10.0**-digits)


def _calls() -> Iterator[tuple[list[str], str]]:
    two = ["--loss", "bce", "--target", "[0, 1]", "--output"]
    yield ["--loss", "bc", "--target", "[0]", "--output", "[0.5]"], "--loss: no loss 'bc'"
    yield [*two, "[0.5, x]"], "--output: can't read '[0.5, x]'"
    yield [*two, "[0.5, 'a']"], "--output: numbers are needed, and this array has dtype <U"
    yield [*two, "y"], "--output: 'y' is neither a .npy"
    yield [*two, "[0.5]"], "--target: shape (2,) is not that of --output, (1,)"
    yield [*two, "/no/y.npy"], "--output: can't read /no/y.npy: No such file"
    yield [*two, "[0.5, 0.5]", "--observed", "x"], "--observed: 'x' is no number"
    yield [*two, "[0.5, 0.5]", "--q", "1"], "binary_crossentropy has no q"
    yield [*two, "[0.5, 0.5]", "--dtype", "f"], "--dtype: unknown 'f'"
    yield [*two, "[0.5, 0.5]", "--axis", "3"], "--axis: 3 is no axis of 1 dimensions"
    yield [*two, "[0.5, 0.5]", "--epsilon", "-1"], "--epsilon: -1 is not 0 or greater"
    yield [*two, "[0.5, 0.5]", "--label-smoothing", "2"], "--label-smoothing: 2 is not from 0"
    yield [*two, "[0.5, 0.5]", "--sample-weight", "[1, 2]"], "--sample-weight: shape (2,)"
    sparse = ["--loss", "scce", "--output", "[[0.5, 0.5]]", "--target"]
    yield [*sparse, "[2]"], "--target: 2 is no class; there are 2, from 0"
    yield [*sparse, "[0.5]"], "these are no whole numbers"
    yield [*sparse, "[0, 1]"], "one class number for each row, shape (1,)"
    yield ["--loss", "cce", "--target", "[]", "--output", "[]"], "shape (0,) has no numbers"
    yield ["--loss", "cce", "--target", "[0]", "--output", "[[1, 0]]"], "use --loss sparse_cat"


@pytest.mark.parametrize(("arguments", "text"), list(_calls()), ids=str)
def test_what_cannot_be_explained_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    assert command.main(["explain", *arguments]) == 4
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1


def test_arrays_come_from_all_files(tmp_path: Path) -> None:
    numbers = np.array([[0.5, 0.25], [0.125, 1.0]])
    np.save(tmp_path / "a.npy", numbers)
    np.savez(tmp_path / "a.npz", one=numbers)
    np.savetxt(tmp_path / "a.csv", numbers, delimiter=",")
    for suffix in ("npy", "npz", "csv"):
        np.testing.assert_array_equal(array("--output", str(tmp_path / f"a.{suffix}")), numbers)
    np.savez(tmp_path / "two.npz", one=numbers, two=numbers)
    with pytest.raises(BadUsage, match=r"holds 2 arrays \(one, two\); save one"):
        array("--output", str(tmp_path / "two.npz"))
    np.save(tmp_path / "text.npy", np.array(["a"]))
    with pytest.raises(BadUsage, match="numbers are needed"):
        array("--output", str(tmp_path / "text.npy"))
    assert array("--output", "[-inf, 1]").tolist() == [-np.inf, 1]
