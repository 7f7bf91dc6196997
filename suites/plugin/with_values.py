"""The text of `--with`: values of parameters, written as keyword arguments of Python are."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from suites.plugin.bad_choice import BadChoice

EXAMPLE = "write it as alpha=0.25,gamma=2.0"


@dataclass(frozen=True)
class Setting:
    """`name=value`, `text` being the Python text of the value; or, where there is `option`, a
    parameter `name` that is our option of that name.
    """

    name: str
    value: object = None
    text: str = ""
    option: str = ""


def read_settings(text: str) -> tuple[Setting, ...]:
    """Raises BadChoice for a text that is no list of keyword arguments."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
    except SyntaxError:
        raise BadChoice(f"{text!r} can't be read; {EXAMPLE}") from None
    if not isinstance(call, ast.Call) or call.args or not call.keywords:
        raise BadChoice(f"{text!r} names no parameter; {EXAMPLE}")
    return tuple(_setting(keyword) for keyword in call.keywords)


def _setting(keyword: ast.keyword) -> Setting:
    if keyword.arg is None:
        raise BadChoice(f"'**' names no parameter; {EXAMPLE}")
    if isinstance(keyword.value, ast.Name):
        return Setting(keyword.arg, option=keyword.value.id)
    text = ast.unparse(keyword.value)
    try:
        return Setting(keyword.arg, ast.literal_eval(keyword.value), text)
    except ValueError:
        raise BadChoice(f"{keyword.arg}={text}: no number, text or name") from None
