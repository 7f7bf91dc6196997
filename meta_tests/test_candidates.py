"""What else might have been computed for a case, by lists that were written by hand."""

from __future__ import annotations

import pytest

from reference import history
from reference.arithmetic.protocol import EPSILON
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import ACROSS, Joined, Specification
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.losses import LOSSES
from suites.judge.specify import candidates, specification

CATEGORICAL = (
    "another formula: the quoted source with epsilon through float32",
    "another formula: both terms, summed",
    "another input: the probabilities were taken for logits",
)
COUNTED = "another option: the classes were counted on "
ROUNDED = 1.0000000116860974e-07  # 1e-7 in float32


def case(arguments: str = "plain", output: str = "probabilities", **fields: str) -> Case:
    usual = {"loss": "categorical_crossentropy", "form": "function", "dtype": "float32"}
    usual |= {"execution": "eager", "device": "CPU:0", "labels": "one-hot", "inputs": "interior"}
    return Case(**usual | fields, arguments=arguments, output=output)


def readings(asked: Case) -> dict[str, Specification]:
    """Of one departure each, but for other formulas."""
    found = {
        str(candidate.reasons[0]): candidate.spec
        for candidate in candidates(asked)
        if len(candidate.reasons) == 1
    }
    own = (specification(asked).formula, specification(asked).dtype)
    return {label: one for label, one in found.items() if (one.formula, one.dtype) == own}


# The case, and by the text of a reading the field of the specification that it changes.
READINGS: dict[str, tuple[Case, dict[str, tuple[str, object]]]] = {
    "plain": (case(), {}),
    "smoothed": (case("label_smoothing:0.1"), {}),
    "smoothed, classes first": (
        case("label_smoothing:0.1+axis:0"),
        {f"{COUNTED}the last axis": ("classes", 8)},
    ),
    "smoothed, of rank 3": (
        case("label_smoothing:0.1", inputs="rank-3"),
        {f"{COUNTED}axis 1": ("classes", 4)},
    ),
    "smoothed, classes in the middle": (
        case("label_smoothing:0.1+axis:1", inputs="rank-3"),
        {f"{COUNTED}the last axis": ("classes", 4), f"{COUNTED}axis 1": ("classes", 3)},
    ),
    "classes first": (case("axis:0"), {}),
    "softmax, classes first": (
        case("axis:0", "tf.nn.softmax"),
        {"another option: the softmax was taken along the last axis": ("activation", ACROSS)},
    ),
    "softmax, classes last": (case("axis:1", "tf.nn.softmax"), {}),
    "softmax of rank 3": (case("axis:1", "tf.nn.softmax", inputs="rank-3"), {}),
    "float64": (
        case(dtype="float64"),
        {"epsilon rounded to float32": ("epsilon", ROUNDED)},
    ),
    "epsilon": (
        case("epsilon:0.01"),
        {"another option: the epsilon that is set was ignored": ("epsilon", EPSILON)},
    ),
    "epsilon, float64": (
        case("epsilon:0.01", dtype="float64"),
        {"another option: the epsilon that is set was ignored": ("epsilon", EPSILON)},
    ),
    "replicas": (
        case(form="fit-mirrored", execution="graph"),
        {
            "another option: each of two replicas was weighted alike": ("halves", "averaged"),
            "another option: the batches were averaged by the rows of one replica": ("joined", Joined.BY_HALVES),
            "another option: the batches were averaged, each by its number of rows": ("joined", Joined.BY_ROWS),
            "another option: the batches were averaged, each alike": ("joined", Joined.ALIKE),
            "another option: the last batch was taken for all": ("joined", Joined.LAST),
            "another option: a short last batch was counted as one row": ("joined", Joined.SHORT_AS_ONE),
            "another option: the gradients of the replicas were added up": ("halves", "added"),
            "another option: the gradients of the replicas were added up, not their penalties": ("halves", "added, one penalty"),
            "another option: with each batch all before it were counted twice": ("joined", Joined.DOUBLED),
            "another option: only the first of two replicas was counted": ("reduction", Reduction.FIRST_HALF),
        },
    ),
    "the backend": (
        case(form="backend"),
        {"another option: the arguments were taken in the other order": ("swapped", True)},
    ),
    "ignored rows": (
        case("ignore_class:0", loss="sparse_categorical_crossentropy", form="class-mean", labels="int32"),
        {"another option: epsilon was added to the number of rows that count": ("reduction", Reduction.PADDED_MEAN)},
    ),
    "ignored rows in a metric": (
        case("ignore_class:0", loss="sparse_categorical_crossentropy", form="metric", labels="int32"),
        {
            "another option: ignored rows were counted in the mean": ("reduction", Reduction.MEAN_OF_ALL_ROWS),
            "another option: epsilon was added to the number of rows that count": ("reduction", Reduction.PADDED_MEAN),
        },
    ),
    "a metric": (case(form="metric"), {}),
    "a weight for all rows": (
        case("sample_weight:scalar", form="metric-weighted"),
        {"another option: a weight for all rows was counted once": ("reduction", Reduction.WEIGHT_COUNTED_ONCE)},
    ),
    "a mask": (
        case(form="masked"),
        {"another option: the mask was ignored": ("reduction", Reduction.UNWEIGHTED_MEAN)},
    ),
    "a batch in parts": (
        case(form="evaluate_in_parts-class", output="layers.Dense"),
        {
            "another option: the batches were averaged, each by its number of rows": ("joined", Joined.BY_ROWS),
            "another option: the batches were averaged, each alike": ("joined", Joined.ALIKE),
            "another option: the last batch was taken for all": ("joined", Joined.LAST),
            "another option: a short last batch was counted as one row": ("joined", Joined.SHORT_AS_ONE),
        },
    ),
    "options, float64": (
        case("gamma:2.7", loss="categorical_focal_crossentropy", dtype="float64"),
        {
            "options rounded to float32": ("parameters", (("gamma", 2.700000047683716),)),
            "epsilon rounded to float32": ("epsilon", ROUNDED),
        },
    ),
    "weights": (
        case("sample_weight:column", form="metric-weighted"),
        {"another option: rows without weight were counted in the mean": ("reduction", Reduction.MEAN)},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "expected"), READINGS.values(), ids=READINGS)
