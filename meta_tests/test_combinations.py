"""The covering arrays cover: every pair of values, and for the night every triple."""

from itertools import combinations, product

import pytest

from suites.cases.combinations import FILES, cases, factors, forms, rows
from suites.cases.forms import FORMS
from suites.cases.selection import select

FORM_IDS = {f"{form.loss}-{form.name}": form for form in forms()}


@pytest.mark.parametrize("strength", FILES)
@pytest.mark.parametrize("form", FORM_IDS.values(), ids=FORM_IDS)
def test_every_combination_of_values_stands_somewhere(form, strength):
    varied = factors(form)
    found = rows(strength)[form.loss, form.name]
    for names in combinations(varied, strength):
        wanted = set(product(*(varied[name] for name in names)))
        assert wanted <= {tuple(row[name] for name in names) for row in found}, names


@pytest.mark.parametrize("strength", FILES)
def test_nothing_else_stands_there(strength):
    for (loss, name), of_form in rows(strength).items():
        varied = factors(FORMS[loss, name])
        assert all(value in varied[field] for row in of_form for field, value in row.items())


def test_the_default_tier_asks_all_of_them_but_those_of_rare_forms_in_float32_alone():
    asked = set(select(["CPU:0"]))
    left_out = set(cases(2, "CPU:0")) - asked
    assert {case.form for case in left_out} == {"saved"}
    assert "float32" not in {case.dtype for case in left_out}


def test_tiers_grow():
    quick, default, everything = (
        len(select(["CPU:0", "CPU:1"], tier=tier)) for tier in ("quick", "default", "everything")
    )
    assert 400 < quick < default / 4
    assert 2 * default < everything
