"""The files that are changed, and which functions of each belong to cross-entropies.

Other losses (Huber, hinge and such), other metrics and other operations are out of scope: the suite
asks none of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from reports.sensitivity.source import library
from reports.sensitivity.source.mutation import Mutant, mutants
from reports.store.errors import BadUsage

CROSS_ENTROPY = r".*[Cc]ross_?[Ee]ntropy"
# Texts for people, and what JAX alone calls.
UNSEEN = re.compile(r"(.*\.)?(__repr__|_obj_type|__str__|stateless_\w+)")
# Of the trainer of TensorFlow; beside these it has what TPUs need, and what joins predictions.
TRAINER = "TensorFlowTrainer|TFEpochIterator|reduce_per_replica"


@dataclass(frozen=True)
class Target:
    """A file below the folder of its package, and the functions and classes that are changed.

    `scopes` is a pattern of their names; `tests` are Keras' own tests of the file.
    """

    package: str
    file: str
    scopes: str = ".+"
    tests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.package}/{self.file}"

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").replace("/", ".")

    def path(self) -> Path | None:
        """The installed file; None where it is not installed. Nothing is imported."""
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        return path if path and path.is_file() else None

    def mutants(self) -> list[Mutant]:
        path = self.path()
        assert path
        source = path.read_bytes()
        found = mutants(self.name, source, library.changes)
        return [one for one in found if self._is_in_scope(one) and _is_another(one)]

    def _is_in_scope(self, mutant: Mutant) -> bool:
        outer = mutant.scope.partition(".")[0]
        known = re.fullmatch(self.scopes, outer) and not UNSEEN.fullmatch(mutant.scope)
        return bool(outer and known)


TRAINER_TESTS = ("src/trainers/trainer_test.py", "src/trainers/compile_utils_test.py")
TARGETS = (
    Target(
        "keras",
        "src/losses/losses.py",
        f"LossFunctionWrapper|{CROSS_ENTROPY}.*",
        ("src/losses/losses_test.py",),
    ),
    Target(
        "keras",
        "src/losses/loss.py",
        tests=("src/losses/loss_test.py", "src/losses/losses_test.py"),
    ),
    Target(
        "keras",
        "src/metrics/probabilistic_metrics.py",
        f"{CROSS_ENTROPY}.*",
        ("src/metrics/probabilistic_metrics_test.py",),
    ),
    Target(
        "keras",
        "src/backend/tensorflow/nn.py",
        f"_get_logits|{CROSS_ENTROPY}",
        ("src/ops/nn_test.py", "src/losses/losses_test.py"),
    ),
    Target("keras", "src/trainers/compile_utils.py", tests=TRAINER_TESTS[::-1]),
    Target("keras", "src/trainers/trainer.py", tests=TRAINER_TESTS),
    Target("keras", "src/backend/tensorflow/trainer.py", TRAINER, TRAINER_TESTS),
    Target(
        "keras",
        "src/metrics/reduction_metrics.py",
        tests=("src/metrics/reduction_metrics_test.py",),
    ),
    Target("keras", "src/metrics/metric.py", tests=("src/metrics/metric_test.py",)),
    Target(
        "tf_keras",
        "src/losses.py",
        f"Loss|LossFunctionWrapper|{CROSS_ENTROPY}.*",
        ("src/losses_test.py",),
    ),
    Target("tf_keras", "src/backend.py", f"_get_logits|{CROSS_ENTROPY}"),
)


def chosen(names: Sequence[str]) -> list[Target]:
    """The installed targets whose names end with one of these; without names, those of Keras' losses.

    Raises BadUsage for a name that is that of no target.
    """
    here = [one for one in TARGETS if one.path()]
    if not names:
        return here[:4]
    if "all" in names:
        return here
    for name in names:
        if not any(_is_meant(one, name) for one in here):
            known = ", ".join(one.name for one in here)
            raise BadUsage(f"--files: {name} is none of {known}, all")
    return [one for one in here if any(_is_meant(one, name) for name in names)]


def _is_meant(target: Target, name: str) -> bool:
    return f"/{target.name}".endswith(f"/{name}")


def find(file: str) -> Target:
    """The target of a mutant's file."""
    return next(one for one in TARGETS if one.name == file)


def every(targets: Iterable[Target]) -> list[Mutant]:
    return [mutant for target in targets for mutant in target.mutants()]


def _is_another(mutant: Mutant) -> bool:
    """Whether the new text means something else than the old one."""
    if mutant.kind == "deleted statement":
        return True
    old, new = (ast.dump(ast.parse(f"({text})")) for text in (mutant.before, mutant.after))
    return old != new
