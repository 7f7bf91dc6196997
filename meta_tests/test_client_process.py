"""An installation is asked in a process of its own, which may die or hang over one request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suites.observe.client import CannotAsk, Client

ROOT = Path(__file__).parents[1]
HANGS = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from suites.observe.client import Client
client = Client(Path(sys.executable), Path(sys.argv[2]), {"STUB_FOLDER": sys.argv[3]})
client.ask({"call": "hang"})
"""
STUB = Path(__file__).with_name("stub_observer.py")


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Client]:
    variables = {"STUB_FOLDER": str(tmp_path), "PATH": os.environ["PATH"]}
    with Client(Path(sys.executable), STUB, variables, limit=1.0) as client:
        yield client


def processes(folder: Path) -> list[int]:
    """The ids of all that were started and are there still."""
    ids = [int(path.name.partition("-")[2]) for path in folder.glob("process-*")]
    return [number for number in ids if _runs(number)]


def _runs(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # it ended, and only its parent does not know yet


def until(true: Callable[[], object], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(true())


def errors(ask: Client, *calls: str) -> list[str]:
    """What is answered to requests that are all sent before the first answer is read."""
    sent = [ask.send({"call": call}) for call in calls]
    return [one.answer()["error"] for one in sent]


def test_it_says_what_is_installed(ask: Client) -> None:
    assert ask.about()["tensorflow"] == "2.21.0"
    assert ask.settings()["floatx"] == "float32"
    assert ask.devices() == (["CPU:0", "CPU:1"], {})


def test_a_request_that_kills_costs_its_own_answer_only(ask: Client) -> None:
    found = errors(ask, "a", "die", "b", "leave", "hang", "c")
    assert found == [
        "a",
        "Crash: SIGSEGV",
        "b",
        "Crash: exit 3",
        "Timeout: no answer within 1 s",
        "c",
    ]
    assert ask.last_words == "my last words"


@pytest.mark.parametrize("act", ["die once", "leave once", "hang once"])
def test_what_fails_once_only_is_no_answer(ask: Client, act: str) -> None:
    assert errors(ask, "a", act, "b") == ["a", act, "b"]


def test_a_kill_from_outside_costs_nothing(ask: Client, tmp_path: Path) -> None:
    sent = [ask.send({"call": call}) for call in ("a", "hang once", "b")]
    assert sent[0].answer()
    assert until((tmp_path / "hangs").exists)
    os.kill(processes(tmp_path)[0], signal.SIGKILL)
    assert [one.answer()["error"] for one in sent] == ["a", "hang once", "b"]


def test_answers_come_in_the_order_of_the_requests_whichever_is_read_first(ask: Client) -> None:
    first, second = (ask.send({"call": call}) for call in ("sleep", "b"))
    assert second.answer()["error"] == "b"
    assert first.answer()["error"] == "sleep"


def test_what_is_sent_ahead_is_answered_in_the_meantime(ask: Client) -> None:
    ask.about()
    sent = [ask.send({"call": "sleep"}) for _ in range(3)]
    time.sleep(1.5)
    begun = time.monotonic()
    assert [one.answer()["error"] for one in sent] == ["sleep"] * 3
    assert time.monotonic() - begun < 0.25


def test_more_is_sent_ahead_than_any_pipe_holds(ask: Client) -> None:
    many = [f"{number} {'x' * 2000}" for number in range(1000)]
    assert errors(ask, *many) == many


def test_what_an_installation_prints_is_no_answer(ask: Client) -> None:
    assert errors(ask, "print noise", "write much", "c") == ["print noise", "write much", "c"]


def test_lines_that_are_no_answers_are_left_out(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("""import sys
print("a banner", 1, [2], "null", sep="\\n")
for line in sys.stdin: print("{", line.strip() or "{}", '{"a": 1', sep="\\n", flush=True)""")
    with Client(Path(sys.executable), program, {}) as ask:
        assert ask.ask({"error": "echoed"}) == {"error": "echoed"}


def test_a_slow_start_has_a_limit_of_its_own(tmp_path: Path) -> None:
    variables = {"STUB_FOLDER": str(tmp_path), "STUB_START": "1.5"}
    with Client(Path(sys.executable), STUB, variables, limit=1.0) as ask:
        assert errors(ask, "a") == ["a"]
    with Client(Path(sys.executable), STUB, variables, start=0.5) as ask:
        with pytest.raises(CannotAsk, match=r"^no answer within 0\.5 s$"):
            ask.about()
        assert processes(tmp_path) == []


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            "import nothing_of_this_name",
            f"{sys.executable}: ModuleNotFoundError: No module named 'nothing_of_this_name' (exit 1)",
        ),
        ("import os; os.abort()", f"{sys.executable}: it ended without an answer (SIGABRT)"),
        ('print(\'{"error": "ImportError: no"}\')', "ImportError: no"),
    ],
)
def test_what_does_not_start_cannot_be_asked(tmp_path: Path, program: str, message: str) -> None:
    file = tmp_path / "observer.py"
    file.write_text(program)
    with Client(Path(sys.executable), file, {}) as ask, pytest.raises(CannotAsk) as raised:
        ask.about()
    assert str(raised.value) == message


def test_no_interpreter_cannot_be_asked(tmp_path: Path) -> None:
    with Client(tmp_path / "python", STUB, {}) as ask, pytest.raises(CannotAsk) as raised:
        ask.about()
    assert str(raised.value) == f"{tmp_path}/python does not start: No such file or directory"


def test_nothing_of_the_environment_is_inherited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB", '{"a": "die"}')
    with Client(Path(sys.executable), STUB, {"STUB_FOLDER": str(tmp_path)}) as ask:
        assert errors(ask, "a") == ["a"]


def test_the_whole_group_ends(ask: Client, tmp_path: Path) -> None:
    ask.send({"call": "hang with a child"})
    assert until((tmp_path / "hangs").exists)
    assert len(processes(tmp_path)) == 2
    begun = time.monotonic()
    ask.end()
    assert time.monotonic() - begun < 1.0
    assert until(lambda: processes(tmp_path) == [])


def test_nothing_is_left_over_of_a_process_that_was_ended(ask: Client) -> None:
    threads = threading.active_count()
    for call in ("a", "die", "hang", "b"):
        errors(ask, call)
    ask.end()
    assert threading.active_count() == threads


def test_the_process_ends_with_the_one_that_asks(tmp_path: Path) -> None:
    """However that ends, and whatever it does itself: here it hangs."""
    arguments = [str(ROOT), str(STUB), str(tmp_path)]
    with subprocess.Popen([sys.executable, "-c", HANGS, *arguments]) as process:
        assert until((tmp_path / "hangs").exists)
        process.kill()
    assert until(lambda: processes(tmp_path) == [])
