"""The side of a failing relation that is wrong, and the comparison of it that a script looks for."""

from __future__ import annotations

from dataclasses import dataclass

from reference.specification import Inputs
from suites.cases.case import Case
from suites.cases.relation import Relation
from suites.cases.relations import BY_NAME
from suites.judge.comparison import Numbers, OfCase, OfRelation, OneRaised, SideName, own_causes
from suites.judge.diagnosis import Quantity
from suites.judge.judge import compare
from suites.judge.relation_judge import Side
from suites.observe.arrays import arrays
from suites.plugin.block import NAN, Blame, Block
from suites.plugin.script import Comparison, name


@dataclass(frozen=True)
class Subject:
    """What one script is about: a case with inputs, and the comparison that differs."""

    case: Case
    inputs: Inputs
    comparison: Comparison
    more: str = ""  # a relation that changes the inputs

    @property
    def file(self) -> str:
        return name(self.case, self.more)


def subject(block: Block, seed: int) -> Subject | None:
    """What the script of a block is about, None where nothing in it is new."""
    if "new" not in block["verdict"]:
        return None
    case = Case.of_names(block["case"])
    if found := block["blame"]:
        side, inputs, more = _side(BY_NAME[block["quantity"][0]], case, found["side"], seed)
        return Subject(side, inputs, Comparison(*found["comparison"]), more)
    comparison = Comparison.at(block, block["verdict"].index("new"))
    return Subject(case, arrays(case, seed), comparison)


def file(relation: Relation, case: Case, side: SideName, seed: int) -> str:
    """The name of the script of a side."""
    of_side, _, more = _side(relation, case, side, seed)
    return name(of_side, more)


def _side(relation: Relation, case: Case, side: SideName, seed: int) -> tuple[Case, Inputs, str]:
    """Its case and inputs, and the relation where they are not the usual ones of the case."""
    this = side == "this"
    of_side = case if this else relation.case(case)
    usual = arrays(of_side, seed)
    inputs = relation.both(usual) if this else relation.change(usual)
    return of_side, inputs, "" if inputs is usual else f"{relation.name}: {side}"


def blame(found: OfRelation, place: int, this: Side, other: Side) -> Blame | None:
    """What is wrong with the side that is blamed at a place; None where each is right.

    Where both are wrong it is this side.
    """
    _, blamed, _, _ = own_causes(found)[place]
    if not blamed:
        return None
    side: SideName = "other" if blamed == "other" else "this"
    if isinstance(found, OneRaised):
        raised = Comparison(Quantity.CALL, "", NAN, NAN, str(found.own))
        return _blame(side, raised)
    wrong = other if side == "other" else this
    judged = compare(wrong.case, wrong.inputs, wrong.answer)
    first = _first_wrong(next(one for one in judged if one.quantity == found.quantity))
    return _blame(side, first) if first else None


def _first_wrong(found: OfCase) -> Comparison | None:
    """The first number of a side that is wrong."""
    if not isinstance(found, Numbers):
        return None
    for place, cause in enumerate(found.cause):
        if cause:
            bounds = found.low[place], found.high[place]
            return Comparison(found.quantity, found.index[place], *bounds, str(cause))
    return None


def _blame(side: SideName, found: Comparison) -> Blame:
    bounds = found.low, found.high
    return Blame(side=side, comparison=(str(found.quantity), found.index, *bounds, found.cause))
