"""Symptoms as lines for a terminal, and how one is found by what somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reports.explain.symptoms import SYMPTOMS, Possibility, Symptom
from reports.store.errors import BadUsage


def find(text: str) -> Symptom:
    """The symptom that a name, a number or some words mean. Raises BadUsage, with near ones."""
    wanted = text.strip().lower()
    by_word = {word: each for each in SYMPTOMS for word in (each.name, *each.words)}
    if wanted in by_word:
        return by_word[wanted]
    inside = {
        each.name: each for word, each in by_word.items() if wanted and word in wanted.split()
    }
    if len(inside) == 1:
        return next(iter(inside.values()))
    near = get_close_matches(wanted, by_word, 1)
    meant = f"did you mean {by_word[near[0]].name!r}? " if near else ""
    names = ", ".join(each.name for each in SYMPTOMS)
    raise BadUsage(f"unknown symptom {text!r}; {meant}choose from: {names}")


def every() -> Iterator[str]:
    """All symptoms, a line each."""
    width = max(len(each.name) for each in SYMPTOMS)
    yield "What do you see? One of these says what it can be, and how to find out:"
    yield ""
    for each in SYMPTOMS:
        yield f"  python -m reports symptom {each.name:{width}}  {each.sees}"


def lines(symptom: Symptom) -> Iterator[str]:
    """What it can be, each with the command that decides and what to do."""
    yield f"{symptom.sees} It can be:"
    for number, each in enumerate(symptom.possibilities, 1):
        yield ""
        yield from _possibility(number, each)
    yield ""
    yield "The commands are examples: type them with your own numbers."


def _possibility(number: int, each: Possibility) -> Iterator[str]:
    yield f"{number}. {each.what}"
    yield f"   find out:   {each.command}"
    yield f"   it shows:   {each.shows}"
    yield f"   what to do: {each.advice}"
    if each.entries:
        yield f"   known difference: {', '.join(each.entries)}"
    if each.links:
        yield f"   reported:   {' '.join(each.links)}"
