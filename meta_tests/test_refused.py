"""Where no case of a form has a number, somebody has said why, and nothing else is said."""

from __future__ import annotations

import pytest

from reports.releases import environments
from reports.store import refused
from reports.store.recording import SHIPPED
from reports.store.recordings import answers_and_diagnoses
from suites.cases.selection import select
from suites.observe import requests

FORMS = {
    requests.key(case): (case.loss, case.form)
    for case in select(requests.DEVICES)
    if not case.is_contract
}
JIT = "error TypeError: Invalid keyword argument(s) in `compile`: {'jit_compile'}"
FOUR = {f"case {number}": ("loss", "fit-class") for number in range(4)}


@pytest.fixture(scope="module")
def found() -> dict[str, dict[refused.Form, set[str]]]:
    """The forms without a number of all environments that are shipped, with their errors."""
    recordings = answers_and_diagnoses(SHIPPED)[0]
    names = [row.id for row in environments.load() if row.id in recordings.names()]
    return {
        name: refused.without_numbers(rows, FORMS) for name, rows in recordings.everything(names)
    }


def test_every_form_without_a_number_is_accepted(found) -> None:
    assert not [
        (name, form, min(errors))
        for name, forms in found.items()
        for (_, form), errors in forms.items()
        if not any(entry.accepts(name, form, errors) for entry in refused.load())
    ]


def test_nothing_is_accepted_that_does_not_show(found) -> None:
    shown = {
        entry: [
            (name, form, errors)
            for name, forms in found.items()
            for (_, form), errors in forms.items()
            if entry.accepts(name, form, errors)
        ]
        for entry in refused.load()
    }
    for entry, cases in shown.items():
        for environment in entry.environments:
            one = refused.Accepted(entry.errors, entry.forms, (environment,), "")
            assert any(one.accepts(*case) for case in cases), environment
        for form in entry.forms:
            one = refused.Accepted(entry.errors, (form,), entry.environments, "")
            assert any(one.accepts(*case) for case in cases), form
        for error in entry.errors:
            assert any(text.startswith(error) for *_, errors in cases for text in errors), error


@pytest.mark.parametrize(
    ("answers", "red"),
    [
        ([JIT] * 4, True),
        ([JIT, JIT, "error ValueError: other", JIT + "\twarning UserWarning: x"], True),
        ([JIT, "not asked", "absent", "not asked"], True),
        ([JIT, JIT, JIT, "value float32[1] 00000000\tgradient none"], False),
        (["absent", "not asked", "absent", "not asked"], False),
        (["error ValueError: Unknown loss function:x"] * 4, True),
    ],
)
def test_an_error_of_every_case_is_red_until_it_is_accepted(answers, red) -> None:
    rows = dict(zip(FOUR, answers, strict=True))
    assert bool(list(refused.unaccepted("tf-2.4.4", rows, FOUR))) is red


def test_an_entry_accepts_its_own_errors_only() -> None:
    forms = {name: ("loss", "fit-string") for name in FOUR}
    rows = dict.fromkeys(FOUR, "error ValueError: Unknown loss function:x")
    assert not list(refused.unaccepted("tf-2.4.4", rows, forms))
    (line,) = refused.unaccepted("tf-2.4.4", rows | {"case 3": JIT}, forms)
    assert "every case of loss, fit-string raises an error" in line
    assert "jit_compile" in line
