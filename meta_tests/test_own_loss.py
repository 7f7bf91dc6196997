"""A loss of the user's own, as docs/own-loss.md shows it: how it is found, judged and accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import reports
from meta_tests import as_typed, warm, warm_observer

ROOT = Path(__file__).parents[1]
FILES = as_typed.files()
TABLE = [
    tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
    for line in (ROOT / "docs/own-loss.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `") and "crossentropy" in line and "step" in line
]
QUICK = ("--tier=quick", "--dtypes=float32", "--contracts=no-rows")
BINARY, FOCAL = "--like=binary_crossentropy", "--like=binary_focal_crossentropy"
MORE = """
NUMBER = 3


def no_tensor(y_true, y_pred):
    return None


def of_shape(y_true, y_pred):
    return tf.zeros([3])


def whole(y_true, y_pred):
    return tf.zeros([8], tf.int32)


def raising(y_true, y_pred):
    raise ValueError("never a loss")


def needy(y_true, y_pred, beta):
    return tf.reduce_mean(y_pred, axis=-1)


def sparse(y_true, y_pred, from_logits=False):
    return tf.keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits)


class Swapped:
    def __init__(self, focusing=1.5, reduction="mean"):
        self.focusing, self.reduction = focusing, reduction

    def __call__(self, inputs, targets):
        losses = tf.keras.losses.binary_focal_crossentropy(targets, inputs, gamma=self.focusing)
        return losses if self.reduction is None else tf.reduce_mean(losses)


def bad(target, output, a):
    return 1 / 0


def all_in_one(target, output, a):
    return a.reduce_sum(target * output, None)
