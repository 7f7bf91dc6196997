"""Releases are asked in the words that they know; what we can't put to them is not their answer."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from types import SimpleNamespace as Module
from typing import Any

import pytest

from suites.cases.selection import select
from suites.observe import dialect, errors, observer
from suites.observe.requests import DEVICES

CALLS = sorted({case.call for case in select(DEVICES)})
MODELS = [call for call in CALLS if "jit_compile=" in call]
COMPILED = [call for call in MODELS if "jit_compile=True" in call]


class ModelOf1_0:
    def compile(self, optimizer, loss, sample_weight_mode=None, **keywords): ...

    def fit(self, x, y, batch_size=32, nb_epoch=10): ...


class ModelOf2_1(ModelOf1_0):
    def compile(self, optimizer, loss=None, weighted_metrics=None, **keywords): ...

    def fit(self, x=None, y=None, batch_size=32, epochs=1, steps_per_epoch=None): ...


class ModelOf2_3(ModelOf2_1):
    def fit(self, x=None, epochs=1, steps_per_epoch=None, use_multiprocessing=False): ...


class ModelOfTensorFlow2(ModelOf2_3):
    run_eagerly = train_step = True

    def fit(
        self,
        x=None,
        epochs=1,
        steps_per_epoch=None,
        validation_freq=1,
        use_multiprocessing=False,
    ): ...


class ModelOf2_8(ModelOfTensorFlow2):
    def compile(
        self, loss=None, weighted_metrics=None, steps_per_execution=1, jit_compile=None
    ): ...

    def test_on_batch(self, x, y=None, return_dict=False): ...


class ModelOf2_9(ModelOf2_8):
    compute_loss = True


class DenseOf1_0:
    def __init__(self, output_dim, bias=True): ...


class SGDOf3_0:
    def __init__(self, learning_rate=0.01, gradient_accumulation_steps=None): ...


def model(number: tuple[int, ...], is_package: bool) -> type:
    if number < (2, 0):
        return ModelOf1_0
    if number < (2, 3) or is_package:
        return ModelOf2_3 if number >= (2, 3) else ModelOf2_1
    if number >= (2, 9):
        return ModelOf2_9
    return ModelOf2_8 if number >= (2, 8) else ModelOfTensorFlow2


def keras(version: str) -> Module:
    """Stands in for a Keras of a release, with what tells one from another."""
    number = tuple(map(int, version.split(".")[:2]))
    found = Module(__version__=version, losses=Module(), optimizers=Module(), backend=Settings())
    if number < (2, 0):
        del found.losses
        found.objectives = Module()
        found.layers = Module(Dense=DenseOf1_0)
    of_release = model(number, version in ("2.2.5", "2.3.1"))
    found.models = Module(Model=of_release)
    if number >= (2, 3):
        found.utils = Module(unpack_x_y_sample_weight=object)
    if number >= (2, 1):  # it was keras.models.Model alone before
        found.Model = of_release
    if number >= (3, 0):
        found.config = Module(set_dtype_policy=object)
        found.optimizers.LossScaleOptimizer = object
        found.optimizers.SGD = SGDOf3_0
    elif number >= (2, 4):
        names = ("set_global_policy", "LossScaleOptimizer")
        found.mixed_precision = Module(**dict.fromkeys(names, object), experimental=Module())
    elif number >= (2, 1):
        found.mixed_precision = Module(
            experimental=Module(set_policy=object, LossScaleOptimizer=object)
        )
    return found


class Settings:
    """The settings of a Keras, of which one refuses what it does not know."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {"epsilon": 1e-7, "floatx": "float32"}
        self.epsilon = lambda: self.now["epsilon"]
        self.floatx = lambda: self.now["floatx"]
        self.set_epsilon = lambda value: self.now.update(epsilon=value)

    def set_floatx(self, value: str) -> None:
        if value == "bfloat16":
            raise ValueError("Unknown floatx type: bfloat16")
        self.now.update(floatx=value)


class Stub(observer.Observer):
    """An observer that has imported a stand-in."""

    def __init__(self, version: str, subject: str = "tf.keras") -> None:
        self.subject, self._functions, self._warnings = subject, {}, {}
        found = keras(version)
        self.tf = Module(keras=found, device=lambda name: nullcontext())
        self.names = {"keras": found, "tf": self.tf}


@cache
def words_of(version: str, subject: str) -> dialect.Dialect:
    return dialect.Dialect(keras(version), subject)


