"""What means cross-entropy is found, what a call covers is told, and the table is two-sided."""

from __future__ import annotations

import ast
import json
import re
import sys
from types import MethodType, ModuleType
from typing import Any

import pytest

from suites.judge import surface
from suites.judge.surface import Gap
from suites.observe import dialect, public_api


def binary_crossentropy(y_true, y_pred, from_logits=False, *, axis=-1):
    return y_true


def softmax_loss(y_true, y_pred, label_smoothing=0.0):
    """Means cross-entropy by a parameter."""


def mean_squared_error(y_true, y_pred):
    """Does not mean it."""


class BinaryCrossentropy:
    def __init__(self, reduction="mean", name=None):
        pass

    def __call__(self, y_true, y_pred, sample_weight=None):
        pass

    def log_loss(self, other):
        pass


class FocalMetric:
    def __init__(self):
        self.update_state = MethodType(lambda *args, **kwargs: None, self)  # as Keras 2 does

    def __call__(self, *args, **kwargs):
        pass

    def update_state(self, y_true, y_pred, sample_weight=None):
        pass


def from_table(identifier):
    return ALL_OBJECTS_DICT[identifier]


def from_class(identifier):
    return BinaryCrossentropy()


ALL_OBJECTS_DICT = {"bce": binary_crossentropy, "mse": mean_squared_error, "_bce": print}
from_table.__name__ = from_class.__name__ = "get"


def module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


def library() -> dict[str, Any]:
    """Two packages: `tf` shows what is `keras` once more, and both have something private."""
    losses = module(
        "keras.losses",
        binary_crossentropy=binary_crossentropy,
        softmax_loss=softmax_loss,
        mean_squared_error=mean_squared_error,
        BinaryCrossentropy=BinaryCrossentropy,
        get=from_table,
    )
    metrics = module("keras.metrics", FocalMetric=FocalMetric, get=from_class)
    private = module("keras.src", xent=lambda: None)
    keras = module("keras", losses=losses, metrics=metrics, src=private, _xent=print, sys=sys)
    losses.keras = keras  # a cycle
    again = module("tensorflow._api.losses", log_loss=binary_crossentropy)
    return {"tf": module("tensorflow", losses=again, keras=keras), "keras": keras}


def names(calls: list[str]) -> list[str]:
    modules = library()
    found = json.loads(json.dumps(public_api.described(modules, modules, calls, {})))
    return [str(gap) for gap in surface.gaps(found["names"], set(map(tuple, found["uses"])))]


def covered(*calls: str) -> set[tuple[Any, str]]:
    return public_api.covered(calls, library(), PROGRAMS)


def given(call: str, named: Any) -> set[str]:
    return {parameter for what, parameter in covered(call) if what == named}


PROGRAMS = dialect.functions_of(
    ast.parse(
        "def step(loss, target, output):\n    return made(loss)(target, output)\n"
        "def updated(metric, target, output, weight=None, trace=lambda update: update):\n"
        "    update = trace(metric.update_state)\n"
        "    update(target, output, sample_weight=weight)\n"
        "def under(loss, *more):\n    return within(lambda: loss(target, output))\n"
        "def both(loss, target, output):\n    return called(loss, target, output)\n"
        "def called(found, target, output, weight=2):\n    return found(target, output, weight)\n"
    )
)


def test_names_and_parameters_that_mean_cross_entropy_are_found():
    found = public_api.public(library())
    assert {name for name in found if name.startswith("keras.")} == {
        "keras.losses.BinaryCrossentropy",
        "keras.losses.BinaryCrossentropy.log_loss",
        "keras.losses.binary_crossentropy",
        "keras.losses.get('bce')",
        "keras.losses.softmax_loss",
        "keras.metrics.FocalMetric",
        "keras.metrics.get('bce')",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("sparse_categorical_crossentropy", "SoftmaxCrossEntropyWithLogits", "softmax_xent"),
        *("log_loss", "LogLoss", "bce", "BCE", "bce_loss", "scce", "nll", "nll_loss", "NLLLoss"),
        *("BinaryFocalLoss", "sampled_softmax_loss", "nce_loss", "perplexity"),
    ],
)
def test_a_name_means_it(name):
    assert public_api.MEANING.search(name)


@pytest.mark.parametrize(
    "name",
    [
        *("initialize_accelerator_system", "ctc_loss", "kl_divergence", "CategoricalHinge"),
        *("log_poisson_loss", "mse", "reduce_sum", "softmax", "ConcordanceCorrelation", "ceil"),
    ],
)
def test_a_name_does_not_mean_it(name):
    assert not public_api.MEANING.search(name)


