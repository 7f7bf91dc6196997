"""What is drawn to stand around a call: steps before and after it, and a function that it is traced in."""

from __future__ import annotations

from hypothesis import strategies as st

from reference.reduction import Reduction
from suites.cases import drawn
from suites.cases.execution import Execution
from suites.cases.forms.form import Form
from suites.cases.option import Chosen
from suites.cases.outputs import Output


def traced_in(
    form: Form, execution: Execution, chosen: Chosen, shape: tuple[int, ...]
) -> st.SearchStrategy[str]:
    """Whether the call is traced in a function of its own: with its labels and predictions alone, the
    first axis of which is one of rows.
    """
    is_plain = form.traced and not (form.model or form.metric or form.eager_only)
    has_more = {"axis", "sample_weight", "mask"} & chosen.keys() or form.by != "output"
    if execution != "eager" or not is_plain or has_more or len(shape) < 2:
        return st.just("")
    return st.sampled_from(("", "", "", "", "", *drawn.TRACED))


@st.composite
def around(
    draw: st.DrawFn, form: Form, output: Output
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """What stands before the call and after it: most often nothing."""
    is_bare = not (form.model or form.metric or form.formula) and form.by == "output"
    if not is_bare or draw(st.integers(0, 2)) < 2:
        return (), (), ""
    of_logits = st.sampled_from((*drawn.STEPS, *drawn.OF_LOGITS))
    of_probabilities = st.sampled_from((*drawn.STEPS, *drawn.OF_PROBABILITIES))
    before = draw(st.lists(of_logits, max_size=2)) if output.inside else []
    given = of_logits if output.kind == "logits" else of_probabilities
    between = draw(st.lists(given, max_size=2))
    by_row = form.reduction is Reduction.ROW and form.gradient
    after = draw(st.sampled_from(tuple(drawn.AFTER))) if by_row else ""
    return tuple(before), tuple(between), after
