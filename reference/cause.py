"""The cause of a difference: fields, and the one text that is written of them and read again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from reference.cause_kinds import KINDS, CauseKind

BETWEEN = "; "  # two reasons of one cause
OF_A_SIDE = (CauseKind.SIDE_WRONG, CauseKind.BOTH_WRONG)  # before the reasons of that side
ITS_DTYPE = (CauseKind.DTYPE, CauseKind.ROUNDED, CauseKind.FAILS)  # of which the last detail is one


@dataclass(frozen=True)
class Reason:
    """One departure from what is expected; `details` fill the text of its kind.

    Raises ValueError for details that are too few, too many, or no single line without "; ".
    """

    kind: CauseKind
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.details) != KINDS[self.kind].text.count("{}"):
            raise ValueError(f"{self.kind} does not have {len(self.details)} details")
        for detail in self.details:
            if not detail or BETWEEN in detail or detail != " ".join(detail.split()):
                raise ValueError(f"{detail!r} is no detail of a cause")

    def __str__(self) -> str:
        return KINDS[self.kind].text.format(*self.details)

    @property
    def dtype(self) -> str:
        """The dtype that was computed in, failed in or rounded to, "" for none."""
        return self.details[-1] if self.kind in ITS_DTYPE else ""


@dataclass(frozen=True)
class Cause:
    """Why a result is not what is expected: all that departs at once, the first being the main one."""

    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return BETWEEN.join(map(str, self.reasons))

    @property
    def kind(self) -> CauseKind:
        return self.reasons[0].kind

    @property
    def advised(self) -> CauseKind:
        """The kind to act on: where a side of two calls is wrong, that of its own cause."""
        of_side = self.kind in OF_A_SIDE and len(self.reasons) > 1
        return self.reasons[1].kind if of_side else self.kind

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes that its reasons name."""
        return tuple(one.dtype for one in self.reasons if one.dtype)

    def also(self, *reasons: Reason) -> Cause:
        """The same with more reasons."""
        return Cause((*self.reasons, *reasons))


def cause(kind: CauseKind, *details: str) -> Cause:
    """A cause of one reason."""
    return Cause((Reason(kind, details),))


UNEXPLAINED = cause(CauseKind.UNEXPLAINED)


@cache
def read(text: str) -> Cause:
    """The cause of which this is the text. Raises ValueError for what is none."""
    return Cause(tuple(_reason(part) for part in text.split(BETWEEN)))


def _reason(text: str) -> Reason:
    for kind, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return Reason(kind, found.groups())
    raise ValueError(f"{text!r} is no cause")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, text.split("{}"))))


def _order(kind: CauseKind) -> tuple[bool, int]:
    """Texts that begin with a detail fit much, and some texts begin as longer ones do."""
    text = KINDS[kind].text
    return text.startswith("{}"), -len(text)


_PATTERNS = [(kind, _pattern(KINDS[kind].text)) for kind in sorted(KINDS, key=_order)]
