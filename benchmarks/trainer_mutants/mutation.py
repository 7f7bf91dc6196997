"""A mistake in a module of Keras, as a piece of its source and what stands there instead."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """In `module` of Keras `old`, which occurs once, becomes `new`; `name` says what that does.

    Cases whose names hold the words of `near` are asked first.
    """

    name: str
    module: str
    old: str
    new: str
    near: tuple[str, ...] = ()

    @property
    def qualified(self) -> str:
        """The name by which the module is imported."""
        return f"keras.src.{self.module}"

    @property
    def text(self) -> str:
        """All that it changes."""
        return json.dumps({"module": self.qualified, "old": self.old, "new": self.new})

    @property
    def planted(self) -> str:
        """It as the observer that plants it takes it."""
        before, found, _ = source(self.module).partition(self.old)
        start = len(before.encode())
        place = {"start": start, "end": start + len(found.encode())}
        return json.dumps({"module": self.qualified, "new": self.new, **place})

    @property
    def digest(self) -> str:
        """A name that changes with what is planted: 8 hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]

    def places(self) -> int:
        """How often `old` stands in the module that is installed. Nothing of it is imported."""
        return source(self.module).count(self.old)


def mutations(module: str, *rows: tuple[str, str, str, str]) -> tuple[Mutation, ...]:
    """Mistakes of a module: what each does, words of cases near it, the old text and the new one."""
    return tuple(
        Mutation(name, module, old, new, tuple(near.split())) for name, near, old, new in rows
    )


def source(module: str) -> str:
    """The installed source of a module of Keras."""
    spec = find_spec("keras")
    assert spec
    assert spec.origin
    path = Path(spec.origin).parent.joinpath("src", *module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")
