"""A text that is ready to be filed as an issue upstream."""

from __future__ import annotations

from collections.abc import Mapping

from suites.cases.case import Case
from suites.ledger.difference import Difference
from suites.observe.arrays import arrays
from suites.observe.visible import in_markdown, visible
from suites.plugin import script
from suites.plugin.block import Block
from suites.plugin.script import Comparison

TEXT = """\
# {title}

{why}{advice}

One call that shows it, {execution}, in {dtype} ({quantity}, at {index}):

- observed: {observed}
- expected: {expected}
- explanation: {cause}

TensorFlow {tensorflow}, Keras {keras}, NumPy {numpy}, Python {python}, {platform}.

```python
{script}```
"""


def text(
    entry: Difference,
    case: Case,
    block: Block,
    place: int,
    environment: Mapping[str, str],
    seed: int,
) -> str:
    """The issue for an entry, from the comparison at `place` of a block of one case."""
    low, high = block["low"][place], block["high"][place]
    exact = block["exact"][place]
    expected = f"{exact}, in {case.dtype} from {low!r} to {high!r}" if exact else "see above"
    filled = TEXT.format(
        title=entry.title,
        why=entry.why,
        advice=f" Until then: {entry.advice[:1].lower()}{entry.advice[1:]}" if entry.advice else "",
        execution=case.execution,
        dtype=case.dtype,
        quantity=block["quantity"][place],
        index=block["index"][place] or "all of it",
        observed=in_markdown(block["observed"][place]),
        expected=expected,
        cause=in_markdown(block["cause"][place]),
        tensorflow=environment["TensorFlow"],
        keras=environment["Keras"],
        numpy=environment["NumPy"],
        python=environment["Python"],
        platform=environment["platform"],
        script=script.script(case, entry.title, arrays(case, seed), Comparison.at(block, place)),
    )
    return visible(filled)
