"""Why a number differs: the formula and the arithmetic that reproduce it, or "unexplained".

The observed numbers are what TensorFlow and Keras were seen to return, or worked out by hand.
"""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from meta_tests.causes import reasons, texts
from meta_tests.formulas import DIRECT, draw_inputs, name
from reference import history
from reference.arithmetic.deviation import FLUSHED, NONE, Deviation
from reference.arithmetic.formats import NAMES, get_format, ulp
from reference.cause import Reason
from reference.contest import Contest
from reference.evidence import Evidence
from reference.expectation import expect, in_enclosure, in_native
from reference.explain import explain
from reference.program import ANOTHER_DTYPE, Match, Program
from reference.programs import Candidate, Programs
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

UNEXPLAINED = "unexplained"
TWICE = "another formula: epsilon was added twice"
TAKEN = "another input: logits were taken for probabilities"
OTHER = reasons("another formula: other")
MISTAKEN = Inputs(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))  # certain, and wrong twice


def _causes(
    spec: Specification,
    inputs: Inputs,
    observed: object,
    candidates: tuple[Candidate, ...] = (),
    computed_in: str = "",
    quantity: int = 0,
) -> list[str]:
    numbers = np.asarray(observed, np.float64)
    dtype = computed_in or spec.dtype
    with np.errstate(all="ignore"):
        expected = expect(spec, inputs)[quantity]
        evidence = Evidence(numbers, expected, quantity, inputs, spec.dtype)
        causes = explain(evidence, None, spec, candidates, dtype)
    return texts(causes.flat)


def _binary(dtype: str) -> tuple[Specification, tuple[Candidate, ...]]:
    spec = Specification(history.BINARY_DIRECT, dtype, reduction=Reduction.NONE)
    other = Specification(history.BINARY_DOUBLE_EPSILON, dtype, reduction=Reduction.NONE)
    return spec, (Candidate(other, reasons(TWICE)),)


def _on_logits(dtype: str) -> tuple[Specification, tuple[Candidate, ...]]:
    other = Specification(history.CATEGORICAL, dtype)
    return Specification(history.SOFTMAX, dtype), (Candidate(other, reasons(TAKEN)),)


def test_what_agrees_has_no_cause() -> None:
    spec, candidates = _binary("float32")
    assert _causes(spec, MISTAKEN, [[16.118095, 15.942385]], candidates) == ["", ""]


@pytest.mark.parametrize("dtype", NAMES)
@pytest.mark.parametrize("spec", DIRECT, ids=name)
def test_native_failures_are_never_unexplained(spec: Specification, dtype: str) -> None:
    inputs = draw_inputs(spec, dtype, np.random.default_rng(3), (24, 3))
    spec = Specification(spec.formula, dtype, reduction=Reduction.NONE)
    for quantity, observed in enumerate(in_native(spec, inputs)):
        causes = _causes(spec, inputs, observed, quantity=quantity)
        assert set(causes) <= {"", f"the formula fails in {dtype}"}


@pytest.mark.parametrize(
    ("dtype", "seen"),
    [
        pytest.param("float32", [15.424949, 15.333239], id="float32"),
        pytest.param("float64", [15.424948470398375] * 2, id="float64"),
        pytest.param("bfloat16", [15.4375, 16.125], id="bfloat16"),
    ],
)
def test_double_epsilon_is_recognised(dtype: str, seen: list[float]) -> None:
    spec, candidates = _binary(dtype)
    causes = _causes(spec, MISTAKEN, [seen], candidates)
    assert causes[0] == TWICE
    assert causes[1] in ("", TWICE)  # in half precision nothing is claimed of log(1 - p)


def test_logits_taken_for_probabilities_are_recognised() -> None:
    inputs = Inputs(np.array([[1.0, 0.0, 0.0]]), np.array([[3.0, 1.0, 0.0]]))
    spec, candidates = _on_logits("float32")
    assert _causes(spec, inputs, [log(4 / 3)], candidates) == [TAKEN]
    softmax_loss = log(1 + np.exp(-2) + np.exp(-3))
    assert _causes(spec, inputs, [softmax_loss], candidates) == [""]


def test_candidate_explains_the_numbers_of_a_call_together() -> None:
    """Half a call is by no formula: what the candidate contradicts takes the rest along."""
    inputs = Inputs(np.eye(3)[:2], np.array([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0]]))
    spec, candidates = _on_logits("float32")
    assert _causes(spec, inputs, [log(4 / 3)] * 2, candidates) == [TAKEN, TAKEN]
    assert UNEXPLAINED in _causes(spec, inputs, [log(4 / 3), 42.0], candidates)


