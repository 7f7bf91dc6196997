"""A loss of the user's own as a run asks it: one more form, or a few, of the loss that it is like.

The tables of the suite are constants. A run with a subject adds rows to `FORMS` for as long as it
lasts, and a row to `LOSSES` where a formula takes the place of a loss of ours; selection, judge,
ledger and report then treat it as any other form, but for what a row says: its cases are asked as
those of the form that it is `like`, its options are those of its signature, and `expects` holds the
values that its own parameters have. The observer imports it, and calls refer to it as `subject`:

    subject(target, output, alpha=0.25, from_logits=True)          a function, or an object
    subject(reduction=None, alpha=0.25)(target, output)            a class

What its signature does not say is measured by one tiny call (`suites.plugin.measured`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from reference.reduction import Reduction
from reference.specification import Parameter, Specification
from suites.cases.calls import STEPS, Parts, Template, call
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FIRST, FORMS
from suites.cases.forms.form import Form
from suites.cases.loss_options import ARGUMENTS
from suites.cases.losses import LOSSES, Loss
from suites.cases.outputs import Kind

SUBJECT = "subject"  # what a call refers to, and the name of the form
MEAN, FIT = "subject-mean", "subject-fit"
NAMES = (SUBJECT, MEAN, FIT)
FROM_LOGITS, REDUCTION = "from_logits", "reduction"
BATCHES = (("float32", "interior"),)


@dataclass(frozen=True)
class Called:
    """How a subject is called.

    `kind` is what was imported, `swapped` says that predictions come first. `accepts` names our
    options that it takes, `names` its own names for them where they differ, `fixed` Python texts
    that it always gets, by its own names. `takes` are the predictions that it takes; `logits_first`
    says that it takes them for logits unless from_logits says otherwise.
    """

    kind: Literal["function", "class"]
    swapped: bool = False
    accepts: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[Kind, ...] = ("probabilities",)
    logits_first: bool = False

    def template(self, *more: str) -> Template:
        """The text of a call, with `more` keywords."""

        def text(parts: Parts) -> str:
            pair = (parts.output, parts.target) if self.swapped else (parts.target, parts.output)
            called = self.renamed(parts.called)
            if self.kind == "class":
                return call(call(SUBJECT, *self._keywords(parts, more)), *pair, *called)
            return call(SUBJECT, *pair, *self._keywords(parts, more), *called)

        return text

    def loss(self, *more: str) -> Template:
        """The text of what a model is compiled with."""

        def text(parts: Parts) -> str:
            keywords = self._keywords(parts, more)
            if self.kind == "class":
                return call(SUBJECT, *keywords)
            pair = "output, target" if self.swapped else "target, output"
            return f"lambda target, output: {call(SUBJECT, pair, *keywords)}"

        return text

    def renamed(self, keywords: tuple[str, ...]) -> tuple[str, ...]:
        """Keywords such as "gamma=0.5" by the names that the subject has for them."""
        pairs = (text.partition("=") for text in keywords)
        return tuple(f"{self.names.get(name, name)}={value}" for name, _, value in pairs)

    def _keywords(self, parts: Parts, more: tuple[str, ...]) -> tuple[str, ...]:
        chosen = self.renamed(parts.keywords)
        given = {text.partition("=")[0] for text in chosen}
        fixed = tuple(f"{name}={text}" for name, text in self.fixed.items() if name not in given)
        name = self.names.get(FROM_LOGITS, FROM_LOGITS)
        off = (f"{name}=False",) if self.logits_first and name not in given else ()
        return (*more, *fixed, *chosen, *off)


@dataclass(frozen=True)
class Values:
    """What the own parameters of a subject make of what is expected."""

    parameters: tuple[tuple[str, Parameter], ...] = ()
    smoothing: float = 0.0
    epsilon: float | None = None

    def __call__(self, usual: Specification) -> Specification:
        spec = replace(usual, parameters=(*self.parameters, *usual.parameters))
        spec = replace(spec, smoothing=self.smoothing) if self.smoothing else spec
        return spec if self.epsilon is None else replace(spec, epsilon=self.epsilon)


@dataclass(frozen=True)
class Subject:
    """A subject: `text` is what was imported, `loss` the row that it is like or that was made for
    it, `rows` the reduction of its plain call, and `whole` that without any reduction chosen, where
    it is another. `reduced` are the keywords that turn its reduction off.
    """

    text: str
    loss: Loss
    called: Called
    values: Values
    rows: Reduction
    whole: Reduction | None = None
    reduced: tuple[str, ...] = ()

    def forms(self) -> Iterator[Form]:
        of_object = tuple(name for name in self.called.accepts if name != REDUCTION)
        plain = Form(
            self.loss.name,
            SUBJECT,
            self.called.template(*self.reduced),
            self.rows,
            of_object,
            takes=self.called.takes,
            usual=True,
            quick=True,
            activated=True,
            everywhere=True,
            alone=("interior", "hard"),
            combined=EXECUTIONS,
            combined_with_all=True,
            like="function",
            expects=self.values,
        )
        yield plain
        if self.whole:
            template, accepts = self.called.template(), self.called.accepts
            whole = replace(plain, name=MEAN, call=template, reduction=self.whole, accepts=accepts)
            yield replace(whole, activated=False, everywhere=False, like="class-mean")
        if "probabilities" in self.called.takes:
            yield self._fit(plain)

    def _fit(self, plain: Form) -> Form:
        """The loss in a model that is trained for one step; Keras takes the mean of what is left."""
        loss, (step, *own) = self.called.loss(), STEPS["fit"]
        total = self.whole or self.rows
        return Form(
            *(self.loss.name, FIT, lambda parts: parts.step(step, loss(parts), *own)),
            Reduction.SUM if total is Reduction.SUM else Reduction.MEAN,
            takes=("probabilities",),
            traced=False,
            model=True,
            stepped=True,
            batches=BATCHES,
            like="fit-function",
            expects=self.values,
        )


def options(loss: str) -> tuple[str, ...]:
    """Our options that a loss like this one may take, of its function and of its object."""
    forms = [FORMS.get((loss, name)) for name in ("function", "class", "class-mean", "nn")]
    taken = {name for form in forms if form for name in (*form.accepts, *form.needs)}
    settings = {name for name in taken if ARGUMENTS[name].setting}
    return tuple(name for name in ARGUMENTS if name in taken - settings)


@contextmanager
def added(subject: Subject) -> Iterator[None]:
    """Have the tables hold the rows of a subject, until this ends."""
    rows = {(form.loss, form.name): form for form in subject.forms()}
    name, is_new = subject.loss.name, subject.loss.name not in LOSSES
    first = FIRST.get(name)
    LOSSES.setdefault(name, subject.loss)
    FORMS.update(rows)
    FIRST[name] = rows[name, SUBJECT]
    try:
        yield
    finally:
        for row in rows:
            del FORMS[row]
        if is_new:
            del LOSSES[name]
        if first:
            FIRST[name] = first
        else:
            del FIRST[name]
