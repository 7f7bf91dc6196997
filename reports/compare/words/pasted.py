"""A call with numbers that people can paste: of a batch the row that changed most."""

from __future__ import annotations

import numpy as np

from reports.compare.grouping.changes import Changed
from suites.cases.case import Case
from suites.cases.execution import Execution
from suites.cases.forms import FORMS
from suites.cases.inputs import LOGITS, PROBABILITIES
from suites.cases.outputs import OUTPUTS
from suites.observe.arrays import arrays
from suites.observe.requests import SEED

OF_ROWS = ("function", "class", "nn", "ops", "backend", "tf_keras", "tf_keras-class")
FEW = 8  # classes that fit into a line
WITHOUT_AXIS = frozenset({"label_smoothing", "gamma", "q"})  # options that mean each row alone
TRACED: dict[Execution, str] = {
    "eager": "{}",
    "graph": "tf.function(lambda: {})()",
    "xla": "tf.function(lambda: {}, jit_compile=True)()",
}


def pasted(one: Changed) -> list[str]:
    """Two lines of Python, which need TensorFlow and Keras; none where a row alone does not show it."""
    case, row = Case.of_names(one.fields), one.change.most.row
    if row is None or not _is_of_rows(case):
        return []
    batch = arrays(case, SEED)
    target, output = (part[row : row + 1] for part in (batch.target, batch.output))
    if (
        batch.output.ndim != 2
        or batch.output.shape[-1] > FEW
        or not (np.isfinite(target).all() and np.isfinite(output).all())
    ):
        return []
    call = TRACED[case.execution].format(case.call)
    return [f"target, output = {_constant(target)}, {_constant(output)}", f"print({call})"]


def _is_of_rows(case: Case) -> bool:
    """Whether the tables have the case, and its loss of a row is that of the row alone."""
    known = (case.loss, case.form) in FORMS and case.output in OUTPUTS
    plain = case.form in OF_ROWS and case.inputs in (*PROBABILITIES, *LOGITS)
    return known and plain and case.chosen.keys() <= WITHOUT_AXIS


def _constant(array: np.ndarray) -> str:
    """The numbers with as many digits as their dtype needs."""
    numbers = [_list(row) if row.ndim else str(row[()]) for row in array]
    return f"tf.constant([{', '.join(numbers)}], '{array.dtype}')"


def _list(row: np.ndarray) -> str:
    return f"[{', '.join(map(str, row))}]"