def test_candidate_that_is_vague_explains_nothing() -> None:
    """In float16 the double epsilon bounds no loss of a certain mistake."""
    spec = Specification(history.SIGMOID, "float16", reduction=Reduction.NONE)
    vague = Specification(history.BINARY_DIRECT, "float16", reduction=Reduction.NONE)
    inputs = Inputs(np.array([[0.0]]), np.array([[1.0]]))
    assert _causes(spec, inputs, [[7.0]], (Candidate(vague, reasons(TWICE)),)) == [UNEXPLAINED]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_formula_that_fails_in_half_precision_is_recognised(dtype: str) -> None:
    """1 - 1e-7 rounds to one: log 0, and zero times it."""
    spec, _ = _binary(dtype)
    inputs = Inputs(np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]]))
    fails = f"the formula fails in {dtype}"
    assert _causes(spec, inputs, [[np.inf, np.nan]]) == [fails, fails]


def test_failure_that_is_not_of_the_formula_is_unexplained() -> None:
    spec, _ = _binary("float32")
    causes = _causes(spec, MISTAKEN, [[np.nan, np.inf]])
    assert causes == [UNEXPLAINED, UNEXPLAINED]


def test_number_that_was_computed_in_float32_is_recognised() -> None:
    """Keras 2.0.5 gave 0.35667497 for the first row of the specification, in float32."""
    spec = Specification(history.CATEGORICAL, "float64")
    inputs = Inputs(np.eye(4)[:1], np.array([[0.7, 0.1, 0.1, 0.1]]))
    seen = [float(np.float32(0.35667497))]
    assert _causes(spec, inputs, seen, computed_in="float32") == ["computed in float32"]
    assert _causes(spec, inputs, seen, computed_in="float64") == ["computed in float32"]
    nearby = [float(np.float32(0.35667497)) + 1e-12]
    assert _causes(spec, inputs, nearby, computed_in="float64") == [UNEXPLAINED]
    assert _causes(spec, inputs, [0.35667494393873245], computed_in="float64") == [""]


def test_candidate_in_another_precision_says_both() -> None:
    spec, candidates = _binary("float64")
    inputs = Inputs(np.array([[1.0]]), np.array([[0.0]]))
    seen = [[float(np.float32(15.424949))]]
    causes = _causes(spec, inputs, seen, candidates, computed_in="float32")
    assert causes == [f"{TWICE}; computed in float32"]


def test_nonsense_is_unexplained() -> None:
    spec, candidates = _binary("float32")
    observed = [[42.0, -1.0]]
    for computed_in in NAMES:
        assert _causes(spec, MISTAKEN, observed, candidates, computed_in) == [UNEXPLAINED] * 2


def test_gradient_has_a_cause_of_its_own() -> None:
    """The fused form gives softmax - target where the labels sum to two."""
    spec = Specification(history.SOFTMAX, "float32")
    assumes = "another formula: targets that sum to one"
    candidates = (Candidate(Specification(history.FUSED_SOFTMAX, "float32"), reasons(assumes)),)
    inputs = Inputs(np.array([[1.0, 1.0, 0.0]]), np.zeros((1, 3)))
    right, fused = [[-1 / 3, -1 / 3, 2 / 3]], [[-2 / 3, -2 / 3, 1 / 3]]
    assert _causes(spec, inputs, right, candidates, quantity=1) == [""] * 3
    assert _causes(spec, inputs, fused, candidates, quantity=1) == [assumes] * 3


CLIPPED = "another input: the logits went through the clip"


def _rounded_beyond(error: float, further: float = 0.0) -> list[str]:
    """Causes of a gradient whose middle number is off by `error` radii, its last by `further` ULP.

    It is of categorical focal cross-entropy, which Keras computes through softmax and clip.
    """
    options = (("gamma", 0.0), ("alpha", 0.25))
    spec = Specification(history.CATEGORICAL_FOCAL_LOGITS, "float32", "", Reduction.NONE, options)
    clipped = replace(spec, formula=history.CATEGORICAL_FOCAL, activation="softmax")
    inputs = Inputs(np.array([[0.0, 1.0, 0.0]]), np.array([[3.0, 0.5, 2.0]]))
    expected = expect(spec, inputs)[1]
    observed = expected.exact_hi.copy()
    observed[0, 1] += error * expected.rad[0, 1]
    observed[0, 2] += further * ulp(observed[0, 2], get_format("float32"))
    return _causes(spec, inputs, observed, (Candidate(clipped, reasons(CLIPPED)),), quantity=1)