def asked(version: str, call: str, subject: str = "tf.keras") -> str:
    """The words in which a release is asked, or why it is not."""
    words = words_of(version, subject)
    tree = words.translated(call)
    return words.reason_not_to_ask(tree) or ast.unparse(tree)


def programs(version: str, subject: str = "tf.keras") -> str:
    """The programs in the words of a release."""
    found = dialect.Dialect(keras(version), subject).programs
    return "\n".join(map(ast.unparse, found.values()))


def test_the_newest_is_asked_as_it_is_written() -> None:
    for call in CALLS:
        assert asked("3.15.1", call) == ast.unparse(ast.parse(call))
    whole = ast.parse(Path(dialect.PROGRAMS).read_text(encoding="utf-8"))
    assert programs("3.15.1") == "\n".join(map(ast.unparse, dialect.functions_of(whole).values()))


@pytest.mark.parametrize("version", ["2.2.4-tf", "2.3.0-tf", "2.4.0", "2.7.0"])
def test_nobody_is_asked_for_an_argument_that_is_unknown(version: str) -> None:
    assert not [call for call in MODELS if "jit_compile" in asked(version, call) and call not in COMPILED]  # fmt: skip
    assert_not_asked({asked(version, call) for call in COMPILED})


def test_models_in_float64_are_asked_where_their_mean_is_in_float64() -> None:
    calls = [call for call in MODELS if "floatx='float64'" in call]
    assert calls
    assert {asked("2.8.0", call) for call in calls} == {dialect.ROUNDED}
    assert dialect.ROUNDED not in {asked("2.9.0", call) for call in calls}


def assert_not_asked(found: set[str]) -> None:
    """That these are reasons, that XLA is unknown among them."""
    assert dialect.NO_COMPILER in found
    assert not [text for text in found if "jit_compile=" in text]


def test_keras_without_a_model_at_its_top_compiles_none() -> None:
    calls = [call for call in MODELS if call not in COMPILED]
    assert not [call for call in calls if "jit_compile" in asked("1.0.7", call, "keras")]
    assert_not_asked({asked("1.0.7", call, "keras") for call in COMPILED})


def test_what_is_known_is_asked() -> None:
    newer = ("accumulation=", "compute_loss")  # of Keras 3
    found = [call for call in COMPILED if not any(text in call for text in newer)]
    assert all("jit_compile=True" in asked("2.8.0", call) for call in found)


@pytest.mark.parametrize(
    ("version", "call", "older"),
    [
        ("1.0.7", "tf.keras.losses.x(reduction=None)", "tf.keras.objectives.x(reduction='none')"),
        ("2.15.0", "tf.keras.config.set_epsilon(0.01)", "tf.keras.backend.set_epsilon(0.01)"),
        ("3.15.1", "tf.keras.losses.x(reduction=None)", "tf.keras.losses.x(reduction=None)"),
        ("2.15.0", "x(reduction='sum', axis=None)", "x(reduction='sum', axis=None)"),
        ("2.3.1", "f(lambda: tf.keras.losses.x)", "f(lambda: tf.keras.losses.x)"),
        ("1.0.7", "tf.keras.Model(row)", "tf.keras.models.Model(row)"),
        ("2.2.5", "tf.keras.Model(row)", "tf.keras.Model(row)"),
        ("1.0.7", "x.Dense(3, use_bias=False)", "x.Dense(3, bias=False)"),
        ("2.2.5", "x.Dense(3, use_bias=False)", "x.Dense(3, use_bias=False)"),
        ("1.0.7", "model.fit(x, epochs=2)", "model.fit(x, nb_epoch=2)"),
        ("1.0.7", "fit(x, epochs=2)", "fit(x, epochs=2)"),  # a program of ours
        ("2.2.5", "model.fit(x, epochs=2)", "model.fit(x, epochs=2)"),
        (
            "2.15.0",
            "tf.keras.config.set_dtype_policy('mixed_float16')",
            "tf.keras.mixed_precision.set_global_policy('mixed_float16')",
        ),
        (
            "2.3.0-tf",
            "tf.keras.config.set_dtype_policy('mixed_float16')",
            "tf.keras.mixed_precision.experimental.set_policy('mixed_float16')",
        ),
        (
            "2.4.0",
            "tf.keras.optimizers.LossScaleOptimizer(s, initial_scale=1.0)",
            "tf.keras.mixed_precision.LossScaleOptimizer(s, initial_scale=1.0)",
        ),
        (
            "2.3.0-tf",
            "tf.keras.optimizers.LossScaleOptimizer(s, initial_scale=1.0)",
            "tf.keras.mixed_precision.experimental.LossScaleOptimizer(s, loss_scale=1.0)",
        ),
    ],
)
def test_older_releases_are_asked_in_older_words(version: str, call: str, older: str) -> None:
    assert asked(version, call) == older


