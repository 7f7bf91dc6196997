"""What is asked for a case: itself, and the cases that it is related to, before any is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reference.specification import Inputs
from suites.cases.case import Case
from suites.cases.relation import Relation
from suites.cases.relations import RELATIONS
from suites.judge.relation_judge import Side
from suites.observe.arrays import arrays
from suites.observe.client import Client, Sent
from suites.observe.requests import request_of


@dataclass(frozen=True)
class Pending:
    """A case that was sent with these numbers."""

    case: Case
    inputs: Inputs
    sent: Sent

    def side(self) -> Side:
        """With its answer, for which this waits. Raises CannotAsk."""
        return Side(self.case, self.inputs, self.sent.answer())


@dataclass(frozen=True)
class Related:
    """Both sides of a relation."""

    relation: Relation
    this: Pending
    other: Pending


@dataclass(frozen=True)
class Together:
    """A case, and the relations that it is held to."""

    this: Pending
    related: tuple[Related, ...]

    def every(self) -> Iterator[Pending]:
        """All that was sent, in order."""
        yield self.this
        for one in self.related:
            yield from (one.this, one.other)


def send(case: Case, client: Client, seed: int, executions: Sequence[str]) -> Together:
    """Have a case asked, with its relations to cases of these executions. Raises CannotAsk."""
    this = _send(client, case, arrays(case, seed))
    return Together(this, tuple(_related(client, this, seed, executions)))


def _related(
    client: Client, this: Pending, seed: int, executions: Sequence[str]
) -> Iterator[Related]:
    for relation in RELATIONS:
        if not relation.holds_for(this.case):
            continue
        other = relation.case(this.case)
        if other.execution in executions:
            inputs, others = relation.both(this.inputs), relation.change(arrays(other, seed))
            here = this if inputs is this.inputs else _send(client, this.case, inputs)
            yield Related(relation, here, _send(client, other, others))


def _send(client: Client, case: Case, inputs: Inputs) -> Pending:
    return Pending(case, inputs, client.send(request_of(case, inputs)))
