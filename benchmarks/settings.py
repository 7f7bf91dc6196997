"""What settings of TensorFlow change, and that the suite raises no false alarm under one of them.

Runs the suite under each, prints how many numbers came out with other bits than under the settings
of this machine, and how many differences are new, with their causes. Of fast-math, which changes what
is right, the suite has to say so and stop:

    python -m benchmarks.settings [--tier default] [--only "one thread"]

Subnormals are flushed by a library that gcc makes, which the observer loads; without gcc this is left
out. TensorFlow 2.21 fails by itself where oneDNN may use less than the processor has: it asks the
processor whether that computes in bfloat16, and oneDNN refuses.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import reports
from benchmarks.child import ended
from suites.cases.fields import FIELDS
from suites.plugin.exits import Exit
from suites.plugin.failure import FAILING

USUAL = "as it is"
FAST_MATH = "XLA with fast-math"
SETTINGS: Mapping[str, Mapping[str, str]] = {
    USUAL: {},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "AVX2 alone": {"TF_ENABLE_ONEDNN_OPTS": "0", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
    "oneDNN up to AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "one thread": {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    "eight threads": {"TF_NUM_INTRAOP_THREADS": "8", "TF_NUM_INTEROP_THREADS": "8"},
    "deterministic operations": {"TF_DETERMINISTIC_OPS": "1"},
    FAST_MATH: {"XLA_FLAGS": "--xla_cpu_enable_fast_math=true"},
}
FLUSHED = "subnormals flushed"
FAULTS = {"oneDNN up to AVX2": "raised AbortedError"}  # of TensorFlow, which the suite has to show


@dataclass(frozen=True)
class Ran:
    """A run under a setting: how it ended, its comparisons, and the last line of what went wrong."""

    code: int
    frame: pd.DataFrame | None
    words: str

    @property
    def new(self) -> Counter[str]:
        """How many comparisons are neither right nor known, by their causes."""
        if self.frame is None:
            return Counter()
        return Counter(self.frame["cause"][self.frame["verdict"].isin(FAILING)])


def run(tier: str, folder: Path, variables: Mapping[str, str], *more: str) -> Ran:
    """The suite in a process of its own, with its report in a folder."""
    options = ["--tier", tier, f"--report-folder={folder}", "-q", "-p", "no:cacheprovider", *more]
    done = ended([sys.executable, "-m", "pytest", *options], variables)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    frame = reports.load(folder) if done.returncode in (Exit.DONE, Exit.DIFFERENT) else None
    return Ran(done.returncode, frame, lines[-1] if lines else "")


def flushing(folder: Path) -> Path | None:
    """A library that turns on the flushing of subnormals when it is loaded; None without gcc.

    What it links for fast-math does so, and a thread has the mode of the one that starts it.
    """
    compiler = shutil.which("gcc")
    if not compiler:
        return None
    source, library = folder / "flush.c", folder / "flush.so"
    source.write_text("int flushed;\n", encoding="utf-8")
    command = [compiler, "-shared", "-fPIC", "-Ofast", "-ffast-math", str(source), "-o"]
    subprocess.run([*command, str(library)], check=True)
    return library


def interpreter(folder: Path, library: Path) -> Path:
    """This Python, which loads the library first."""
    program = folder / "python"
    text = f'#!/bin/sh\nLD_PRELOAD="{library}" exec "{sys.executable}" "$@"\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


def other_bits(usual: pd.DataFrame, other: pd.DataFrame) -> str:
    """How many numbers of both have other bits."""
    keys = [*FIELDS, "quantity", "index", "other"]
    both = usual.merge(other, on=keys, suffixes=("", "_other"))
    differ = int((both["bits"] != both["bits_other"]).sum())
    return f"{differ:,} of {len(both):,} with other bits"


def is_right(setting: str, ran: Ran) -> bool:
    """Whether a run ended as it has to under a setting."""
    if setting == FAST_MATH:
        return ran.code == Exit.CANNOT_MEASURE
    if setting in FAULTS:
        return set(ran.new) <= {FAULTS[setting]}
    return ran.code == Exit.DONE


def line(setting: str, ran: Ran, usual: pd.DataFrame) -> str:
    """A run for a reader."""
    if ran.frame is None:
        return f"{setting}: ends with {ran.code}: {ran.words}"
    new = ", ".join(f"{count} new: {cause}" for cause, count in ran.new.items()) or "0 new"
    return f"{setting}: {other_bits(usual, ran.frame)}, {new}; ends with {ran.code}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tier", default="quick", help="tier of the suite (quick)")
    parser.add_argument("--only", choices=[*SETTINGS, FLUSHED], help="one of them")
    chosen = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked: dict[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
            setting: (variables, ()) for setting, variables in SETTINGS.items()
        }
        if library := flushing(folder):
            asked[FLUSHED] = ({}, (f"--python={interpreter(folder, library)}",))
        else:
            print(f"{FLUSHED}: left out, there is no gcc")
        first = run(chosen.tier, folder / "report", {})
        assert first.frame is not None, first.words
        for setting, (variables, more) in asked.items():
            if chosen.only in (None, setting):
                is_usual = setting == USUAL
                ran = first if is_usual else run(chosen.tier, folder / "report", variables, *more)
                print(line(setting, ran, first.frame), flush=True)
                wrong += not is_right(setting, ran)
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
