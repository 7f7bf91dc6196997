"""What people see of a loss, what it can be, and the command that decides: a row each.

Commands are examples, to be typed with one's own numbers; a test runs each of them as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

EXPLAIN = "python -m reports explain"


@dataclass(frozen=True)
class Possibility:
    """Something that a symptom can be. `command` decides whether it is, `shows` is what that prints
    then; `entries` are the ids of known differences, `links` public reports.
    """

    what: str
    command: str
    shows: str
    advice: str
    entries: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def needs_tensorflow(self) -> bool:
        return self.command.startswith("pytest ") or " --python " in self.command


@dataclass(frozen=True)
class Symptom:
    """`sees` is what somebody sees; `words` are other ways to say it, by which it is found."""

    name: str
    sees: str
    words: tuple[str, ...]
    possibilities: tuple[Possibility, ...]


def _tensorflow(number: int) -> str:
    return f"https://github.com/tensorflow/tensorflow/issues/{number}"


def _keras(number: int, repository: str = "keras") -> str:
    return f"https://github.com/keras-team/{repository}/issues/{number}"


NOT_A_NUMBER = Symptom(
    "nan",
    "The loss is NaN.",
    ("not a number", "inf", "infinite", "infinity"),
    (
        Possibility(
            "The predictions hold NaN: the loss is not the cause.",
            f"{EXPLAIN} --loss bce --target '[0, 1]' --output '[nan, 0.5]' --observed nan",
            "1 prediction is NaN, and so is the loss",
            "Look for what made them: the learning rate, a division, an empty mask, the data.",
        ),
        Possibility(
            "In half precision 1 - 1e-7 is 1, so that the upper clip does nothing and log(1 - p) is infinite.",
            f"{EXPLAIN} --loss bce --target '[0, 1]' --output '[1, 1]' --dtype float16 --observed nan",
            "the formula fails in float16",
            "Compute the loss in float32 (dtype='float32' of the last layer), or from logits.",
            ("half-precision-binary",),
            (_tensorflow(38457),),
        ),
        Possibility(
            "A row of predictions sums to 0, and the loss divides by that sum.",
            f"{EXPLAIN} --loss cce --target '[[1, 0, 0]]' --output '[[0, 0, 0]]' --observed nan",
            "1 row sums to 0",
            "End the model with a softmax, or give it logits and from_logits=True.",
            (),
            (_keras(409, "tf-keras"),),
        ),
        Possibility(
            "The loss is written by hand, and takes the logarithm of 0.",
            f"{EXPLAIN} --loss bce --target '[0, 1]' --output '[0, 0.5]' --observed nan",
            "without the clip (epsilon is 0)",
            "Clip the probabilities first, or compute from logits.",
        ),
    ),
)
CLIPPED = Symptom(
    "16.118",
    "The loss is 16.118 (15.942 in float32 near 1), or stays there.",
    ("16.12", "15.942", "15.94", "8.059", "stuck", "epsilon", "clip"),
    (
        Possibility(
            "Keras clips probabilities to [1e-7, 1 - 1e-7], and -log(1e-7) is 16.118: no answer costs more.",
            f"{EXPLAIN} --loss cce --target '[[0, 1]]' --output '[[1, 4.5e-12]]' --observed 26.127",
            "without the clip (epsilon is 0)",
            "NumPy without a clip is not what Keras computes; compare from logits. Beyond the clip the "
            "gradient is 0: train from logits.",
            (),
            (_tensorflow(39411),),
        ),
        Possibility(
            "Large logits went through a softmax or sigmoid first; from logits the loss is greater.",
            f"{EXPLAIN} --loss cce --from-logits --target '[[1, 0, 0], [0, 1, 0]]' "
            "--output '[[300, 100, 100], [-100, 200, 500]]' --observed 8.059048",
            "the softmax first, then the loss of probabilities, which clips them",
            "Leave the activation out and use from_logits=True.",
            (),
            (_keras(7563), _keras(242, "tf-keras")),
        ),
        Possibility(
            "15.333 in place of 15.942: Keras 2 adds epsilon once more inside the logarithms.",
            f"{EXPLAIN} --loss bce --target '[0]' --output '[0.9999999]' --observed 15.333239",
            "epsilon added again inside the logarithms (tf.keras 1.14 to 2.15",
            "An upgrade to Keras 3 changes this number; both are within the clip.",
            (),
            (_keras(15249), _tensorflow(51675)),
        ),
    ),
)
ZERO = Symptom(
    "zero",
    "The loss is 0 (or 1e-7) from the start.",
    ("0.0", "0", "1e-7", "1.19e-07", "1.1920929e-07"),
    (
        Possibility(
            "There is one class: divided by their sum, the probabilities of each row are 1.",
            f"{EXPLAIN} --loss cce --target '[[1], [0]]' --output '[[0.3], [0.9]]' --observed 0",
            "There is one class",
            "Use binary_crossentropy with one unit and a sigmoid, or two units and a softmax.",
            (),
            (_keras(17029),),
        ),
        Possibility(
            "1.19e-7 is not 0: the clip keeps a certain answer from costing nothing.",
            f"{EXPLAIN} --loss cce --target '[[1]]' --output '[[1]]' --observed 1.1920929e-07",
            "the clip to [epsilon, 1 - epsilon]: in 1 row; in row 0 the loss is 1e-07, and -0 without it",
            "Nothing: it is what the formula says.",
            (),
            (_tensorflow(60113),),
        ),
        Possibility(
            "All labels of a row are 0: no class has a term.",
            f"{EXPLAIN} --loss cce --target '[[0, 0, 0]]' --output '[[0.2, 0.3, 0.5]]' --observed 0",
            "Observed 0: correct",
            "Check the labels: one class number too many, or a batch that is padded.",
        ),
    ),
)
NEGATIVE = Symptom(
    "negative",
    "The loss is negative.",
    ("below zero", "less than 0", "minus"),
    (
        Possibility(
            "Labels are not between 0 and 1: class numbers, pixels up to 255, -1 and 1.",
            f"{EXPLAIN} --loss bce --target '[[-2, 2]]' --output '[[0.4, 0.6]]'",
            "The labels reach from -2 to 2, and not from 0 to 1",
            "Scale the labels, or take a sparse loss for class numbers.",
            (),
            (_keras(14046), _keras(1917)),
        ),
        Possibility(
            "A label is above 1 by a rounding error.",
            f"{EXPLAIN} --loss bce --target '[1.0000001]' --output '[1.0]' --observed=-1.78127e-06",
            "The labels reach from 1.00000012 to 1.00000012, and not from 0 to 1",
            "Clip the labels to [0, 1].",
            (),
            (_tensorflow(71638),),
        ),
    ),
)
TWICE = Symptom(
    "plateau",
    "The loss stays near log(number of classes), such as 0.693 or 2.303.",
    ("0.693", "0.6931", "1.0986", "2.303", "2.3026", "0.4885", "random", "does not learn"),
    (
        Possibility(
            "Probabilities are taken for logits: the softmax or sigmoid is applied twice.",
            f"{EXPLAIN} --loss cce --target '[[1, 0], [0, 1]]' "
            "--output '[[0.7310586, 0.2689414], [0.2689414, 0.7310586]]' --observed 0.488548",
            "the probabilities were taken for logits",
            "from_logits must be True exactly if the model ends without an activation.",
            (),
            (_keras(6143),),
        ),
        Possibility(
            "Every class is as likely as the others: nothing is wrong with the loss.",
            f"{EXPLAIN} --loss scce --from-logits --target '[1, 2]' --output '[[0, 0, 0], [0, 0, 0]]' "
            "--observed 1.0986",
            "Observed 1.0986: correct",
            "Look at the data and the learning rate.",
        ),
    ),
)
ONE_OVER_CLASSES = Symptom(
    "one-over-classes",
    "fit reports 1 / classes, such as 0.3333, while the model learns.",
    ("0.333", "0.3333", "train_step", "compiled_metrics", "compiled_loss", "history"),
    (
        Possibility(
            "A train_step is written for Keras 2: the history has the mean of predictions.",
            "pytest --losses sparse_categorical_crossentropy --forms fit-class -k step-of-keras-2",
            "2 known",
            "Take self.compute_loss(x, y, y_pred), and update self.metrics yourself.",
            ("step-of-keras-2",),
        ),
    ),
)
FIT_AND_PREDICT = Symptom(
    "fit-and-predict",
    "fit, evaluate, and the loss of predict differ.",
    ("fit", "evaluate", "predict", "train_on_batch", "class and string", "metric"),
    (
        Possibility(
            "A loss that is given as a string has its defaults: from_logits is False.",
            f"{EXPLAIN} --loss scce --from-logits --target '[0, 2]' "
            "--output '[[2, -1, 3], [0.5, 0.2, -4]]' --python python3",
            "differs: the logits were taken for probabilities",
            "Compile with the class, keras.losses.SparseCategoricalCrossentropy(from_logits=True).",
        ),
        Possibility(
            "The model ends with an activation that TensorFlow can see, and the loss goes back to its logits.",
            "pytest --losses binary_crossentropy --forms function --executions graph -k tf.sigmoid",
            "known",
            "Give the loss logits and from_logits=True; then both are the same.",
            ("logits-behind-an-operation",),
            (_tensorflow(118313), _keras(17125)),
        ),
        Possibility(
            "Weights: the loss divides by the number of rows, a metric by the sum of the weights.",
            f"{EXPLAIN} --loss bce --target '[[0], [1]]' --output '[[0.25], [0.5]]' "
            "--sample-weight '[0.5, 2]' --observed 0.6121",
            "sum divided by the sum of the weights",
            "reduction='mean_with_sample_weight' (Keras 3.7) has the loss divide by the weights, too.",
            (),
            (_keras(19740),),
        ),
    ),
)
HALF = Symptom(
    "half",
    "Half or mixed precision changes the loss.",
    ("float16", "bfloat16", "mixed", "mixed_float16", "mixed precision"),
    (
        Possibility(
            "Rounding the predictions to the dtype moves the loss, by as much as the command says.",
            f"{EXPLAIN} --loss bce --target '[0, 1]' --output '[0.001, 0.9999]' --dtype bfloat16",
            "rounding the numbers to bfloat16: in 1 row",
            "Give the last layer dtype='float32'.",
        ),
        Possibility(
            "The formula itself fails there: NaN or infinity near 0 and 1.",
            f"{EXPLAIN} --loss bce --target '[0, 1]' --output '[1, 1]' --dtype bfloat16 --observed nan",
            "the formula fails in bfloat16",
            "Compute the loss in float32, or from logits.",
            ("half-precision-binary", "float16-reciprocal"),
            (_tensorflow(38457),),
        ),
    ),
)
UPGRADED = Symptom(
    "upgrade",
    "The loss changed after an upgrade.",
    ("upgraded", "version", "release", "changed", "keras 3", "tensorflow 2.16"),
    (
        Possibility(
            "A release changed the formula, its rounding, or an error; the command lists all of them.",
            "python -m reports upgrade --from 2.15 --to 2.21",
            "2.21",
            "Pin what you depend on: pytest --pin NAME before, pytest --against NAME after.",
        ),
        Possibility(
            "It is one call, and you want the release that changed it.",
            "python -m reports trace bce,function,plain,probabilities,float32,graph,CPU:0,hard,interior",
            "TensorFlow 1.13.2 -> 1.14.0",
            "Read the entry that the trace names.",
        ),
    ),
)
NORMALISED = Symptom(
    "numpy",
    "NumPy, PyTorch or another loss gives another number.",
    (
        "pytorch",
        "torch",
        "sklearn",
        "scikit-learn",
        "by hand",
        "theano",
        "cntk",
        "0.3239",
        "sparse",
    ),
    (
        Possibility(
            "Rows that do not sum to 1 are divided by their sum first.",
            f"{EXPLAIN} --loss scce --target '[0, 1, 2]' "
            "--output '[[0.9, 0.05, 0.05], [0.5, 0.89, 0.6], [0.05, 0.01, 0.94]]' --observed 0.3239",
            "Observed 0.3239: correct",
            "Normalise the rows yourself before you compare.",
            (),
            (_tensorflow(34927),),
        ),
        Possibility(
            "Labels and predictions are swapped: Keras takes the labels first.",
            f"{EXPLAIN} --loss cce --target '[[1, 0]]' --output '[[0.6, 0.4]]' --observed 6.447",
            "labels and predictions were swapped",
            "loss(y_true, y_pred)",
            (),
            (_keras(8993),),
        ),
        Possibility(
            "Keras averages binary losses over the classes; sums are as many times greater.",
            f"{EXPLAIN} --loss bce --target '[[0, 1], [1, 1]]' --output '[[0.25, 0.5], [0.75, 0.9]]' "
            "--observed 0.6868",
            "sum over all rows",
            "Compare means with means: reduction='sum' is another option.",
            (),
            (_keras(223, "tf-keras"),),
        ),
    ),
)
SYMPTOMS = (
    NOT_A_NUMBER,
    CLIPPED,
    ZERO,
    NEGATIVE,
    TWICE,
    ONE_OVER_CLASSES,
    FIT_AND_PREDICT,
    NORMALISED,
    HALF,
    UPGRADED,
)
