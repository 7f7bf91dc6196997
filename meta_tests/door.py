"""The front door on canned answers: a whole pytest in a process of its own, without TensorFlow.

The answers are those that are recorded of the newest release, with a few changed on purpose.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import reports
from meta_tests import warm
from meta_tests.canned_observer import digest
from reports.store.answer_text import unpack
from reports.store.recordings import Recordings
from suites.cases.case import Case
from suites.cases.selection import select
from suites.observe.requests import SEED, key, request

ROOT = Path(__file__).parents[1]
RELEASE = "tf-2.21.0-keras-3.15.1"
LOSS = "binary_crossentropy"
FEW = (
    *(f"--losses={LOSS}", "--forms=function", "--dtypes=float32", "--executions=eager"),
    *("--tier=quick", "-k", "output=probabilities or output=logits", "suites/test_losses.py"),
)
VERSIONS = {"tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.2", "python": "3.11.7"}
SETTINGS = {
    **{"keras": "3.15.1", "legacy_keras": "no", "backend": "tensorflow", "floatx": "float32"},
    **{"epsilon": "1e-07", "image_data_format": "channels_last", "onednn": "default"},
    **{"onednn_isa": "default", "determinism": "default"},
    **{"xla_flags": "none", "tf_xla_flags": "none"},
    **{"intra_op_threads": "default", "inter_op_threads": "default", "cpu_features": "AVX2"},
}
ENTRY = """
[[difference]]
id = "planted"
title = "a planted difference"
why = "it is planted"
seen = "2026-11-25"
tensorflow = ""
keras = ""
links = []
causes = ["raised PlantedError"]
always = [{always}]
sometimes = [{sometimes}]
"""


@cache
def recorded() -> Mapping[str, str]:
    return Recordings(ROOT / "reports/recordings").answers(RELEASE)


@cache
def asked() -> Mapping[Case, str]:
    """The digests of the requests of every case that a run here may ask."""
    losses, forms = (LOSS, "weighted_sigmoid_crossentropy"), ("function", "class", "nn")
    cases = select(["CPU:0"], losses, ["float32"], ["eager"], forms)
    return {case: digest(request(case, SEED)) for case in cases}


def case(output: str, inputs: str) -> Case:
    names = (LOSS, "function", "plain", output, "float32", "eager", "CPU:0", "hard", inputs)
    return Case(*names)


INTERIOR, RAILS = case("probabilities", "interior"), case("probabilities", "rails")
LOGITS = case("logits", "interior")
RAISED = {"error": "PlantedError: no"}
ABSENT = {"absent": "AttributeError: module 'keras.losses' has no attribute 'x'"}


def box(chosen: Case) -> str:
    return "{" + ", ".join(f'{name} = ["{text}"]' for name, text in vars(chosen).items()) + "}"


def entry(always: Case | None = None, sometimes: Case | None = None) -> str:
    chosen = {"always": always, "sometimes": sometimes}
    return ENTRY.format(**{name: box(one) if one else "" for name, one in chosen.items()})


def other_bits(chosen: Case) -> dict[str, Any]:
    """The recorded answer with the last bit of its first value flipped."""
    answer = unpack(recorded()[key(chosen)])
    bits = bytearray.fromhex(answer["value"]["hex"])
    bits[0] ^= 1
    return answer | {"value": answer["value"] | {"hex": bits.hex()}}


def wrong(chosen: Case) -> dict[str, Any]:
    """The recorded answer, the first value of which is twice as great."""
    answer = unpack(recorded()[key(chosen)])
    bits = bytearray.fromhex(answer["value"]["hex"])
    bits[3:4] = bytes([bits[3] + 1])
    return answer | {"value": answer["value"] | {"hex": bits.hex()}}


@dataclass
class Done:
    """A run that has ended: its exit code, what it printed, and its report."""

    code: int
    text: str
    folder: Path

    @property
    def frame(self) -> pd.DataFrame:
        return reports.load(self.folder)

    @property
    def verdicts(self) -> set[str]:
        """All that are not as they should be."""
        return {*self.frame["verdict"]} - {"agree", "known"}


@dataclass
class Door:
    """Runs the suites on canned answers; folders are inside of `place`."""

    place: Path
    plan: dict[str, Any] = field(default_factory=dict)

    def run(
        self,
        *arguments: str,
        answers: Mapping[Case, dict[str, Any]] = {},
        acts: Mapping[Case, str] = {},
        few: tuple[str, ...] = FEW,
        variables: Mapping[str, str] = {},
        **plan: Any,
    ) -> Done:
        usual = {name: unpack(recorded()[key(one)]) for one, name in asked().items()}
        changed = {asked()[one]: answer for one, answer in answers.items()}
        whole = {
            "versions": VERSIONS,
            "settings": SETTINGS,
            "devices": {"working": ["CPU:0", "CPU:1"], "broken": {}},
            "answers": usual | changed,
            "acts": {asked()[one]: act for one, act in acts.items()},
            **{"refuses": "", "ledger": "", "mistakes": [], **plan},
        }
        (self.place / "plan.json").write_text(json.dumps(whole), encoding="utf-8")
        return self.bare(*few, *arguments, variables=variables)

    def bare(self, *arguments: str, variables: Mapping[str, str] = {}) -> Done:
        folder = self.place / "report"
        quiet = ("-p", "meta_tests.canned", "-o", f"cache_dir={self.place / 'cache'}")
        quiet += ("-p", "no:randomly", "-p", "no:hypothesispytest")  # which users have not
        texts = (text.lower().replace("_", "-") for text in (*arguments, *variables))
        given = any("report-folder" in text for text in texts)
        where = () if given else (f"--report-folder={folder}",)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("XENTCHECK_")}
        whole = {**inherited, "CANNED": str(self.place / "plan.json"), **variables}
        ours = all(name.startswith(("XENTCHECK_", "PYTHONPATH")) for name in variables)
        run = warm.run if ours else _fresh  # others may change what is imported before
        code, output, errors = run((*quiet, *where, *arguments), whole)
        return Done(code, output + errors, folder)


def _fresh(arguments: tuple[str, ...], variables: Mapping[str, str]) -> tuple[int, str, str]:
    """The same as `warm.run` in a process that has imported nothing."""
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr
