"""How often the cause that is named is the true one.

Plants answers whose cause is known beforehand, and numbers that were moved by nothing that a library
does, and counts what the diagnosis makes of them:

    python -m benchmarks.causes [--count 200] [--seed 1]

A cause is the true one where it is what was planted, or where its program gives the very same numbers, so
that nothing could tell the two apart. A part of what was planted is true where the rest of it changes
no number. A number that was moved at random is explained away where any cause is named. The exit code
is 1 where less than 99 % are true.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from meta_tests.planted import CASES, Planted, contest, draw, gives, noise
from reference.cause import UNEXPLAINED
from reference.evidence import STEPS
from reference.explain import causes
from reference.program import FEW

KINDS = {
    "another formula or option": (1, False),
    "two of them at once": (2, False),
    "a deviation of a library": (0, True),
    "a formula or option, and a deviation": (1, True),
}
TRUE, PART, OTHER, NONE = "true", "several share the numbers", "another", "unexplained"


def verdicts(planted: Planted) -> Iterator[str]:
    """Of each quantity that is wrong, what the diagnosis makes of it."""
    of = planted.evidence()
    for quantity, evidence in enumerate(of):
        if not evidence.wrong.any():
            continue
        with np.errstate(all="ignore"):
            one = contest(planted.case, of, quantity)
            found = one.winner()
            named = set(causes(one, found).flat)
        if UNEXPLAINED in named:
            yield NONE
        elif len(found) > 1:
            yield PART
        else:
            (match,) = found
            is_part = match.program.parts <= set(planted.reasons)
            is_near = match.distance <= FEW * STEPS
            yield TRUE if is_part or is_near or gives(match, evidence) else OTHER


def moved(rng: np.random.Generator, count: int) -> tuple[int, int]:
    """How many numbers were moved, and how many of them were explained away."""
    tried = explained = 0
    while tried < count:
        case = CASES[rng.integers(len(CASES))]
        for quantity in (0, 1):
            if found := noise(rng, case, quantity):
                tried += 1
                explained += found[1] != UNEXPLAINED
    return tried, explained


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, help="answers of each kind (200)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    whole: Counter[str] = Counter()
    for kind, (departures, with_deviation) in KINDS.items():
        rng = np.random.default_rng((chosen.seed, departures, with_deviation))
        found: Counter[str] = Counter()
        for planted in islice(draw(rng, departures, with_deviation), chosen.count):
            found.update(verdicts(planted))
        whole += found
        counts = ", ".join(f"{found[name]} {name}" for name in (TRUE, PART, OTHER, NONE))
        print(f"{kind}: {found.total()} quantities: {counts}", flush=True)
    tried, explained = moved(np.random.default_rng(chosen.seed), chosen.count)
    print(f"moved at random: {tried} numbers: {explained} explained away")
    share = (whole[TRUE] + whole[PART]) / max(whole.total(), 1)
    print(f"{share:.2%} of the causes are true")
    return int(share < 0.99)


if __name__ == "__main__":
    raise SystemExit(main())
