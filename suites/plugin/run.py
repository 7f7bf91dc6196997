"""What one process knows of a run: the subject, the cases chosen, and the known differences."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from suites.cases import subject
from suites.cases.case import Case
from suites.cases.execution import Execution
from suites.cases.relation import Relation
from suites.cases.relations import BY_NAME
from suites.cases.selection import select
from suites.cases.subject import Subject
from suites.cases.tier import LEFT_OUT, QUICK_IN_GRAPHS, Tier
from suites.judge import diagnosis_text
from suites.judge.comparison import (
    Comparisons,
    OfCase,
    OfRelation,
    OneRaised,
    Pairs,
    Whole,
    causes,
    own_causes,
    tested,
)
from suites.judge.diagnose import diagnose
from suites.judge.diagnosis import Quantity
from suites.judge.judge import judge
from suites.judge.relation_judge import Side, compare
from suites.ledger import absences, ledger, ledger_file
from suites.ledger.difference import Difference
from suites.ledger.installed import Installed, installed
from suites.ledger.ledger import Covered, verdict
from suites.observe import environment, requests
from suites.observe.client import CannotAsk, Client
from suites.observe.environment import Other
from suites.observe.messages import Answer
from suites.plugin import failure, options, own, pending, script
from suites.plugin.blame import blame
from suites.plugin.blame import file as file_of_side
from suites.plugin.block import Blame, Block, as_block
from suites.plugin.options import Choices
from suites.plugin.pending import Together

WAITING = 1_000  # cases that are asked before they are judged; some 10 kB each


class NothingChosen(Exception):
    """No case combines the choices; the message is one line that names them."""

    def __init__(self, chosen: Choices) -> None:
        named = {"tier": (chosen.tier,)} | {
            name: getattr(chosen, name) for name in options.CHOOSING
        }
        few = (
            f"--{name} {','.join(names)}"
            for name, names in named.items()
            if names != options.BY_NAME[name].known
        )
        super().__init__(f"no case combines {' '.join(few)}; choose more of one")


@dataclass(frozen=True)
class Checked:
    """A group: its comparisons as plain data, a text of what is wrong, and by the names of its
    cases the answers with the lines of their diagnoses.
    """

    blocks: list[Block]
    wrong: str
    answers: dict[str, tuple[Answer, str]]


@dataclass(frozen=True)
class Judged:
    """Comparisons, and for each a verdict and the id of an entry ("" for none)."""

    found: Comparisons
    verdicts: list[str]
    known: list[str]
    blame: Blame | None = None


@dataclass(frozen=True)
class Run:
    """`groups` holds the cases that were chosen, by what is traced once; `covered` all those that
    an entry of the ledger covers, in the default tier also where a quick one was chosen. `same_answer`
    names, of a case and its answer, the releases that gave the same. `own` is a loss of the user's own,
    whose rows are in the tables until the run ends.
    """

    client: Client
    versions: Mapping[str, str]
    installed: Installed
    settings: Mapping[str, str]
    ledger: ledger.Ledger
    absences: absences.Absences
    covered: Covered
    groups: Mapping[str, list[Case]]
    executions: tuple[str, ...]
    environment: dict[str, str]
    seed: int
    folder: str
    same_answer: Callable[[str, Answer], str]
    own: Subject | None = None
    options: str = ""  # by which a command asks about that loss again
    tables: ExitStack = field(default_factory=ExitStack)
    upcoming: deque[str] = field(default_factory=deque)  # groups that will be checked, in order
    _sent: dict[str, list[Together]] = field(default_factory=dict, init=False)
    _ahead: set[str] = field(default_factory=set, init=False)

    def end(self) -> None:
        """End the observer, and leave the tables as they were."""
        self.client.end()
        self.tables.close()

    def send(self, group: str) -> None:
        """Have a group asked, so that it is answered while another one is judged."""
        self._ahead.add(group)
        if group not in self._sent:
            asked = self.client, self.seed, self.executions
            self._sent[group] = [pending.send(case, *asked) for case in self.groups[group]]

    def send_ahead(self) -> None:
        """Have as many of the groups that come next asked as may wait. Raises CannotAsk."""
        while self.upcoming and sum(map(len, self._sent.values())) < WAITING:
            group = self.upcoming.popleft()
            if group not in self._ahead:
                self.send(group)

    def answers(self, group: str) -> list[Answer]:
        """Those to all that a group asks, its relations included. Raises CannotAsk."""
        self.send(group)
        return [
            pending.sent.answer() for together in self._sent[group] for pending in together.every()
        ]

    def forget(self, group: str) -> None:
        """Judge nothing of a group whose answers are known."""
        self._sent.pop(group, None)

    def check(self, group: str) -> Checked:
        """Judge a group, which is asked if it is not yet. Raises CannotAsk."""
        self.send(group)
        blocks, texts, answers = [], [], {}
        for together in self._sent.pop(group):
            this = together.this.side()
            case = this.case
            none = self.absences.unanswered(case, this.answer)
            judged = [] if none else judge(case, this.answer, self.seed)
            line = diagnosis_text.write(diagnose(case, this.answer, judged))
            answers[requests.key(case)] = this.answer, line
            for one in self._judged(together, judged):
                block = as_block(case, one.found, one.verdicts, one.known)
                blocks.append(block | {"blame": one.blame})
                by = partial(self.same_answer, requests.key(case), this.answer)
                file = f"{self.folder}/scripts/{self._file(case, one)}"
                texts.append(
                    failure.describe(case, one.found, one.verdicts, file, by, self.options)
                )
        return Checked(blocks, "\n".join(text for text in texts if text), answers)

    def _file(self, case: Case, one: Judged) -> str:
        """The script that shows what is wrong: of the case, or of the side that is blamed."""
        if one.blame and isinstance(one.found, Pairs | OneRaised):
            relation = BY_NAME[one.found.relation]
            return file_of_side(relation, case, one.blame["side"], self.seed)
        return script.name(case)

    def _judged(self, together: Together, judged: Iterable[OfCase]) -> Iterator[Judged]:
        """A case against the reference, and against the cases that it is related to."""
        this = together.this.side()
        if none := self.absences.unanswered(this.case, this.answer):
            found, cause = none
            reason = this.answer.get("absent") or this.answer.get("not_asked", "")
            yield Judged(Whole(Quantity.CALL, reason, cause), [found], [""])
            return
        for one in judged:
            row = this.case, one.quantity, causes(one), tested(one)
            yield Judged(one, *self.ledger.verdicts(*row))
        for related in together.related:
            relation, here, other = related.relation, related.this.side(), related.other.side()
            for pair in compare(relation, here, other):
                verdicts, known = self._related(relation, here, other, pair)
                places = failure.worst_first(pair, verdicts)
                wrong = blame(pair, places[0], here, other) if places else None
                yield Judged(pair, verdicts, known, wrong)

    def _related(
        self, relation: Relation, this: Side, other: Side, found: OfRelation
    ) -> tuple[list[str], list[str]]:
        """Verdicts: what is known of a side, or of the relation, is known of both sides."""
        known = []
        for cause, blamed, quantity, of_side in own_causes(found):
            case = other.case if blamed == "other" else this.case
            wrong = (case, quantity, of_side) if of_side else None
            known.append(self.ledger.known_between(this.case, relation.name, cause, wrong))
        rows = zip(causes(found), known, tested(found), strict=True)
        return [verdict(*row) for row in rows], known


def start(
    chosen: Choices,
    same_answer: Callable[[str, Answer], str],
    other: Other | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """Start to ask what is installed, here or in another environment, and select the cases.

    `meanwhile` is called while TensorFlow is imported there. Raises BadChoice for a device that does
    not work and for a loss of the user's own that is none, NothingChosen where no case combines what
    was chosen, BadTable and environment.CannotMeasure.
    """
    client = environment.start(other, chosen.subject or "")
    tables = ExitStack()
    try:
        meanwhile()
        return _start(client, chosen, same_answer, other, tables)
    except CannotAsk as error:
        client.end()
        tables.close()
        raise environment.CannotMeasure(str(error)) from None
    except BaseException:
        client.end()
        tables.close()
        raise


def _start(
    client: Client,
    chosen: Choices,
    same_answer: Callable[[str, Answer], str],
    other: Other | None,
    tables: ExitStack,
) -> Run:
    whole, quick = chosen.tier == "everything", chosen.tier == "quick"
    loaded = () if chosen.subject else _ledger()
    backend = other.backend if other else "tensorflow"
    settings = environment.require_defaults(client, backend)
    versions = client.about()
    judged = installed(versions, backend, client.variables.get(environment.SUBJECT, "tf.keras"))
    loss = own.find(client, chosen) if chosen.subject else None
    if loss:
        tables.enter_context(subject.added(loss))
        loaded = _ledger_of_own(chosen)
    entries = tuple(one for one in loaded if one.spans(judged) and (whole or not one.rare))
    working, broken = client.devices()
    every = _cases(loss, chosen, working, "everything" if whole else "default", {})
    groups: dict[str, list[Case]] = {}
    names = {name: getattr(chosen, name) for name in options.CHOOSING}
    quickest: Execution = "eager" if judged.runs_eagerly else "graph"
    left_out = QUICK_IN_GRAPHS if quick and quickest == "graph" else LEFT_OUT[chosen.tier]
    among = chosen.among(tuple(working))
    for case in _cases(loss, chosen, among, chosen.tier, names, quickest):
        groups.setdefault(case.group, []).append(case)
    if not groups:
        raise NothingChosen(chosen)
    tier = f"{chosen.tier}; left out: {left_out}"
    about = environment.describe(versions, settings, working, broken, client.variables)
    if other and other.release:
        about["release"] = other.release
    if other:
        about["interpreter"] = str(other.python)
    if loss:
        about = own.described(loss) | about
    return Run(
        client=client,
        versions=versions,
        settings=settings,
        installed=judged,
        ledger=ledger.Ledger(entries),
        absences=absences.of(judged, absences.load()),
        covered=ledger.covered(entries, every, chosen.known or ledger_file.FILE),
        groups=groups,
        executions=_executions(chosen, quickest) if quick else chosen.executions,
        environment=about | {"seed": str(chosen.seed), "tier": tier},
        seed=chosen.seed,
        folder=str(chosen.report_folder),
        same_answer=same_answer,
        own=loss,
        options=own.options(chosen),
        tables=tables,
    )


def _executions(chosen: Choices, quickest: Execution) -> tuple[Execution, ...]:
    """Those of the quick tier: one that is among the chosen."""
    return (quickest,) if quickest in chosen.executions else chosen.executions[:1]


def _ledger() -> tuple[Difference, ...]:
    return ledger_file.load(deterministic=environment.is_deterministic())


def _ledger_of_own(chosen: Choices) -> tuple[Difference, ...]:
    """The known differences of a loss of the user's own, which has none of ours."""
    if chosen.known is None or (chosen.accept and not chosen.known.exists()):
        return ()
    return ledger_file.load(chosen.known)


def _cases(
    loss: Subject | None,
    chosen: Choices,
    devices: Iterable[str],
    tier: Tier,
    names: dict[str, tuple[str, ...]],
    quickest: Execution = "eager",
) -> list[Case]:
    """The cases of these names; of a loss of the user's own its forms, and the contracts it claims."""
    if loss is None:
        return select(devices, tier=tier, quickest=quickest, **names)
    names = names | {"losses": (loss.loss.name,), "forms": subject.NAMES}
    found = select(devices, tier=tier, quickest=quickest, **names)
    return [case for case in found if not case.is_contract or case.inputs in chosen.contracts]