def test_readings_of_a_case(asked: Case, expected: dict[str, tuple[str, object]]) -> None:
    found = readings(asked)
    assert {label: (field, getattr(found[label], field)) for label, (field, _) in expected.items()} == expected  # fmt: skip
    assert found.keys() == expected.keys()


def test_candidates_come_with_fewer_departures_first() -> None:
    found = list(candidates(case("label_smoothing:0.1+axis:1", inputs="rank-3")))
    counts = [len(candidate.reasons) for candidate in found]
    assert counts == sorted(counts)
    both = {f"{COUNTED}the last axis", f"{COUNTED}axis 1"}
    assert not [
        candidate for candidate in found if both <= set(map(str, candidate.reasons))
    ]  # of one field


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_formulas_of_a_loss_take_what_it_takes(loss) -> None:
    for formula in filter(None, (loss.logits, *loss.other_logits)):
        assert formula.logits
    for formula in filter(None, (loss.probabilities, *loss.other_probabilities)):
        assert not formula.logits
    for formula in filter(None, (loss.logits, loss.probabilities)):
        assert formula.elementwise is (loss.family == "binary")


def test_every_formula_of_the_history_is_expected_of_a_loss_or_competes_for_one() -> None:
    used = {form.formula for form in FORMS.values()} | {
        form.other_formula for form in FORMS.values()
    }
    for loss in LOSSES.values():
        used |= {loss.probabilities, loss.logits, *loss.other_probabilities, *loss.other_logits}
        used |= set(loss.foreign)
    every = {one for one in vars(history).values() if isinstance(one, Formula)}
    assert [one.name for one in every - used] == []


@pytest.mark.parametrize(
    ("loss", "labels", "others"),
    [
        ("categorical_crossentropy", "one-hot", CATEGORICAL),
        (
            "sparse_categorical_crossentropy",
            "int32",
            (
                "another formula: normalise, clip, log of the target's entry",
                "another formula: normalise, clip, log (the quoted source)",
                "another input: the probabilities were taken for logits",
            ),
        ),
        (
            "categorical_focal_crossentropy",
            "one-hot",
            ("another input: the probabilities were taken for logits",),
        ),
    ],
)
def test_formulas_that_compete_for_probabilities(
    loss: str, labels: str, others: tuple[str, ...]
) -> None:
    found = candidates(case(loss=loss, labels=labels))
    assert [str(one.reasons[0]) for one in found if len(one.reasons) == 1] == list(others)


@pytest.mark.parametrize(
    ("output", "others"),
    [
        (
            "logits",
            [
                "another formula: the gradient assumes targets that sum to one",
                "another input: the logits went through the clip",
                "another input: the logits were taken for probabilities",
            ],
        ),
        (
            "tf.nn.softmax",
            ["another input: the logits were taken for the probabilities", *CATEGORICAL[:2]],
        ),
    ],
)
def test_formulas_that_compete_for_logits_and_behind_an_activation(
    output: str, others: list[str]
) -> None:
    found = candidates(case(output=output))
    assert [str(one.reasons[0]) for one in found if len(one.reasons) == 1] == others


def test_a_metric_beside_two_outputs_is_that_of_the_first() -> None:
    alone, both = (
        specification(case(arguments, "layers.Dense", form="fit-metric-object", execution="graph"))
        for arguments in ("plain", "outputs:weighted+losses:mixed")
    )
    assert both.reported == alone.reported
    assert (alone.loss_weight, both.loss_weight) == (1.0, 0.5)
    assert both.second


def test_a_formula_with_an_epsilon_of_its_own_is_not_asked_where_another_is_set() -> None:
    def formulas(arguments: str) -> set[str]:
        return {candidate.spec.formula.name for candidate in candidates(case(arguments))}

    own = "the quoted source with epsilon through float32"
    assert own in formulas("plain")
    assert own not in formulas("epsilon:0.01")
    assert formulas("plain") - formulas("epsilon:0.01") == {own}


def test_another_formula_keeps_the_activation_of_a_contract() -> None:
    """The sigmoid that a contract puts in front is undone by no formula, but by a reading of its own."""
    contract = case(
        loss="binary_crossentropy", labels="hard", output="logits", inputs="logits-of-sigmoid"
    )
    by_text = {"; ".join(map(str, each.reasons)): each.spec for each in candidates(contract)}
    other = "another formula: sigmoid cross-entropy with the gradient of softplus"
    assert by_text[other].activation == "sigmoid"
    assert by_text["another handling: the sigmoid was undone"].activation == ""
