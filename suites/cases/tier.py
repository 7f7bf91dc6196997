"""The three tiers, each with more cases and rarer ones, and what each leaves out."""

from __future__ import annotations

from typing import Literal

Tier = Literal["quick", "default", "everything"]
LEFT_OUT: dict[Tier, str] = {
    "quick": "graph and XLA, other devices, combined options, rare labels and inputs",
    "default": "triples of options; rare inputs, dtypes and executions of forms that share their code",
    "everything": "rare inputs after another loss's activation",
}
# Of the quick tier, where nothing runs eagerly and graphs take the place of that.
QUICK_IN_GRAPHS = "other devices, combined options, rare labels and inputs; all in graphs"
TIERS: tuple[Tier, ...] = tuple(LEFT_OUT)
