"""The templates of pages.

Whatever is put into one becomes text, in which no tag and no character is hidden; only what a
template marks as `safe`, our own drawings, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from suites.observe.visible import visible


def template(name: str, **filters: Callable[..., str]) -> Template:
    """One of the templates; `filters` are added to `count`, a number with its thousands parted."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    environment.filters |= {"count": lambda number: f"{number:,}", **filters}
    return environment.get_template(name)


def _shown(value: object) -> object:
    """Markup is our own; of every other text nothing may be hidden."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
