"""What one process knows of a run: the subject, the cases chosen, and the known differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from suites.cases.case import Case
from suites.cases.relation import Relation
from suites.cases.selection import select
from suites.cases.tier import LEFT_OUT
from suites.judge import absences, diagnose, judge, ledger
from suites.judge.ledger import Covered, verdict
from suites.judge.relation_judge import Side, compare
from suites.observe import environment, requests
from suites.observe.client import Asking
from suites.observe.messages import Answer
from suites.plugin import failure, options, pending
from suites.plugin.block import Block, as_block
from suites.plugin.options import Choices
from suites.plugin.pending import Together

CHOICES = ("losses", "dtypes", "executions", "forms")


class NothingChosen(Exception):
    """No case combines the choices; the message is one line that names them."""

    def __init__(self, chosen: Choices) -> None:
        named = {"tier": (chosen.tier,)} | {name: getattr(chosen, name) for name in CHOICES}
        few = (
            f"--{name} {','.join(names)}"
            for name, names in named.items()
            if names != options.BY_NAME[name].known
        )
        super().__init__(f"no case combines {' '.join(few)}; choose more of one")


@dataclass(frozen=True)
class Checked:
    """A group: its comparisons as plain data, a text of what is wrong, and by the names of its
    cases the answers with what is said of them.
    """

    blocks: list[Block]
    wrong: str
    answers: dict[str, tuple[Answer, str]]


@dataclass(frozen=True)
class Run:
    """`groups` holds the cases that were chosen, by what is traced once; `covered` all those that
    an entry of the ledger covers, in the default tier also where a quick one was chosen. `shown`
    says of a case and its answer which releases gave the same.
    """

    asking: Asking
    versions: Mapping[str, str]
    settings: Mapping[str, str]
    ledger: ledger.Ledger
    absences: absences.Absences
    covered: Covered
    groups: Mapping[str, list[Case]]
    executions: tuple[str, ...]
    environment: dict[str, str]
    seed: int
    folder: str
    shown: Callable[[str, Answer], str]
    _sent: dict[str, list[Together]] = field(default_factory=dict, init=False)

    def send(self, group: str) -> None:
        """Have a group asked, so that it is answered while another one is judged."""
        if group not in self._sent:
            asked = self.asking, self.seed, self.executions
            self._sent[group] = [pending.send(case, *asked) for case in self.groups[group]]

    def check(self, group: str) -> Checked:
        """Judge a group, which is asked if it is not yet. Raises asking.CannotAsk."""
        self.send(group)
        blocks, texts, answers = [], [], {}
        for together in self._sent.pop(group):
            this = together.this.side()
            case = this.case
            judged = judge.judge(case, this.answer, self.seed)
            none = self.absences.unanswered(case, this.answer)
            line = "" if none else diagnose.text(case, this.answer, judged)
            answers[requests.key(case)] = this.answer, line
            for columns, verdicts, known in self._judged(together, judged):
                blocks.append(as_block(case, columns, verdicts, known))
                by = partial(self.shown, requests.key(case), this.answer)
                texts.append(failure.describe(case, columns, verdicts, self.folder, by))
        return Checked(blocks, "\n".join(text for text in texts if text), answers)

    def _judged(
        self, together: Together, judged: Iterable[judge.Columns]
    ) -> Iterator[tuple[judge.Columns, list[str], list[str]]]:
        """A case against the reference, and against the cases that it is related to."""
        this = together.this.side()
        if none := self.absences.unanswered(this.case, this.answer):
            found, cause = none
            yield from ((replace(columns, cause=[cause]), [found], [""]) for columns in judged)
            return
        for columns in judged:
            yield columns, *self._verdicts(this.case, columns)
        for related in together.related:
            relation, here, other = related.relation, related.this.side(), related.other.side()
            for columns in compare(relation, here, other):
                yield columns, *self._related(relation, here, other, columns)

    def _verdicts(self, case: Case, columns: judge.Columns) -> tuple[list[str], list[str]]:
        return self.ledger.verdicts(case, columns.quantity, columns.cause, columns.tested)

    def _related(
        self, relation: Relation, this: Side, other: Side, columns: judge.Columns
    ) -> tuple[list[str], list[str]]:
        """Verdicts: what is known of a side, or of the relation, is known of both sides."""
        known = []
        for index, cause, blamed, own in zip(
            columns.index, columns.cause, columns.blamed, columns.own, strict=True
        ):
            case = other.case if blamed == "other" else this.case
            wrong = case, index.split()[0], own
            known.append(self.ledger.known_between(this.case, relation.name, cause, wrong))
        rows = zip(columns.cause, known, columns.tested, strict=True)
        return [verdict(*row) for row in rows], known


def start(chosen: Choices, shown: Callable[[str, Answer], str]) -> Run:
    """Start to ask what is installed, and select the cases.

    Raises BadChoice for a device that does not work, NothingChosen where no case combines what was
    chosen, BadTable and environment.CannotMeasure.
    """
    asking = environment.start()
    try:
        return _start(asking, chosen, shown)
    except BaseException:
        asking.end()
        raise


def _start(asking: Asking, chosen: Choices, shown: Callable[[str, Answer], str]) -> Run:
    whole, quick = chosen.tier == "everything", chosen.tier == "quick"
    loaded = ledger.load(deterministic=environment.is_deterministic())
    entries = tuple(entry for entry in loaded if whole or not entry.rare)
    settings = environment.require_defaults(asking)
    working, broken = asking.devices()
    every = select(working, tier="everything" if whole else "default")
    groups: dict[str, list[Case]] = {}
    names = {name: getattr(chosen, name) for name in CHOICES}
    for case in select(chosen.among(tuple(working)), tier=chosen.tier, **names):
        groups.setdefault(case.group, []).append(case)
    if not groups:
        raise NothingChosen(chosen)
    versions = asking.about()
    about = environment.describe(versions, settings, working, broken)
    tier = f"{chosen.tier}; left out: {LEFT_OUT[chosen.tier]}"
    return Run(
        asking=asking,
        versions=versions,
        settings=settings,
        ledger=ledger.Ledger(tuple(entry for entry in entries if entry.spans(versions))),
        absences=absences.of(versions, absences.load()),
        covered=ledger.covered(entries, every),
        groups=groups,
        executions=chosen.executions[:1] if quick else chosen.executions,
        environment=about | {"seed": str(chosen.seed), "tier": tier},
        seed=chosen.seed,
        folder=str(chosen.report_folder),
        shown=shown,
    )
