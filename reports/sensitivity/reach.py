"""Which groups of cases execute which lines, and what the unchanged installation answers them.

Each group is asked once of a process that writes down the lines; a function that is traced into a
graph counts for every request that uses the graph.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reports.sensitivity.bench import Bench, client, differences, digest, known
from reports.store.journal import whole_lines

HEAD = "key"  # of the first line of the file: what the others were measured with


@dataclass(frozen=True)
class Usual:
    """A group as the unchanged installation answers it: `lines` by module, the differences that a
    run would report without any change, and how often each known difference shows.
    """

    group: str
    seconds: float
    digest: str
    wrong: list[list[str]]
    known: dict[str, int]
    lines: dict[str, list[int]]

    def reaches(self, module: str, lines: Iterable[int]) -> bool:
        return not set(self.lines.get(module, ())).isdisjoint(lines)


def measure(bench: Bench, groups: Iterable[str], modules: Iterable[str]) -> Iterator[Usual]:
    """Ask these groups, one after the other, of one process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lines")
        variables = {"TRACED": str(file), "TRACED_MODULES": ",".join(modules)}
        file.touch()
        with client(bench.run, **variables) as asked, file.open(encoding="utf-8") as lines:
            run = bench.asking(asked)
            asked.about()
            lines.read()
            for group in groups:
                began = time.monotonic()
                bits = digest(run.answers(group))
                blocks = run.check(group).blocks
                yield Usual(
                    group,
                    round(time.monotonic() - began, 3),
                    bits,
                    [[one.case, one.quantity] for one in differences(blocks)],
                    known(blocks),
                    _by_module(map(json.loads, lines.read().splitlines())),
                )


def _by_module(requests: Iterable[list[tuple[str, int]]]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for pairs in requests:
        for module, line in pairs:
            found.setdefault(module, set()).add(line)
    return {module: sorted(lines) for module, lines in sorted(found.items())}


def load(file: Path, key: str) -> dict[str, Usual]:
    """What was measured before with the same cases of the same installation; nothing else."""
    head, *lines = whole_lines(file).splitlines() or [b""]
    if head.decode() != json.dumps({HEAD: key}):
        return {}
    found = (Usual(**json.loads(line)) for line in lines)
    return {usual.group: usual for usual in found}


def add(file: Path, key: str, found: Iterable[Usual]) -> None:
    """Write down what was measured, after what is there of the same key."""
    if load_key(file) != key:
        file.write_text(json.dumps({HEAD: key}) + "\n", encoding="utf-8")
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(usual)) + "\n" for usual in found)


def load_key(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open(encoding="utf-8") as lines:
        head: Mapping[str, str] = json.loads(lines.readline() or "{}")
    return head.get(HEAD, "")
