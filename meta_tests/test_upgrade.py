"""An upgrade says in one screen what it changes, by which release, and what to do."""

from __future__ import annotations

import pytest

from meta_tests.changes import FAR, WHY, compared, everyday, of
from meta_tests.recorded import answer
from reports import __main__ as front
from reports.compare.grouping.changes import Compared, Side
from reports.compare.release_names import find
from reports.compare.since.since import Stop
from reports.compare.upgrade import MORE, SCREEN, heading, lines, scope
from reports.releases import environments
from reports.releases.environments import Environment
from reports.store.errors import BadUsage

IDS = (
    *("tf-1.2.1", "tf-2.0.4", "tf-2.15.1", "tf-2.16.2", "tf-2.16.2-keras-3.0.5"),
    *("tf-2.18.1-keras-3.8.0", "keras-1.2.2", "keras-2.0.5", "keras-2.0.8", "keras-3.15.1-jax"),
)
ROWS = [row for row in environments.load() if row.id in IDS]


def found(version: str) -> Environment:
    return find(version, ROWS, IDS)


@pytest.mark.parametrize(
    ("version", "id"),
    [
        ("2.15", "tf-2.15.1"),
        ("2.15.1", "tf-2.15.1"),
        ("tf-2.15", "tf-2.15.1"),
        ("2.16.2-keras-3.0.5", "tf-2.16.2-keras-3.0.5"),
        ("2.16", "tf-2.16.2"),
        ("2", "tf-2.16.2"),
        ("1", "tf-1.2.1"),
        ("tf-2.16.2-keras-3.0.5", "tf-2.16.2-keras-3.0.5"),
        ("keras-3.8", "tf-2.18.1-keras-3.8.0"),
        ("Keras 3.8.0", "tf-2.18.1-keras-3.8.0"),
        ("keras-2.0", "keras-2.0.8"),
        ("keras==2.0.5", "keras-2.0.5"),
        ("keras-3.15.1-jax", "keras-3.15.1-jax"),
    ],
)
def test_a_version_means_one_recording(version: str, id: str) -> None:
    assert found(version).id == id


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("2.1", r"^no recording of '2\.1'; did you mean tf-.*\?; there are TensorFlow 1\.2\.1 to 2\.18\.1, Keras 1\.2\.2 to 3\.15\.1$"),
        ("2.15.10", r"^no recording of '2\.15\.10'; did you mean tf-2\.15\.1 or "),
        ("3.8", r"^no recording of '3\.8'; for Keras write keras-3\.8; there are"),
        ("keras-9", "^no recording of 'keras-9'; did you mean keras-"),
        ("tf-2.18.1-keras-3.9.9", r"; did you mean tf-2\.18\.1-keras-3\.8\.0 or "),
        ("", "^no recording of ''; there are"),
    ],
)  # fmt: skip
def test_a_version_that_is_not_recorded_names_the_nearest(version: str, message: str) -> None:
    with pytest.raises(BadUsage, match=message):
        found(version)


@pytest.mark.parametrize(
    ("version", "keras", "id"),
    [
        ("2.18", "3.8", "tf-2.18.1-keras-3.8.0"),
        ("tf-2.16.2", "3.0.5", "tf-2.16.2-keras-3.0.5"),
        ("2.16", "3", "tf-2.16.2"),
        ("2.15", "2.15", "tf-2.15.1"),
    ],
)
def test_a_keras_may_stand_beside_a_tensorflow(version: str, keras: str, id: str) -> None:
    assert find(version, ROWS, IDS, keras).id == id


def test_a_pair_that_is_not_recorded_names_those_that_are() -> None:
    message = r"^no recording of TensorFlow 2\.18 with Keras 3\.9; with it there are: 3\.8\.0"
    with pytest.raises(BadUsage, match=message):
        find("2.18", ROWS, IDS, "3.9")


def test_only_what_is_recorded_is_found() -> None:
    with pytest.raises(BadUsage):
        find("2.15", ROWS, ["tf-2.16.2"])
    with pytest.raises(BadUsage):
        find("tf-2.15.1", ROWS, ["tf-2.16.2"])


def headings(*texts: str) -> list[str]:
    old, new = texts
    return list(heading((old, new), (found(old), found(new)), ROWS))


def test_the_versions_that_were_taken_are_named() -> None:
    assert headings("2.15", "keras-3.8") == [
        "From TensorFlow 2.15.1 with Keras 2.15.0 (tf-2.15.1)",
        "to   TensorFlow 2.18.1 with Keras 3.8.0 (tf-2.18.1-keras-3.8.0)",
    ]
    assert (
        headings("keras-1.2", "keras-2.0")[0]
        == "From Keras 1.2.2 on TensorFlow 0.12.1 (keras-1.2.2)"
    )


def test_versions_that_a_keras_has_too_say_how_to_ask_for_it() -> None:
    assert headings("1.2", "2.0") == [
        "From TensorFlow 1.2.1 with its own Keras (tf-1.2.1)",
        "to   TensorFlow 2.0.4 with its own Keras (tf-2.0.4)",
        "For the package Keras: --from keras-1.2.2 --to keras-2.0.8",
    ]


HEADS = ["From one", "to   another"]
WAY = [Stop("old", Side({}, {}), None), Stop("new", Side({}, {}), None)]
HALF = everyday("rails").replace("float32", "float16")


def printed(found: Compared, whole: bool = False) -> list[str]:
    return lines(HEADS, found, WAY, "all losses", whole)


def verdict(found: Compared) -> str:
    return " ".join(" ".join(printed(found)).split()).partition(" From")[0]