def test_a_few_ulp_are_those_of_other_steps_if_no_number_contradicts_them() -> None:
    assert _rounded_beyond(0.9) == ["", "", ""]
    assert _rounded_beyond(1.05) == ["", CLIPPED, ""]
    assert _rounded_beyond(1e3) == ["", UNEXPLAINED, ""]
    assert _rounded_beyond(1.05, further=1e4) == ["", UNEXPLAINED, UNEXPLAINED]


def test_another_option_is_no_cause_of_a_few_ulp() -> None:
    spec, _ = _on_logits("float32")
    reason = reasons("another option: label_smoothing was left out")
    inputs = Inputs(np.array([[0.0, 1.0, 0.0]]), np.array([[3.0, 0.5, 2.0]]))
    expected = expect(spec, inputs)[1]
    observed = expected.exact_hi.copy()
    observed[0, 1] += 1.05 * expected.rad[0, 1]
    same = (Candidate(spec, reason),)
    assert _causes(spec, inputs, observed, same, quantity=1) == ["", UNEXPLAINED, ""]


def test_a_step_carries_a_broken_row_to_all_others() -> None:
    """The kernel's gradient is a matrix product over the rows of the batch, and 0 * NaN is NaN."""
    spec = Specification(
        history.GENERALISED, "float32", "softmax", Reduction.MEAN, (("q", 0.5),), stepped=True
    )
    rows = Inputs(np.eye(2), np.array([[-200.0, 0.0], [0.0, 0.5]]))
    _, weights = in_native(spec, rows)
    assert np.isnan(weights).all()


def _key(program: Program, distance: float = 0.0, numbers: int = 0, misses: bool = False) -> tuple:
    nothing = np.zeros(3, bool)
    arrays = (*[nothing] * 6, np.full(3, misses))
    match = Match(program, *arrays, distance, numbers)
    evidence = Evidence(np.zeros(3), expect(program.spec, MISTAKEN)[0], 0, MISTAKEN, "float32")
    return Contest(Programs(program.spec, (), "float32"), (), evidence, None).key(match)


