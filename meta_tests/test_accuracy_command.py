"""A sweep asks for every number once, goes on where it stopped, and ends in a table that is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reports.__main__ import main
from reports.accuracy import ask, block, search, sweep, table, wanted
from reports.accuracy.block import Block, Tallies, blocks
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.measure import Results, bits
from reports.accuracy.progress import Progress
from reports.accuracy.row import number
from reports.accuracy.search import Search, beside
from reports.accuracy.tally import Region, Tally
from reports.accuracy.wanted import Wanted
from reports.store.errors import BadUsage

INSTALLED = {"tensorflow": "2", "keras": "3"}
WORST = 0x3C01  # the bits of 1.001 in float16
STEPS = 40


class Here(Executor):
    """Runs a task when it is given out; stops with an error after so many."""

    def __init__(self, most: int = 1000) -> None:
        self.ran: list[Any] = []
        self.most = most

    def submit(self, function: Callable[..., Any], /, *given: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.ran.append(given[0] if given else function)
        if len(self.ran) > self.most:
            future.set_exception(KeyboardInterrupt())
        else:
            future.set_result(function(*given, **options))
        return future


def planted(function: str, dtype: str, execution: str, size: int, numbers: np.ndarray) -> Results:
    """What a right library returns, but for a value that is STEPS numbers off, at WORST."""
    family, kind = FAMILIES[function], numbers.dtype
    found = family.exact(family.predictions(numbers))
    with np.errstate(all="ignore"):
        value, gradient = (x.astype(kind) for x in (found.value, found.gradient))
    bits(value)[bits(numbers) == WORST] += STEPS
    return Results(numbers, value.astype(np.float64), gradient.astype(np.float64))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for TensorFlow, in this process."""

    @contextmanager
    def here(number: int, scheduler: str | None) -> Iterator[Executor]:
        yield Here()

    monkeypatch.setattr(block, "asking", lambda *names: partial(planted, *names))
    monkeypatch.setattr(ask, "about", lambda: INSTALLED)
    monkeypatch.setattr(sweep, "workers", here)


def ran(file: Path, installed: dict[str, str], most: int = 1000) -> list[Any]:
    """Which of eight tasks a sweep runs."""
    executor, tasks = Here(most), blocks(["bce-of-1"], "float32", ["eager"], 8)
    try:
        found = sweep.run(tasks, file, installed, executor, 1, lambda done, whole: None)
    except KeyboardInterrupt:
        return executor.ran[:most]
    assert list(found) == sorted(found) or set(found) == set(tasks)
    return executor.ran


def test_a_sweep_goes_on_where_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ("value", Region.NORMAL)
    monkeypatch.setattr(Block, "counted", lambda self: Tallies({key: Tally(inputs=self.count)}))  # type: ignore[dict-item]
    file = tmp_path / "journal.jsonl"
    first = ran(file, INSTALLED, most=3)
    rest = ran(file, INSTALLED)
    assert len(first) == 3
    assert {*first, *rest} == {*blocks(["bce-of-1"], "float32", ["eager"], 8)}
    assert not {*first} & {*rest}
    assert ran(file, INSTALLED) == []
    assert len(ran(file, {**INSTALLED, "keras": "4"})) == 8


@pytest.mark.parametrize(("dtype", "most"), [("float16", None), ("float32", None), ("float32", 5)])
def test_blocks_have_every_number_once_or_are_spread(dtype: str, most: int | None) -> None:
    found = blocks(["bce-of-1"], dtype, ["eager"], most)
    starts = [one.start for one in found]
    if most is None:
        ends = [one.start + one.count for one in found]
        assert [*starts, ends[-1]] == [0, *ends]
        assert ends[-1] == 2 ** (16 if dtype == "float16" else 32)
    else:
        assert len({*np.diff(starts)}) == 1
        assert most - 1 <= len(found) <= most


def test_tallies_are_the_same_after_the_journal(library: None) -> None:
    found = Block("bce-logits-of-1", "float16", "eager", 0x3800, 0x1000).counted()
    assert Tallies.of_text(found.text()) == found
    worst = found.parts["value", Region.NORMAL].worst
    assert worst is not None
    assert worst.input == WORST
    assert abs(worst.ulps - STEPS) <= 0.5