def test_the_first_line_says_whether_everyday_use_changes() -> None:
    worse = (answer(), FAR, "", WHY)
    better = (FAR, answer(), WHY, "")
    fine = (answer(), answer([0.5, 2.0000002]), "", "")
    precise = (answer(), answer([0.5, 2.0004]), "", WHY)
    assert verdict(compared({everyday(): worse})) == "all losses: everyday use changes in 1 way"
    assert verdict(compared({everyday(): better})) == (
        "all losses: everyday use changes in 1 way, mended: nothing to do, but losses logged before can't be compared"
    )
    both = {everyday(): better, everyday("rails"): (answer(), FAR, "", "value wrong 1 unexplained")}
    assert verdict(compared(both)).endswith("changes in 2 ways, 1 of them mended")
    assert verdict(compared({HALF: worse})) == (
        "all losses: everyday use is not affected; nothing to do unless you use float16"
    )
    assert verdict(compared({everyday(): fine})) == "all losses: not affected: nothing to do"
    assert verdict(compared({everyday(): worse[:1] * 2 + ("", "")})).endswith("nothing to do")
    assert verdict(compared({everyday(): precise})) == (
        "all losses: only digits change, and less than half of them: nothing to do"
    )


@pytest.mark.parametrize(
    ("case", "rarer"),
    [
        (HALF, "float16"),
        (everyday().replace("plain", "axis:0"), "axis"),
        (everyday("not-finite").replace("eager", "xla"), "xla"),
        (everyday("not-finite").replace("function", "ops"), "ops"),
        (everyday("not-finite"), "inputs not-finite"),
        (everyday("rank-0"), "unusual arguments"),
    ],
)
def test_what_rarer_use_is_affected_is_named(case: str, rarer: str) -> None:
    found = compared({case: (answer(), FAR, "", WHY)})
    assert verdict(found).endswith(f"nothing to do unless you use {rarer}")


def test_what_is_not_affected_is_counted() -> None:
    found = of("small", "same", "round", "new", "unasked")
    assert printed(found)[-2] == (
        "not affected: 1 the same, 1 rounded, 1 added, 1 not asked of both"
    )
    assert printed(of("same"))[-1] == "not affected: 1 the same"


def test_a_change_is_told_in_few_lines_with_numbers_and_a_case() -> None:
    assert printed(of("small", "great"))[-5:] == [
        " + B new: another option: why",
        "     value[1] 2 -> 9; 2 cases; trace 2248f5f6",
        "     do: Call the loss another way, or compute it yourself.",
        "not affected: no case",
        MORE,
    ]


def test_a_screen_holds_the_gravest_and_counts_the_rest_by_severity() -> None:
    causes = (f"value wrong 1 another option: {n}" for n in range(40))
    many = {
        everyday().replace("CPU:0", f"CPU:{n}"): (answer(), FAR, "", c)
        for n, c in enumerate(causes)
    }
    shown = printed(compared({**many, HALF: (answer(), FAR, "", WHY)}))
    assert len(shown) <= SCREEN
    assert max(map(len, shown)) < 80
    shown_in_full = sum(line.startswith(" + A") for line in shown)
    assert shown_in_full > 3
    assert f" A  {40 - shown_in_full} more in everyday use" in shown
    assert " B  1 more in rarer use: float16" in shown


def test_all_of_it_has_reasons_links_and_whole_cases() -> None:
    epsilon = "value wrong 1 another formula: epsilon added again inside the logarithms"
    case = everyday("rails")
    whole = printed(compared({case: (FAR, answer(), epsilon, "")}), whole=True)
    text = " ".join(line.strip() for line in whole)
    assert "[keras-2-double-epsilon]" in text
    assert "why: The Keras 2 formula clips the probability" in text
    assert "     https://github.com/keras-team/keras/issues/15249" in whole
    assert f"     {case}" in whole


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "all losses"),
        ({"loss": ["bce", "cce"]}, "binary_crossentropy, categorical_crossentropy"),
        ({"loss": ["bce"], "form": ["fit-string"], "dtype": ["float32"]}, "binary_crossentropy, fit-string (compiled by name), float32"),
        ({"execution": ["xla"], "option": ["axis=0"]}, "all losses, xla, option axis=0"),
    ],
)  # fmt: skip
def test_what_was_asked_about_is_named(chosen: dict[str, list[str]], words: str) -> None:
    assert scope(chosen) == words


def test_everyday_forms_stand_apart_from_others() -> None:
    cases = {everyday().replace("function", form): (answer(), FAR, "", WHY) for form in ("function", "class", "ops")}  # fmt: skip
    whole = " ".join(" ".join(printed(compared(cases), whole=True)).split())
    assert "2 everyday cases (class, function), 1 other (ops): binary_crossentropy; " in whole


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "--from 2.15 --to 2.21 --loss bce",
            ["everyday use changes in", "added epsilon a second time", "since Keras 3.0.5"],
        ),
        (
            "--from keras-3.14 --to keras-3.15",
            ["returned the loss of both", "since Keras 3.15.1"],
        ),
        (
            "--from 2.15 --to 2.21 --loss bce --form fit-string --dtype float32",
            ["binary_crossentropy, fit-string (compiled by name), float32: "],
        ),
        ("--from 2.3 --to 2.4", ["keras.activations remember their logits", "since TensorFlow 2.4.4"]),
        ("--from 2.21 --to 2.15 --loss bce", ["everyday use changes in"]),
    ],
)  # fmt: skip
def test_the_shipped_recordings_answer_on_one_screen(
    typed: str, expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert front.main(["upgrade", *typed.split()]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) <= SCREEN
    assert max(map(len, shown)) < 80
    assert all(text in " ".join(" ".join(shown).split()) for text in expected)