def test_of_two_programs_the_better_has_the_lesser_key() -> None:
    """Each is worse than the one before it, by one thing."""
    spec, _ = _binary("float32")
    plain = Program(spec)
    other = Program(spec, OTHER, frozenset(OTHER), 1)
    keys = [
        _key(plain, 4.0, 1),
        _key(plain, 64.0, 3),
        _key(plain, 4.0 * 16**2, 3),
        _key(plain, np.inf, 3),
        _key(other, 4.0, 3),
        _key(plain, 64.0, 1),
        _key(other, 4.0, 1, misses=True),
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_programs_that_give_no_number_are_doubted_the_more_the_less_they_say() -> None:
    """The right formula and flushing say most, then another formula, then a deviation, then a row."""
    spec, _ = _binary("float32")
    parts = frozenset(OTHER)
    lost = Deviation("NaN was lost in exp", exp_loses_nan=True)
    doubts = [
        Program(spec, departures=1),
        Program(spec, departures=1, deviation=FLUSHED),
        Program(spec, OTHER, parts, 1),
        Program(spec, OTHER, parts, 1, lost),
        Program(spec, departures=1, deviation=lost),
        Program(spec, departures=1, elsewhere=True),
    ]
    assert [_key(one, np.inf)[-2] for one in doubts] == [0, 0, 1, 1, 2, 3]
    half = Specification(history.BINARY_DIRECT, "float16", reduction=Reduction.NONE)
    assert (
        _key(Program(half, departures=1, deviation=FLUSHED), np.inf)[-2] == 2
    )  # which is not flushed
    assert [_key(one, np.inf, numbers=1)[-2] for one in doubts] == [0] * 6
    assert NONE not in (FLUSHED, lost)


def test_failure_of_one_row_excuses_no_other() -> None:
    spec = Specification(history.CATEGORICAL, "float32")
    rows = Inputs(np.eye(2), np.array([[0.0, 0.0], [0.25, 0.75]]))
    observed = in_native(spec, rows)[1].copy()
    assert np.isnan(observed[0]).all()
    observed[1, 0] = np.nan
    assert _causes(spec, rows, observed, quantity=1) == ["", "", UNEXPLAINED, ""]


def test_the_dtype_of_a_result_says_in_what_it_was_computed() -> None:
    """An enclosure of float32 that is wider than the error explains nothing by itself."""
    spec = Specification(history.SPARSE_CLIP_LOG_SOFTMAX, "float64")
    row = Inputs(np.array([0]), np.array([[0.9999, *np.full(999, 1e-7)]]))
    ball = in_enclosure(spec, row, loss_dtype="float32")[0]
    mid, rad = ball.mid[0], ball.rad[0]
    observed = np.array([float(np.float32(mid + 0.6 * rad))])
    expected = expect(spec, row)[0]
    assert rad > abs(mid - float(expected.exact_hi[0]))
    native = in_native(spec, row, loss_dtype="float32")[0]
    assert abs(native - observed) > 100 * ulp(native, get_format("float32"))
    found = {}
    for came_in in ("float32", "float16"):
        evidence = Evidence(observed, expected, 0, row, came_in)
        found[came_in] = texts(explain(evidence, None, spec, (), "float32").flat)
    assert found == {"float32": ["computed in float32"], "float16": [UNEXPLAINED]}


TENTH = [0.1, 0.5, np.inf]  # which float32 has not, and has
IN_FLOAT32 = frozenset({ANOTHER_DTYPE})


def _evidence(quantity: int, came_in: str, expected: str = "float64") -> Evidence:
    spec = Specification(history.BINARY_DIRECT, expected, reduction=Reduction.NONE)
    numbers = np.array(TENTH)
    return Evidence(numbers, expect(spec, MISTAKEN)[quantity], quantity, MISTAKEN, came_in)


def _program(dtype: str, activation: str = "", **fields: object) -> Program:
    return Program(Specification(history.BINARY_DIRECT, dtype, activation), **fields)


REDUCED = Deviation("r", reduces_in="float32")


@pytest.mark.parametrize(
    ("quantity", "came_in", "program", "too_many"),
    [
        (0, "float64", _program("float32"), True),
        (0, "float64", _program("float64"), False),
        (0, "float64", _program("float16"), False),
        (0, "float32", _program("float32"), False),
        (0, "float64", _program("float64", loss_dtype="float32"), True),
        (0, "float64", _program("float64", deviation=REDUCED), True),
        (0, "float64", _program("float32", "sigmoid"), True),
        (1, "float64", _program("float32"), True),
        (1, "float64", _program("float32", "sigmoid"), False),
        (1, "float64", _program("float64", deviation=REDUCED), False),
    ],
)
def test_digits_that_float32_has_not_speak_against_it_unless_something_adds_them(
    quantity: int, came_in: str, program: Program, too_many: bool
) -> None:
    found = _evidence(quantity, came_in)._digits_too_many(program)
    assert found.tolist() == [too_many, False, False]


@pytest.mark.parametrize(
    ("came_in", "parts", "shows"),
    [
        ("float64", IN_FLOAT32, True),
        ("float64", frozenset(OTHER), False),
        ("float64", frozenset(), False),
        ("float32", IN_FLOAT32, True),
        ("float16", IN_FLOAT32, False),
        ("float32", frozenset(OTHER), False),
    ],
)
def test_another_dtype_shows_in_digits_or_in_the_dtype_of_the_result(
    came_in: str, parts: frozenset[Reason], shows: bool
) -> None:
    assert _evidence(0, came_in)._shows_digits(_program("float32", parts=parts)) is shows


COARSE = Deviation("r", reduces_in="bfloat16")


@pytest.mark.parametrize(
    ("quantity", "came_in", "expected", "program", "finest", "bits"),
    [
        (0, "float64", "float64", _program("float64"), False, 52),
        (0, "float64", "float64", _program("float32"), False, 23),
        (0, "float64", "float64", _program("float64", loss_dtype="float16"), False, 10),
        (0, "float32", "float32", _program("float64"), False, 23),
        (0, "float64", "float32", _program("float32"), False, 23),
        (0, "float64", "float32", _program("float32"), True, 52),
        (0, "float32", "float32", _program("float32"), True, 23),
        (0, "float16", "float32", _program("float32"), True, 23),
        (0, "float32", "float32", _program("float32", deviation=COARSE), False, 7),
        (1, "float32", "float32", _program("float32", deviation=COARSE), False, 23),
    ],
)
def test_numbers_are_compared_in_the_coarsest_spacing_on_the_way(
    quantity: int, came_in: str, expected: str, program: Program, finest: bool, bits: int
) -> None:
    found = _evidence(quantity, came_in, expected)._ulp(np.ones(1), program, finest)
    assert found == [2.0**-bits]


def test_what_greater_numbers_leave_of_a_gradient_is_sixteen_of_their_ulp() -> None:
    mid = np.array([1.0, -4.0, np.inf])
    program = _program("float32")
    assert _evidence(1, "float32", "float32")._roundoff(mid, program) == [2.0**-17]
    assert _evidence(0, "float32", "float32")._roundoff(mid, program) == 0.0
    assert _evidence(1, "float32", "float32")._roundoff(mid[:0], program) == 0.0


def test_a_value_that_was_cast_to_float32_speaks_for_the_formula_of_its_gradient() -> None:
    """tf.keras of TensorFlow 1.13: near p = 1 the way through the logits costs some digits."""
    right, other = (
        Specification(formula, "float64")
        for formula in (history.BINARY_DIRECT, history.BINARY_THROUGH_LOGITS)
    )
    below, above = [0.0, 1.01e-7, 1 - 1.01e-7], [0.0, 1.1e-7, 1 - 1.1e-7]
    rows = Inputs(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), np.array([below, above]))
    value = np.array([5.372698783874512, 10.681857109069824])
    gradient = np.array(
        [
            [0.0, 0.3333333670000033, -0.33333336700000404],
            [0.0, -3030303.0303030303, 3030303.030368815],
        ]
    )
    this, beside = (
        Evidence(numbers, expected, quantity, rows, "float64")
        for quantity, (numbers, expected) in enumerate(
            zip((value, gradient), expect(right, rows), strict=True)
        )
    )
    assert beside.wrong.tolist() == [[False, False, True], [False] * 3]
    through = "another formula: through logits"
    candidates = (Candidate(other, reasons(through)),)
    found = explain(beside, this, right, candidates, "float32")
    assert texts(found.flat) == ["", "", through, "", "", ""]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_programs_have_as_many_departures_as_their_depth(depth: int) -> None:
    """A formula, an option, a dtype and a deviation count one each; one ULP and a row away as well."""
    spec, (candidate,) = _binary("float64")
    two = Candidate(candidate.spec, reasons("another option: one; another option: other"))
    found = list(Programs(spec, ("float32",), "float64").of([candidate, two], depth))
    assert found
    assert {program.departures for program in found} == {depth}
    assert any(program.ulps for program in found) is (depth == 1)
    assert any(program.elsewhere for program in found) is (depth <= 2)
    for program in found:
        counted = len(program.parts) + (program.deviation != NONE)
        alone = program.elsewhere or program.ulps
        assert alone or counted == depth