"""


@dataclass(frozen=True)
class Done:
    code: int
    text: str
    folder: Path

    @property
    def causes(self) -> dict[str, int]:
        """How many comparisons have each cause that is new."""
        frame = reports.load(self.folder / "report")
        counts: dict[str, int] = frame.loc[frame["verdict"] == "new", "cause"].value_counts()
        return dict(counts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    (place / "more.py").write_text(f"import tensorflow as tf\n{MORE}", encoding="utf-8")
    (place / "broken.py").write_text("import not_there\n", encoding="utf-8")
    return place


def judged(folder: Path, *options: str) -> Done:
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    plain += ("-p", "meta_tests.warm_observer")
    arguments = (str(ROOT / "suites"), *plain, f"--report-folder={folder / 'report'}", *options)
    variables = {**os.environ, **warm_observer.variables()}
    code, output, errors = warm.run(arguments, variables, folder)
    return Done(code, output + errors, folder)


def test_the_documents_show_files_as_a_whole() -> None:
    assert [*FILES] == ["my_losses.py", "my_formula.py"]
    assert len(TABLE) == 4


def test_a_right_loss_agrees_in_all_dtypes(folder: Path) -> None:
    done = judged(folder, "--tier=quick", "--subject=my_losses:focal", FOCAL)
    assert done.code == 0, done.text
    assert ": 0 new differences, 0 known, all others agree" in done.text


@pytest.mark.parametrize(("name", "like", "cause"), TABLE)
def test_a_mistake_is_named(folder: Path, name: str, like: str, cause: str) -> None:
    of_rows = name == "weighted"
    few = ("--executions=eager", "-k", "sample_weight:rows") if of_rows else QUICK
    done = judged(folder, f"--subject=my_losses:{name}", f"--like={like}", *few)
    assert done.code == 1
    assert max(done.causes, key=lambda one: done.causes[one]) == cause
    assert "unexplained" not in done.causes


def test_a_formula_of_ones_own_is_expected(folder: Path) -> None:
    own = ("--subject=my_losses:kl", "--formula=my_formula.py:kl")
    assert judged(folder, *QUICK, *own).code == 0
    other = judged(folder, *QUICK, "--subject=my_losses:summed", own[1])
    assert other.code == 1


def test_what_differs_is_accepted_until_it_changes(folder: Path) -> None:
    known = ("--known=mine.toml", *QUICK, "-p", "no:randomly")
    other = ("--subject=my_losses:other_epsilon", BINARY)
    assert judged(folder, *other, *known).text.count("there is no file mine.toml") == 1
    accepted = judged(folder, *other, *known, "--accept=on purpose")
    assert (accepted.code, accepted.text.count("mine.toml has ")) == (0, 1)
    assert judged(folder, *other, *known).code == 0
    changed = judged(folder, "--subject=my_losses:summed", BINARY, *known)
    assert changed.code == 1
    assert "another step: the classes were added up" in changed.text
    again = judged(folder, "--subject=my_losses:summed", BINARY, *known, "--accept=changed")
    assert "gone" in again.text
    assert judged(folder, "--subject=my_losses:summed", BINARY, *known).code == 0


def test_a_file_is_written_where_nothing_differs(folder: Path) -> None:
    right = ("--subject=my_losses:kl", "--formula=my_formula.py:kl", "--known=new.toml", *QUICK)
    assert "new.toml has 0 entries now" in judged(folder, *right, "--accept=nothing").text
    assert judged(folder, *right).code == 0


def test_names_order_and_defaults_come_from_the_signature(folder: Path) -> None:
    mapped = "--with=focusing=gamma"
    done = judged(folder, "--subject=more:Swapped", FOCAL, mapped, *QUICK, "--collect-only", "-v")
    assert done.code == 0, done.text
    assert "called as subject(reduction=None)(output, target)" in done.text
    assert "expected: binary_focal_crossentropy, gamma=1.5, of probabilities" in done.text
    assert "a loss for each row; as it comes: the mean" in done.text


def test_two_calls_that_are_right_by_its_formula_are_no_difference(folder: Path) -> None:
    like = "--like=sparse_categorical_crossentropy"
    done = judged(folder, "--subject=more:sparse", like, *QUICK, "-k", "output=logits")
    assert done.code == 0, done.text


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        (("more:raising", BINARY), 6, "subject(target, output) raised ValueError: never a loss"),
        (("more:no_tensor", BINARY), 6, "the call gives a NoneType and no numbers"),
        (("more:of_shape", BINARY), 6, "returned shape (3,) for predictions (8, 3), where (), "),
        (("more:whole", BINARY), 6, "returned dtype int32 where float32 is expected"),
        (("more:needy", BINARY), 4, "it needs 'beta'; add --with beta=VALUE"),
        (("more:NUMBER", BINARY), 4, "more:NUMBER is 'int' and can't be called"),
        (("broken:loss", BINARY), 6, "ModuleNotFoundError: No module named 'not_there'"),
        (("absent:loss", BINARY), 4, "there is no module absent: it is neither in "),
        (("absent.py:loss", BINARY), 4, "there is no file absent.py"),
        (("my_losses:fokal", BINARY), 4, "my_losses has no 'fokal'; did you mean focal?"),
        (("my_losses", BINARY), 4, "'my_losses' is no subject; write package.module:name"),
        (("my_losses:focal",), 4, "--subject: has no effect without --like or --formula"),
        (
            ("my_losses:focal", "--like=binary_focal"),
            4,
            "--like: unknown 'binary_focal'; did you mean",
        ),
        (("my_losses:focal", FOCAL, "--with=alfa=1.0"), 4, "did you mean 'alpha'?"),
        (("my_losses:focal", FOCAL, "--with=0.3"), 4, "'0.3' names no parameter"),
        (("my_losses:focal", FOCAL, "--losses=all"), 4, "--losses: not with --subject"),
        (("my_losses:kl", "--formula=more.py:bad"), 4, "ZeroDivisionError: division by zero"),
        (("my_losses:kl", "--formula=more.py:NUMBER"), 4, "'NUMBER' of more.py is no function"),
        (("my_losses:kl", "--formula=more.py:all_in_one"), 4, "returned shape (1, 1), where "),
        (("my_losses:kl", "--formula=my_formula.py:kll"), 4, "has no 'kll'; did you mean 'kl'?"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_what_can_not_be_judged_is_one_line(
    folder: Path, options: tuple[str, ...], code: int, line: str
) -> None:
    done = judged(folder, f"--subject={options[0]}", *options[1:], "--tier=quick", "--collect-only")
    assert done.code == code, done.text
    assert "Traceback" not in done.text
    (found,) = [one for one in done.text.splitlines() if line in one]
    assert "--" in found
