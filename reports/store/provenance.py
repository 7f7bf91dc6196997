"""What a recording holds of itself beside the answers: versions, settings, and the suite that asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reports.store.recording import BadRecording

ROOT = Path(__file__).parents[2]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class About:
    """The side file of a recording. `suite` is the commit that asked, with -dirty for changed files."""

    versions: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    suite: str = UNKNOWN

    def text(self) -> str:
        """The file."""
        whole = {"versions": self.versions, "settings": self.settings, "suite": self.suite}
        return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def not_measured(reason: str) -> str:
    """The side file of an environment without a recording."""
    return json.dumps({"not measured": reason}, indent=2) + "\n"


def read(path: Path) -> About | None:
    """What a side file holds, None for one of an environment that was not measured.

    Raises BadRecording for what is no side file.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if "not measured" in found:
            return None
        return About(found["versions"], found["settings"], found["suite"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRecording(f"{path.name}: not as a sweep writes it: {error!r}") from None


def this_suite() -> str:
    """The commit of the suite, with a mark where files were changed; "unknown" without git."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return UNKNOWN
    return done.stdout.strip() or UNKNOWN
