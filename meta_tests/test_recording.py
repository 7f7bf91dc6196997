"""Recordings: exact there and back, each value once, and nothing but what was written is read."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from reports.store import recording
from reports.store.answer_text import pack, unpack, wrong
from reports.store.recording import BadRecording, Recording, differing, read, write
from reports.store.recordings import Recordings
from suites.observe.arrays import packed

ROWS = {"a,x": "value float32[1] 3f800000\tgradient none", "b,x": "error ValueError: no"}
DTYPES = st.sampled_from(["float16", "float32", "float64", "int32", "int64", "uint8", "bool"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))
)


def _written(folder: Path, rows: dict[str, str] = ROWS, parent: str = "none") -> Path:
    path = folder / "one.txt"
    write(Recording("one", parent, "q", rows), path)
    return path


@settings(max_examples=200, deadline=None)
@given(ARRAYS, st.none() | ARRAYS)
def test_the_bits_of_an_answer_survive(value: np.ndarray, gradient: np.ndarray | None) -> None:
    answer = {
        "value": packed(value),
        "gradient": None if gradient is None else packed(gradient),
        "warnings": ["UserWarning: once"],
    }
    assert unpack(pack(answer)) == answer


def test_numbers_are_written_with_the_highest_digit_first() -> None:
    answer = {"value": packed(np.array([1.0, -0.0], "float32")), "gradient": None}
    assert pack(answer) == "value float32[2] 3f800000 80000000\tgradient none"


def test_words_survive_on_one_line() -> None:
    assert (
        pack({"error": "ValueError: first\tsecond\nthird"})
        == "error ValueError: first second third"
    )
    assert unpack("error ValueError: no") == {"error": "ValueError: no"}
    assert pack({"absent": "AttributeError: whatever"}) == "absent"
    assert pack({"not_asked": "whatever"}) == "not asked"
    assert unpack("not asked") == {"not_asked": ""}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read(_written(tmp_path)) == Recording("one", "none", "q", ROWS)


def test_the_same_answers_make_the_same_bytes(tmp_path: Path) -> None:
    first = _written(tmp_path).read_bytes()
    assert _written(tmp_path, dict(reversed(ROWS.items()))).read_bytes() == first


def test_a_recording_holds_only_what_its_parent_does_not() -> None:
    parent = {"a": "value 1", "b": "value 2", "c": "value 3"}
    answers = {"a": "value 1", "b": "value 9", "c": "absent", "d": "absent", "e": "value 5"}
    assert differing(answers, parent) == {"b": "value 9", "c": "absent", "e": "value 5"}


def test_a_chain_of_recordings_gives_all_answers(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    old = Recording("old", "none", "q", {"a": "value 1", "b": "value 2"})
    basis = write(old, recordings.path("old"))
    new = Recording("new", "old", "q", {"b": "absent", "c": "value 3"}, basis)
    write(new, recordings.path("new"))
    assert recordings.answers("old") == {"a": "value 1", "b": "value 2"}
    assert recordings.answers("new") == {"a": "value 1", "c": "value 3"}


READ = {
    "one": lambda recordings, name: recordings.answers(name),
    "all": lambda recordings, name: dict(recordings.everything(["old", name])),
    "alone": lambda recordings, name: dict(recordings.everything([name])),
}
reading = pytest.mark.parametrize("read_it", READ.values(), ids=READ)


@reading
def test_a_recording_of_other_requests_is_no_parent(tmp_path: Path, read_it) -> None:
    recordings = Recordings(tmp_path)
    write(Recording("old", "none", "p", {}), recordings.path("old"))
    write(Recording("new", "old", "q", {}), recordings.path("new"))
    with pytest.raises(BadRecording, match=r"new.txt: asked other requests \(q\)"):
        read_it(recordings, "new")


@reading
def test_a_recording_whose_parent_was_exchanged_is_refused(tmp_path: Path, read_it) -> None:
    recordings = Recordings(tmp_path)
    basis = write(Recording("old", "none", "q", {"a": "value 1"}), recordings.path("old"))
    write(Recording("new", "old", "q", {}, basis), recordings.path("new"))
    write(Recording("old", "none", "q", {"a": "value 2"}), recordings.path("old"))
    with pytest.raises(BadRecording, match="its parent old is another than when it was written"):
        read_it(recordings, "new")


@reading
def test_a_file_that_was_renamed_to_another_environment_is_refused(tmp_path: Path, read_it) -> None:
    recordings = Recordings(tmp_path)
    write(Recording("old", "none", "q", {"a": "value 1"}), recordings.path("old"))
    recordings.path("new").write_bytes(recordings.path("old").read_bytes())
    with pytest.raises(BadRecording, match=r"new.txt: holds the recording of old"):
        read_it(recordings, "new")


def test_what_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    _written(tmp_path)
    with pytest.raises(BadRecording, match="no recording 'two'; there are: one"):
        Recordings(tmp_path).answers("two")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(lambda text: text.replace("3f8", "3f9"), r"line 8 \(a,x\)", id="edited"),
        pytest.param(lambda text: text.replace("b,x", "c,x"), r"line 9 \(c,x\)", id="renamed"),
        pytest.param(
            lambda text: "".join(text.splitlines(True)[:7] + text.splitlines(True)[8:]),
            r"line 8 \(b,x\)",
            id="row removed",
        ),
        pytest.param(
            lambda text: "".join(text.splitlines(True)[:-1]),
            "line 8 with 1 of 2",
            id="last removed",
        ),
        pytest.param(lambda text: text[:-9], "ends after line", id="cut off"),
        pytest.param(lambda text: text.replace("rows 2", "rows 3"), "2 of 3", id="head edited"),
        pytest.param(lambda text: re.sub("sum ........", "sum 0", text), "sum of all", id="sum"),
        pytest.param(lambda text: text.replace("environment", "place"), "first lines", id="head"),
        pytest.param(lambda text: "loss,form\n" + text, "line 1 is not", id="foreign"),
        pytest.param(lambda _: "", "line 1 is not", id="empty"),
    ],
)
def test_damage_is_refused_in_one_line(tmp_path: Path, damage, message: str) -> None:
    path = _written(tmp_path)
    path.write_text(damage(path.read_text()))
    with pytest.raises(BadRecording, match=message) as refusal:
        read(path)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("one.txt: ")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path)
    path.write_bytes(b"\xff\xfe" + path.read_bytes())
    with pytest.raises(BadRecording, match=r"one\.txt"):
        read(path)


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path)
    before = path.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(Recording("one", "none", "q", {}), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_head_says_what_was_asked() -> None:
    assert recording.FIELDS == ("environment", "parent", "requests", "rows", "sum")


NAMES = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=4).map(",".join)
ANSWERS = st.dictionaries(NAMES, st.sampled_from(["absent", "value 1", "error E: x"]))


@settings(max_examples=200, deadline=None)
@given(ANSWERS)
def test_any_answers_are_read_as_they_were_written(tmp_path_factory, rows: dict[str, str]) -> None:
    assert read(_written(tmp_path_factory.mktemp("any"), rows)).rows == rows


def test_one_more_row_changes_the_head_and_the_next_row_only(tmp_path: Path) -> None:
    rows = {f"loss,{n:03},x": f"value {n % 50}" for n in range(200)}
    before = _written(tmp_path, rows).read_text().splitlines()
    after = _written(tmp_path, rows | {"loss,100,y": "value 1"}).read_text().splitlines()
    new = [line for line in after if line not in before]
    assert len(new) <= 4


CASE = ",".join("abcdefghi")
PACKED = {
    "absent": "",
    "not asked": "",
    "error ValueError: no": "",
    "value float32[1] 3f800000": "",
    "value float32[] 3f800000": "",
    "value float32[2,0]": "",
    "value float16[2] 3c00 3c00": "",
    "value bfloat16[1] 3f80": "",
    "value bool[1] 01": "",
    "value float64[1] 3ff0000000000000\tgradient none": "",
    "value none\twarning UserWarning: once": "",
    "error ": "error without a text",
    "warning": "warning without a text",
    "loss float32[1] 3f800000": "'loss' is no part of an answer",
    "": "'' is no part of an answer",
}
BROKEN = (
    *("float32[1] 3f8000", "float32[2] 3f800000", "float32[1] 3f800000 3f800000", "float32[1]"),
    *(
        "float32[1] 3F800000",
        "float32[1]  3f80000",
        "float32[2] 3f8000003 f800000",
        "float33[1] 00",
    ),
    *("float32 3f800000", "float32[x] 3f800000", "float32[2,2] 3f800000", "3f800000", ""),
)


@pytest.mark.parametrize("text", PACKED)
def test_what_is_wrong_with_an_answer_is_named(text: str) -> None:
    assert wrong(CASE, text) == PACKED[text]


@pytest.mark.parametrize("array", BROKEN)
@pytest.mark.parametrize("name", ["value", "gradient"])
def test_an_array_has_its_dtype_its_shape_and_all_its_numbers(name: str, array: str) -> None:
    why = f"{name} is not a dtype, a shape and as many numbers in hexadecimal"
    assert wrong(CASE, f"value none\t{name} {array}") == why


@pytest.mark.parametrize("case", ["", "a", ",".join("abcdefgh"), ",".join("abcdefghij")])
def test_a_case_has_nine_fields(case: str) -> None:
    assert wrong(case, "absent") == "a case has 9 fields with commas between"


def test_a_file_groups_cases_and_stores_an_answer_once(tmp_path: Path) -> None:
    """Each row has the sum of its line and the one before; the answer of another is named by its sum."""
    rows = {
        "l,f,x,a": "value none",
        "l,f,x,b": "error E: no",
        "l,g,x,a": "value none",
        "m": "absent",
    }
    path = tmp_path / "one.txt"
    total = write(Recording("one", "two", "q", rows, "basis"), path)

    def row(before: str, text: str) -> str:
        return f"{crc32((before + text).encode()):08x}\t{text}"

    first = row("", "m\tabsent")
    second = row("l,f", "x,a\tvalue none")
    body = [
        first,
        "l,f",
        second,
        row("x,a\tvalue none", "x,b\terror E: no"),
        "l,g",
        row("l,g", f"x,a\t= {second[:8]}"),
    ]
    head = ["xentcheck recording 2", "environment one", "parent two basis", "requests q", "rows 4"]
    assert path.read_text().splitlines() == [*head, f"sum {total}", "", *body]
    assert total == sha256("\n".join(body).encode()).hexdigest()
