"""The templates of pages; what they say is put together by those who use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def template(name: str, **filters: Callable[..., str]) -> Template:
    """One of the templates; `filters` are added to `count`, a number with its thousands parted."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"count": lambda number: f"{number:,}", **filters}
    return environment.get_template(name)
