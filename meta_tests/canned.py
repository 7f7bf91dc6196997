"""A plugin of pytest: the run asks the canned observer, and has a ledger or a mistake of a plan.

`ledger` is added to the text of the ledger, `mistakes` are the functions, "module.name", that raise.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from suites.ledger import ledger_file
from suites.observe import environment

PLAN = Path(os.environ["CANNED"])


def _mistake(*_: Any, **__: Any) -> NoReturn:
    raise KeyError("a planted mistake")


plan = json.loads(PLAN.read_text(encoding="utf-8"))
environment.OBSERVER = Path(__file__).with_name("canned_observer.py")
environment.require_tensorflow = lambda: None
if plan["ledger"]:
    own = PLAN.with_suffix(".toml")
    own.write_text(ledger_file.FILE.read_text(encoding="utf-8") + plan["ledger"], encoding="utf-8")
    ledger_file.load = partial(ledger_file.load, own)
for name in plan["mistakes"]:
    place, _, function = name.rpartition(".")
    right = getattr(importlib.import_module(place), function)
    for module in list(sys.modules.values()):  # also where it is imported by name
        if getattr(module, "__dict__", {}).get(function) is right:
            setattr(module, function, _mistake)
