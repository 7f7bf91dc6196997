"""The page: one file that says everything, whatever the comparisons are."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from reference.cause_kinds import KINDS, CauseKind
from reports.run.columns import COLUMNS, NAMES
from reports.run.findings import findings
from reports.run.frame import VERDICTS, from_blocks
from reports.run.markdown import markdown
from reports.run.page import render
from reports.run.summary import headline
from reports.run.tables.strip import Cell, Strip
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.plugin import script
from suites.plugin.short_id import short_id

PLAIN = {
    "loss": "binary_crossentropy",
    "form": "function",
    "arguments": "plain",
    "output": "probabilities",
    "dtype": "float16",
    "execution": "eager",
    "device": "CPU:0",
    "labels": "hard",
    "inputs": "interior",
    "quantity": "value",
    "index": "0",
    "low": 0.25,
    "high": 0.75,
    "exact": "0.5",
    "observed": "0.5",
    "bits": "3800",
    "observed_dtype": "float16",
    "ulp_error": 0.0,
    "radius_share": 0.0,
    "other": "",
    "distance": float("nan"),
    "bound": float("nan"),
    "verdict": "agree",
    "cause": "",
    "known": "",
    "severity": "",
}
HOSTILE = "<script>alert('x')</script>"
FAR = {"observed": "nan", "bits": "7e00", "ulp_error": float("nan"), "radius_share": float("nan")}
NEW = {"verdict": "new", "severity": "B", "cause": "unexplained", **FAR}
KNOWN = {
    "verdict": "known",
    "severity": "A",
    "cause": "computed in float32",
    "known": "CE-026",
    "ulp_error": 9.0,
}
GONE = {"verdict": "gone", "severity": "C", "known": "CE-026", "execution": "xla"}
ABSENT = {name: float("nan") for name in ("low", "high", "ulp_error", "radius_share")}
MISSING = {"verdict": "not_measured", "cause": "no GPU", "device": "GPU:0", "exact": "", **ABSENT}
CLAIM = {
    "number": "12",
    "who": "answer",
    "claim": "The loss is 0",
    "verdict": "does not hold",
    "reference": "1.19e-07",
    "observed": "1.2e-07",
}
LEDGER = {
    "id": "CE-026",
    "title": "Classes compute in float32",
    "why": "They cast.",
    "advice": "Call the function.",
    "links": ["https://example.org/issue"],
    "span": "keras >=3.0",
    "seen": "2026-11-23",
    "comparisons": 1,
    "causes": ["computed in float32"],
}


def frame_of(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame([PLAIN | row for row in rows], columns=list(NAMES))
    return frame.astype({column.name: column.dtype for column in COLUMNS})


def summary_of(frame: pd.DataFrame) -> dict[str, Any]:
    counts = {verdict: int((frame["verdict"] == verdict).sum()) for verdict in VERDICTS}
    return {"cases": 1, "comparisons": len(frame), **counts, "seconds": 0.5}


def page_of(frame: pd.DataFrame, **others: Any) -> str:
    ledger = others.get("differences", [LEDGER])
    return render(findings([frame]), summary_of(frame), {"Keras": "3.15.1"}, [CLAIM], ledger)


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, and the tags that are left open."""

    VOID = frozenset(("meta", "link", "input", "wbr", "br"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.left_open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.left_open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.left_open.pop() == tag

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(name))]


FRAMES = {
    "everything": frame_of({}, {"index": "1"}, NEW, KNOWN, GONE, MISSING),
    "agreeing": frame_of({}),
    "missing": frame_of(MISSING),
    "calls": frame_of(NEW | ABSENT | {"quantity": "call", "index": "", "exact": "", "bits": ""}),
    "empty": from_blocks([]),
}


@pytest.fixture(params=FRAMES)
def page(request: pytest.FixtureRequest) -> str:
    return page_of(FRAMES[request.param])


def text_of(page: str) -> str:
    body = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", body).split()))


def test_is_well_formed(page: str) -> None:
    tags = Tags(page)
    assert not tags.left_open
    ids = tags.all("id")
    assert len(ids) == len(set(ids))
    within = {link[1:] for link in tags.all("href") if link.startswith("#")}
    assert within <= set(ids)


def test_loads_nothing(page: str) -> None:
    tags = Tags(page)
    assert not tags.all("src")
    assert {tag for tag, _ in tags.found}.isdisjoint(("img", "iframe", "object", "embed", "base"))
    assert [a["href"] for tag, a in tags.found if tag == "link"] == ["data:,"]
    assert "@import" not in page
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", page))