def test_keras_2_3_gets_numpy_arrays_and_names_of_its_own() -> None:
    answers = {call: asked("2.3.1", call, subject="keras") for call in CALLS}
    assert not [call for call, text in answers.items() if "tf.keras." in text]
    assert {
        text for text in answers.values() if "run_eagerly" in text or "updated" in text
    } == set()
    reasons = {dialect.IN_A_GRAPH, dialect.NO_COMPILER, *dialect.NOT_IN_THE_PACKAGE.values()}
    assert reasons <= set(answers.values())
    text = programs("2.3.1", "keras")
    assert "np.asarray(target)" in text
    assert "keras.backend" in text
    assert "tf.keras" not in text
    assert "tf.convert_to_tensor(target)" in programs("2.4.0")


@pytest.mark.parametrize(
    ("version", "subject", "call", "reason"),
    [
        ("1.0.7", "keras", "fit(x, weighted_metrics=[y])", "Model.compile has no weighted_metrics"),
        ("2.2.5", "keras", "fit(x, weighted_metrics=[y])", ""),
        ("1.0.7", "keras", "fit(x, steps=2)", "Model.fit has no steps_per_epoch"),
        ("1.0.7", "keras", "fit(x, regularizer='kernel')", dialect.IN_OTHER_WORDS),
        ("1.0.7", "keras", "fit(x, losses='mixed')", dialect.IN_OTHER_WORDS),
        ("2.2.5", "keras", "fit(x, regularizer='kernel')", ""),
        ("2.2.5", "keras", "fit(x, data='generator')", "Model.fit takes arrays alone"),
        ("2.3.1", "keras", "fit(x, data='generator')", ""),
        ("2.3.1", "keras", "fit(x, data='dataset')", "the package keras before 3 knows no tf.data"),
        ("2.4.0", "tf.keras", "fit(x, data='dataset')", ""),
        ("2.15.0", "tf.keras", "fit(x, own='compute_loss')", dialect.REPORTED_BY_ITSELF),
        ("3.15.1", "tf.keras", "fit(x, own='compute_loss')", ""),
        ("2.3.1", "keras", "fit(x, losses='named')", "this Keras has no Model.train_step"),
        ("2.4.0", "tf.keras", "fit(x, losses='named')", ""),
        ("2.15.0", "tf.keras", "fit(accumulation=2)", "optimizers.SGD has no gradient_accumulation_steps"),
        ("3.15.1", "tf.keras", "fit(x, accumulation=2)", ""),
        ("2.3.1", "keras", "fit(x, run_eagerly=True)", dialect.NOT_EAGERLY),
        ("2.4.0", "tf.keras", "fit(x, run_eagerly=True)", ""),
    ],
)  # fmt: skip
def test_what_a_release_has_nothing_for_is_not_asked(
    version: str, subject: str, call: str, reason: str
) -> None:
    words = words_of(version, subject)
    assert words.reason_not_to_ask(words.translated(call)) == reason


@pytest.mark.parametrize(
    ("place", "version", "texts", "others"),
    [
        (dialect.EAGER, "3.15.1", ["tf.dtypes.cast(tf.reshape("], ["np.reshape(output, (-1"]),
        (dialect.SESSION, "2.2.4-tf", ["np.asarray(np.reshape(", "tf.constant("], ["tf.dtypes"]),
        (dialect.ELSEWHERE, "3.15.1", ["keras.ops.sum("], ["tf.reduce_sum(", "tf.constant("]),
    ],
)
def test_programs_compute_with_what_a_place_has(
    place: str, version: str, texts: list[str], others: list[str]
) -> None:
    subject = "keras" if place == dialect.ELSEWHERE else "tf.keras"
    found = dialect.Dialect(keras(version), subject, place)
    written = "\n".join(map(ast.unparse, found.programs.values()))
    assert [text in written for text in texts + others] == [True] * len(texts) + [False] * len(
        others
    )
    assert ast.unparse(found.translated("tf.cast(x, y)")) == "tf.cast(x, y)"


WITHIN_FIT = [
    *("batch", "branched", "compiled", "copied", "doubling", "endless", "fed", "fit"),
    *("given_as", "has_metrics", "in_python", "kernel", "masking_layers", "metered", "mirrored"),
    *("of_each", "own_function", "own_layers", "own_model", "predicting", "regularized"),
    *("through_file", "training"),
]


