"""A request that several processes answer together, each of which trains a copy of a model.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax.
"""

import json
import os
import socket
import subprocess
import sys

AMONG = "XENTCHECK_AMONG_WORKERS"  # set in each of them, beside TF_CONFIG


def asked(program, request, count):
    """The answer of the first of so many processes of a program, which find each other on loopback."""
    cluster = {"worker": ["127.0.0.1:{}".format(port) for port in _free_ports(count)]}
    started = [_start(program, cluster, index) for index in range(count)]
    try:
        for process in started:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        line = started[0].stdout.readline()
    finally:
        for process in started:
            process.kill()
            process.wait()
    return json.loads(line) if line else {"error": "Crash: a worker ended without an answer"}


def _start(program, cluster, index):
    config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
    variables = dict(os.environ, TF_CONFIG=json.dumps(config))
    variables[AMONG] = "1"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, program]
    return subprocess.Popen(command, env=variables, universal_newlines=True, **pipes)


def _free_ports(count):
    """Ports that nobody listens on; all are held until the last is found."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
