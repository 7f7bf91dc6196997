"""The blocks of a run in a file, since a long run has more of them than fit into memory."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from sys import intern

from suites.plugin.block import Block

IN_MEMORY = 8_000_000  # bytes, above which the file is one of the disk


@dataclass(frozen=True, slots=True)
class Glance:
    """What a run has to know of all its blocks at once: verdicts, and how many rows each entry of
    the ledger accounts for.
    """

    case: tuple[str, ...]
    quantity: str
    verdicts: frozenset[str]
    known: Mapping[str, int]  # of each id that occurs, how often its verdict is "known"
    place: int


class Spool:
    """Takes blocks in any order, and gives them in one that is always the same."""

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self.glances: list[Glance] = []
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # it ends with this
        weakref.finalize(self, self._file.close)
        for block in blocks:
            self.add(block)

    def add(self, block: Block) -> None:
        place = self._file.seek(0, 2)
        pickle.dump(block, self._file, pickle.HIGHEST_PROTOCOL)
        self.glances.append(self._glance(block, place))

    def _glance(self, block: Block, place: int) -> Glance:
        case = tuple(block["case"])
        known = dict.fromkeys(filter(None, block["known"]))
        shown = zip(block["verdict"], block["known"], strict=True)
        counts = Counter(name for verdict, name in shown if verdict == "known")
        return Glance(
            self._names.setdefault(case, case),
            intern(block["quantity"][0]),
            frozenset(map(intern, block["verdict"])),
            {intern(name): counts[name] for name in known},
            place,
        )

    def ordered(self) -> list[Glance]:
        return sorted(self.glances, key=lambda one: (one.case, one.quantity))

    def read(self, glance: Glance) -> Block:
        self._file.seek(glance.place)
        block: Block = pickle.load(self._file)
        return block

    def __iter__(self) -> Iterator[Block]:
        return map(self.read, self.ordered())
