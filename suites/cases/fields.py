"""The fields of a case; what needs no more than their names need not load the tables."""

from __future__ import annotations

from dataclasses import dataclass, fields

from suites.cases.execution import Execution


@dataclass(frozen=True)
class Fields:
    """Every field is a name from a table.

    `output` says how the predictions come about (`outputs`), `inputs` which numbers they are made of,
    or which contract the call is of (`inputs`, `contracts`), `arguments` with which options
    (`loss_options`), `labels` of which kind the targets are (`losses`).
    """

    loss: str
    form: str
    arguments: str
    output: str
    dtype: str
    execution: Execution
    device: str
    labels: str
    inputs: str


FIELDS = tuple(field.name for field in fields(Fields))