def test_is_the_same_every_time() -> None:
    first, second = (page_of(frame_of({}, NEW, KNOWN, GONE, MISSING)) for _ in range(2))
    assert first == second


def test_every_table_has_a_caption_and_headings_with_a_scope(page: str) -> None:
    tags = Tags(page).found
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption")
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_shows_every_count() -> None:
    frame = frame_of(*[{}] * 1234, *[NEW] * 5, *[KNOWN] * 4, *[GONE] * 3, *[MISSING] * 2)
    text = text_of(page_of(frame))
    sentence = "1,248 comparisons: 5 new differences, 4 known, 3 gone, 2 not measured"
    assert f"{sentence}, all others agree" in text
    for count in ("1,234 ✓ agree", "4 ◆ known", "5 ✗ new", "3 ◇ gone"):
        assert count in text


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "No comparisons: nothing was measured"),
        ([{}], "1 comparison: 0 new differences, 0 known, all others agree"),
        ([{}, NEW], "2 comparisons: 1 new difference, 0 known, all others agree"),
        ([MISSING], "1 comparison: 0 new differences, 0 known, 1 not measured, none agree"),
    ],
)
def test_headline(rows: list[dict[str, Any]], sentence: str) -> None:
    assert headline(summary_of(frame_of(*rows))) == sentence


def test_page_and_markdown_open_with_the_headline_and_only_markdown_times_it() -> None:
    frame = frame_of({}, NEW)
    summary = summary_of(frame)
    text = markdown(frame, summary, dict.fromkeys(("TensorFlow", "Keras", "Python"), "1.0"), [])
    assert text.splitlines()[2] == headline(summary)
    assert "took 0.5 s" in text.splitlines()
    assert "<h1>1 new difference, the gravest silently wrong in rarer use (B)</h1>" in page_of(
        frame
    )
    assert headline(summary) in text_of(page_of(frame))


def test_lists_every_cause() -> None:
    causes = [f"cause {number}" for number in range(60)]
    rows = [kind | {"cause": cause} for cause in causes for kind in (NEW, KNOWN)]
    missing = MISSING | {"cause": "the process stopped"}
    text = text_of(page_of(frame_of(*rows, missing)))
    table = text[text.index("Every disagreement with its cause") :]
    assert all(table.count(f"{cause} binary") == 2 for cause in causes)
    assert "the process stopped" in table


def test_causes_are_explained_by_their_rows_of_the_table() -> None:
    formula = {**NEW, "cause": "another formula: x; the formula fails in float16"}
    text = text_of(page_of(frame_of(NEW, formula)))
    for kind, times in ((CauseKind.UNEXPLAINED, 2), (CauseKind.FORMULA, 2), (CauseKind.FAILS, 1)):
        assert text.count(KINDS[kind].meaning) == times  # in the card of its main kind, too
        assert text.count(KINDS[kind].advice) == times
    assert KINDS[CauseKind.OPTION].meaning not in text


def test_a_new_difference_says_what_is_needed_to_look_into_it() -> None:
    text = text_of(page_of(FRAMES["everything"]))
    card = text[text.index("unexplained") - 200 : text.index("They cast.")]
    for part in ("[0.25, 0.75]", "0.5", "nan", "7e00", "unexplained", "value[0]"):
        assert part in card
    assert "loss=binary_crossentropy, form=function" in card
    assert "ixed: this known difference no longer occurs: CE-026" in card


def test_a_new_difference_has_a_command_and_a_script() -> None:
    page = page_of(FRAMES["everything"]).replace("<wbr>", "")
    group = "loss=binary_crossentropy,form=function,arguments=plain,output=probabilities"
    command = f"pytest -k {short_id(f'{group},dtype=float16,execution=eager,device=CPU:0')}"
    assert page.count(command) == 2  # of what is new and what is known; what is gone has none
    assert "<code>scripts/</code> beside this page" in page
    assert "scripts/" not in page_of(frame_of({}, GONE))


def test_a_new_difference_names_its_script_if_there_is_one() -> None:
    frame = frame_of({}, NEW)
    file = script.name(Case(*(PLAIN[name] for name in FIELDS)))
    for scripts, times in (([file], 1), (["other.py"], 0)):
        page = render(findings([frame]), summary_of(frame), {}, [], [], scripts)
        assert page.count(f"<code>scripts/{file}</code>") == times


