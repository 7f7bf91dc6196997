"""What the reader of a find gets: the call, its numbers, the cause, a script, and what to add to the
tables and to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reference.arithmetic.formats import NAMES as DTYPES
from reference.cause_kinds import KINDS
from reports.hunt.severity import NEW, places, severity, verdicts
from suites.cases.drawn import Drawn
from suites.hunt.look import OF_ANY, Oddity
from suites.ledger import accepted
from suites.ledger.difference import Difference
from suites.observe.arrays import pack_batch, unpacked
from suites.observe.observer import decode
from suites.observe.visible import visible
from suites.plugin import failure, script
from suites.plugin.block import as_block
from suites.plugin.script import Comparison
from suites.plugin.short_id import short_id

MOST = 2  # numbers of a find that are shown
FEW = 40  # numbers of an array that are written out


def name(find: Oddity) -> str:
    """A short name of what was found, the same in every hunt."""
    return short_id(" ".join(find.key))


def lines(find: Oddity, file: str) -> list[str]:
    """The find for a terminal; `file` is the script that shows it."""
    case, about = find.case, KINDS[find.cause.advised]
    return [
        f"{severity(find)} {case.loss}, {case.form}, {case.dtype}, {case.execution} [{name(find)}]",
        f"  call   {case.call}   [{find.found.quantity}]",
        *(f"  {label:6} {text}" for label, text in _arrays(case)),
        *_numbers(find),
        f"  means  {about.meaning}",
        f"  do     {about.advice}",
        f"  script {file}",
    ]


def _arrays(case: Drawn) -> Iterator[tuple[str, str]]:
    """The arrays as a caller has them."""
    for label, packed in pack_batch(case, case.batch).items():
        numbers = unpacked(packed) if packed["dtype"] in DTYPES else decode(packed)
        text = str(numbers.tolist()) if numbers.size <= FEW else f"shape {numbers.shape}"
        yield label, f"{text}   {packed['dtype']}"


def _numbers(find: Oddity) -> list[str]:
    """The numbers that are farthest off, or the error."""
    found = places(find)
    lines = [line for place in found[:MOST] for line in failure.of_number(find.found, NEW, place)]
    return [*lines, f"  ... and {len(found) - MOST} more"] if len(found) > MOST else lines


def script_of(find: Oddity) -> str:
    """A program that shows the find with TensorFlow alone."""
    block = as_block(find.case, find.found, verdicts(find), [])
    note = "\n".join(_numbers(find))
    return script.script(find.case, note, find.case.batch, Comparison.at(block, places(find)[0]))


def proposed(find: Oddity, environment: Mapping[str, str], today: str) -> str:
    """An entry for the ledger, for whoever has understood the find: `why` is left to them."""
    case = find.case
    names = {name: getattr(case, name) for name in (*OF_ANY, "execution")} | {
        "quantity": str(find.found.quantity)
    }
    entry = Difference(
        id=f"{case.loss.replace('_', '-')}-{name(find)}",
        title=visible(str(find.cause)),
        why="",
        seen=today,
        tensorflow=f"=={environment['TensorFlow']}",
        keras=f"=={environment['Keras']}",
        links=(),
        causes=(find.cause,),
        always=(),
        sometimes=({name: (value,) for name, value in names.items()},),
    )
    return accepted.written(entry)


def call(find: Oddity) -> str:
    """The call and its arrays, as comments above an entry."""
    arrays = "; ".join(f"{label}: {text}" for label, text in _arrays(find.case))
    return f"# {find.case.call}\n# {arrays}\n"
