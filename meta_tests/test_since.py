"""A change is laid at the release and the package that made it, by what the recordings tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare.grouping.changes import Side, compare
from reports.compare.grouping.groups import Group, groups
from reports.compare.since import since as room
from reports.compare.since.since import TWINS, Since, Stop, mended, since, stops
from reports.releases import environments
from reports.store.recording import SHIPPED
from suites.cases.calls import Parts
from suites.cases.forms import FORMS

ROWS = {row.id: row for row in environments.load()}
RAILS = f"{CASE},rails"
OLD, NEW = answer([0.5, 15.4]), answer([0.5, 16.1])
EPSILON = "value wrong 1 another formula: epsilon added again inside the logarithms"
KERAS_2_TO_3 = ("tf-2.15.1", "tf-2.16.2-keras-3.0.5")


def way(
    answers: Mapping[str, str], lines: Mapping[str, str] | None = None, case: str = RAILS
) -> list[Stop]:
    """What environments answered to one case, with the lines of their diagnoses."""
    return [
        Stop(
            name,
            Side({case: text}, {case: (lines or {}).get(name, "")}, known=lambda r=ROWS[name]: room.known.of_release(r)),
            ROWS[name],
        )
        for name, text in answers.items()
    ]  # fmt: skip


def only(found: Sequence[Stop]) -> Group:
    (group,) = groups(compare(found[0].side, found[-1].side).changed)
    return group


def last_change(found: Sequence[Stop]) -> str:
    return str(since(found, only(found)))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("tf-2.21.0-keras-3.14.1", "tf-2.21.0-keras-3.15.1"), "Keras 3.14.1 -> 3.15.1"),
        (("tf-2.19.1", "tf-2.20.0"), "TensorFlow 2.19.1 -> 2.20.0"),
        (("tf-2.4.4", "tf-2.5.3"), "TensorFlow 2.4.4 -> 2.5.3"),
        (("tf-2.5.3", "tf-2.6.5"), "TensorFlow 2.5.3 -> 2.6.5, Keras of TensorFlow -> 2.6.0"),
        (KERAS_2_TO_3, "TensorFlow 2.15.1 -> 2.16.2, Keras 2.15.0 -> 3.0.5"),
        (("tf-2.21.0-keras-3.15.1", "keras-3.15.1-jax"), "backend tensorflow -> jax"),
    ],
)
def test_the_package_that_alone_is_another_did_it_or_both_are_named(names, words) -> None:
    assert last_change(way(dict(zip(names, (OLD, NEW), strict=True)))) == words


def test_the_last_step_to_what_it_is_now_counts() -> None:
    names = ("tf-2.2.3", "tf-2.3.4", "tf-2.4.4", "tf-2.5.3")
    found = way(dict(zip(names, (OLD, NEW, OLD, NEW), strict=True)))
    assert last_change(found) == "TensorFlow 2.4.4 -> 2.5.3"
    asked = way(dict(zip(names, (OLD, NEW, "not asked", NEW), strict=True)))
    assert last_change(asked) == "TensorFlow 2.2.3 -> 2.3.4"


def test_a_known_difference_counts_where_it_went_and_not_where_digits_changed() -> None:
    names = (*KERAS_2_TO_3, "tf-2.16.2-keras-3.3.3")
    texts = dict(zip(names, (OLD, NEW, answer([0.5, 16.100001])), strict=True))
    assert last_change(way(texts, {names[0]: EPSILON})).startswith("TensorFlow 2.15.1 -> 2.16.2")


def test_keras_did_it_where_tf_keras_still_answers_as_before() -> None:
    found = way(dict(zip(KERAS_2_TO_3, (OLD, NEW), strict=True)), {KERAS_2_TO_3[0]: EPSILON})
    group = only(found)
    twin = RAILS.replace("function", "tf_keras")
    for text, words in (
        (OLD, "Keras 2.15.0 -> 3.0.5"),
        (NEW, "TensorFlow 2.15.1 -> 2.16.2, Keras"),
    ):
        after = Side({RAILS: NEW, twin: text}, {}, known=found[1].side.known)
        assert str(since([found[0], Stop("", after, found[1].environment)], group)).startswith(
            words
        )


def test_tensorflow_did_it_where_no_keras_is_called() -> None:
    case = RAILS.replace("function", "nn").replace("probabilities", "logits")
    found = way(dict(zip(KERAS_2_TO_3, (OLD, NEW), strict=True)), case=case)
    assert last_change(found) == "TensorFlow 2.15.1 -> 2.16.2"


def test_the_span_of_an_entry_tells_which_package_ends_it() -> None:
    case = "categorical_crossentropy,test_twice-class,plain,logits,float32,eager,CPU:0,one-hot,interior"
    names = ("tf-2.20.0-keras-3.12.4", "tf-2.21.0")  # both packages are others
    assert last_change(way(dict(zip(names, (OLD, NEW), strict=True)), case=case)).count("->") == 2
    cause = "value wrong 1 deviation: NaN was lost in the clip"
    case = (
        "categorical_crossentropy,function,plain,probabilities,float32,xla,CPU:0,one-hot,not-finite"
    )
    found = way(dict(zip(names, (OLD, NEW), strict=True)), {names[0]: cause}, case)
    assert only(found).lead == "xla-loses-nan"
    assert last_change(found) == "TensorFlow 2.20.0 -> 2.21.0"


def test_a_later_release_that_mends_it_is_named() -> None:
    case = "categorical_crossentropy,test_twice-class,plain,logits,float32,eager,CPU:0,one-hot,interior"
    names, cause = ("tf-2.20.0-keras-3.11.3", "tf-2.20.0-keras-3.12.4"), "value wrong 1 another option: the batch before was counted too"  # fmt: skip
    found = way(dict(zip(names, (OLD, NEW), strict=True)), {names[1]: cause}, case)
    later = mended(found[-1].environment, only(found))
    assert later
    assert later.brief == "Keras 3.15.1"
    assert mended(ROWS["tf-2.21.0-keras-3.15.1"], only(found)) is None
    assert mended(None, only(found)) is None
    better = way(dict(zip(names, (OLD, NEW), strict=True)), {names[0]: cause}, case)
    assert mended(better[-1].environment, only(better)) is None


def test_a_twin_calls_the_same_of_the_keras_before() -> None:
    checked = 0
    for (loss, name), form in FORMS.items():
        if twin := FORMS.get((loss, TWINS.get(name, ""))):
            parts = Parts(dtype="float32")
            call = form.call(parts).replace("tf.keras", "tf_keras")
            assert call.replace("reduction=None", "reduction='none'") == twin.call(parts)
            checked += 1
    assert checked > 20


def test_the_way_between_two_shipped_releases_has_all_between_in_either_direction() -> None:
    there = ["tf-2.19.1-keras-3.10.0", "tf-2.19.1", "tf-2.20.0"]
    assert [stop.name for stop in stops(SHIPPED, there[0], there[-1])] == there
    assert [stop.name for stop in stops(SHIPPED, there[-1], there[0])] == there[::-1]
    assert [stop.name for stop in stops(SHIPPED, "tf-1.2.1", "keras-2.0.5")] == ["tf-1.2.1", "keras-2.0.5"]  # fmt: skip


def test_both_versions_are_in_one_text() -> None:
    before, after = (ROWS[name] for name in KERAS_2_TO_3)
    assert Since(before, after, "").brief == "TensorFlow 2.16.2, Keras 3.0.5"
    assert Since(before, after, "Keras").brief == "Keras 3.0.5"
