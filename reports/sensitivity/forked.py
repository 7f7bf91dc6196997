"""A program in a process that has imported TensorFlow already, forked for each use: no import is paid twice.

As a program this file is, with the name of a socket, the process that is forked, and without one what
is started in place of the program: it hands over its variables, folder and standard streams, and ends
as the program does. Without the variable `WARM_PROGRAM` that is the observer.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections import defaultdict
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NoReturn

OBSERVER = Path(__file__).parents[2] / "suites/observe/observer.py"
SOCKET = "WARM_OBSERVER"
PROGRAM = "WARM_PROGRAM"  # the variable that names another program than the observer
LIVE = "live_functions_of_xentcheck"  # a module, see `planted`
PACKAGES = ("tensorflow", "keras", "tf_keras", "pytest")


@cache
def variables() -> dict[str, str]:
    """What is needed in the environment; one process to fork from for each process that asks."""
    folder = tempfile.mkdtemp()
    path = str(Path(folder, "socket"))
    # An observer is started with these variables, of which one is read when TensorFlow is imported.
    whole = {**os.environ, "PYTHONHASHSEED": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    server = subprocess.Popen(
        [sys.executable, __file__, path],
        env=whole,
        text=True,
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(server.communicate)
    assert server.stdout
    assert server.stdout.readline() == "ready\n"
    return {SOCKET: path}


def serve(path: str) -> None:
    """Fork for each connection, until standard input is closed; then remove the folder of the socket."""
    for name in PACKAGES:
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
    sys.modules[LIVE] = _live_functions()
    gc.freeze()  # no fork has to look through it
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                _keep(connection)
            connection.close()
            _forget_ended()
    shutil.rmtree(Path(path).parent, ignore_errors=True)


def _live_functions() -> ModuleType:
    """A module that forks find by its name, with `of(path)`, the functions of a file."""
    by_file = defaultdict(list)
    for one in gc.get_objects():
        if type(one) is FunctionType:
            by_file[one.__code__.co_filename].append(one)
    found = ModuleType(LIVE)
    found.__dict__["of"] = lambda path: by_file.get(path, [])
    return found


def _forget_ended() -> None:
    with suppress(ChildProcessError):  # there is none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(connection: socket.socket) -> NoReturn:
    """Start an observer that ends with the other side, and tell that side how it ended."""
    text, files, _, _ = socket.recv_fds(connection, 2**16, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(2**16)
    pid = os.fork()
    if pid == 0:
        connection.close()
        inherited, folder = json.loads(text)
        _be_observer(inherited, folder, files)
    for file in files:
        os.close(file)
    threading.Thread(target=_end_with, args=(connection, pid), daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):  # the other side ended first
        connection.sendall(str(code).encode())
    os._exit(0)


def _end_with(connection: socket.socket, pid: int) -> None:
    connection.recv(1)
    os.kill(pid, signal.SIGKILL)


def _be_observer(inherited: dict[str, str], folder: str, files: list[int]) -> NoReturn:
    os.environ.clear()
    os.environ.update(inherited)
    os.chdir(folder)
    for number, file in enumerate(files):
        os.dup2(file, number)
    program = inherited.get(PROGRAM, str(OBSERVER))
    sys.argv, sys.path[0] = [program], str(Path(program).parent)
    try:
        runpy.run_path(program, run_name="__main__")
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


def hand_over() -> None:
    """Have an observer do what this process was started for."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ[SOCKET])
        text = json.dumps([dict(os.environ), os.getcwd()]) + "\n"
        socket.send_fds(connection, [text.encode()], [0, 1, 2])
        code = int(connection.recv(16) or 1)
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1]) if sys.argv[1:] else hand_over()
