"""Put a report into its folder, which shows the old one until the new one is complete.

How the one takes the place of the other, and what a reader may rely on, is in `reports/store/folder.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reports.run import frame as frames
from reports.run.badge import badge
from reports.run.findings import findings
from reports.run.markdown import Baseline, markdown
from reports.run.page import NO_STRIPS, Since, never, render
from reports.run.place import COMPARISONS, SCRIPTS
from reports.run.summary import Summary, summarise
from reports.run.tables.strip import Strip
from reports.store import folder as folders
from suites.plugin.block import Block
from suites.plugin.outcome import Known


@dataclass(frozen=True)
class Written:
    """What a report says: the counts of a run, and what does not agree, condensed."""

    summary: Summary
    differing: pd.DataFrame


def write_report(
    folder: Path,
    blocks: Iterable[Block],
    environment: dict[str, str],
    claims: list[dict[str, str]],
    differences: list[Known],
    scripts: Mapping[str, str],
    seconds: float,
    more: Mapping[str, str] | None = None,
    baseline: Baseline | None = None,
    strips: Mapping[str, Strip] = NO_STRIPS,
    since: Since = never,
) -> Written:
    """Write all files of a report; `blocks` are gone through once, and are not kept.

    `scripts` are the texts of the files in `scripts/`, `more` those of files of MORE, by name;
    `baseline` is what changed against a pin or a release, `strips` which releases show what is known,
    `since` which show a group of new differences.
    Raises CannotWrite, and KeyboardInterrupt; `folder` then shows the report that it showed.
    """
    with folders.replacing(folder) as draft:
        seed = environment.get("seed", "")
        written = frames.written(blocks, draft / COMPARISONS)
        found = findings(written, int(seed) if seed.isdecimal() else None)
        summary = summarise(found, seconds)
        _text(draft / "environment.json", _json({**environment, "claims": claims}))
        _text(draft / "summary.json", _json(summary))
        changed = baseline.changed if baseline else ""
        _text(draft / "badge.json", _json(badge(summary, changed)))
        text = markdown(found.differing, summary, environment, differences, baseline)
        _text(draft / "summary.md", text)
        known = differences, scripts, strips, since
        page = render(found, summary, environment, claims, *known, changed)
        _text(draft / "index.html", page)
        for name, text in (more or {}).items():
            _text(draft / name, text)
        (draft / SCRIPTS).mkdir()
        for name, text in scripts.items():
            _text(draft / SCRIPTS / name, text)
    return Written(summary, found.differing)


def _json(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"  # with an escape for all but ASCII


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
