"""What a user of some losses notices when TensorFlow or Keras is upgraded, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reports.compare.grouping.case_names import OPTION, full
from reports.compare.grouping.changes import Compared
from reports.compare.grouping.groups import groups
from reports.compare.release_names import of_keras
from reports.compare.since.since import Stop
from reports.compare.words.described import Described, described
from reports.compare.words.verdict import HARMLESS, counts, sentence, unchanged
from reports.compare.words.words import paragraph
from reports.releases.environments import Environment

SCREEN = 23  # lines of a terminal of 24, below which the next prompt comes
COMPILED = {
    "-string": "compiled by name",
    "-class": "compiled with the class",
    "-function": "compiled with the function",
}
MORE = "--all shows all, with reasons and links; python -m reports trace ID one case"


def heading(
    texts: tuple[str, str], pair: tuple[Environment, Environment], known: Sequence[Environment]
) -> Iterator[str]:
    """Which versions were taken, and how to ask for a standalone Keras where that may be meant."""
    for word, one in zip(("From", "to  "), pair, strict=True):
        yield f"{word} {_versions(one)} ({one.id})"
    packages = [row for row in known if row.subject == "keras" and row.backend == "tensorflow"]
    meant = [[row.id for row in of_keras(text, packages)] for text in texts]
    if all(meant):
        yield f"For the package Keras: --from {meant[0][-1]} --to {meant[1][-1]}"


def _versions(one: Environment) -> str:
    if one.subject == "keras":
        backend = f"TensorFlow {one.tensorflow}" if one.tensorflow else one.backend
        return f"Keras {one.keras} on {backend}"
    return (
        f"TensorFlow {one.tensorflow} with {f'Keras {one.keras}' if one.keras else 'its own Keras'}"
    )


def lines(
    heads: Sequence[str], compared: Compared, way: Sequence[Stop], scope: str, whole: bool = False
) -> list[str]:
    """The verdict, and what changes: as much as a screen holds, or the `whole` of it."""
    found = groups(compared.changed)
    first = [*paragraph(f"{scope}: {sentence(found)}", "", "  "), *heads]
    last = list(unchanged(compared, found))
    shown = [group for group in found if group.drift not in HARMLESS]
    if whole:
        every = (line for one in described(way, found) for line in ("", *one.full()))
        return [*first, *every, "", *last]
    return _screen(first, list(described(way, shown)), last)


def _screen(first: list[str], found: Sequence[Described], last: list[str]) -> list[str]:
    """As many groups as fit, the gravest first, and how many more there are."""
    end = [*last, MORE] if found else last
    best = [*first, *counts([one.group for one in found]), *end]
    blocks: list[str] = []
    for number, one in enumerate(found, 1):
        blocks += one.brief()
        rest = counts([other.group for other in found[number:]])
        page = [*first, *blocks, *rest, *end]
        if len(page) > SCREEN:
            break
        best = page
    return best


def scope(chosen: Mapping[str, Sequence[str]]) -> str:
    """What was asked about, in words."""
    losses = [full(name) for name in chosen.get("loss", ())]
    names = [
        _form(name) if field == "form" else name
        for field, of in chosen.items()
        if field not in ("loss", OPTION)
        for name in of
    ]
    options = [f"option {name}" for name in chosen.get(OPTION, ())]
    return ", ".join((*(losses or ["all losses"]), *names, *options))


def _form(name: str) -> str:
    """A form, and for those of a model how it is compiled."""
    how = next((text for end, text in COMPILED.items() if name.endswith(end)), "")
    return f"{name} ({how})" if how else name
