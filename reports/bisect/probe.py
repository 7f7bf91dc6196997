"""Ask environments that are built for it one request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from reports.bisect.halving import NotMeasured
from reports.compare.since.timeline import PACKAGES, Recorded
from reports.compare.words.step_text import answer_and_diagnosis
from reports.releases import lock, sweep
from reports.releases.environments import Environment
from reports.releases.interpreter import CannotBuild
from reports.releases.record import Asked
from reports.releases.uv import CannotLock
from reports.store.errors import BadUsage
from reports.store.files import write_whole
from suites.judge import diagnosis_text

FOLDER = "bisected"  # below that of a sweep, so that neither takes the other's for its own


@dataclass(frozen=True)
class Probe:
    """Asks one case; locks, environments and answers stay in `folder`, and are used again."""

    case: str
    asked: Asked
    folder: Path
    stream: IO[str] = field(default_factory=lambda: sys.stderr)

    def ask(self, environment: Environment) -> Recorded | NotMeasured:
        """What a fresh environment answers, with a line about it. Raises NoIndex."""
        begun = time.monotonic()
        self._tell(f"{environment.id}: ")
        try:
            found = self._found(replace(environment, locks=self.folder / "locks"))
        except BaseException:
            self._tell("stopped\n")
            raise
        self._tell(f"{self._text(found)} ({time.monotonic() - begun:.0f} s)\n")
        return found

    def _text(self, found: Recorded | NotMeasured) -> str:
        if isinstance(found, NotMeasured):
            return f"not measured: {found.reason}"
        return answer_and_diagnosis(found, self.case)

    def _found(self, environment: Environment) -> Recorded | NotMeasured:
        try:
            lock.lock(environment)
        except (CannotLock, CannotBuild) as error:
            return NotMeasured(str(error))
        task = self._task(environment)
        task.journal.unlink(missing_ok=True)  # it may be that of another lock
        result = sweep.measure(task)
        versions = result.about.versions if result.about else {}
        if reason := result.reason or _other(environment, versions):
            return NotMeasured(reason)
        answers = dict(sweep.answered(task))
        return Recorded(
            environment, answers, diagnosis_text.write_all(self.asked.diagnose(answers))
        )

    def _task(self, environment: Environment) -> sweep.Task:
        file, journals = self.folder / "request.json", self.folder / "answers"
        return sweep.Task(environment, file, self.asked.observer, journals, self.folder)

    def _tell(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def _other(environment: Environment, about: Mapping[str, str]) -> str:
    """What answered instead of the packages that should, "" where these did.

    Packages of different times install together and yet do not work, or hide one another.
    """
    tensorflow, _, _ = environment.tensorflow.partition(".post")  # it does not say this of itself
    expected = {"tensorflow": tensorflow, "keras": environment.keras}
    answered = {name: about[name].replace("-dev", ".dev") for name in expected}
    wrong = [name for name, version in expected.items() if version and answered[name] != version]
    texts = [f"{PACKAGES[name]} {expected[name]} can't be used: {answered[name]}" for name in wrong]
    return "; ".join(texts)


@contextmanager
def probe(case: str, asked: Asked, built: Path) -> Iterator[Probe]:
    """A probe below the folder of built environments, alone there. Raises BadUsage."""
    if case not in asked.requests:
        raise BadUsage(f"{case} is not asked any more, so no new environment can be asked")
    folder = built / FOLDER
    with sweep.alone(folder):
        write_whole(folder / "request.json", json.dumps({case: asked.requests[case]}))
        yield Probe(case, asked, folder)
