"""The set of results that a correct evaluation may return: a midpoint and a radius per value.

Each step adds to the radius what one rounding, one library function or one order of summation may
add. The rules, with u the unit roundoff of the format under test (half an ULP of 1), and their
sources (Higham: *Accuracy and Stability of Numerical Algorithms*, second edition):

- add, subtract, multiply: relative u (the standard model, Higham 2.4). A fused multiply-add or an
  intermediate in higher precision leaves an error out, so its result is in the set as well;
- sum of n terms: (k-1)u times the sum of the magnitudes, where k counts the terms that are not
  zero. It holds for every order and needs no nu < 1 (Jeannerod and Rump, *Improved error bounds
  for inner products in floating-point arithmetic*, SIAM J. Matrix Anal. Appl. 34, 2013);
- divide, exp, log, log1p, pow: the ULP counts of `formats`; sigmoid and softmax are composed of them;
- underflow: an ULP there is the smallest subnormal number, of which an operation may miss by half;
  where the format may flush subnormals to zero, the smallest normal number, both for inputs and
  for results (Higham 2.8);
- exact steps add nothing: adding 0, multiplying by 0 or +-1, integers up to 2^8; and
  exp 0 = 1, log 1 = 0, pow 0 = 0, pow 1 = 1 (the C standard, annex F);
- a kink whose side the radius does not decide gives the hull of both sides: at the rail of the
  clip a gradient is a set;
- a constant that is written in decimal: u, unless the format has just that number. An exponent is
  one too, and e - 1 of a gradient is rounded once more: x^(e + d) = x^e exp(d ln x) is taken at both
  ends of e, which are its extremes, since a power is monotone in its base and in its exponent;
- exp where subnormals are flushed: what lies below twice the smallest normal number may become 0.
  exp is computed as 2 (2^(n-1) e^r) where 2^n itself may be too large for the format, and half of a
  result may be flushed like the result of any other step (oneDNN's float32 softmax was seen to give
  0 for e^-86.7, and for all below 2^-125);
- two orders that distribute a factor over a sum, g (s - t) and g s - g t, round differently where
  the sum cancels: the hull of both. TensorFlow's fused kernels take the first, automatic
  differentiation the second;
- factors in any order: each product and quotient adds its own relative error, wherever it is.
  Only a factor of 1 is exact in one place and not in another: a mean over the classes rounds the
  weights of its rows once more if these come first;
- what a mean is divided by is computed like any sum: weights of both signs may cancel.

Not every order is taken. Sums that a formula writes with a plus are added in that order, and so are
the parts of a gradient that meet again: another order that loses a small part beside two that cancel
is another formula. Reductions come one after the other: a loss for each row, then their mean.

Zero times a set is zero even where the set is unbounded: the sets hold real numbers, and NaN never
is a correct answer to a specification that has a real one. An infinite radius says that the formula
gives no accuracy at all there (a logarithm of a set that touches zero), whatever the midpoint; NaN
as a midpoint, that no number of the set has a real result (a logarithm of a set below zero).

Midpoints are float64, so each step also adds its own roundoff; for float64 under test that up to
doubles the radius.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from reference.arithmetic.ball import (
    INFLATION,
    OWN_FUNCTION_ERROR,
    OWN_ROUNDOFF,
    SMALL_INTEGER,
    Ball,
    between,
    constant,
    hull,
    rounded,
    times,
)
from reference.arithmetic.deviation import NONE, SMALL, Deviation
from reference.arithmetic.formats import CORRECTLY_ROUNDED, get_format
from reference.arithmetic.protocol import Steps


class Enclosure(Steps[Ball]):
    """Arithmetic on balls. NaN midpoints mean that the formula has no real value there.

    With the `deviation` of a library it holds what that returns; no correct evaluation has one.
    Infinite numbers are taken for `infinity`.
    """

    def __init__(self, dtype: str, deviation: Deviation = NONE, infinity: float = np.inf) -> None:
        self.format = get_format(dtype)
        self.infinity = infinity
        if deviation.flushes:
            self.format = replace(self.format, flushes=True)
        self.deviation = deviation

    def array(self, numbers: np.ndarray) -> Ball:
        numbers = np.asarray(numbers)
        if self.deviation.saturates:
            numbers = np.clip(numbers.astype(np.float64), -self.format.largest, self.format.largest)
        mid = numbers.astype(self.format.dtype).astype(np.float64)
        mid = np.where(np.isinf(mid), np.copysign(self.infinity, mid), mid)
        subnormal = self.format.flushes & (np.abs(mid) < self.format.smallest_normal)
        return Ball(mid, np.where(subnormal, np.abs(mid), 0.0), self.format)

    def constant(self, *numbers: float) -> Ball:
        return constant(self.format, *numbers)

    def cast(self, x: Ball) -> Ball:
        """The same numbers, rounded to this format unless it has them all."""
        finer = x.format.unit_roundoff >= self.format.unit_roundoff
        wider = x.format.smallest_subnormal >= self.format.smallest_subnormal
        if finer and wider:
            return Ball(x.mid, x.rad, self.format)
        return rounded(x.mid, x.rad, self.format)

    def log(self, x: Ball) -> Ball:
        below = np.where(x.mid > x.rad, -np.log1p(-x.rad / x.mid), np.inf)
        rad = np.where(x.rad == 0, 0.0, below)
        mid = np.log(_in_the_domain(x))
        return self._function(mid, rad, self.format.ulp_log, (x.mid == 1) & (rad == 0))

    def log1p(self, x: Ball) -> Ball:
        above = 1 + x.mid
        mid = np.where(x.mid > -1, np.log1p(x.mid), np.log(_in_the_domain(replace(x, mid=above))))
        below = np.where(above > x.rad, -np.log1p(-x.rad / above), np.inf)
        if self.deviation.log1p:
            series = np.abs(x.mid) ** 3 / 3  # the first term that is left out
            sum_ = 2 * self.format.unit_roundoff / above  # of 1 + x
            short = (self.deviation.log1p == "short") & (np.abs(x.mid) < SMALL)
            below = below + np.where(short, series, sum_)
        return self._function(mid, below, self.format.ulp_log1p, x.exactly_zero)

    def exp(self, x: Ball) -> Ball:
        mid = np.exp(x.mid)
        rad = times(mid, np.expm1(x.rad))
        vanished = (mid == 0) & np.isfinite(x.mid)  # below float64, whatever the radius reaches
        rad = np.where(vanished, np.exp(x.mid + x.rad), rad)
        exact = x.exactly_zero | ((x.mid == -np.inf) & (x.rad == 0))
        result = self._function(mid, rad, self.format.ulp_exp, exact, scaled=2)
        return self._lost(x, result) if self.deviation.exp_loses_nan else result

    def _lost(self, x: Ball, result: Ball) -> Ball:
        """Zero where x is NaN."""
        nan = np.isnan(x.mid)
        mid, rad = (np.where(nan, 0.0, part) for part in (result.mid, result.rad))
        return Ball(mid, rad, self.format)

    def power(self, x: Ball, exponent: float, less: int = 0) -> Ball:
        """Between the powers of both ends, and of zero where an even one turns round there.

        Unbounded where the base may be negative and the exponent has no power of it, or a pole.
        """
        off = self._error_of_exponent(exponent, less)
        exponent = exponent - less
        natural = exponent % 1 == 0 and exponent > 0
        if exponent == 0:
            return self._one(x)
        low, high = x.low, x.high
        if exponent % 2 == 0:
            least = np.where((low < 0) & (high > 0), 0.0, np.minimum(np.abs(low), np.abs(high)))
            low, high = least, np.maximum(np.abs(low), np.abs(high))
        ends = [np.power(end, exponent + by) for end in (low, high) for by in {-off, off}]
        wide = between(np.minimum.reduce(ends), np.maximum.reduce(ends), self.format)
        bounded = ((low >= 0) | natural) & np.isfinite(wide.rad)
        base, certain = x.mid if natural else _in_the_domain(x), (x.rad == 0) & (off == 0)
        mid = np.where(certain | ~bounded, np.power(base, exponent), wide.mid)
        rad = np.where(certain, 0.0, np.where(bounded, wide.rad, np.inf))
        exact = (x.exactly_zero & (exponent > off)) | ((x.mid == 1) & (x.rad == 0))
        rad = np.where(exact, 0.0, rad)
        return self._function(np.where(exact, x.mid, mid), rad, self.format.ulp_pow, exact)

    def _error_of_exponent(self, exponent: float, less: int) -> float:
        """By how much one that is rounded to the format misses, and so does their difference."""
        written = Fraction(repr(exponent))
        parts = {written, written - less}
        missed = sum(abs(float(part)) for part in parts if not self.format.has(part))
        return missed * self.format.unit_roundoff * INFLATION

    def _function(
        self, mid: np.ndarray, rad: np.ndarray, ulps: float, exact: np.ndarray, scaled: int = 1
    ) -> Ball:
        return rounded(mid, rad, self.format, ulps, OWN_FUNCTION_ERROR, exact, scaled)

    def sigmoid(self, logits: Ball) -> Ball:
        """In the form that never overflows; its radius covers the direct form as well."""
        negative = self.exp(self.where_nonnegative(logits, -logits, logits))  # exp(-|z|)
        numerator = self.where_nonnegative(logits, self._one(logits), negative)
        result = numerator / (1.0 + negative)
        if self.deviation.coarse_sigmoid:
            result = Ball(result.mid, result.rad + 2 * self.format.unit_roundoff, self.format)
        return self._lost(logits, result) if self.deviation.exp_loses_nan else result

    def _one(self, like: Ball) -> Ball:
        return Ball(np.ones_like(like.mid), np.zeros_like(like.mid), self.format)

    def clip_by_value(self, x: Ball, lower: Ball, upper: Ball) -> Ball:
        """Unchanged where surely inside; else between the clips of both ends, which are monotone."""
        if self.deviation.clip_bounds:
            lower, upper = (self._rounded_to(self.deviation.clip_bounds, x) for x in (lower, upper))
        inside = (x.low >= lower.high) & (x.high <= upper.low)
        low = np.minimum(np.maximum(x.low, lower.low), upper.low)
        high = np.minimum(np.maximum(x.high, lower.high), upper.high)
        clipped = between(low, high, self.format)
        mid, rad = np.where(inside, x.mid, clipped.mid), np.where(inside, x.rad, clipped.rad)
        nan = np.isnan(x.mid)
        if self.deviation.clip_of_nan:
            bound = lower if self.deviation.clip_of_nan == "lower" else upper
            mid, rad = np.where(nan, bound.mid, mid), np.where(nan, bound.rad, rad)
            return Ball(mid, rad, self.format)
        return Ball(mid, np.where(nan, np.inf, rad), self.format)

    def _rounded_to(self, dtype: str, x: Ball) -> Ball:
        mid = x.mid.astype(self.format.dtype).astype(dtype).astype(np.float64)
        return Ball(mid, np.zeros_like(mid), self.format)

    def where_nonnegative(self, x: Ball, yes: Ball, no: Ball) -> Ball:
        both = hull(yes, no)
        surely, never = x.low >= 0, x.high < 0
        mid = np.where(surely, yes.mid, np.where(never, no.mid, both.mid))
        rad = np.where(surely, yes.rad, np.where(never, no.rad, both.rad))
        nan = np.isnan(x.mid)
        if self.deviation != NONE:  # machines compare NaN too
            chosen = yes if self.deviation.nan_passes else no
            mid, rad = np.where(nan, chosen.mid, mid), np.where(nan, chosen.rad, rad)
            return Ball(mid, rad, self.format)
        return Ball(np.where(nan, np.nan, mid), np.where(nan, np.inf, rad), self.format)

    def reduce_sum(self, x: Ball, axis: int | None = -1) -> Ball:
        def total(terms: np.ndarray) -> np.ndarray:
            return np.asarray(np.sum(terms, axis=axis, keepdims=True))

        count = x.mid.size if axis is None else x.mid.shape[axis]
        additions = np.maximum(total(~x.exactly_zero) - 1, 0)
        magnitude, brought = total(np.abs(x.mid)), total(x.rad)
        relative = additions * self.format.unit_roundoff
        step = relative * magnitude + relative * brought
        if self.format.flushes:
            step = step + additions * self.format.smallest_normal
        exact = total(x.small_integer) == count
        exact &= magnitude <= SMALL_INTEGER
        own = count * OWN_ROUNDOFF * magnitude
        rad = np.where(exact, 0.0, (brought + step + own) * INFLATION)
        return Ball(total(x.mid), rad, self.format)

    def sum_of_copies(self, x: Ball, times: int, runs: int) -> Ball:
        terms = times * x.shape[-1]
        return self.once_more(self.reduce_sum(x) * float(times), terms // runs + runs)

    def concatenate(self, parts: Sequence[Ball]) -> Ball:
        mid, rad = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("mid", "rad")
        )
        return Ball(mid, rad, self.format)

    def either(self, x: Ball, y: Ball) -> Ball:
        return hull(x, y)

    def once_more(self, x: Ball, times: int = 1) -> Ball:
        ulps = times * CORRECTLY_ROUNDED
        return rounded(x.mid, x.rad, self.format, ulps, exact=x.exactly_zero)

    def reduce_max(self, x: Ball) -> Ball:
        maximum = np.fmax if self.deviation.exp_loses_nan else np.maximum
        mid = maximum.reduce(x.mid, axis=-1, keepdims=True)
        return Ball(mid, np.max(x.rad, axis=-1, keepdims=True), self.format)

    def gather(self, x: Ball, index: np.ndarray) -> Ball:
        def pick(part: np.ndarray) -> np.ndarray:
            return np.take_along_axis(part, index[..., None], axis=-1)

        return Ball(pick(x.mid), pick(x.rad), self.format)


def _in_the_domain(x: Ball) -> np.ndarray:
    """Midpoints, but 1 where one is below zero and others of the set are above."""
    return np.where((x.mid < 0) & (x.high > 0), 1.0, x.mid)
