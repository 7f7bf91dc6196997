"""The strip of a known difference: which recorded releases show it."""

from __future__ import annotations

import pytest

from reports.plugin import since
from reports.run.tables.strip import Cell, Strip
from reports.store.recording import BadRecording
from suites.ledger import ledger_file


def cells(line: str, **shows: bool) -> list[Cell]:
    return [Cell(line, name, shown) for name, shown in shows.items()]


def test_neighbours_are_together_and_lines_are_not() -> None:
    strip = Strip([*cells("tf.keras", a=False, b=True, c=True), *cells("keras", d=True, e=False)])
    assert strip.words == "b to c, d"
    assert strip.path == "M1 0h2v1h-2zM3 0h1v1h-1z"
    assert Strip(cells("keras", a=False)).words == "none of the recorded releases"


@pytest.mark.parametrize(
    ("shows", "mended"),
    [
        ({"a": True, "b": False, "c": True, "d": False, "e": False}, "d"),
        ({"a": True}, ""),
        ({"a": False}, ""),
    ],
)
def test_mended_is_the_release_after_the_last_that_shows_it(
    shows: dict[str, bool], mended: str
) -> None:
    later = cells("keras", x=True, y=False)
    assert Strip([*cells("tf.keras", **shows), *later]).mended == mended


def test_the_strip_is_that_of_the_spans_of_the_ledger() -> None:
    releases = since.recorded()
    entry = next(one for one in ledger_file.load() if one.line == "tf.keras" and one.tensorflow)
    strip = since.strips([entry.id, "unknown"])[entry.id]
    assert [cell.release for cell in strip.cells] == [*releases]
    spans = [one for one in ledger_file.load() if one.id == entry.id]
    shown = {name for name, found in releases.items() if any(one.spans(found) for one in spans)}
    assert {cell.release for cell in strip.cells if cell.shows} == shown
    assert 0 < len(shown) < len(releases)


def test_without_recordings_there_is_no_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise BadRecording("damaged")

    monkeypatch.setattr(since, "recorded", damaged)
    assert since.strips(["clip-saturates"]) == {}
