"""What becomes of the losses of a batch: a number for each, or one for all."""

from __future__ import annotations

import math
from enum import Enum

BLOCK = 1024


class Reduction(Enum):
    """How the losses of a formula are put together; the members after `ROW` are over all rows.

    An elementwise formula gives a loss for each class, which all but `NONE` average over the classes.
    """

    NONE = "the losses as the formula gives them"
    ROW = "a loss for each row"
    SUM = "the sum"
    MEAN = "the mean; ignored rows do not count"
    WEIGHTED_MEAN = "the sum over the sum of weights, 0 where that is 0"
    MASKED_MEAN = "the mean of the rows that no mask leaves out, whatever the weights"
    # What has been taken for one of these:
    WEIGHT_COUNTED_ONCE = "the weighted mean, where a weight for all rows counts as one weight"
    MEAN_OF_WEIGHED_ROWS = "the mean of the rows that have a weight"
    UNGUARDED_MEAN = "the weighted mean, NaN where the sum of weights is 0"
    UNWEIGHTED_MEAN = "the mean, whatever the weights"
    FIRST_HALF = "the mean of the first half"
    SUM_OF_FIRST_HALF = "the sum of the first half"
    MEAN_OF_ALL_ROWS = "the mean; ignored rows count, too"
    MEAN_OF_MASKED_ROWS_TOO = "the mean; masked rows count, too, and ignored ones do not"
    SUM_OF_MASKED_ROWS_TOO = "the sum; masked rows count, too"
    UNWEIGHTED_SUM = "the sum, whatever the weights"
    PRODUCT_OF_MEANS = "the mean of the losses times the mean of the weights"
    PADDED_MEAN = "the mean, where epsilon is added to the number of rows that count"


BY_ROW = (Reduction.NONE, Reduction.ROW)  # leave a number for each row, or more
BY_WEIGHTS = (
    Reduction.WEIGHTED_MEAN,
    Reduction.MASKED_MEAN,
    Reduction.WEIGHT_COUNTED_ONCE,
    Reduction.UNGUARDED_MEAN,
    Reduction.FIRST_HALF,
)  # divide by the sum of weights
WITHOUT_WEIGHTS = (  # of single rows
    Reduction.UNWEIGHTED_MEAN,
    Reduction.UNWEIGHTED_SUM,
    Reduction.PRODUCT_OF_MEANS,
)
SUMS = (
    Reduction.SUM,
    Reduction.UNWEIGHTED_SUM,
    Reduction.SUM_OF_FIRST_HALF,
    Reduction.SUM_OF_MASKED_ROWS_TOO,
)
HALVES = (Reduction.FIRST_HALF, Reduction.SUM_OF_FIRST_HALF)


def additions(terms: int) -> int:
    """How many roundings a sum of so many terms has at most: more than a block of them are added in
    blocks, whose sums are added in pairs.
    """
    return terms - 1 if terms <= BLOCK else BLOCK + math.ceil(math.log2(terms / BLOCK))
