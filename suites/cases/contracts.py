"""What a loss owes to arguments that are wrong or unusual: a row each, asked as an ordinary case.

The name of a contract is in the field `inputs` of its cases. The arrays are right; what is
unusual is in the text of the call, which a reader of a failure can paste.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.specification import ACROSS, Activation, Inputs
from suites.cases import (
    contracts_of_compilation,
    contracts_of_hunts,
    contracts_of_models,
    contracts_of_mutants,
    contracts_of_numbers,
    contracts_of_objects,
    contracts_of_training,
    inputs,
    look_ups,
)
from suites.cases.calls import call
from suites.cases.contract import (
    ANY_BATCH,
    ANY_RANK,
    ANY_SHAPE,
    EITHER,
    ERROR,
    FOCAL,
    GENERALISED,
    IGNORED,
    KERAS_DENSE,
    NO_ROWS,
    NUMBER,
    ONE_HOT,
    ONE_OUTPUT,
    UNMASKED,
    WITH_METRICS,
    Contract,
    activated,
    after_others,
    all_ignored,
    averaged_first,
    elementwise,
    equal_scores,
    example,
    flat,
    handled,
    ignoring,
    infinite_and_unmasked,
    infinite_logits,
    masked_mean,
    next_class,
    no_rows,
    of_a_pair,
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
    weighted_column,
    with_alphas,
)
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE
from suites.cases.loss_options import ALPHAS
from suites.cases.losses import LOSSES
from suites.cases.reading import ALPHAS_OF_ROWS

DENSE = (*KERAS_DENSE, "weighted_sigmoid_crossentropy")
NUMBERED = (SPARSE, GENERALISED)  # losses of class numbers
ALL = tuple(LOSSES)

MEAN = ("class-mean",)
WITH_NN = ("function", "class", "nn")
WITH_MEAN = ("function", "class-mean", "nn")
DOCUMENTED = ("function", "class", "class-mean")
CASTING = ("function", "class", "ops", "nn")
BOTH = ("probabilities", "logits")
WEIGHTS = "[[0.5, 1.0, 0.25]] * 8"


AVERAGED_FIRST = {handled("the losses were averaged before they were weighted"): averaged_first}
late = partial(Contract, wrapper=ANY_SHAPE, outputs=BOTH, by_night=())


def _shapes() -> Iterator[Contract]:
    promise = "Labels that have not the shape of the predictions are refused, not repeated."
    for name, losses, target in (
        ("labels-of-fewer-rows", ALL, "target[:-1]"),
        ("labels-of-fewer-classes", DENSE, "target[:, :-1]"),
        ("labels-of-lower-rank", ALL, "target[0]"),
        ("labels-of-higher-rank", ALL, "target[None]"),
        ("labels-of-one-row", ALL, "target[:1]"),
        ("labels-of-one-class", DENSE, "target[:, :1]"),
        ("one-hot-for-class-numbers", NUMBERED, "tf.one_hot(target, 3)"),
    ):
        yield Contract(name, promise, ERROR, losses, (*WITH_NN, "tf_keras", "ops"), target)
    for name, losses, target in (
        ("labels-of-one-row-late", ALL, "target[:1]"),
        ("labels-of-one-class-late", DENSE, "target[:, :1]"),
    ):
        promise = "The same, where no shape is known before the function runs."
        yield late(name, promise, ERROR, losses, ("function", "nn"), target)
    promise = "Class numbers (N, 1) mean the same as (N,)."
    here = partial(Contract, target="target[:, None]", gradient=False)
    forms = ("function", "class", "ops")
    yield here("class-numbers-in-a-column", promise, NUMBER, NUMBERED, forms)
    promise = "Labels and predictions (N,) and (N, 1) are not repeated to (N, N)."
    broadcast = {handled("the labels were repeated"): repeated}
    here = partial(Contract, target="target[:, 0]", arrays=one_class, readings=broadcast)
    yield here("labels-without-last-axis", promise, EITHER, ONE_OUTPUT)
    spread = {handled("the predictions were repeated"): repeated_predictions}
    other = partial(Contract, output="output[:, 0]", arrays=one_class, readings=spread)
    yield other("predictions-without-last-axis", promise, EITHER, ONE_OUTPUT)
    promise = "The same in Keras 2."
    yield here("labels-without-last-axis-in-keras-2", promise, EITHER, (BINARY,), ("tf_keras",))
    promise = "A single column is refused where classes exclude each other: its loss would be 0."
    exclusive = CATEGORICAL, FOCAL[0]
    column = partial(Contract, target="target[:, :1]", output="output[:, :1]")
    yield column("one-column", promise, ERROR, exclusive, forms)
    promise = "Predictions of no classes are refused."
    none = partial(Contract, target="target[:, :0]", output="output[:, :0]")
    yield none("no-classes", promise, ERROR, DENSE, WITH_NN)
    promise = "Without a reduction there is a loss for each prediction."
    yield Contract("unreduced", promise, NUMBER, ONE_OUTPUT, ("class",), specify=elementwise)
    promise = "Scalars are refused in words: they have no axis of classes."
    scalars = partial(Contract, target="tf.reshape(target, [-1])[0]", output="output[0, 0]")
    yield scalars("rank-0", promise, ERROR, ALL)
    for shape, wrapper in {"batch": ANY_BATCH, "shape": ANY_SHAPE}.items():
        promise = f"A function traced for any {shape} computes the same."
        yield Contract(f"unknown-{shape}", promise, NUMBER, ALL, WITH_MEAN, wrapper=wrapper)
    promise = "A function traced for any rank computes the same, or says that it can't."
    yield Contract("unknown-rank", promise, EITHER, ALL, WITH_MEAN, wrapper=ANY_RANK)


def _axes() -> Iterator[Contract]:
    """Numbers of one axis that are laid along another, which shows where two axes are as long."""
    promise = "A softmax along another axis than the loss is not passed over for its logits."
    for name in ("tf.keras.activations.softmax", "tf.nn.softmax"):
        across = partial(Contract, output=f"{name}(output, axis=0)", dtypes=("float32",))
        of_logits = partial(across, outputs=("tf.nn.softmax",), specify=activated(ACROSS))
        short = name.removeprefix("tf.").replace(".softmax", "")
        yield of_logits(f"softmax-of-{short}-along-rows", promise, NUMBER, (CATEGORICAL, SPARSE))
    promise = "Weights (N,) of losses (N,) weigh each of them, though predictions have no axis of classes."
    flat_rows = partial(
        Contract, target="target[:, 0]", output="output[:, 0]", arrays=weighted_column
    )
    weighed = partial(flat_rows, arguments={"sample_weight": "weight"}, dtypes=("float32",))
    yield weighed("weights-of-rank-1", promise, NUMBER, ONE_OUTPUT, MEAN, readings=AVERAGED_FIRST)
    promise = "Balancing by class goes along the axis of the classes."
    turned = partial(Contract, target="tf.transpose(target)", output="tf.transpose(output)")
    alphas = {"alpha": repr(list(ALPHAS)), "axis": "0"}
    of_next = partial(turned, arrays=next_class, dtypes=("float32",))
    balanced = partial(of_next, arguments=alphas, specify=with_alphas)
    readings = {ALPHAS_OF_ROWS.reason: ALPHAS_OF_ROWS.change}
    yield balanced("alpha-of-the-first-axis", promise, NUMBER, FOCAL[:1], readings=readings)


def _no_batch() -> Iterator[Contract]:
    promise = "No rows have no losses."
    rows = partial(Contract, outputs=BOTH, arrays=no_rows, by_row=True)
    yield rows("no-rows", promise, NUMBER, ALL, WITH_NN)
    promise = "The mean loss of no rows is a scalar: 0, as where no row has a weight."
    nothing = partial(Contract, arrays=weighted(0.0), readings={NO_ROWS: unguarded})
    empty = partial(nothing, target="target[:0]", output="output[:0]")
    yield empty("mean-of-no-rows", promise, NUMBER, ALL, MEAN)
    yield empty("mean-of-no-rows-late", promise, NUMBER, ALL, MEAN, wrapper=ANY_BATCH)
    promise = "The mean loss of rows that are all masked is 0."
    masked = "with_mask(output * 1, tf.zeros([8], 'bool'))"
    losses, forms = WITH_METRICS, (*MEAN, "tf_keras-mean")
    readings = {NO_ROWS: unguarded, UNMASKED: unmasked}
    here = partial(nothing, output=masked, readings=readings)
    yield here("all-masked", promise, NUMBER, losses, forms)


def _scores() -> Iterator[Contract]:
    promise = "A row of zeros favours no class, or is refused."
    here = partial(Contract, output="output * 0.0", arrays=equal_scores, gradient=False)
    readings, losses = {handled("0 was divided by 0"): undivided}, (CATEGORICAL, SPARSE, FOCAL[0])
    yield here("no-scores", promise, EITHER, losses, WITH_MEAN, readings=readings)


def _labels() -> Iterator[Contract]:
    numbered = partial(Contract, losses=NUMBERED, forms=WITH_NN, by_night=())  # seen late, too
    for name, target in {"too-large": "target + 2", "negative": "target - 1"}.items():
        promise = "A class number that is no class is refused."
        yield numbered(f"class-number-{name}", promise, ERROR, target=target, outputs=BOTH)
    promise = "A class number between two classes is refused."
    target = "tf.cast(target, 'float32') + 0.5"
    yield numbered("class-number-fractional", promise, ERROR, target=target)
    promise = (
        "Rows of the ignored class have no loss and no gradient, even where there are no others."
    )
    ignore = partial(
        Contract, specify=ignoring, arguments={"ignore_class": str(IGNORED)}, outputs=BOTH
    )
    here = partial(ignore, arrays=all_ignored, readings={NO_ROWS: unguarded})
    yield here("all-ignored", promise, NUMBER, (SPARSE,), DOCUMENTED)
    yield here("all-ignored-in-keras-2", promise, NUMBER, (SPARSE,), ("tf_keras-mean",))
    for dtype, first in {"float16": 2048, "bfloat16": 256}.items():
        for suffix, how in (
            ("", {"arguments": {"dtype": f"'{dtype}'"}}),
            ("-of-floatx", {"settings": {"floatx": "own"}}),
        ):
            yield after_others(first)(
                f"class-{first + 1}{suffix}",
                "Class numbers that the dtype of the loss does not have are not rounded to it.",
                *(NUMBER, (SPARSE,), ("class", "class-mean")),
                dtypes=(dtype,),
                readings={Reason(CauseKind.ROUNDED, ("class numbers", dtype)): rounded},
                **how,
            )
    promise = "Class numbers (N, 1) may be ignored like others."
    column = partial(ignore, target="target[:, None]", gradient=False)
    yield column("ignored-in-a-column", promise, NUMBER, (SPARSE,), ("function", *MEAN))


def _types() -> Iterator[Contract]:
    promise = "Predictions that are integers are cast, or refused."
    whole = partial(Contract, output="tf.cast(output, 'int32')", arrays=one_hot_predictions)
    yield whole("integer-predictions", promise, EITHER, ALL, WITH_NN, gradient=False)
    for dtype, other in {"float64": "float32", "float32": "float64"}.items():
        promise = f"Labels in {dtype} are cast to the dtype of the predictions, or refused."
        target, dtypes = f"tf.cast(target, '{dtype}')", (other, "float16", "bfloat16")
        name = f"labels-of-{dtype}"
        yield Contract(name, promise, EITHER, ALL, CASTING, target, dtypes=dtypes)
    dense, numbers = [[0, 1, 0], [0, 0, 1]], [1, 2]
    for name, losses, text, arrays in (
        ("lists", KERAS_DENSE, repr(dense), example(dense)),
        ("lists-with-class-numbers", NUMBERED, repr(numbers), example(numbers)),
    ):
        promise = "Lists of labels and of predictions are taken, as the docstrings have them."
        yield of_a_pair(name, promise, NUMBER, losses, DOCUMENTED, text, arrays=arrays)
    classes = ONE_HOT.argmax(axis=-1)
    for name, losses, text, arrays in (
        ("list-of-labels", KERAS_DENSE, repr(ONE_HOT.tolist()), one_hot_labels),
        ("list-of-class-numbers", NUMBERED, repr(classes.tolist()), lambda usual: usual),
    ):
        promise = "A list of labels is taken for a tensor of predictions, or refused in words."
        yield Contract(name, promise, EITHER, losses, WITH_NN, text, arrays=arrays)
    promise = "Ragged tensors have the losses of their rows, or are refused in words."
    target, output = (
        call("tf.RaggedTensor.from_row_lengths", array, "[3, 5]", "validate=False")
        for array in ("target", "output")
    )
    yield Contract("ragged", promise, EITHER, ALL, WITH_MEAN, target, output, wrapper=flat)
    promise = "Labels in a sparse tensor have the losses of dense ones, or are refused in words."
    target = "tf.SparseTensor([[row, row % 3] for row in range(8)], [1.0] * 8, [8, 3])"
    here = partial(Contract, arrays=one_hot_labels, dtypes=("float32",))
    yield here("sparse-labels", promise, EITHER, DENSE, WITH_NN, target)


def _own() -> Iterator[Contract]:
    promise = "A user's own loss gets class numbers as they were given."
    here = partial(Contract, wrapper=own_class)
    yield here("own-class", promise, NUMBER, (SPARSE,), ("class",), outputs=("logits",))


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
        ("mask", (0.0, 1.0, 1.0, 1.0), partial(Contract, specify=masked_mean)),
    ):
        yield here(
            f"no-{name}-for-infinity",
            f"A row of {name} 0 does not count, however wrong it is.",
            *(NUMBER, WITH_METRICS, MEAN),
            output=infinite if name == "weight" else masked,
            outputs=("logits",),
            arrays=weighted(*weights),
            readings={
                handled(f"infinity was multiplied by the {name} 0"): infinite_logits,
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
            specify=activated(activation),
            readings={handled(f"the {activation} was undone"): activated("")},
        )


CONTRACTS = {
    contract.name: contract
    for contracts in (
        *(
            _shapes(),
            _axes(),
            _no_batch(),
            _scores(),
            _labels(),
            _types(),
            _own(),
            _options(),
        ),
        contracts_of_compilation.contracts(),
        contracts_of_models.contracts(),
        contracts_of_numbers.contracts(),
        contracts_of_hunts.contracts(),
        contracts_of_mutants.contracts(),
        contracts_of_objects.contracts(),
        contracts_of_training.contracts(),
        look_ups.contracts(),
    )
    for contract in contracts
}


@cache
def arrays(name: str, loss: str, labels: str, logits: bool, dtype: str, seed: int) -> Inputs:
    """The arrays of a contract: one object for all cases that share it."""
    output = inputs.predictions("interior", logits, dtype, seed)
    target = inputs.labels(LOSSES[loss].family, labels, output.shape, dtype, seed)
    return CONTRACTS[name].arrays(Inputs(target, output))
