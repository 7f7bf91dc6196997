"""The tables of the page, by small frames whose tables were written by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from reports.run.columns import COLUMNS, NAMES
from reports.run.tables.entries import entries, errors, names_in, reach, with_places
from reports.run.tables.strip import Cell, Strip
from reports.run.tables.tables import groups, tightest, tightness

ROW: dict[str, Any] = {
    **{"loss": "bce", "form": "function", "arguments": "plain", "output": "logits"},
    **{"dtype": "float16", "execution": "eager", "device": "CPU:0", "labels": "hard"},
    **{"inputs": "interior", "quantity": "value", "index": "0", "ulp_error": 0.0},
    **{"radius_share": 0.5, "verdict": "agree", "cause": "", "known": ""},
    "severity": "",
}
NEW = {"verdict": "new", "cause": "unexplained"}
KNOWN = {"verdict": "known", "severity": "B", "cause": "computed in float32", "known": "A"}


def known(name: str, comparisons: int) -> dict[str, Any]:
    texts = {"id": name, "title": f"About {name}", "why": "", "advice": "", "span": "", "seen": ""}
    return {**texts, "links": [], "comparisons": comparisons, "causes": []}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame([ROW | row for row in rows], columns=list(NAMES))
    return table.astype({column.name: column.dtype for column in COLUMNS})


def test_groups_have_the_example_that_is_furthest_off_and_its_names() -> None:
    rows = (
        NEW | {"ulp_error": 3.0},
        NEW | {"ulp_error": -7.0, "index": "2 1", "form": "class", "inputs": "rails"},
        NEW | {"ulp_error": 5.0, "form": "string"},
    )
    (found,) = groups(frame(*rows), ["verdict", "cause"], ["form", "loss"])
    assert (found["count"], found["ulp_error"], found["place"]) == (3, -7.0, "value[2, 1]")
    assert found["all_form"] == ["class", "function", "string"]
    assert found["all_loss"] == ["bce"]
    test = "loss=bce,form=class,arguments=plain,output=logits,dtype=float16,execution=eager,device=CPU:0"
    assert (found["test"], found["case"]) == (test, f"{test},labels=hard,inputs=rails")


def test_what_has_no_number_is_furthest_off_and_has_no_place() -> None:
    nan = NEW | {"ulp_error": float("nan"), "index": "", "quantity": "call"}
    (found,) = groups(frame(NEW | {"ulp_error": 1e30}, nan), ["verdict"])
    assert (found["quantity"], found["place"]) == ("call", "call")
    assert groups(frame().iloc[:0], ["verdict"]) == []


def test_groups_stand_in_the_order_of_their_weight() -> None:
    rows = [
        *[KNOWN] * 5,
        *[NEW | {"cause": "computed in float32"}] * 3,
        *[NEW | {"cause": "NaN was lost"}] * 4,
        NEW,
        {"verdict": "gone"},
        {},
    ]
    found = groups(frame(*rows), ["verdict", "cause"])
    assert [(one["verdict"], one["cause"], one["count"]) for one in found] == [
        ("new", "unexplained", 1),
        ("new", "NaN was lost", 4),
        ("new", "computed in float32", 3),
        ("gone", "", 1),
        ("known", "computed in float32", 5),
        ("agree", "", 1),
    ]


def test_tightness_is_the_greatest_share_of_each_kind() -> None:
    nan = float("nan")
    rows = (
        {"radius_share": 0.25},
        {"radius_share": 0.75},
        {"radius_share": nan, "loss": "other"},
        {"radius_share": 0.5, "dtype": "float32", "quantity": "gradient"},
    )
    assert tightness(frame(*rows)) == {
        "dtypes": ["float16", "float32"],
        "rows": {"bce, gradient": [None, 0.5], "bce, value": [0.75, None]},
    }


def test_the_tightest_are_one_of_each_kind_and_no_more_than_twenty() -> None:
    rows = [{"radius_share": n / 100, "inputs": f"kind {n}"} for n in range(1, 26)]
    same = {"radius_share": 0.245, "inputs": "kind 25"}
    found = tightest(frame(*rows, same, {"radius_share": float("nan"), "inputs": "kind 26"}))
    assert [one["radius_share"] for one in found] == [n / 100 for n in range(25, 5, -1)]
    assert found[0]["case"].endswith("labels=hard,inputs=kind 25")


def test_known_differences_have_the_names_of_their_cases() -> None:
    rows = frame({}, KNOWN, KNOWN | {"form": "class", "dtype": "float32"}, NEW | {"known": "B"})
    first, second = with_places([known("B", 0), known("A", 2)], rows)
    assert first == {
        **known("A", 2),
        "severity": "B",
        "places": {
            **{"loss": ["bce"], "form": ["class", "function"], "output": ["logits"]},
            **{"dtype": ["float16", "float32"], "execution": ["eager"], "device": ["CPU:0"]},
            "inputs": ["interior"],
        },
    }
    assert second == known("B", 0) | {"severity": "", "places": {}}


def test_an_entry_has_the_example_of_its_gravest_use_and_what_its_causes_are() -> None:
    grave = KNOWN | {"severity": "A", "form": "class", "cause": "NaN was lost"}
    rows = (
        KNOWN | {"ulp_error": 1e20},
        KNOWN | {"ulp_error": 5.0},
        KNOWN | {"ulp_error": float("nan")},
        grave | {"ulp_error": 3.0},
        grave | {"ulp_error": float("nan"), "index": "1"},
    )
    strip = Strip([Cell("tf.keras", "tf-2.0", True)])
    shown = frame({}, *rows)
    sizes = errors(shown[shown["verdict"] == "known"])
    found = entries([known("A", 5), known("B", 0)], shown, sizes, {"A": strip})
    (one,) = found
    assert (one["id"], one["severity"], one["common"], one["strip"]) == ("A", "A", 2, strip)
    assert (one["example"]["form"], one["example"]["ulp_error"]) == ("class", 3.0)
    assert one["shown_causes"] == [("computed in float32", 3), ("NaN was lost", 2)]
    assert [(name, number) for name, number, _ in one["errors"] if number] == [
        ("10²", 2),
        ("more", 1),
        ("an error, NaN, or two calls", 2),
    ]


def test_the_reach_is_what_its_rows_combine_and_nothing_else() -> None:
    rows = frame(
        KNOWN,
        KNOWN | {"index": "1"},
        KNOWN | {"form": "class", "dtype": "float32"},
        KNOWN | {"known": "B", "dtype": "float32"},
    )
    names = names_in(rows)
    assert names == {
        "loss": ["bce"],
        "form": ["class", "function"],
        "dtype": ["float16", "float32"],
        "execution": ["eager"],
    }
    assert reach(rows, names) == {"A": [[0, 0, 1, 0], [0, 1, 0, 0]], "B": [[0, 1, 1, 0]]}
