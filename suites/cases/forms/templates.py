"""Templates that several forms share: of a function, of an object, of a metric, of a step."""

from __future__ import annotations

from suites.cases import calls
from suites.cases.calls import Template


def function(name: str) -> Template:
    """The call of a function."""
    return lambda parts: parts.function(name)


def created(name: str, *more: str) -> Template:
    """An object of a class, not called yet."""
    return lambda parts: parts.created(name, *more)


def called(loss: Template) -> Template:
    """The call of the object that a template makes."""
    return lambda parts: parts.object(loss(parts))


def metric(made: Template) -> Template:
    """The result of the metric that a template makes, after updates."""
    return lambda parts: parts.updated(made(parts))


def step(name: str, loss: Template, *more: str) -> Template:
    """A step of a model with a loss; `name` is one of `calls.STEPS`."""
    program, *own = calls.STEPS[name]
    return lambda parts: parts.step(program, loss(parts), *own, *more)


def fixed(text: str) -> Template:
    """A text that nothing of a case changes."""
    return lambda parts: text
