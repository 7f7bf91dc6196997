"""All that a report says of the comparisons of a run, gathered batch by batch.

Its size depends on the cases and on what differs, not on the number of comparisons. A batch holds
whole cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from reports.run.frame import from_blocks
from reports.run.plots import clip
from reports.run.plots import errors as places
from reports.run.plots.shares import Shares, added, shares
from reports.run.tables.condensed import condensed
from reports.run.tables.entries import Errors, errors
from reports.run.tables.matrix import calls, united_calls
from reports.run.tables.tables import tight


@dataclass
class Findings:
    """`differing` is what does not agree, condensed; `errors` are its errors by known difference,
    `tight` the agreeing results nearest to their end, `calls` what the matrix counts; the others
    are for plots.
    """

    differing: pd.DataFrame
    tight: pd.DataFrame
    calls: pd.DataFrame
    marks: pd.DataFrame
    clip: pd.DataFrame
    shares: Shares = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    verdicts: Mapping[str, int] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return int(self.calls["count"].sum())


def findings(batches: Iterable[pd.DataFrame], seed: int | None = None) -> Findings:
    """What the batches hold; without the seed of the run nothing is drawn near the clip."""
    found, differing = _of(from_blocks([]), seed), []
    for batch in batches:
        one = _of(batch, seed)
        differing.append(one.differing)
        found = _together(found, one)
    if differing:
        found.differing = pd.concat(differing, ignore_index=True)
    return found


def _of(batch: pd.DataFrame, seed: int | None) -> Findings:
    rows = condensed(batch)
    near = batch.head(0) if seed is None else batch
    return Findings(
        differing=rows,
        tight=tight(batch[batch["verdict"] == "agree"]),
        calls=calls(batch),
        marks=places.marks(batch),
        clip=clip.clip_points(near, seed or 0),
        shares=shares(batch),
        errors=errors(batch[batch["verdict"] == "known"]),
        verdicts=Counter(batch["verdict"].astype(str)),
    )


def _together(one: Findings, other: Findings) -> Findings:
    """Both, but for what differs, which is the rows of one after those of the other."""
    both = partial(pd.concat, ignore_index=True)
    return Findings(
        differing=other.differing,
        tight=tight(both([one.tight, other.tight])),
        calls=united_calls(both([one.calls, other.calls])),
        marks=places.united(both([one.marks, other.marks])),
        clip=clip.distinct(both([one.clip, other.clip])),
        shares=added(one.shares, other.shares),
        errors=Counter(one.errors) + Counter(other.errors),
        verdicts=Counter(one.verdicts) + Counter(other.verdicts),
    )
