"""Symptoms as lines for a terminal, and how one is found by what somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from textwrap import wrap

from reports.explain.symptoms import SYMPTOMS, Possibility, Symptom
from reports.store.errors import BadUsage

WIDTH = 79  # a terminal of 80 columns breaks a line of 80 in two


def find(text: str) -> Symptom:
    """The symptom that a name, a number or some words mean. Raises BadUsage, with near ones.

    Of several the first that is named; what it can be is sorted by the other words.
    """
    wanted = text.strip().lower()
    by_word = {word: each for each in SYMPTOMS for word in (each.name, *each.words)}
    if wanted in by_word:
        return by_word[wanted]
    typed = wanted.split()
    inside = [word for word in typed if word in by_word]
    if inside:
        return _sorted(by_word[inside[0]], inside[1:])
    near = get_close_matches(wanted, by_word, 1)
    meant = f"did you mean {by_word[near[0]].name!r}? " if near else ""
    names = ", ".join(each.name for each in SYMPTOMS)
    raise BadUsage(f"unknown symptom {text!r}; {meant}choose from: {names}")


def _sorted(symptom: Symptom, words: Sequence[str]) -> Symptom:
    """The symptom with what is about some of the words first."""

    def is_other(each: Possibility) -> bool:
        text = f"{each.what} {each.command}".lower()
        return not any(word in text for word in words)

    return replace(symptom, possibilities=tuple(sorted(symptom.possibilities, key=is_other)))


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
    """Few lines that a terminal does not break, but for the command, which is to be pasted."""
    yield from _wrapped(f"{number}. ", each.what)
    yield f"   find out:   {each.command}"
    yield from _wrapped("   it shows:   ", each.shows)
    yield from _wrapped("   what to do: ", each.advice)
    if each.entries:
        yield from _wrapped("   known:      ", ", ".join(each.entries))
    for link in each.links:
        yield f"   reported:   {link}"


def _wrapped(head: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
