"""A real hunt: on the cores of this machine by pytest, and on a Dask cluster on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from distributed import Client, LocalCluster

from suites.hunt.campaign import Task, campaign
from suites.hunt.draw import Scope

ROOT = Path(__file__).parents[1]
FEW = Scope(("weighted_sigmoid_crossentropy",), ("nn",), ("float32",), ("eager",))


def test_pytest_hunts_and_writes_what_it_found(tmp_path: Path) -> None:
    """Whatever it finds: each find has its lines, its script and its data."""
    chosen = ["--losses=binary_crossentropy", "--forms=function,class", "--executions=eager"]
    command = [sys.executable, "-m", "pytest", "--hunt", "20s", "-p", "no:randomly", *chosen]
    variables = {name: text for name, text in os.environ.items() if "XENTCHECK" not in name}
    done = subprocess.run(
        [*command, f"--report-folder={tmp_path}", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout
    assert "hunt: 20 s" in done.stdout
    text = (tmp_path / "hunt/finds.md").read_text(encoding="utf-8")
    found = list(map(json.loads, (tmp_path / "hunt/finds.jsonl").read_text("utf-8").splitlines()))
    assert bool(found) == (done.returncode == 1)
    assert f"{len(found)} find" in text
    assert len(list(tmp_path.glob("hunt/scripts/*"))) == len(found)
    assert all(one["call"] in text for one in found)


def test_a_dask_cluster_hunts() -> None:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        done = list(campaign(client.get_executor(), 2, Task(FEW, 1, 15.0)))
    assert len(done) == 2
    assert all(one.asked and not one.failed for one in done)
    keys = [find.key for one in done for find in one.finds]
    assert len(keys) == len(set(keys))
