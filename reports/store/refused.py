"""Forms of which an environment answers no case with a number: a mistake of ours until it is accepted.

Where every case of a form raises an error, the program that this suite wrote is the likeliest reason.
The table `refused.toml` says which of such errors are the installation's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from reports.store.answer_text import error
from reports.store.recording import ABSENT, UNANSWERED

FILE = Path(__file__).with_name("refused.toml")
Form = tuple[str, str]  # a loss, and the name of a form


@dataclass(frozen=True)
class Accepted:
    """Errors that begin so are answers of these environments, for these forms (with * and ?)."""

    errors: tuple[str, ...]
    forms: tuple[str, ...]
    environments: tuple[str, ...]
    reason: str

    def accepts(self, environment: str, form: str, errors: set[str]) -> bool:
        return (
            any(fnmatch(environment, pattern) for pattern in self.environments)
            and any(fnmatch(form, pattern) for pattern in self.forms)
            and all(error.startswith(self.errors) for error in errors)
        )


@cache
def load() -> tuple[Accepted, ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["refused"]
    lists = ("errors", "forms", "environments")
    return tuple(Accepted(**row | {name: tuple(row[name]) for name in lists}) for row in rows)


def without_numbers(rows: Mapping[str, str], forms: Mapping[str, Form]) -> dict[Form, set[str]]:
    """The forms of which every answer is an error, with these errors."""
    found: dict[Form, set[str]] = {}
    for case, form in forms.items():
        if (answer := rows.get(case, ABSENT)) not in UNANSWERED:
            found.setdefault(form, set()).add(answer)
    return {
        form: errors for form, answers in found.items() if all(errors := set(map(error, answers)))
    }


def unaccepted(
    environment: str, rows: Mapping[str, str], forms: Mapping[str, Form]
) -> Iterator[str]:
    """A line for each form without a number that no entry of the table accepts."""
    for (loss, form), errors in without_numbers(rows, forms).items():
        if not any(entry.accepts(environment, form, errors) for entry in load()):
            yield (
                f"every case of {loss}, {form} raises an error, such as {min(errors)!r}: mend our"
                f" program, or say in {FILE.name} why this is the answer"
            )
