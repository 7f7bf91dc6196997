"""A small implementation of the losses, to be judged as an installation would be.

It is written after the sources of Keras and TensorFlow, gradients by hand, in the dtype that comes
in and with every step rounded to it, and it shares nothing with `reference`. `Subject` runs the
text of these modules, so that `faults` can plant a mistake by replacing a piece of it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from suites.cases.loss_options import ARGUMENTS
from suites.observe.arrays import packed
from suites.observe.observer import decode

# Each module takes what it needs from those before it.
MODULES = (
    *("steps", "categorical", "sparse", "binary", "categorical_focal", "binary_focal"),
    *("relatives", "options", "functions", "calls"),
)
Source = Mapping[str, str]
SOURCE: Source = {
    name: Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in MODULES
}


def _run(source: Source) -> ModuleType:
    """The last of the modules, all of them made from this text."""
    with pytest.MonkeyPatch.context() as patch:
        for name, text in source.items():
            module = ModuleType(f"{__name__}.{name}")
            patch.setitem(sys.modules, module.__name__, module)
            exec(compile(text, f"<{module.__name__}>", "exec"), vars(module))
    return module


def _unpacked(answer: dict[str, Any]) -> np.ndarray:
    array = decode(answer)
    return array.view(ml_dtypes.bfloat16) if answer["dtype"] == "bfloat16" else array


class Subject:
    """The implementation in `source`, which answers cases as `suites.observe.observer.Observer` does."""

    def __init__(self, source: Source = SOURCE) -> None:
        self._calls = _run(source)

    def observe(self, case: Any, arrays: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Value and gradient, of the arrays and the options that the call of the case is given."""
        given = {name: _unpacked(array) for name, array in arrays.items()}
        options = {
            name: eval(ARGUMENTS[name].values[value], {"weight": given.get("weight")})
            for name, value in case.chosen.items()
        }
        with np.errstate(all="ignore"):
            value, gradient = self._calls.value_and_gradient(
                case, given["target"], given["output"], options
            )
        return {"value": packed(np.asarray(value)), "gradient": packed(np.asarray(gradient))}
