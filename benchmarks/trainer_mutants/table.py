"""All mutations, and those that no case sees yet."""

from __future__ import annotations

from benchmarks.trainer_mutants import batches, methods, metrics, outputs, reductions, steps
from benchmarks.trainer_mutants.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = (
    *(*outputs.MUTATIONS, *steps.MUTATIONS, *methods.MUTATIONS, *batches.MUTATIONS),
    *(*reductions.MUTATIONS, *metrics.MUTATIONS),
)

# What no case shows, and what it would need. Once one does, the command fails until the name is taken
# out here.
HOLES: dict[str, str] = {}
