"""A plugin of pytest: the run asks an observer that is forked from a process with TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path

from reports.sensitivity import forked
from reports.sensitivity.forked import PROGRAM, SOCKET, variables
from suites.observe import environment

__all__ = ["PROGRAM", "SOCKET", "variables"]

if SOCKET in os.environ:
    environment.OBSERVER = Path(forked.__file__)