def test_aliases_are_one_name_the_shortest():
    found = public_api.public(library())
    assert found["tf.losses.log_loss"] is found["keras.losses.binary_crossentropy"]
    assert [name for name in names([]) if found[name] is binary_crossentropy] == [
        "keras.losses.binary_crossentropy"
    ]


def test_to_call_an_alias_is_enough():
    called = names(["tf.losses.log_loss(target, output, True, axis=0)"])
    assert not [name for name in called if name.startswith("keras.losses.binary_crossentropy")]


def test_what_no_case_calls_is_reported_and_of_the_rest_what_no_case_gives():
    reported = names(
        [
            "keras.losses.BinaryCrossentropy(reduction=None)(target, output)",
            "tf.losses.log_loss(target, output, from_logits=True)",
            "keras.metrics.get('bce')(target, output)",
        ]
    )
    assert reported == [
        "keras.losses.BinaryCrossentropy(name=)",
        "keras.losses.BinaryCrossentropy(sample_weight=)",
        "keras.losses.BinaryCrossentropy.log_loss",
        "keras.losses.binary_crossentropy(axis=)",
        "keras.losses.get('bce')",
        "keras.losses.softmax_loss",
        "keras.metrics.FocalMetric",
    ]


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("keras.losses.binary_crossentropy(target, output)", {"y_true", "y_pred"}),
        (
            "keras.losses.binary_crossentropy(target, output + 1, True)",
            {"y_true", "y_pred", "from_logits"},
        ),
        (
            "keras.losses.get('bce')(target, y_pred=output, axis=0)",
            {"y_true", "y_pred", "axis"},
        ),
        (
            "tf.reduce_sum(tf.keras.losses.binary_crossentropy(target, tf.sigmoid(output)))",
            {"y_true", "y_pred"},
        ),
    ],
)
def test_a_call_of_a_function_covers_what_it_gives(call, parameters):
    assert given(call, binary_crossentropy) == {"", *parameters}


@pytest.mark.parametrize(
    "call",
    [
        "keras.losses.BinaryCrossentropy(reduction=None)(target, output, sample_weight=weight)",
        "loss = keras.losses.BinaryCrossentropy('sum')\nloss(target, output, weight)",
        "(loss := keras.losses.BinaryCrossentropy('sum')) and loss(target, output, weight)",
        "loss = keras.losses.BinaryCrossentropy('sum')\n"
        "with tf.tape() as tape:\n"
        "    value = loss(target, output, weight)\n"
        "gradient = tape.gradient(value, output)",
        "both(keras.losses.BinaryCrossentropy(reduction=None), target, output)",
        "called(found=keras.losses.BinaryCrossentropy('sum'), target=target, output=output)",
    ],
)
def test_a_call_of_an_object_counts_for_its_class(call):
    wanted = {"", "reduction", "y_true", "y_pred", "sample_weight"}
    assert given(call, BinaryCrossentropy) == wanted


@pytest.mark.parametrize(
    "call",
    [
        "keras.metrics.FocalMetric()(target, output, sample_weight=weight)",
        "keras.metrics.FocalMetric().update_state(target, output, sample_weight=weight)",
        "metric = keras.metrics.FocalMetric()\n"
        "update = metric.update_state\n"
        "update(target, output, sample_weight=weight)",
        "updated(keras.metrics.FocalMetric(), target, output, weight)",
        "updated(trace=lambda one: one, metric=keras.metrics.FocalMetric(), target=1, output=1)",
    ],
)
def test_a_call_of_a_metric_is_an_update(call):
    assert given(call, FocalMetric) == {"", "y_true", "y_pred", "sample_weight"}
    assert given(call, FocalMetric) - {""} == set(public_api.parameters(FocalMetric))


def test_a_text_is_covered_with_what_it_stands_for():
    uses = covered("tf.keras.losses.get('bce')(target, output)")
    assert {((from_table, "bce"), ""), (binary_crossentropy, "y_pred")} <= uses


class Costly:
    """Counts how often it was made."""

    made = 0

    def __init__(self, layers=(), units=1):
        Costly.made += 1

    def __call__(self, target):
        pass


COSTLY = dialect.functions_of(
    ast.parse(
        "def plain(loss):\n    model = tf.Costly()\n    model(loss)\n"
        "def of(layers):\n    model = tf.Costly(layers)\n    model(target)\n"
    )
)


@pytest.mark.parametrize(
    ("calls", "made"),
    [
        (["plain(a)", "plain(b)"], 1),  # the same of both
        (["of(a=[tf])", "of([tf]) or a", "of([tf]) or b"], 1),
        (["of([tf])", "of([tf, tf])", "of(tf)"], 3),
        (["of(lambda: tf)", "of(lambda: tf) or a"], 2),
    ],
)
def test_what_is_made_of_the_same_is_made_once(calls, made):
    Costly.made = 0
    space = {"tf": module("tensorflow", Costly=Costly)}
    assert (Costly, "target") in public_api.covered(calls, space, COSTLY)
    assert Costly.made == made