def test_a_known_difference_has_its_link_its_span_and_its_causes() -> None:
    page = page_of(FRAMES["everything"])
    assert 'href="https://example.org/issue"' in page
    assert 'href="#CE-026"' in page
    assert all(part in text_of(page) for part in ("keras >=3.0", "They cast.", "CE-026"))


@pytest.mark.parametrize(
    ("own", "shown"), [("Call it.", "Call it."), ("", KINDS[CauseKind.DTYPE].advice)]
)
def test_a_known_difference_says_what_to_do_and_what_mends_it(own: str, shown: str) -> None:
    known = LEDGER | {"advice": own}
    frame = frame_of(KNOWN | {"cause": "computed in float32"})
    of_known = {
        LEDGER["id"]: Strip([Cell("tf.keras", "old", True), Cell("tf.keras", "new", False)])
    }
    page = render(findings([frame]), summary_of(frame), {}, [], [known], strips=of_known)
    entry = text_of(page.partition(f'id="{LEDGER["id"]}"')[2])
    assert f"What to do: {shown} It is mended in new." in " ".join(entry.split())


def test_what_changed_against_a_pin_is_the_verdict_of_the_page() -> None:
    frame, changed = frame_of({}), "5 answers changed against mine"
    page = render(findings([frame]), summary_of(frame), {}, [], [], changed=changed)
    assert f"<h1>{changed}. No difference</h1>" in page
    assert '<div class="verdict new">' in page
    assert "See in drift.html, beside this page" in page


def test_a_new_difference_says_since_when_it_is_recorded() -> None:
    frame = frame_of({}, NEW)
    strip = Strip([Cell("tf.keras", "old", True), Cell("tf.keras", "new", False)])
    parts = findings([frame]), summary_of(frame), {}, [], []
    page = render(*parts, since=lambda card: strip if card["verdict"] == "new" else None)
    assert "Since when: recorded of old. It is mended in new." in " ".join(text_of(page).split())
    assert page.count('class="strip"') == 1
    assert "a place for each recorded release" in page
    assert "a place for each recorded release" not in render(*parts)


def test_promises_only_the_files_that_were_written() -> None:
    ledger = [LEDGER | {"id": name, "links": []} for name in ("a", "b")]
    frame = frame_of({}, *(KNOWN | {"known": name} for name in "ab"))
    page = render(findings([frame]), summary_of(frame), {}, [], ledger, ["x.py", "upstream-b.md"])
    assert re.findall(r"scripts/[\w.-]+", page) == ["scripts/upstream-b.md"]
    assert text_of(page).count("No public report is known") == 2


def test_escapes_what_it_is_given() -> None:
    row = NEW | {"observed": HOSTILE, "cause": HOSTILE, "inputs": HOSTILE, "form": HOSTILE}
    known = LEDGER | {"links": ["javascript:alert(1)"], "title": HOSTILE}
    page = page_of(frame_of(row), differences=[known])
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not [link for link in Tags(page).all("href") if link.startswith("javascript")]


def test_says_so_where_there_is_nothing() -> None:
    text = text_of(page_of(FRAMES["empty"]))
    assert "There are no comparisons." in text
    assert "Nothing was measured" in text


def test_what_was_not_measured_is_not_praised() -> None:
    text = text_of(page_of(FRAMES["missing"]))
    assert "no GPU" in text
    assert "Nothing is new" not in text
    assert "100 %" not in text


def test_draws_each_dtype_and_marks_what_lies_outside() -> None:
    page = page_of(frame_of({}, KNOWN, {"dtype": "float64", "radius_share": 0.3}))
    assert page.count('<figure class="plot">') == 3  # two dtypes, and the shares of the values
    assert "2 results, 1 outside; inside up to 0 ULP" in text_of(page)


def test_a_tight_result_is_listed_with_its_share() -> None:
    text = text_of(page_of(frame_of({"radius_share": 0.875, "ulp_error": 2.5}, {"index": "1"})))
    assert "binary_crossentropy, value 0.875" in text
    assert "0.8750 2.5 binary_crossentropy" in text


def test_a_share_without_an_end_is_shown() -> None:
    endless = {"radius_share": float("inf")}
    text = text_of(page_of(frame_of({}, KNOWN | endless)))
    assert "9 ULP, ∞ of the radius" in text
    assert "half of them use at most 0.0001 of the radius" in text
    assert "binary_crossentropy, value inf" in text_of(page_of(frame_of({}, endless)))