def test_the_command_writes_the_planted_error(
    library: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "found.csv"
    asked = [
        "accuracy",
        "--dtype",
        "float16",
        "--execution",
        "xla",
        "--folder",
        str(tmp_path / "f"),
    ]
    assert main([*asked, "--function", "bce-logits-of-1,cce-of-two", "--csv", str(file)]) == 0
    rows = {row.key[:1] + row.key[3:]: row for row in table.read(file)}
    worst = rows["bce-logits-of-1", "value", "normal"]
    assert (worst.input_bits, worst.coverage, worst.outside) == (f"{WORST:#06x}", "all", "1")
    assert abs(float(worst.ulps) - STEPS) <= 0.5
    assert float(worst.of_radius) > 1
    assert sum(int(row.inputs) for row in rows.values()) == 2 * 2 * 2**16
    assert float(rows["cce-of-two", "value", "normal"].ulps) <= 0.5
    assert f"{worst.ulps} ULP  1.001 " in capsys.readouterr().out
    assert main([*asked, "--only-there", "--csv", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_text() == file.read_text()
    assert (tmp_path / "again.json").read_text() == file.with_suffix(".json").read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--dtype", "float8"], "--dtype: 'float8' is none of float16, bfloat16, float32, float64"),
        (["--execution", "now"], "--execution: 'now' is none of eager, graph, xla"),
        (["--function", "bce"], "--function: no function 'bce'; known: bce-of-1, "),
        (["--blocks", "0"], "'0' is not a whole number from 1"),
    ],
)
def test_wrong_arguments_get_one_line(
    library: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    why: str,
) -> None:
    assert main(["accuracy", "--folder", str(tmp_path), *arguments]) == 4
    assert why in capsys.readouterr().err


def test_a_search_climbs_to_the_worst_beside_a_bad_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that grows towards one number, which random numbers never are."""
    peak = np.array([0.6234567891234567])

    def ask_(numbers: np.ndarray) -> Results:
        found = FAMILIES["bce-of-1"].exact(numbers[:, None])
        distance = np.abs(bits(numbers).astype(np.int64) - bits(peak).astype(np.int64))
        off = np.maximum(0, 90 - 1.75 * np.log2(np.maximum(distance, 1)))
        value = found.value.hi + off * np.spacing(found.value.hi)
        return Results(numbers, value, found.gradient.hi)

    monkeypatch.setattr(search, "asking", lambda *names: ask_)
    tally = Search("bce-of-1", "eager", 0, 2**12).counted().parts["value", Region.NORMAL]
    assert tally.worst is not None
    assert abs(tally.worst.input - int(bits(peak)[0])) < 2**20
    assert sum(tally.histogram) == tally.inputs


def test_neighbours_are_near_and_far() -> None:
    start = bits(np.array([0.5]))[0]
    distances = np.abs(
        bits(beside(int(start), np.random.default_rng(0))).astype(np.int64) - int(start)
    )
    assert distances.min() == 1
    assert np.median(distances) < 2**25 < distances.max() < 2**46


def test_an_executor_of_dask_is_asked_for_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(BadUsage, match="--scheduler needs Dask"), sweep.workers(1, "tcp://x:1"):
        pass


def test_processes_of_their_own_count_alike() -> None:
    one = Block("bce-of-1", "float16", "eager", 0x3800, 0x400)
    with sweep.workers(1, None) as executor:
        about, text = (
            executor.submit(f, *x) for f, x in ((sweep.about, ()), (sweep.counted, (one,)))
        )
        assert {"tensorflow", "keras", "onednn"} <= about.result().keys()
        tally = Tallies.of_text(text.result()).parts["value", Region.NORMAL]
    assert tally.inputs == 0x400
    assert number(tally.worst.input, "float16") >= 0.5  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (BrokenExecutor("killed"), 6, "xentcheck: a process ended while it counted: killed\n"),
        (KeyboardInterrupt(), 2, "xentcheck: interrupted; the same command goes on from here\n"),
        (
            ModuleNotFoundError("no", name="tensorflow"),
            6,
            "xentcheck: tensorflow is not installed: pip install -r requirements.txt\n",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_a_sweep_that_fails_ends_in_one_line(
    error: BaseException,
    code: int,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*given: object) -> None:
        raise error

    monkeypatch.setattr(wanted, "_run", fail)
    monkeypatch.setattr(sweep, "about", dict)
    assert main(["accuracy", "--folder", str(tmp_path), "--workers", "1"]) == code
    assert capsys.readouterr().err == line


def test_progress_has_a_rate_of_what_was_counted_now(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.tell(500, 1000)
    progress.begun, progress.written = progress.begun - 60, progress.written - 61
    progress.tell(560, 1000)
    line = capsys.readouterr().err
    assert "56.0 % of 1,000 numbers; 0.00 million a second; 7 min left" in line


def test_wanted_is_every_task(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Wanted(None, ["float16", "float64"], ["xla", "eager"], None, 3)
    found = wanted.tasks()
    assert len(found) == len(FAMILIES) * 2 * (1 + 3)
    assert {task.execution for task in found} == {"eager", "xla"}
