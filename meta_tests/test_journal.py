"""A journal gives back what was written, and nothing that was damaged or is not sure yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.store import journal

SPECIFICATIONS = {"one": {"call": "1"}, "two": {"call": "2"}}
WHOLE = {"one": "answer one", "two": "answer two"}
LOST = "error Crash: SIGSEGV"


def written(folder: Path, *answers: tuple[str, str]) -> Path:
    path = folder / "journal.jsonl"
    for name, answer in answers or WHOLE.items():
        journal.add(path, name, SPECIFICATIONS[name], answer)
    return path


def test_it_gives_back_what_is_in_it(tmp_path: Path) -> None:
    assert journal.read(written(tmp_path), SPECIFICATIONS) == WHOLE
    assert journal.read(tmp_path / "none", SPECIFICATIONS) == {}


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        found = journal.read(path, SPECIFICATIONS)
        assert len(found) == whole[:size].count(b"\n")
        journal.add(path, "three", {"call": "3"}, "answer three")
        assert len(journal.read(path, SPECIFICATIONS | {"three": {"call": "3"}})) == len(found) + 1


def test_any_damaged_byte_is_found(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for byte in (whole[place] ^ 1, whole[place] ^ 0x80, ord("\n"), ord(" ")):
            path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            found = journal.read(path, SPECIFICATIONS)
            assert found.items() <= WHOLE.items()
            assert len(found) >= 1 or byte == whole[place] or whole[place] == ord("\n")


@pytest.mark.parametrize("line", ["", "[]", "{}", "3", '["one", "2"]', '["one", 1, 2, 3]', "\xff"])
def test_a_line_that_is_none_is_passed_over(tmp_path: Path, line: str) -> None:
    path = written(tmp_path)
    path.write_bytes(line.encode("latin-1") + b"\n" + path.read_bytes())
    assert journal.read(path, SPECIFICATIONS) == WHOLE


def test_a_request_that_has_changed_is_asked_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert journal.read(path, SPECIFICATIONS | {"two": {"call": "2.0"}}) == {"one": "answer one"}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([LOST], None),
        ([LOST, LOST], LOST),
        ([LOST, "error Crash: exit 1"], None),
        ([LOST, "value"], "value"),
        ([LOST, LOST, "value"], "value"),
        (["error Timeout: no answer within 1 s"] * 2, "error Timeout: no answer within 1 s"),
        (["error Crash: SIGTERM"] * 3, None),
        (["error ValueError: no"], "error ValueError: no"),
    ],
)
def test_that_nothing_was_answered_is_believed_the_second_time(tmp_path, answers, found) -> None:
    path = written(tmp_path, *(("one", answer) for answer in answers))
    assert journal.read(path, SPECIFICATIONS).get("one") == found
