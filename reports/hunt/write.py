"""The folder of a hunt: a file for people, a script for each find, and the plain data of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from reports.hunt import find_text
from reports.hunt.severity import gravest_first, severity
from reports.store.files import write_whole
from suites.hunt.look import Oddity
from suites.observe.arrays import pack_batch

HEAD = """# What a hunt found

{counts}

{about}

A find is the smallest call of its kind that was met. Understand it first: run its script, read the
source of the loss. Then it is one of three things: a difference of the library, which gets a row in the
tables and an entry in the ledger; what is known already, in other places than its entry says; or a
mistake of ours, in the reference or in what was drawn.
"""


def report(
    folder: Path, finds: Iterable[Oddity], counts: str, environment: Mapping[str, str]
) -> None:
    """Write the finds, the gravest first. Raises OSError."""
    found = gravest_first(finds)
    about = ", ".join(f"{name} {environment[name]}" for name in ("TensorFlow", "Keras", "NumPy"))
    parts = [HEAD.format(counts=counts, about=about)]
    today = date.today().isoformat()
    for find in found:
        file = script_name(find)
        write_whole(folder / "scripts" / file, find_text.script_of(find))
        text = "\n".join(find_text.lines(find, f"scripts/{file}"))
        entry = find_text.proposed(find, environment, today)
        parts.append(f"```\n{text}\n```\n\n```toml\n{find_text.call(find)}{entry}```\n")
    write_whole(folder / "finds.md", "\n".join(parts))
    rows = (json.dumps(_plain(find), sort_keys=True) for find in found)
    write_whole(folder / "finds.jsonl", "".join(f"{row}\n" for row in rows))


def script_name(find: Oddity) -> str:
    return f"{find.case.loss}-{find_text.name(find)}.py"


def _plain(find: Oddity) -> dict[str, object]:
    """The call with its arrays, as the observer takes them, and what it showed."""
    case = find.case
    return {
        "call": case.call,
        "case": case.names,
        "arrays": pack_batch(case, case.batch),
        "severity": severity(find),
        "quantity": find.found.quantity,
        "cause": str(find.cause),
    }
