"""Executors of `concurrent.futures`: a process for each core here, or a Dask cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reports.store.errors import BadUsage

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from distributed import Client

WAITED = 10.0  # seconds for a scheduler


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave_interruption() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def processes(
    number: int, initializer: Callable[[], None] = leave_interruption
) -> Iterator[ProcessPoolExecutor]:
    """Processes of their own; after an error or an interruption no task goes on."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # TensorFlow does not survive a fork
    others = {*multiprocessing.active_children()}
    executor = ProcessPoolExecutor(number, context, initializer=initializer)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in {*multiprocessing.active_children()} - others:
            process.terminate()
        raise
    finally:
        executor.shutdown()


@contextmanager
def cluster(scheduler: str) -> Iterator[Client]:
    """A Dask cluster by the address of its scheduler. Raises BadUsage where there is no such thing."""
    try:
        from distributed import Client
    except ImportError:
        raise BadUsage("--scheduler needs Dask: pip install distributed") from None
    try:
        client = Client(scheduler, timeout=WAITED)
    except (OSError, ValueError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadUsage(f"--scheduler {scheduler}: {line}") from None
    with client:
        yield client
