"""The observer, on an installation that is none: what a call says, or STUB makes of it, is done.

STUB is JSON, from a part of a call to one of the acts; STUB_FOLDER takes the ids of processes, and
remembers what was done once already. No more than STUB_LIVES processes start.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SUITES = Path(__file__).parents[1] / "suites"
FOLDER = Path(os.environ["STUB_FOLDER"])


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    sys.stderr.write("these are\nmy last words\n")
    sys.stderr.flush()
    os._exit(3)


def hang() -> None:
    (FOLDER / "hangs").touch()
    time.sleep(600)


def hang_with_a_child() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (FOLDER / f"process-{child.pid}").touch()
    hang()


def print_noise() -> None:
    print('noise\n{"error": "noise"}\n{}')
    os.system("echo noise of a child")


def write_much() -> None:
    sys.stderr.write("much of it " * 100_000 + "\n")


def sleep() -> None:
    time.sleep(0.3)


ACTS = (die, leave, hang, hang_with_a_child, print_noise, write_much, sleep)
BY_NAME = {act.__name__: act for act in ACTS}


class Stub:
    def versions(self) -> dict[str, str]:
        return {"tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.0", "python": "3.11.7"}

    def settings(self) -> dict[str, str]:
        usual = {"keras": "3.15.1", "floatx": "float32", "epsilon": "1e-07"}
        usual |= {"backend": "tensorflow", "legacy_keras": "no", "cpu_features": "avx"}
        names = "image_data_format onednn onednn_isa determinism xla_flags tf_xla_flags"
        threads = "intra_op_threads inter_op_threads"
        return usual | dict.fromkeys(f"{names} {threads}".split(), "default")

    def devices(self) -> dict[str, object]:
        return {"working": ["CPU:0", "CPU:1"], "broken": {}}

    def public_api(self, calls: list[str]) -> dict[str, object]:
        return {"names": {}, "uses": [], "aliases": []}

    def observe(self, call: str, **_: object) -> dict[str, str]:
        named = json.loads(os.environ.get("STUB", "{}"))
        act = next((act for part, act in named.items() if part in call), call)
        done = FOLDER / act.replace(" ", "-")
        if not (act.endswith(" once") and done.exists()):
            if act.endswith(" once"):
                done.touch()
            BY_NAME.get(act.removesuffix(" once").replace(" ", "_"), lambda: None)()
        return {"error": call}


def main() -> None:
    if len(list(FOLDER.glob("process-*"))) == int(os.environ.get("STUB_LIVES", "-1")):
        leave()
    (FOLDER / f"process-{os.getpid()}").touch()
    time.sleep(float(os.environ.get("STUB_START", "0")))
    spec = importlib.util.spec_from_file_location("observer", SUITES / "observe" / "observer.py")
    assert spec
    assert spec.loader
    observer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(observer)
    observer.start = Stub
    observer.main()


if __name__ == "__main__":
    main()
