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

from reports.releases import build, environments
from suites.observe.client import Client

MEGABYTE = 1e6
OBSERVER = Path(__file__).resolve().parents[1] / "suites" / "observe" / "observer.py"


def used(folder: Path) -> float:
    """Megabytes of the disk that are taken; what uv links to its cache counts there, not here."""
    stats = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum(stat.st_blocks * 512 for stat in stats if stat.st_nlink == 1) / MEGABYTE


def measure(tool: str, name: str) -> tuple[float, float, float, float]:
    """Of a second building seconds and megabytes, and of both the first time that it is asked."""
    environment = environments.find(name)
    which = shutil.which
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("XENTCHECK_BENCH")) as folder,
        mock.patch("shutil.which", lambda asked: None if asked == "uv" != tool else which(asked)),
    ):
        build.build(environment, Path(folder, "first"))
        start = time.perf_counter()
        python = build.build(environment, Path(folder, "second"))
        built, megabytes = time.perf_counter() - start, used(Path(folder, "second"))
        start = time.perf_counter()
        with Client(python, OBSERVER, {**os.environ, **environment.settings}) as client:
            client.about()
        asked = time.perf_counter() - start
        return built, megabytes, asked, used(Path(folder, "second")) - megabytes


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "tf-2.20.0"
    print(f"a second {name}:")
    found = {}
    for tool in ("uv", "pip"):
        built, megabytes, asked, bytecode = measure(tool, name)
        found[tool] = built
        print(
            f"  {tool:3} {built:7.1f} s {megabytes:7.0f} MB to build,"
            f" {asked:5.1f} s {bytecode:5.0f} MB when it is first asked",
            flush=True,
        )
    print(f"  pip takes {found['pip'] / found['uv']:.1f} times as long as uv")


if __name__ == "__main__":
    main()