def test_programs_of_a_call_are_those_that_it_leads_to() -> None:
    words = dialect.Dialect(keras("3.15.1"), "tf.keras")
    tree = words.translated("mirrored(lambda: fit('ce', target, output, []))")
    assert [one.name for one in words.programs_of(tree)] == WITHIN_FIT
    assert words.programs_of(words.translated("tf.fit(target.saved)")) == []


@pytest.mark.parametrize(
    ("call", "needs"),
    [
        ("tf.square(output)", False),
        ("flat(traced(lambda target, output: output, None, target, output))", False),
        ("masked(output, weight)", True),
        ("with_mask(output, weight)", False),
        ("saved(loss)", True),
    ],
)
def test_what_needs_no_tensorflow_2_is_known(call: str, needs: bool) -> None:
    words = dialect.Dialect(keras("2.2.5"), "keras")
    assert words.needs_tensorflow_2(words.translated(call)) is needs


@pytest.mark.parametrize(
    ("version", "kind"), [("2.10.0", "not_asked"), ("3.15.1", "error")], ids=["2", "3"]
)
def test_a_function_for_a_metric_is_an_error_of_keras_3_alone(version: str, kind: str) -> None:
    call = "updated(lambda: 0, [], [])"
    answer = Stub(version).observe(call, {}, "eager", "CPU:0", by="")
    assert list(answer) == [kind]


def test_a_program_that_stops_in_between_changes_nothing_for_the_next() -> None:
    one = Stub("2.10.0")
    before = dict(one.tf.keras.backend.now)
    call = "with_settings(lambda: 1, epsilon=0.01, floatx='bfloat16')"
    answer = one.observe(call, {}, "eager", "CPU:0", by="")
    assert answer == {"error": "ValueError: Unknown floatx type: bfloat16"}
    assert one.tf.keras.backend.now == before


def test_a_call_sees_the_settings_it_is_made_with() -> None:
    one = Stub("2.10.0")
    call = "with_settings(lambda: 1 / tf.keras.backend.epsilon() / 0, epsilon=4.0)"
    assert one.observe(call, {}, "eager", "CPU:0", by="")["error"].startswith("ZeroDivisionError")
    seen = "with_settings(lambda: {}[tf.keras.backend.epsilon()], epsilon=4.0)"
    assert one.observe(seen, {}, "eager", "CPU:0", by="") == {"error": "KeyError: 4.0"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("first\nsecond", "first"),
        ("in user code:\n\n  File x\n\n    ValueError: no loss", "no loss"),
        ("Graph execution error:\n\nNode: x\nlabel -1\n\t [[{{node x}}]] [Op:f]", "label -1"),
        ("", ""),
    ],
)
def test_the_line_that_says_what_is_wrong_is_kept(text: str, line: str) -> None:
    assert errors.one_line(ValueError(text)) == f"ValueError: {line}"


def test_a_function_stands_for_an_object_of_a_class_that_is_not_there() -> None:
    """Where it is an argument without options; it is no mean where it is called."""
    losses = Module(
        categorical_crossentropy=len, binary_crossentropy=len, BinaryCrossentropy=object
    )
    words = dialect.Dialect(Module(losses=losses, Model=ModelOf2_1, models=Module()), "tf.keras")

    def asked_for(loss: str) -> str:
        return ast.unparse(words.translated(f"fit({loss}, target)"))

    assert asked_for("tf.keras.losses.CategoricalCrossentropy()") == (
        "fit(tf.keras.losses.categorical_crossentropy, target)"
    )
    for loss in (
        "tf.keras.losses.BinaryCrossentropy()",
        "tf.keras.losses.CategoricalCrossentropy(from_logits=True)",
        "tf.keras.losses.CategoricalCrossentropy()(target, output)",
    ):
        assert asked_for(loss) == f"fit({loss}, target)"


def test_one_strategy_serves_all_models_on_two_devices() -> None:
    """TensorFlow refuses what the strategies of one process reduce in different shapes."""
    made: list[list[str]] = []

    class Strategy:
        def __init__(self, devices: list[str]) -> None:
            made.append(devices)

        def scope(self) -> nullcontext[None]:
            return nullcontext()

    names: dict[str, Any] = {"tf": Module(distribute=Module(MirroredStrategy=Strategy))}
    exec(Path(dialect.PROGRAMS).read_text(encoding="utf-8"), names)
    assert [names["mirrored"](lambda step=step: step) for step in (1, 2)] == [1, 2]
    assert made == [["CPU:0", "CPU:1"]]
