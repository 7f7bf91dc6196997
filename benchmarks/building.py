"""What one more environment costs to build with uv, beside pip in the same run.

Builds an environment from its lock twice with each of them, into a folder that is thrown away, and
shows seconds and megabytes of the second time, when everything has been fetched before:

    python benchmarks/building.py [tf-2.20.0]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports import build, environments

MEGABYTE = 1e6


def used(folder: Path) -> float:
    """Megabytes of the disk that are taken; what uv links to its cache counts there, not here."""
    stats = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum(stat.st_blocks * 512 for stat in stats if stat.st_nlink == 1) / MEGABYTE


def measure(tool: str, name: str, *, compiled: bool) -> tuple[float, float]:
    """Seconds and megabytes of a second building."""
    environment = environments.find(name)
    which, compile_all = shutil.which, build._compile
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("XENTCHECK_BENCH")) as folder,
        mock.patch("shutil.which", lambda asked: None if asked == "uv" != tool else which(asked)),
        mock.patch.object(build, "_compile", compile_all if compiled else lambda place: None),
    ):
        build.build(environment, Path(folder, "first"))
        start = time.perf_counter()
        build.build(environment, Path(folder, "second"))
        return time.perf_counter() - start, used(Path(folder, "second"))


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "tf-2.20.0"
    print(f"a second {name}:")
    found = {}
    for tool in ("uv", "pip"):
        for compiled in (False, True):
            seconds, megabytes = found[tool, compiled] = measure(tool, name, compiled=compiled)
            kind = "with bytecode" if compiled else "without bytecode"
            print(f"  {tool:3} {kind:16} {seconds:7.1f} s {megabytes:7.0f} MB", flush=True)
    ratio = found["pip", False][0] / found["uv", False][0]
    print(f"  pip takes {ratio:.1f} times as long as uv")


if __name__ == "__main__":
    main()
