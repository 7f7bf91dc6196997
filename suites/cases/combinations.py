"""Which options are tried together: a covering array for each form that takes options.

`combinations.csv` holds rows in which every pair of values of any two factors occurs, and
`combinations-3.csv`, for the night, every triple. Both are made from the factors below, by

    python -m suites.cases.combinations        (needs covertable, of meta_tests/requirements.txt)

and a test verifies what they cover. A value "" leaves an option out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from suites.cases import inputs, training
from suites.cases.calls import STEPS
from suites.cases.case import Case, takes, values
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.forms.names import KERAS
from suites.cases.loss_options import ARGUMENTS, IGNORED, PLAIN, join
from suites.cases.losses import LABELS, LOSSES
from suites.cases.outputs import OF_ACTIVATION, OUTPUTS

FILES = {2: Path(__file__).with_name("combinations.csv")}
FILES[3] = FILES[2].with_stem("combinations-3")
HARD = "hard"  # in place of the regime that is the worst for an output
Factors = Mapping[str, tuple[str, ...]]

# Models: half a second each, so the losses are varied as well.
MODELS = Path(__file__).with_name("combinations-models.csv")
MODEL_FACTORS: Factors = {
    "loss": tuple(names.loss for names in KERAS),
    "step": tuple(STEPS),
    "way": ("string", "class", "function"),
    "output": tuple(name for name, output in OUTPUTS.items() if output.ends_model),
    "execution": EXECUTIONS,
    "inputs": ("interior", "saturated"),
}


def factors(form: Form) -> Factors:
    """What is varied for a form: where it runs, on which numbers, and the options it takes."""
    loss = LOSSES[form.loss]
    usual = ("probabilities", "logits", f"keras.activations.{loss.activation}")
    return {
        "output": tuple(name for name in usual if takes(form, OUTPUTS[name])),
        "dtype": DTYPES,
        "execution": form.combined,
        "labels": LABELS[loss.family],
        "inputs": ("interior", HARD, "rank-3"),
        **{f"{name}=": ("", *values(form, name)) for name in form.accepts if _is_own(form, name)},
    }


def _is_own(form: Form, argument: str) -> bool:
    """Whether an option is to be varied: the settings and options of calls in one form each."""
    shared = ARGUMENTS[argument].setting or ARGUMENTS[argument].called
    return form.combined_with_all or not shared


def forms() -> list[Form]:
    return [form for form in FORMS.values() if form.combined and form.accepts]


def case(form: Form, row: Mapping[str, str], device: str) -> Case:
    """The case of one row of a covering array."""
    holds = _holds(row["labels"], row.get(f"{IGNORED}=", ""))
    return Case(
        loss=form.loss,
        form=form.name,
        arguments=join({name: row.get(f"{name}=", "") for name in form.accepts}),
        output=row["output"],
        dtype=row["dtype"],
        execution=cast(Execution, row["execution"]),
        device=device,
        labels=row["labels"] if holds else LOSSES[form.loss].labels,
        inputs=inputs_of(row["output"], row["inputs"]),
    )


def inputs_of(output: str, regime: str) -> str:
    """The regime, where `HARD` means the worst that a user meets in predictions of this kind."""
    return OUTPUTS[output].hard if regime == HARD else regime


def _holds(labels: str, number: str) -> bool:
    """Whether the dtype of the labels, if they name one, has the number of the ignored class."""
    if not number or labels not in inputs.NAMED or np.dtype(labels).kind not in "iu":
        return True
    bounds = np.iinfo(labels)
    return bounds.min <= int(number) <= bounds.max


def model_case(row: Mapping[str, str], device: str) -> Case:
    """The case of a row of `MODELS`; what its form does not have or take gives way to the usual."""
    name, output = f"{row['step']}-{row['way']}", row["output"]
    loss = LOSSES[row["loss"] if (row["loss"], name) in FORMS else KERAS[0].loss]
    form = FORMS[loss.name, name]
    if OUTPUTS[output] not in OF_ACTIVATION[loss.activation]:
        output = "layers.Activation"
    if not takes(form, OUTPUTS[output]):
        output = "layers.Dense"
    execution = cast(Execution, row["execution"])
    names = (loss.name, form.name, PLAIN, output, "float32", execution, device)
    return Case(*names, loss.labels, row["inputs"])


@cache
def models() -> list[dict[str, str]]:
    """The rows of the file of models."""
    with MODELS.open(encoding="utf-8", newline="") as file:
        return [dict(zip(MODEL_FACTORS, line, strict=True)) for line in csv.reader(file)]


@cache
def rows(strength: int) -> Mapping[tuple[str, str], list[dict[str, str]]]:
    """The rows of a file, by loss and form."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    with FILES[strength].open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file):
            form = FORMS[line[0], line[1]]
            row = dict(zip(factors(form), line[2:], strict=True))
            found.setdefault((form.loss, form.name), []).append(row)
    return found


def cases(strength: int, device: str) -> Iterator[Case]:
    """The cases of a covering array, those without any option left out: they are asked anyway."""
    for (loss, name), of_form in rows(strength).items():
        asked = (case(FORMS[loss, name], row, device) for row in of_form)
        yield from (each for each in asked if each.arguments != PLAIN)


def cases_like(form: Form, strength: int, device: str) -> Iterator[Case]:
    """The same for a loss of the user's own, as far as it takes what the form that it is like does."""
    like = rows(strength).get((form.loss, form.like), ())
    taken = (row for row in like if takes(form, OUTPUTS[row["output"]]))
    asked = dict.fromkeys(case(form, row, device) for row in taken)
    yield from (each for each in asked if each.arguments != PLAIN)


def _make(strength: int) -> None:
    from covertable import make

    lines = []
    for form in forms():
        varied = factors(form)
        for row in make(dict(varied), strength=strength):
            lines.append([form.loss, form.name, *(row[name] for name in varied)])
    _write(FILES[strength], lines)


def _make_models(path: Path, factors: Factors) -> None:
    from covertable import make

    rows = make(dict(factors), strength=2)
    _write(path, [[row[name] for name in factors] for row in rows])


def _write(path: Path, lines: list[list[str]]) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    temporary.replace(path)
    print(f"{path.name}: {len(lines)} rows")


def main() -> int:
    try:
        for strength in FILES:
            _make(strength)
        _make_models(MODELS, MODEL_FACTORS)
        for array, factors in training.ARRAYS.items():
            _make_models(training.path(array), factors)
    except ModuleNotFoundError as error:
        if error.name != "covertable":
            raise
        print("needs covertable: pip install -r meta_tests/requirements.txt", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
