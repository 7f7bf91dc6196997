"""What a call reaches is followed through constants, and only through these."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from suites.cases.selection import select
from suites.observe import dialect
from suites.plugin.reached import reached

SOURCE = """
def step(rows, own=None, size=8, **options):
    found = make(rows, **options)
    if own == "ended":
        return found
    names = ["first", "second"][:size]
    last = many(names) if names else one(found)
    return last or other(rows)

def make(rows, mask=None, kind=None, **options):
    options["kind"] = kind
    if mask is not None:
        masked(rows, mask)
    with opened(rows):
        return inner(rows, **options)

def inner(rows, kind, start=()):
    for row in rows:
        start = row
    if start:
        unknown_yet(rows)
    return (kind == "special" and special(rows)) or rows

def many(names): pass
def one(found): pass
def other(rows): pass
def masked(rows, mask): pass
def opened(rows): pass
def unknown_yet(rows): pass
def special(rows): pass
"""
ALWAYS = {"step", "make", "inner", "opened", "unknown_yet"}


def names_of(call: str) -> set[str]:
    programs = dialect.functions_of(ast.parse(SOURCE))
    return {program.name for program in reached(ast.parse(call), programs)}


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("step(output)", {"many", "other"}),
        ("step(output, size=0)", {"one", "other"}),
        ("step(output, own='ended')", set()),
        ("step(output, own=sized(output))", {"many", "other"}),
        ("step(output, 'ended', kind='special')", {"special"}),
        ("step(output, 'ended', kind='usual')", set()),
        ("step(output, 'ended', kind=sized(output))", {"special"}),
        ("step(output, 'ended', mask=mask)", {"masked"}),
        ("step(output, 'ended', mask=None)", set()),
        ("step(output, 'ended', **options)", {"masked", "special", "many", "one", "other"}),
        ("around(lambda: step(output, own='ended'))", set()),
    ],
)
def test_a_branch_that_a_constant_closes_is_not_reached(call: str, more: set[str]) -> None:
    assert names_of(call) == ALWAYS | more


def test_a_function_that_is_passed_on_is_reached_with_any_arguments() -> None:
    assert names_of("around(inner)") == {"inner", "unknown_yet", "special"}


def test_a_plain_step_reaches_none_of_what_options_need() -> None:
    text = Path(dialect.PROGRAMS).read_text(encoding="utf-8")
    programs = dialect.functions_of(ast.parse(text))
    call = next(case.call for case in select(["CPU:0"]) if case.form == "fit-string")
    found = {program.name for program in reached(ast.parse(call), programs)}
    assert {"fit", "training", "compiled", "predicting", "kernel"} <= found
    left_out = {"regularized", "own_model", "through_file", "branched", "masking_layers", "endless"}
    assert not found & left_out
