"""The kinds of cause: one table that the texts, the page, the terminal and the documents share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class CauseKind(StrEnum):
    """The value is the name of the kind, short and stable."""

    FORMULA = "another formula"
    INPUT = "another input"
    OPTION = "another option"
    HANDLING = "another handling"
    STEP = "another step"
    DTYPE = "another dtype"
    ROUNDED = "another rounding"
    FAILS = "the formula fails"
    DEVIATION = "deviation"
    UNEXPLAINED = "unexplained"
    RAISED = "an error"
    ERROR_FOR_NUMBER = "an error for a number"
    UNCLEAR_ERROR = "an unclear error"
    NUMBER_FOR_ERROR = "a number for an error"
    NAN_FOR_ERROR = "NaN for an error"
    WARNED = "a warning"
    NOTHING = "nothing returned"
    WRONG_DTYPE = "a wrong dtype"
    WRONG_SHAPE = "a wrong shape"
    OF_WRONG_SHAPE = "after a wrong shape"
    SIDE_WRONG = "one side is wrong"
    BOTH_WRONG = "both sides are wrong"
    SIDE_RAISED = "one side raised"
    BOTH_RIGHT = "both sides are right"
    MISSING = "missing"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class About:
    """What is written of a kind.

    `text` is how a cause of the kind is written, `{}` for each of its details; `meaning`
    explains it in one sentence, and `advice` says in one what to do.
    """

    text: str
    meaning: str
    advice: str


_FORMULA = "Compare the formula with the source of this release, or write the loss yourself."
_ARGUMENT = (
    "Check or convert the argument before the call; do not rely on the library to refuse it."
)
_OTHER_SIDE = "Read the cause of the side that is wrong, and run the script of that side."
KINDS: Mapping[CauseKind, About] = MappingProxyType(
    {
        CauseKind.FORMULA: About(
            "another formula: {}",
            "The numbers are those of another formula than the one this loss has today.",
            _FORMULA,
        ),
        CauseKind.INPUT: About(
            "another input: {}",
            "Logits were taken for probabilities or probabilities for logits, or were clipped.",
            "Set from_logits as the predictions are, or pass logits and leave out the activation.",
        ),
        CauseKind.OPTION: About(
            "another option: {}",
            "The numbers are those that other values of the options lead to.",
            "Leave the option out, or apply it yourself before or after the call.",
        ),
        CauseKind.HANDLING: About(
            "another handling: {}",
            "An unusual argument was taken in another way than its contract says.",
            _ARGUMENT,
        ),
        CauseKind.STEP: About(
            "another step: {}",
            "A loss of your own gives the numbers of its formula with this step in another way.",
            "Correct the step; or, if you mean it so, accept it with --known FILE --accept REASON.",
        ),
        CauseKind.DTYPE: About(
            "computed in {}",
            "The numbers are those of the same formula in another dtype.",
            "Cast labels and predictions yourself, and set the dtype of the loss.",
        ),
        CauseKind.ROUNDED: About(
            "{} rounded to {}",
            "One quantity on the way was rounded to a narrower dtype.",
            "Expect no more digits than that dtype has.",
        ),
        CauseKind.FAILS: About(
            "the formula fails in {}",
            "The formula, computed step by step in this dtype, leaves its own enclosure:"
            " it overflows, divides by 0 or loses its digits.",
            "Compute the loss in a wider dtype, or from logits.",
        ),
        CauseKind.DEVIATION: About(
            "deviation: {}",
            "The library departs from IEEE arithmetic or from the accuracy that is derived for it.",
            "Compare eager with XLA, and keep inputs away from the numbers where it shows.",
        ),
        CauseKind.UNEXPLAINED: About(
            "unexplained",
            "No formula, option, dtype or deviation that is known reproduces the numbers.",
            "Run the script of the case, and report what it shows: it may be a bug.",
        ),
        CauseKind.RAISED: About(
            "raised {}",
            "The call raised an error where a result is expected.",
            "Read the message of the error; another form of the same loss may take these arguments.",
        ),
        CauseKind.ERROR_FOR_NUMBER: About(
            "raised {} where a number is expected",
            "The contract of an unusual argument promises a result, and the call raised an error.",
            "Handle this argument yourself, before the call.",
        ),
        CauseKind.UNCLEAR_ERROR: About(
            "raised an unclear error: {}",
            "The argument was refused by an error that does not say what is wrong with it.",
            _ARGUMENT,
        ),
        CauseKind.NUMBER_FOR_ERROR: About(
            "returned a number where an error is expected",
            "An argument that is wrong was accepted, and a number came back.",
            _ARGUMENT,
        ),
        CauseKind.NAN_FOR_ERROR: About(
            "returned NaN where an error is expected",
            "An argument that is wrong was accepted, and NaN came back.",
            _ARGUMENT,
        ),
        CauseKind.WARNED: About(
            "with a warning",
            "The installation warned of what it did.",
            "Read the warning: it says what to change.",
        ),
        CauseKind.NOTHING: About(
            "returned no {}",
            "There is no gradient, or no value, where one is expected.",
            "Use another form or execution of the loss to train with.",
        ),
        CauseKind.WRONG_DTYPE: About(
            "returned dtype {} where {} is expected",
            "The result came in a dtype that holds no such numbers.",
            "Cast labels and predictions to one dtype before the call.",
        ),
        CauseKind.WRONG_SHAPE: About(
            "returned shape {} where {} is expected",
            "The result has another shape than this loss and reduction lead to.",
            "Check shapes and reduction: broadcasting hides mistakes in both.",
        ),
        CauseKind.OF_WRONG_SHAPE: About(
            "the gradient of a value of another shape",
            "The value had a wrong shape already, and nothing else explains its gradient.",
            "Correct what changed the shape of the value first.",
        ),
        CauseKind.SIDE_WRONG: About(
            "{} is wrong",
            "Two calls must agree and do not; the reference says that this one is wrong.",
            _OTHER_SIDE,
        ),
        CauseKind.BOTH_WRONG: About(
            "both are wrong",
            "Two calls must agree and do not; the reference says that both are wrong.",
            _OTHER_SIDE,
        ),
        CauseKind.SIDE_RAISED: About(
            "{} raised {}",
            "Two calls must agree, and one of them raised an error.",
            _OTHER_SIDE,
        ),
        CauseKind.BOTH_RIGHT: About(
            "each is right by its own formula",
            "Two calls must agree and do not, because their formulas differ.",
            "Choose one of both calls, and stay with it.",
        ),
        CauseKind.MISSING: About(
            "absent, although this release should have it",
            "This release lacks what the recordings say that it has.",
            "Check the installation; a changed public API is a row of absences.toml.",
        ),
        CauseKind.NOT_MEASURED: About(
            "not measured: {}",
            "There is no answer, so the loss is not judged.",
            "Read the reason; nothing of it counts as passed.",
        ),
    }
)
