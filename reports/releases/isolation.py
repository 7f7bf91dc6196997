"""What an observer of a release may see of this machine: a short list of variables, and a home of its own.

So a recording depends on the release and the machine, and not on how a user has set up Keras,
TensorFlow or Python.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from reports.releases.environments import Environment
from reports.store.files import write_whole

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ")
KERAS = {"epsilon": 1e-07, "floatx": "float32", "image_data_format": "channels_last"}


def variables(environment: Environment, folder: Path) -> dict[str, str]:
    """All variables of an observer, whose home with Keras's own settings is made in `folder`."""
    home = folder.resolve() / environment.id
    settings = home / ".keras"
    text = json.dumps({**KERAS, "backend": environment.backend}, indent=4, sort_keys=True)
    write_whole(settings / "keras.json", text + "\n")
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"HOME": str(home), "KERAS_HOME": str(settings), "PYTHONHASHSEED": "0"}
    return {**passed, **own, **environment.settings}