def test_what_is_cut_off_may_be_off_by_twice_what_is_rounded() -> None:
    spec = Specification(history.BINARY_DIRECT, "float16", reduction=Reduction.NONE)
    evidence = Evidence(np.zeros((1, 2)), expect(spec, MISTAKEN)[0], 0, MISTAKEN, "float16")
    wider = replace(spec, dtype="float32")
    cut = Deviation("the result was cut off, not rounded", cuts_off=True)
    (mid, plain, _), (same, twice, _) = (
        evidence.interval(Program(wider, deviation=deviation)) for deviation in (NONE, cut)
    )
    assert mid.tolist() == same.tolist()
    u = 2.0**-11  # beside which what float32 adds is little
    assert round(plain[0, 0] / (mid[0, 0] * u), 2) == 1.0
    assert round(twice[0, 0] / (mid[0, 0] * u), 2) == 2.0


def test_what_fails_in_its_own_dtype_too_does_not_fail_for_another() -> None:
    """A loss class computes in float32, and the slope of a root at 0 times 0 is NaN in any dtype."""
    spec = Specification(history.GENERALISED, "float64")
    rows = Inputs(np.zeros(2, int), np.array([[0.0, 0.3], [0.7, 0.3]]))
    seen = in_native(replace(spec, dtype="float32"), rows)[1]
    assert np.isnan(seen[0, 1])
    found = _causes(spec, rows, seen, computed_in="float32", quantity=1)
    assert found == ["", "the formula fails in float64", "computed in float32", ""]


def test_what_fails_in_another_dtype_alone_fails_for_it() -> None:
    """Logits of 1e300 are infinite in float32."""
    spec = Specification(history.SOFTMAX, "float64")
    rows = Inputs(np.eye(2), np.array([[1e300, 0.0], [0.0, 0.5]]))
    seen = in_native(replace(spec, dtype="float32"), rows)[0]
    assert np.isnan(seen[0])
    assert _causes(spec, rows, seen, computed_in="float32") == ["computed in float32"] * 2
