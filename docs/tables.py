"""Writes the tables of the documents from the code: `python docs/tables.py`.

A table is between `<!-- begin NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "docs"))

import question  # noqa: E402

from reference.arithmetic.formats import NAMES as DTYPES  # noqa: E402
from reference.cause_kinds import KINDS  # noqa: E402
from reports.accuracy import row as accuracy  # noqa: E402
from reports.accuracy import table as accuracy_table  # noqa: E402
from reports.accuracy.exact.families import FAMILIES, Family  # noqa: E402
from reports.accuracy.tally import MEANING as MEANING_OF_REGION  # noqa: E402
from reports.accuracy.tally import Region  # noqa: E402
from reports.compare.drift.drift import FAILING, MEANING, Drift  # noqa: E402
from reports.compare.drift.gravity import MEANING as MEANING_OF_CHANGE  # noqa: E402
from reports.explain.symptoms import SYMPTOMS, Symptom  # noqa: E402
from reports.run.columns import COLUMNS  # noqa: E402
from reports.run.severity import MEANING as MEANING_OF_SEVERITY  # noqa: E402
from suites.cases.calls import Parts  # noqa: E402
from suites.cases.contracts import CONTRACTS  # noqa: E402
from suites.cases.forms import FORMS  # noqa: E402
from suites.cases.loss_options import ARGUMENTS  # noqa: E402
from suites.cases.losses import LOSSES  # noqa: E402
from suites.cases.relations import RELATIONS  # noqa: E402
from suites.cases.tier import LEFT_OUT  # noqa: E402
from suites.ledger import ledger_file  # noqa: E402
from suites.plugin.exits import OF_COMMANDS, Exit  # noqa: E402
from suites.plugin.options import OPTIONS, Option  # noqa: E402

FILES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
PLACE = re.compile(r"(<!-- begin ([\w.-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
FIGURES = ROOT / "docs/figures.toml"
ACTION = ROOT / "action.yml"
INPUT = re.compile(r"^  (\w+):\n    description: (.*)\n    default: (.*)$", re.MULTILINE)
FEW = 12  # names that are listed in a cell
Rows = Iterable[Sequence[str]]


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _options() -> Rows:
    yield "option", "variable", "default", "values", "what it does"
    for option in OPTIONS:
        variable = _code(option.variable) if option.has_variable else ""
        yield _code(option.flag), variable, _code(option.default), _values(option), option.help


def _values(option: Option) -> str:
    if not option.known:
        return option.metavar
    names = option.known if len(option.known) <= FEW else option.known[:1]
    more = "" if len(option.known) <= FEW else ", ...: `pytest --help` lists them"
    return ", ".join(map(_code, names)) + more


def _tiers() -> Rows:
    yield "tier", "what it leaves out"
    yield from ((_code(tier), text) for tier, text in LEFT_OUT.items())


def _exits() -> Rows:
    yield "exit code", "meaning"
    yield from ((str(code.value), code.of_run) for code in Exit)


def _exits_of_reports() -> Rows:
    yield "`python -m reports` ends with", "meaning"
    yield from ((str(code.value), code.of_command) for code in OF_COMMANDS)


def _drift() -> Rows:
    yield "drift", "meaning", "fails"
    for drift in Drift:
        levels = [level for level, kinds in FAILING.items() if drift in kinds]
        fails = "yes" if "value" in levels else f"with `--drift {levels[0]}`" if levels else ""
        yield str(drift), MEANING[drift], fails


def _losses() -> Rows:
    yield "loss", "formula of probabilities", "formula of logits"
    for loss in LOSSES.values():
        yield (
            _code(loss.name),
            *(one.name if one else "" for one in (loss.probabilities, loss.logits)),
        )


# Placeholders for the options of a call, for the layers of a model, and for how it is compiled.
SHORT = Parts(keywords=("…",), layers="[…]", compiled=("…",), dtype="float16")


def _forms() -> Rows:
    yield "form", "losses that have it", "a call, in short"
    calls: dict[str, tuple[str, set[str]]] = {}
    for form in FORMS.values():
        calls.setdefault(form.name, (form.call(SHORT), set()))[1].add(form.loss)
    for name, (call, losses) in calls.items():
        yield _code(name), "all" if len(losses) == len(LOSSES) else str(len(losses)), _code(call)


def _loss_options() -> Rows:
    yield "keyword", "values"
    for option in ARGUMENTS.values():
        yield _code(option.name), ", ".join(_code(name) for name in option.values)


def _relations() -> Rows:
    yield "relation", "one side", "the other"
    yield from ((one.name, *one.sides) for one in RELATIONS)


def _contracts() -> Rows:
    yield "contract", "what must hold", "expected"
    yield from ((_code(one.name), one.promise, one.expected) for one in CONTRACTS.values())


def _causes() -> Rows:
    yield "kind of cause", "written as", "what it means", "what to do"
    for kind, about in KINDS.items():
        yield str(kind), _code(about.text.replace("{}", "...")), about.meaning, about.advice


def _known_differences() -> Rows:
    yield "entry", "in short", "what to do", "releases"
    for _, of_id in groupby(ledger_file.load(), key=lambda entry: entry.id):
        entry, *others = of_id
        link = f"[{entry.title}]({entry.links[0]})" if entry.links else entry.title
        spans = "; ".join(one.span for one in (entry, *others))
        yield _code(entry.id), link, entry.advice, spans


def _severities() -> Rows:
    yield "severity", "meaning"
    yield from ((str(one), text) for one, text in MEANING_OF_SEVERITY.items())


def _severities_of_changes() -> Rows:
    yield "severity", "what changes"
    yield from ((str(one), text) for one, text in MEANING_OF_CHANGE.items())


def _columns() -> Rows:
    yield "column", "dtype", "unit", "meaning"
    yield from ((_code(one.name), one.dtype, one.unit, one.meaning) for one in COLUMNS)


def _inputs() -> Rows:
    yield "input", "default", "meaning"
    for name, description, default in INPUT.findall(ACTION.read_text(encoding="utf-8")):
        yield f"**{name}**", default.strip('"'), description


def _proof() -> Rows:
    yield "what", "figure", "measured by", "machine", "on"
    for one in tomllib.loads(FIGURES.read_text(encoding="utf-8"))["figure"]:
        claim, command = f"{one['about']}: {one['claim']}", _code(one["command"])
        yield claim, one["figure"], command, one["machine"], one["date"]


def _symptom(symptom: Symptom) -> Rows:
    yield "it can be", "this decides", "what to do"
    for each in symptom.possibilities:
        links = ", ".join(f"[{_short(link)}]({link})" for link in each.links)
        entries = ", ".join(map(_code, each.entries))
        more = "; ".join(text for text in (entries, links) if text)
        what = f"{each.what} ({more})" if more else each.what
        yield what, f"{_code(each.command)} shows *{each.shows}*", each.advice


def _short(link: str) -> str:
    """A report as people name it, such as keras#7563."""
    *_, repository, _, number = link.split("/")
    return f"{repository}#{number}"