@pytest.mark.parametrize(
    "call",
    [
        "keras.losses.absent(target, output)",
        "keras.losses.get('absent')(target, output)",
        "keras.losses.binary_crossentropy(target, output, absent=1)",
        "keras.losses.mean_squared_error(target, output)",
        "called(keras.losses.mean_squared_error, target, output)",
        "called(target, target, output)",
    ],
)
def test_a_call_that_can_not_be_made_covers_nothing(call):
    assert not given(call, binary_crossentropy)


FOUND = [Gap("keras.losses.a", ""), Gap("keras.losses.b", "axis"), Gap("tf.nn.c", "")]


def test_a_gap_without_a_reason_is_reported_with_what_to_do():
    advice = "no case asks for it; add it to suites/cases/forms or to surface.toml"
    lines = surface.problems(FOUND, [Gap("tf.*", "")], ["tf", "keras"])
    assert lines == [f"keras.losses.a: {advice}", f"keras.losses.b(axis=): {advice}"]


def test_a_gap_with_a_reason_is_not():
    reasons = [Gap("keras.losses.a", ""), Gap("*", "axis"), Gap("tf.nn.*", "")]
    assert surface.problems(FOUND, reasons, ["tf", "keras"]) == []


@pytest.mark.parametrize(
    "idle", [Gap("keras.losses.b", ""), Gap("keras.losses.a", "axis"), Gap("*", "name")]
)
def test_a_reason_without_a_gap_is_reported(idle):
    (line,) = surface.problems(FOUND, [Gap("*", ""), Gap("*", "axis"), idle], ["tf", "keras"])
    assert line == f"{idle}: asked for, or not there; remove it from surface.toml"


def test_a_reason_is_kept_where_the_package_is_absent():
    reasons = [Gap("*", ""), Gap("*", "axis"), Gap("tf_keras.losses.a", "")]
    assert surface.problems(FOUND, reasons, ["tf", "keras"]) == []


@pytest.mark.parametrize(
    "entry", ["names = ['a']", "names = ['a']\nreason = ''\nparameter = ['b']"]
)
def test_an_entry_without_a_reason_or_with_another_field_is_refused(tmp_path, entry):
    path = tmp_path / "surface.toml"
    path.write_text(f"[[exclude]]\n{entry}\n")
    with pytest.raises(ValueError, match=r"surface\.toml: row 1 .*: (missing|unknown) "):
        surface.load(path)


def test_an_entry_with_a_span_leaves_out_of_these_versions_only(tmp_path):
    path = tmp_path / "surface.toml"
    path.write_text("[[exclude]]\nnames = ['keras.a']\nreason = ''\nkeras = '>=3.16.dev0'\n")
    assert surface.load(path, "3.15.1") == []
    assert surface.load(path, "3.16.0.dev20261027") == surface.load(path) == [Gap("keras.a", "")]
    path.write_text(path.read_text().replace(">=", "from "))
    with pytest.raises(ValueError, match=r"keras: 'from 3\.16\.dev0' is no version span"):
        surface.load(path)


def test_the_table_of_the_project_is_in_order():
    patterns = surface.load()
    assert len(set(patterns)) == len(patterns)
    assert all(re.match(r"\*$|(keras|tf|tf_keras)\.", pattern.name) for pattern in patterns)


def test_a_name_that_is_there_once_only_is_reported():
    both = {
        f"{space}.{room}.{name}"
        for space in surface.SPACES
        for room in ("losses", "metrics")
        for name in surface.FUNCTIONS
    }
    assert surface.one_sided(both | {"tf.keras.backend.a", "keras.ops.b"}) == []
    for name in both:
        (line,) = surface.one_sided(both - {name})
        assert line.startswith(f"{name}: not there any more")
    neither = {name for name in both if not name.endswith("metrics.binary_crossentropy")}
    assert len(surface.one_sided(neither)) == 2
    assert surface.one_sided(both | {"keras.metrics.New"}) == [
        "tf.keras.metrics.New: not there any more, although the same is there by another name"
    ]


@pytest.mark.parametrize(
    ("loss", "missing"),
    [
        ("binary_crossentropy", ["keras.metrics.binary_crossentropy", "tf.keras.metrics.binary_crossentropy"]),
        ("categorical_generalized_cross_entropy", []),  # it needs an option that no metric takes
        ("poisson", []),
    ],
)  # fmt: skip
def test_a_loss_that_is_a_metric_must_be_there_as_one(loss, missing):
    names = {f"{space}.losses.{loss}" for space in surface.SPACES}
    ending = ": not there any more, although the same is there by another name"
    assert surface.one_sided(names) == [name + ending for name in missing]
