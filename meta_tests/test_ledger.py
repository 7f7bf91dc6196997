"""The ledger is two-sided, and refuses with one line what it can't use."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from reference import cause
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.table import BadTable
from suites.ledger import accepted, difference, ledger, ledger_file
from suites.ledger.difference import ANY_SHAPE, Difference
from suites.ledger.installed import LINES, Installed, installed

ENTRY = """
[[difference]]
id = "{id}"
title = "t"
why = "w"
links = ["https://example.org/1"]
seen = "2026-11-23"
tensorflow = "{tensorflow}"
keras = ""
causes = ["{cause}"]
always = [{{ loss = ["{loss}"], inputs = ["rails"] }}]
sometimes = [{{ loss = ["{loss}"], inputs = ["interior"] }}]
"""
ALWAYS = re.compile("^always = .*$", re.MULTILINE)
BOTH = re.compile("^always = .*\nsometimes = .*$", re.MULTILINE)
CASES = select(["CPU:0"], executions=["eager"])


HALF = "another option: wrong by half"
NEWEST = installed({"tensorflow": "2.21.0", "keras": "3.15.1"})
HALVED, ODD, DIFFERS = (
    cause.read(text) for text in (HALF, "another option: odd", "both are wrong")
)


def text(**changes: str) -> str:
    usual = {
        "id": "a",
        "tensorflow": ">=2.16",
        "cause": HALF,
        "loss": "binary_crossentropy",
    }
    return ENTRY.format(**(usual | changes))


def load(folder: Path, content: str) -> tuple[Difference, ...]:
    path = folder / "known.toml"
    path.write_text(content)
    return ledger_file.load(path)


def case(regime: str, loss: str = "binary_crossentropy") -> Case:
    return next(c for c in CASES if c.loss == loss and c.inputs == regime)


def test_a_known_cause_in_a_covered_case_is_known(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    verdicts, known = book.verdicts(case("rails"), "value", [None, HALVED, ODD])
    assert verdicts == ["agree", "known", "new"]
    assert known == ["", "a", ""]


def test_the_same_cause_elsewhere_is_new(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    assert book.verdicts(case("negative"), "value", ["wrong by half"])[0] == ["new"]


def test_what_must_show_and_does_not_is_gone(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    assert book.verdicts(case("rails"), "value", ["", ""]) == (["gone", "gone"], ["a", "a"])
    assert book.verdicts(case("interior"), "value", ["", ""])[0] == ["agree", "agree"]


# An entry whose box is for one quantity ("" for any), and what it makes of numbers of `asked`:
# verdicts of numbers that are right, that have its cause, and that have another.
VERDICTS = [
    ("always", "", "value", ["gone", "known", "new"]),
    ("always", "value", "value", ["gone", "known", "new"]),
    ("always", "gradient", "gradient", ["gone", "known", "new"]),
    ("always", "gradient", "value", ["agree", "new", "new"]),
    ("always", "value", "gradient", ["agree", "new", "new"]),
    ("always", "call", "value", ["gone", "new", "new"]),  # an error that is mended
    ("always", "call", "gradient", ["agree", "new", "new"]),
    ("always", "call", "call", ["gone", "known", "new"]),
    ("sometimes", "", "value", ["agree", "known", "new"]),
    ("sometimes", "gradient", "gradient", ["agree", "known", "new"]),
    ("sometimes", "gradient", "value", ["agree", "new", "new"]),
    ("sometimes", "call", "value", ["agree", "new", "new"]),
    ("sometimes", "call", "call", ["agree", "known", "new"]),
]


@pytest.mark.parametrize(("side", "quantity", "asked", "verdicts"), VERDICTS)
def test_verdicts_are_those_of_the_table(tmp_path, side, quantity, asked, verdicts):
    of = f', quantity = ["{quantity}"]' if quantity else ""
    box = f'{{ loss = ["binary_crossentropy"], inputs = ["rails"]{of} }}'
    boxes = {"always": "[]", "sometimes": "[]"} | {side: f"[{box}]"}
    lines = "\n".join(f"{name} = {value}" for name, value in boxes.items())
    book = ledger.Ledger(load(tmp_path, BOTH.sub(lines, text())))
    causes = [None, HALVED, ODD]
    found = [book.verdicts(case("rails"), asked, [cause])[0][0] for cause in causes]
    assert found == verdicts


def test_what_nothing_is_claimed_of_is_not_tested(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    causes, tested = [None, None, ODD, HALVED], [True, False, True, True]
    verdicts, known = book.verdicts(case("interior"), "value", causes, tested)
    assert verdicts == ["agree", "not_tested", "new", "known"]
    assert known == ["", "", "", "a"]


def test_what_is_not_tested_is_neither_agreement_nor_gone(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    verdicts, _ = book.verdicts(case("rails"), "value", [None, None], [False, False])
    assert verdicts == ["not_tested", "not_tested"]
    assert book.verdicts(case("rails"), "value", [None, None], [True, False])[0][0] == "gone"


def test_dtype_stands_for_the_name_of_any_format_and_nothing_else(tmp_path):
    (entry,) = load(tmp_path, text(cause="the formula fails in {dtype}"))
    names = ("float16", "bfloat16", "float32", "float64")
    assert all(entry.knows(cause.read(f"the formula fails in {name}")) for name in names)
    fails = cause.read("the formula fails in float16")
    for other in ("the formula fails in float8", "computed in float16", "another option: x"):
        assert not entry.knows(cause.read(other))
    assert not entry.knows(fails.also(*ODD.reasons))


def test_no_entry_takes_a_second_cause_along():
    for entry in ledger_file.load():
        for known in entry.causes:
            assert entry.knows(known)
            assert not entry.knows(ODD.also(*known.reasons))
            assert not entry.knows(known.also(*ODD.reasons)) or known == ANY_SHAPE


def test_an_entry_that_shows_nowhere_has_vanished(tmp_path):
    book = ledger.Ledger(load(tmp_path, text()))
    everything, covered = set(CASES), ledger.covered(book.entries, CASES)

    def vanished(measured, *verdicts, known=()):
        seen = ledger.Seen(case("rails"), "value", set(verdicts), set(known))
        return [entry.id for entry in book.vanished(covered, measured, [seen])]

    assert vanished(everything, "agree") == ["a"]
    assert vanished(everything, "agree", "not_tested") == ["a"]
    assert vanished(everything, "not_tested") == []  # the difference may still be there
    assert vanished(everything, "agree", "gone", known={"a"}) == []  # a row says so
    assert vanished(everything, "agree", "known", known={"a"}) == []
    assert vanished(everything - {case("rails")}, "agree") == []


@pytest.mark.parametrize(
    ("own", "of_both", "found"),
    [
        (HALVED, DIFFERS, "a"),  # the side that is wrong has an entry
        (None, HALVED, "a"),  # the relation has one
        (ODD, DIFFERS, ""),
        (ODD, HALVED, "a"),
    ],
)
def test_what_is_known_of_one_side_is_known_of_both(tmp_path, own, of_both, found):
    book, rails = ledger.Ledger(load(tmp_path, text())), case("rails")
    assert (
        book.known_between(rails, "value", of_both, (rails, "value", own) if own else None) == found
    )


@pytest.mark.parametrize(
    ("version", "inside"), [("2.15.1", False), ("2.16.0", True), ("2.17.0rc1", True)]
)
def test_a_span_has_two_ends(tmp_path, version, inside):
    (entry,) = load(tmp_path, text())
    assert entry.spans(installed({"tensorflow": version, "keras": "3.15.1"})) is inside


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[difference", "known.toml: "),
        (text().replace("why", "whatever"), "missing why; unknown whatever; allowed: id, title"),
        (text() + 'shows = "x"', "unknown shows"),
        (text(tensorflow="newer"), "'newer' is no version span"),
        (text(loss="hinge"), "unknown 'hinge'; allowed: categorical_crossentropy"),
        (text().replace("inputs", "input"), "unknown input; allowed: loss"),
        (text().replace('["rails"]', '"rails"'), "must be a list of texts"),
        (text() + text(), "a: this id occurs twice"),
        (text().replace("difference", "diference"), "unknown diference; a row begins with [["),
        (text() + "[other]\n", "unknown other; a row begins with [[difference]]"),
        ("difference = 3", "no rows; each begins with [[difference]]"),
        (text() + "rare = 'yes'", "row 1 (a): rare must be true or false, not 'yes'"),
        (text(id="../../a"), "'../../a' is no id"),
        (text(loss="\\u001b[31m"), "unknown '\\x1b[31m'"),
        (ALWAYS.sub('always = "abc"', text()), "always must be a list of tables, not 'abc'"),
        (ALWAYS.sub("always = [3]", text()), "always must be a list of tables, not [3]"),
        (ALWAYS.sub("always = [{ loss = [] }]", text()), "always: loss names none"),
        (ALWAYS.sub("always = [{ fused = 1 }]", text()), "fused must be true or false, not 1"),
        (ALWAYS.sub("", text()), "row 1 (a): missing always; allowed: id"),
        (text(cause="raised *"), "causes: 'raised *' may hide a second cause; write whole causes"),
        (text(cause="*; unexplained"), "causes: '*; unexplained' is no cause"),
        (text(cause="wrong"), "causes: 'wrong' is no cause"),
        (BOTH.sub("always = []\nsometimes = []", text()), "always and sometimes are both empty"),
        (text() + "also = 3", "row 1 (a): also must be a list of tables, not 3"),
        (text() + "[[difference.also]]\nrare = true", "also 1: unknown rare; allowed: tensorflow"),
        (
            text() + "[[difference.also]]\nlines = ['jaxx']",
            "also 1: lines: unknown 'jaxx'; allowed: ",
        ),
        (text() + "[[difference.also]]\nkeras = 'new'", "also 1: keras = 'new' is no version span"),
        (
            text() + "[[difference.also]]\nalone = true",
            "also 1: alone, it needs causes, and always",
        ),
        (text() + "[[difference.also]]\nalone = 1", "also 1: alone must be true or false, not 1"),
        (text() + "lines = 'jax'", "row 1 (a): lines must be a list of texts, not 'jax'"),
    ],
)
def test_a_malformed_ledger_is_refused_in_one_line(tmp_path, content, message):
    with pytest.raises(BadTable) as refusal:
        load(tmp_path, content)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_entry_that_matches_nothing_is_refused(tmp_path):
    lonely = text().replace('["rails"]', '["saturated"]').replace('["interior"]', '["saturated"]')
    entries = load(tmp_path, lonely)
    probabilities = [c for c in CASES if c.output == "probabilities"]
    with pytest.raises(BadTable, match="a matches no case"):
        ledger.covered(entries, probabilities)


def test_entries_that_overlap_are_refused(tmp_path):
    with pytest.raises(BadTable, match="a and b overlap, for example in loss=binary"):
        ledger.covered(load(tmp_path, text() + text(id="b", cause=HALF)), CASES)


def test_entries_with_different_causes_do_not_overlap(tmp_path):
    ledger.covered(load(tmp_path, text() + text(id="b", cause="another option: odd")), CASES)


ALSO = """
[[difference.also]]
lines = ["keras", "jax"]
keras = ">=2.3"
causes = ["another option: odd"]
always = [{ loss = ["binary_crossentropy"], inputs = ["negative"] }]

