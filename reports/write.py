"""Put a report into its folder so that a reader finds the old one or the new one, never a mixture.

Everything is written beside its place first; then the files change names, with Ctrl-C held back for
that moment. Files in the folder that are not the report's stay.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from reports.frame import write_csv
from reports.page import render
from reports.summary import markdown, summarise

FILES = ("comparisons.csv", "environment.json", "summary.json", "summary.md", "index.html")
SCRIPTS = "scripts"


def check_writable(folder: Path) -> None:
    """Raise OSError if the folder can't be made or written to, before a long run and not after."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_report(
    folder: Path,
    frame: pd.DataFrame,
    environment: dict[str, str],
    claims: list[dict[str, str]],
    differences: list[dict[str, Any]],
    scripts: Mapping[str, str],
    seconds: float,
) -> dict[str, Any]:
    """Write all files of a report and return its summary. Raises OSError, leaving the old report."""
    summary = summarise(frame, seconds)
    check_writable(folder)
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder))
    try:
        write_csv(frame, staging / "comparisons.csv")
        _text(staging / "environment.json", _json({**environment, "claims": claims}))
        _text(staging / "summary.json", _json(summary))
        _text(staging / "summary.md", markdown(frame, summary, environment))
        page = render(frame, summary, environment, claims, differences)
        _text(staging / "index.html", page)
        (staging / SCRIPTS).mkdir()
        for name, text in scripts.items():
            _text(staging / SCRIPTS / name, text)
        with _uninterrupted():
            _replace(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return summary


def _replace(staging: Path, folder: Path) -> None:
    for name in FILES:
        os.replace(staging / name, folder / name)
    shutil.rmtree(folder / SCRIPTS, ignore_errors=True)
    os.replace(staging / SCRIPTS, folder / SCRIPTS)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
