"""What a loss owes to arguments that are wrong or unusual: a row each, asked as an ordinary case.

The name of a contract stands in the field `inputs` of its cases. The arrays are right; what is
unusual stands in the text of the call, which a reader of a failure can paste.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.specification import Activation, Inputs
from suites.cases import inputs
from suites.cases.calls import call
from suites.cases.contract import (
    ANY_BATCH,
    ANY_RANK,
    ANY_SHAPE,
    EITHER,
    ERROR,
    EXAMPLE,
    NUMBER,
    ONE_HOT,
    Contract,
    activated,
    all_ignored,
    elementwise,
    equal_scores,
    example,
    flat,
    ignoring,
    infinite_and_unmasked,
    infinite_logits,
    masked_mean,
    no_rows,
    one_class,
    one_hot_labels,
    one_hot_predictions,
    own_class,
    repeated,
    repeated_predictions,
    rounded,
    undivided,
    unguarded,
    unmasked,
    weighted,
)
from suites.cases.losses import LOSSES

CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"
BINARY, GENERALISED = "binary_crossentropy", "categorical_generalized_cross_entropy"
FOCAL = ("categorical_focal_crossentropy", "binary_focal_crossentropy")
KERAS_DENSE = (CATEGORICAL, BINARY, *FOCAL)
DENSE = (*KERAS_DENSE, "weighted_sigmoid_crossentropy")
NUMBERED = (SPARSE, GENERALISED)  # losses of class numbers
ONE_OUTPUT = (BINARY, FOCAL[1])
ALL = tuple(LOSSES)

MEAN = ("class-mean",)
WITH_NN = ("function", "class", "nn")
WITH_MEAN = ("function", "class-mean", "nn")
DOCUMENTED = ("function", "class", "class-mean")
CASTING = ("function", "class", "ops", "nn")
BOTH = ("probabilities", "logits")
WEIGHTS = "[[0.5, 1.0, 0.25]] * 8"


def _handled(label: str) -> Reason:
    return Reason(CauseKind.HANDLING, (label,))


NOTHING = _handled("the sum of no rows was divided by 0")
UNMASKED = Reason(CauseKind.OPTION, ("the mask was ignored",))
of_a_pair = partial(Contract, output=repr(EXAMPLE), dtypes=("float32",), gradient=False)
late = partial(Contract, around=ANY_SHAPE, outputs=BOTH)


def _shapes() -> Iterator[Contract]:
    says = "Labels that have not the shape of the predictions are refused, not repeated."
    for name, losses, target in (
        ("labels-of-fewer-rows", ALL, "target[:-1]"),
        ("labels-of-fewer-classes", DENSE, "target[:, :-1]"),
        ("labels-of-lower-rank", ALL, "target[0]"),
        ("labels-of-higher-rank", ALL, "target[None]"),
        ("labels-of-one-row", ALL, "target[:1]"),
        ("labels-of-one-class", DENSE, "target[:, :1]"),
        ("one-hot-for-class-numbers", NUMBERED, "tf.one_hot(target, 3)"),
    ):
        yield Contract(name, says, ERROR, losses, (*WITH_NN, "tf_keras"), target)
    for name, losses, target in (
        ("labels-of-one-row-late", ALL, "target[:1]"),
        ("labels-of-one-class-late", DENSE, "target[:, :1]"),
    ):
        says = "The same, where no shape is known before the function runs."
        yield late(name, says, ERROR, losses, ("function", "nn"), target)
    says = "Class numbers (N, 1) mean the same as (N,)."
    here = partial(Contract, target="target[:, None]", gradient=False)
    yield here("class-numbers-in-a-column", says, NUMBER, NUMBERED)
    says = "Labels and predictions (N,) and (N, 1) are not repeated to (N, N)."
    broadcast = {_handled("the labels were repeated"): repeated}
    here = partial(Contract, target="target[:, 0]", right=one_class, instead=broadcast)
    yield here("labels-without-last-axis", says, EITHER, ONE_OUTPUT)
    spread = {_handled("the predictions were repeated"): repeated_predictions}
    other = partial(Contract, output="output[:, 0]", right=one_class, instead=spread)
    yield other("predictions-without-last-axis", says, EITHER, ONE_OUTPUT)
    says = "The same in Keras 2."
    yield here("labels-without-last-axis-in-keras-2", says, EITHER, (BINARY,), ("tf_keras",))
    says = "A single column is refused where classes exclude each other: its loss would be 0."
    exclusive, forms = (CATEGORICAL, FOCAL[0]), ("function", "class", "ops")
    column = partial(Contract, target="target[:, :1]", output="output[:, :1]")
    yield column("one-column", says, ERROR, exclusive, forms)
    says = "Predictions of no classes are refused."
    none = partial(Contract, target="target[:, :0]", output="output[:, :0]")
    yield none("no-classes", says, ERROR, DENSE, WITH_NN)
    says = "Without a reduction there is a loss for each prediction."
    yield Contract("unreduced", says, NUMBER, ONE_OUTPUT, ("class",), spec=elementwise)
    says = "Scalars are refused in words: they have no axis of classes."
    scalars = partial(Contract, target="tf.reshape(target, [-1])[0]", output="output[0, 0]")
    yield scalars("rank-0", says, ERROR, ALL)
    for shape, around in {"batch": ANY_BATCH, "shape": ANY_SHAPE}.items():
        says = f"A function traced for any {shape} computes the same."
        yield Contract(f"unknown-{shape}", says, NUMBER, ALL, WITH_MEAN, around=around)
    says = "A function traced for any rank computes the same, or says that it can't."
    yield Contract("unknown-rank", says, EITHER, ALL, WITH_MEAN, around=ANY_RANK)


def _no_batch() -> Iterator[Contract]:
    says = "No rows have no losses."
    yield Contract("no-rows", says, NUMBER, ALL, WITH_NN, outputs=BOTH, right=no_rows)
    says = "The mean loss of no rows is a scalar: 0, as where no row has a weight."
    nothing = partial(Contract, right=weighted(0.0), instead={NOTHING: unguarded})
    empty = partial(nothing, target="target[:0]", output="output[:0]")
    yield empty("mean-of-no-rows", says, NUMBER, ALL, MEAN)
    yield empty("mean-of-no-rows-late", says, NUMBER, ALL, MEAN, around=ANY_BATCH)
    says = "The mean loss of rows that are all masked is 0."
    masked = "with_mask(output * 1, tf.zeros([8], 'bool'))"
    losses, forms = (CATEGORICAL, SPARSE, BINARY), (*MEAN, "tf_keras-mean")
    instead = {NOTHING: unguarded, UNMASKED: unmasked}
    here = partial(nothing, output=masked, instead=instead)
    yield here("all-masked", says, NUMBER, losses, forms)


def _scores() -> Iterator[Contract]:
    says = "A row of zeros favours no class, or is refused."
    here = partial(Contract, output="output * 0.0", right=equal_scores, gradient=False)
    instead, losses = {_handled("0 was divided by 0"): undivided}, (CATEGORICAL, SPARSE, FOCAL[0])
    yield here("no-scores", says, EITHER, losses, WITH_MEAN, instead=instead)


def _labels() -> Iterator[Contract]:
    for name, target in {"too-large": "target + 2", "negative": "target - 1"}.items():
        says = "A class number that is no class is refused."
        name = f"class-number-{name}"
        yield Contract(name, says, ERROR, NUMBERED, WITH_NN, target, outputs=BOTH)
    says = "A class number between two classes is refused."
    target = "tf.cast(target, 'float32') + 0.5"
    yield Contract("class-number-fractional", says, ERROR, NUMBERED, WITH_NN, target)
    says = "Rows of the ignored class have no loss and no gradient, even where there are no others."
    ignore = partial(Contract, spec=ignoring, arguments={"ignore_class": "255"}, outputs=BOTH)
    here = partial(ignore, right=all_ignored, instead={NOTHING: unguarded})
    yield here("all-ignored", says, NUMBER, (SPARSE,), DOCUMENTED)
    yield here("all-ignored-in-keras-2", says, NUMBER, (SPARSE,), ("tf_keras-mean",))
    for dtype, first in {"float16": 2048, "bfloat16": 256}.items():
        for suffix, here in (
            ("", partial(Contract, arguments={"dtype": f"'{dtype}'"})),
            ("-of-floatx", partial(Contract, settings={"floatx": "own"})),
        ):
            yield here(
                f"class-{first + 1}{suffix}",
                "Class numbers that the dtype of the loss does not have are not rounded to it.",
                *(NUMBER, (SPARSE,), ("class", "class-mean")),
                target=f"target + {first}",
                # Three classes after many that can't be: their exponentials are exactly 0.
                output=f"tf.pad(output, [[0, 0], [{first}, 0]], constant_values=-30000.0)",
                outputs=("logits",),
                dtypes=(dtype,),
                instead={Reason(CauseKind.ROUNDED, ("class numbers", dtype)): rounded},
            )
    says = "Class numbers (N, 1) may be ignored like others."
    column = partial(ignore, target="target[:, None]", gradient=False)
    yield column("ignored-in-a-column", says, NUMBER, (SPARSE,), ("function", *MEAN))


def _types() -> Iterator[Contract]:
    says = "Predictions that are integers are cast, or refused."
    whole = partial(Contract, output="tf.cast(output, 'int32')", right=one_hot_predictions)
    yield whole("integer-predictions", says, EITHER, ALL, WITH_NN, gradient=False)
    for dtype, other in {"float64": "float32", "float32": "float64"}.items():
        says = f"Labels in {dtype} are cast to the dtype of the predictions, or refused."
        target, dtypes = f"tf.cast(target, '{dtype}')", (other, "float16", "bfloat16")
        name = f"labels-of-{dtype}"
        yield Contract(name, says, EITHER, ALL, CASTING, target, dtypes=dtypes)
    dense, numbers = [[0, 1, 0], [0, 0, 1]], [1, 2]
    for name, losses, text, right in (
        ("lists", KERAS_DENSE, repr(dense), example(dense)),
        ("lists-with-class-numbers", NUMBERED, repr(numbers), example(numbers)),
    ):
        says = "Lists of labels and of predictions are taken, as the docstrings have them."
        yield of_a_pair(name, says, NUMBER, losses, DOCUMENTED, text, right=right)
    classes = ONE_HOT.argmax(axis=-1)
    for name, losses, text, right in (
        ("list-of-labels", KERAS_DENSE, repr(ONE_HOT.tolist()), one_hot_labels),
        ("list-of-class-numbers", NUMBERED, repr(classes.tolist()), lambda usual: usual),
    ):
        says = "A list of labels is taken for a tensor of predictions, or refused in words."
        yield Contract(name, says, EITHER, losses, WITH_NN, text, right=right)
    says = "Ragged tensors have the losses of their rows, or are refused in words."
    target, output = (
        call("tf.RaggedTensor.from_row_lengths", array, "[3, 5]", "validate=False")
        for array in ("target", "output")
    )
    yield Contract("ragged", says, EITHER, ALL, WITH_MEAN, target, output, around=flat)
    says = "Labels in a sparse tensor have the losses of dense ones, or are refused in words."
    target = "tf.SparseTensor([[row, row % 3] for row in range(8)], [1.0] * 8, [8, 3])"
    here = partial(Contract, right=one_hot_labels, dtypes=("float32",))
    yield here("sparse-labels", says, EITHER, DENSE, WITH_NN, target)


def _own() -> Iterator[Contract]:
    says = "A user's own loss gets class numbers as they were given."
    here = partial(Contract, around=own_class)
    yield here("own-class", says, NUMBER, (SPARSE,), ("class",), outputs=("logits",))


def _options() -> Iterator[Contract]:
    balanced = {"apply_class_balancing": "True", "alpha": "10.0"}
    for name, what, losses, arguments in (
        ("axis-true", "An axis that is no number", (*KERAS_DENSE, SPARSE), {"axis": "True"}),
        ("axis-false", "An axis that is no number", (*KERAS_DENSE, SPARSE), {"axis": "False"}),
        ("smoothing-negative", "Smoothing below 0", KERAS_DENSE, {"label_smoothing": "-0.1"}),
        ("smoothing-above-1", "Smoothing above 1", KERAS_DENSE, {"label_smoothing": "1.5"}),
        ("alpha-10", "alpha above 1", FOCAL[1:], balanced),
        ("gamma-negative", "gamma below 0", FOCAL, {"gamma": "-1.0"}),
        ("q-0", "q = 0", (GENERALISED,), {"q": "0.0"}),
        ("q-1", "q = 1", (GENERALISED,), {"q": "1.0"}),
        ("q-above-1", "q above 1", (GENERALISED,), {"q": "1.5"}),
    ):
        yield Contract(name, f"{what} is refused.", ERROR, losses, arguments=arguments)
    for name, what, argument, text in (
        ("reduction-unknown", "A reduction that there is not", "reduction", "'average'"),
        ("weights-of-fewer-rows", "A weight less than losses", "sample_weight", "[1.0] * 7"),
        ("weights-of-predictions", "A weight for each prediction", "sample_weight", WEIGHTS),
        ("weights-of-higher-rank", "Shape (N, 1, 1)", "sample_weight", "[[[0.5]], [[1.0]]] * 4"),
    ):
        yield Contract(name, f"{what} is refused.", ERROR, ALL, MEAN, arguments={argument: text})
    infinite = "tf.concat([output[:1] - float('inf'), output[1:]], axis=0)"
    masked = call("with_mask", infinite, "weight > 0")
    by_row = {"sample_weight": "weight"}
    for name, weights, here in (
        ("weight", (0.0, 1.0, 0.5, 0.25), partial(Contract, arguments=by_row)),
        ("mask", (0.0, 1.0, 1.0, 1.0), partial(Contract, spec=masked_mean)),
    ):
        yield here(
            f"no-{name}-for-infinity",
            f"A row of {name} 0 does not count, however wrong it is.",
            *(NUMBER, (CATEGORICAL, SPARSE, BINARY), MEAN),
            output=infinite if name == "weight" else masked,
            outputs=("logits",),
            right=weighted(*weights),
            instead={
                _handled(f"infinity was multiplied by the {name} 0"): infinite_logits,
                UNMASKED: infinite_and_unmasked,
            },
        )
    activations: dict[Activation, tuple[str, ...]] = {
        "softmax": (CATEGORICAL, SPARSE),
        "sigmoid": (BINARY,),
    }
    for activation, of in activations.items():
        yield Contract(
            f"logits-of-{activation}",
            "from_logits=True is obeyed where Keras made the predictions by an activation.",
            *(NUMBER, of, ("function", "class", "ops")),
            output=f"keras.activations.{activation}(output)",
            outputs=("logits",),
            spec=activated(activation),
            instead={_handled(f"the {activation} was undone"): activated("")},
        )


CONTRACTS = {
    contract.name: contract
    for contracts in (_shapes(), _no_batch(), _scores(), _labels(), _types(), _own(), _options())
    for contract in contracts
}


@cache
def right(name: str, loss: str, labels: str, logits: bool, dtype: str, seed: int) -> Inputs:
    """The arrays of a contract: one object for all cases that share it."""
    output = inputs.predictions("interior", logits, dtype, seed)
    target = inputs.labels(LOSSES[loss].family, labels, output.shape, dtype, seed)
    return CONTRACTS[name].right(Inputs(target, output))
