"""Mistakes in what comes before a loss: its labels, the options handed on, the activation."""

from __future__ import annotations

from meta_tests.faults.fault import (
    BINARY,
    BINARY_FOCAL,
    CATEGORICAL,
    CATEGORICAL_FOCAL,
    GENERALISED,
    SPARSE,
    WEIGHTED,
    faults,
)

CAST = "target.astype(rows.dtype)"
NUMBERS = "0, target).astype(target.dtype)"
SMOOTHING = 'options.get("label_smoothing", 0.0)'
RESTING = "resting = 0.5 if case.loss in BINARY else 1.0 / rows.shape[-1]"
BY_CLASSES = "resting = 1.0 / rows.shape[-1]"
FUNCTION = 'FUNCTIONS[case.loss, case.output == "logits"]'
TAKEN = "taken = set(options) & "
PASSED = "{name: options[name] for name in taken}"
GIVEN = "{name: options[name] for name in taken if options[name]}"


def _unheeded(option: str) -> tuple[str, str]:
    return TAKEN, f"taken = (set(options) - {{'{option}'}}) & "


def _halved(option: str) -> tuple[str, str]:
    """An option in half precision."""
    half = f"float(np.float16(options['{option}']))"
    return PASSED, f"{PASSED} | ({{'{option}': {half}}} if '{option}' in taken else {{}})"


def _clipped(loss: str, activation: str) -> tuple[str, str]:
    """Logits that become probabilities before the loss, as Keras has it, and are clipped there."""
    old = f'("{loss}", True): {loss}_with_logits'
    return old, f'("{loss}", True): lambda t, x: chain(x, {activation}, partial({loss}, t))'


LABELS = faults(
    CATEGORICAL,
    "functions",
    ("labels through an integer", CAST, "target.astype(np.int32).astype(rows.dtype)"),
    ("labels in half precision", CAST, "target.astype(np.float16).astype(rows.dtype)"),
    ("labels smoothed by a thousandth", SMOOTHING, SMOOTHING.replace("0.0", "0.001")),
) + faults(
    SPARSE,
    "functions",
    (
        "class numbers in the dtype of the predictions",
        NUMBERS,
        NUMBERS.replace(".as", ".astype(rows.dtype).as"),
    ),
)

ACTIVATIONS = (
    *faults(
        CATEGORICAL,
        "functions",
        ("softmax in front forgotten", '"tf.nn.softmax": softmax', '"tf.nn.softmax": identity'),
    ),
    *faults(
        SPARSE,
        "functions",
        (
            "sparse: softmax probabilities as logits",
            FUNCTION,
            FUNCTION.replace('== "logits"', '!= "probabilities"'),
        ),
        (
            "sparse: keras softmax forgotten",
            '"keras.activations.softmax": softmax',
            '"keras.activations.softmax": identity',
        ),
    ),
    *faults(
        BINARY,
        "functions",
        ("ops form averaged", '("ops", "backend", "nn")', '("backend", "nn")'),
    ),
    *faults(
        CATEGORICAL_FOCAL,
        "functions",
        ("categorical focal of logits: clipped", *_clipped(CATEGORICAL_FOCAL, "softmax")),
    ),
    *faults(
        BINARY_FOCAL,
        "functions",
        ("binary focal of logits: clipped", *_clipped(BINARY_FOCAL, "sigmoid")),
    ),
)

SMOOTHED = (
    *faults(
        CATEGORICAL,
        "functions",
        ("smoothing left out", SMOOTHING, "0.0"),
        ("smoothing halved", SMOOTHING, SMOOTHING + " / 2"),
        ("smoothed towards one", RESTING, "resting = 1.0"),
        ("smoothed towards a half", RESTING, "resting = 0.5"),
        ("smoothed towards 1 / rows", RESTING, RESTING.replace("[-1]", "[0]")),
        options=True,
    ),
    *faults(
        BINARY,
        "functions",
        ("binary: smoothing left out", SMOOTHING, "0.0"),
        ("binary: smoothed towards 1 / classes", RESTING, BY_CLASSES),
        ("binary: smoothing of rounded labels", CAST, f"np.round({CAST})"),
        options=True,
    ),
    *faults(
        CATEGORICAL_FOCAL,
        "functions",
        ("categorical focal: smoothing left out", SMOOTHING, "0.0"),
        ("categorical focal: smoothed towards a half", RESTING, "resting = 0.5"),
        options=True,
    ),
    *faults(
        BINARY_FOCAL,
        "functions",
        ("binary focal: smoothing left out", SMOOTHING, "0.0"),
        ("binary focal: smoothed towards 1 / classes", RESTING, BY_CLASSES),
        options=True,
    ),
)

HANDED_ON = (
    *faults(
        CATEGORICAL,
        "functions",
        ("epsilon not heeded", *_unheeded("epsilon")),
        ("epsilon halved", PASSED, PASSED.replace("options[name]", "options[name] / 2")),
        options=True,
    ),
    *faults(
        SPARSE,
        "functions",
        ("sparse: epsilon not heeded", *_unheeded("epsilon")),
        options=True,
    ),
    *faults(
        CATEGORICAL_FOCAL,
        "functions",
        ("categorical focal: alpha not heeded", *_unheeded("alpha")),
        ("categorical focal: gamma not heeded", *_unheeded("gamma")),
        ("categorical focal: gamma 0 taken for none", PASSED, GIVEN),
        ("categorical focal: gamma in half precision", *_halved("gamma")),
        options=True,
    ),
    *faults(
        BINARY_FOCAL,
        "functions",
        ("binary focal: never balanced", *_unheeded("apply_class_balancing")),
        (
            "binary focal: balanced where alpha is given",
            PASSED,
            f'{PASSED} | ({{"apply_class_balancing": True}} if "alpha" in taken else {{}})',
        ),
        ("binary focal: alpha not heeded", *_unheeded("alpha")),
        ("binary focal: alpha in half precision", *_halved("alpha")),
        ("binary focal: gamma not heeded", *_unheeded("gamma")),
        ("binary focal: gamma 0 taken for none", PASSED, GIVEN),
        options=True,
    ),
    *faults(
        GENERALISED,
        "functions",
        ("generalised: q not heeded", *_unheeded("q")),
        ("generalised: q in half precision", *_halved("q")),
        options=True,
    ),
    *faults(
        WEIGHTED,
        "functions",
        ("weighted: weight in half precision", *_halved("pos_weight")),
        options=True,
    ),
)

FAULTS = (*LABELS, *ACTIVATIONS, *SMOOTHED, *HANDED_ON)