[[difference.also]]
tensorflow = "<2.0"
"""


def test_an_entry_has_spans_on_several_lines(tmp_path):
    first, package, jax, old = load(tmp_path, text() + ALSO)
    assert [entry.line for entry in (first, package, jax, old)] == [
        *("tf.keras", "keras", "jax", "tf.keras"),
    ]
    assert {entry.id for entry in (first, package, jax, old)} == {"a"}
    assert package.spans(installed({"tensorflow": "2.0.0", "keras": "2.3.1"}, subject="keras"))
    assert not package.spans(installed({"tensorflow": "2.0.0", "keras": "2.2.5"}, subject="keras"))
    assert not package.spans(installed({"tensorflow": "2.0.0", "keras": "2.3.0-tf"}))
    assert jax.spans(installed({"tensorflow": "absent", "keras": "3.15.1"}, "jax"))
    assert old.spans(installed({"tensorflow": "1.15.5", "keras": "2.2.4-tf"}))
    assert package.span == "package Keras: Keras >=2.3"


def test_a_span_adds_boxes_and_causes_and_may_show_where_others_must(tmp_path):
    first, package, _, old = load(tmp_path, text() + ALSO)
    assert all(package.knows(one) for one in (ODD, HALVED))
    assert not first.knows(ODD)
    assert package.must_show(case("negative"), "value")
    assert not package.must_show(case("rails"), "value")
    assert package.may_show(case("rails"), "value")
    assert package.may_show(case("interior"), "value")
    assert not first.may_show(case("negative"), "value")
    assert old.must_show(case("rails"), "value")


def test_a_span_that_stands_alone_has_its_own_boxes_and_causes(tmp_path):
    first, package, jax, _ = load(
        tmp_path, text() + ALSO.replace("keras =", "alone = true\nkeras =", 1)
    )
    for span in (package, jax):
        assert span.knows(ODD)
        assert not span.knows(HALVED)
        assert span.must_show(case("negative"), "value")
        assert not span.may_show(case("rails"), "value")
    assert first.may_show(case("rails"), "value")


def test_two_spans_of_one_entry_with_the_same_causes_are_refused(tmp_path):
    span = '\n[[difference.also]]\ntensorflow = ">=1.0,<2.0"\n'
    load(tmp_path, text() + span)
    with pytest.raises(
        BadTable, match="two spans have the same releases and causes; make them one"
    ):
        load(tmp_path, text() + span * 2)


def test_lines_and_versions_say_what_is_installed():
    assert installed({"tensorflow": "absent", "keras": "3.15.1"}, "torch").line == "torch"
    assert installed({"tensorflow": "2.0.0", "keras": "2.3.1"}, subject="keras").line == "keras"
    assert installed({"tensorflow": "2.21.0", "keras": "3.15.1"}, subject="keras") == NEWEST
    own = installed({"tensorflow": "somebody's own", "keras": "2.2.4-tf"})
    assert (own.tensorflow, str(own.keras)) == (None, "2.2.4")
    assert own.lies_in("tf.keras", tensorflow="")
    assert not own.lies_in("tf.keras", tensorflow=">=1")
    assert {Installed(line, None, None).lies_in(line) for line in LINES} == {True}


def test_the_ledger_of_the_project_is_in_order():
    entries = ledger_file.load()
    newest = [entry for entry in entries if entry.spans(NEWEST)]
    ledger.covered([entry for entry in newest if not entry.rare], select(["CPU:0", "CPU:1"]))
    ledger.covered(newest, select(["CPU:0", "CPU:1"], tier="everything"))
    assert all(link.startswith("https://") for entry in entries for link in entry.links)
    assert all(entry.why for entry in entries)
    assert not any(cause.UNEXPLAINED in entry.causes for entry in entries)


def test_all_cases_of_an_entry_at_once_are_those_one_by_one(soak):
    """A run asks of one case, its start of all by their fields."""
    cases = select(["CPU:0"], losses=["sparse_categorical_crossentropy"])[:: 1 if soak else 4]
    entries = [entry for entry in ledger_file.load() if not entry.rare]
    boxes = [box for entry in entries for box in (*entry.always, *entry.sometimes)]
    assert {"argument", "without"} <= {name for box in boxes for name in box}
    for entry in entries:
        one_by_one: dict[Case, set[str]] = {}
        for box, case in product((*entry.always, *entry.sometimes), cases):
            names = box.get("quantity", ledger.QUANTITIES)
            if found := {name for name in names if difference._holds(box, case, name)}:
                one_by_one.setdefault(case, set()).update(found)
        assert ledger._covered(entry, ledger.Index(cases)) == one_by_one
    assert ledger._covered(entries[0], ledger.Index([])) == {}


@pytest.mark.parametrize(
    "entry", {one.id: one for one in ledger_file.load()}.values(), ids=lambda one: one.id
)
def test_every_known_difference_says_what_to_do_instead(entry: Difference) -> None:
    assert entry.advice[0].isupper(), entry.advice
    assert entry.advice.endswith("."), entry.advice
    assert entry.advice not in entry.why


def test_advice_outlives_that_a_file_is_written_again(tmp_path: Path) -> None:
    advised = load(tmp_path, text() + 'advice = "Cast \\"it\\"."\n')
    assert load(tmp_path, accepted.text(advised))[0].advice == 'Cast "it".'


def test_advice_is_a_text(tmp_path: Path) -> None:
    (entry,) = load(tmp_path, text() + 'advice = "Cast it."\n')
    assert entry.advice == "Cast it."
    with pytest.raises(BadTable, match="advice must be a text, not 1"):
        load(tmp_path, text() + "advice = 1\n")
