"""What contracts about steps of a model are made of, beside the pieces in `contract`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reference.specification import Specification
from suites.cases.contract import Contract, Wrapper, weighted, within
from suites.cases.reading import SpecificationChange

of_logits = partial(Contract, outputs=("logits",), dtypes=("float32",), by_night=())
in_graph = partial(of_logits, executions=("graph",))
eager = partial(of_logits, executions=("eager",))
TWO_ROWS = {"batch_size": "2"}  # of eight, which makes four batches
WITH_CALLBACKS = TWO_ROWS | {"callbacks": "callbacks"}
quarters = weighted(0.0, 1.0, 0.5, 0.25)


def running(least: int, most: int) -> Wrapper:
    """The Python code of the model runs so often."""
    return within("with_runs", str(least), str(most), given="base")


def in_twos(usual: Specification) -> Specification:
    return replace(usual, batch_size=2)


with_callbacks = partial(in_graph, arguments=WITH_CALLBACKS, specify=in_twos)


def of_epochs(epochs: int, validated: bool = False) -> SpecificationChange:
    return lambda usual: replace(usual, epochs=epochs, validated=validated)


def twice(usual: Specification) -> Specification:
    """The value of two outputs that are alike."""
    return replace(usual, outputs=2.0)