def _functions_of_one_number() -> Rows:
    yield "function", "loss", "of what", "label"
    for one in FAMILIES.values():
        yield _code(one.name), _code(one.loss), _row_of(one), _label_of(one)


def _row_of(one: Family) -> str:
    if one.is_binary:
        return "a logit x" if one.of_logits else "a probability p"
    return "the logits x and 0" if one.of_logits else "p and 1 - p, rounded to the dtype"


def _label_of(one: Family) -> str:
    return f"{one.label:g}" if one.is_binary else "the first class"


def _regions() -> Rows:
    yield "region", "where"
    yield from ((str(region), text) for region, text in MEANING_OF_REGION.items())


def _columns_of_accuracy() -> Rows:
    yield "column", "meaning"
    yield from ((_code(name), text) for name, text in accuracy.COLUMNS.items())


def _accuracy(quantity: str) -> Rows:
    """A line for each function and dtype, with the executions side by side."""
    yield "function", "dtype", "numbers", "eager", "XLA"
    rows = [
        one
        for one in accuracy_table.read()
        if one.quantity == quantity and one.region == Region.NORMAL
    ]
    cells = {(one.function, one.dtype, one.execution): one for one in rows}
    for function in FAMILIES:
        for dtype in DTYPES:
            both = [cells.get((function, dtype, one)) for one in ("eager", "xla")]
            if found := [one for one in both if one]:
                coverage = " / ".join(dict.fromkeys(one.coverage for one in found))
                yield _code(function), dtype, coverage, *map(_error, both)


def _error(one: accuracy.Row | None) -> str:
    """The largest error of a row, in a cell."""
    if one is None:
        return "not measured"
    strange = f"; {int(one.of_other_kind):,} of another kind" if one.of_other_kind != "0" else ""
    return f"{one.ulps} ULP at {one.input}; {float(one.right):.2f} % right{strange}"


TABLES: dict[str, Callable[[], Rows]] = {
    "options": _options,
    "tiers": _tiers,
    "exit-codes": _exits,
    "exit-codes-of-reports": _exits_of_reports,
    "drift": _drift,
    "losses": _losses,
    "forms": _forms,
    "loss-options": _loss_options,
    "relations": _relations,
    "contracts": _contracts,
    "causes": _causes,
    "known-differences": _known_differences,
    "columns": _columns,
    "severities": _severities,
    "inputs": _inputs,
    "proof": _proof,
    "severities-of-changes": _severities_of_changes,
    "accuracy-functions": _functions_of_one_number,
    "accuracy-regions": _regions,
    "accuracy-columns": _columns_of_accuracy,
    "accuracy-of-values": partial(_accuracy, "value"),
    "accuracy-of-gradients": partial(_accuracy, "gradient"),
    **question.TABLES,
    **{f"symptom-{each.name}": partial(_symptom, each) for each in SYMPTOMS},
}


def table(rows: Rows) -> str:
    """Rows as Markdown; the first is the heading."""
    heading, *others = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [heading, ["---"] * len(heading), *others]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written(text: str) -> str:
    """A document with its tables as the code has them."""
    return PLACE.sub(lambda found: found[1] + table(TABLES[found[2]]()) + found[3], text)


def main() -> None:
    for path in FILES:
        before = path.read_text(encoding="utf-8")
        after = written(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
