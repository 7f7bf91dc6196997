"""What was caught, by which case and in what time, and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from reports.sensitivity.equivalent import Equivalent
from reports.sensitivity.keras_tests import ByKeras
from reports.sensitivity.trial import Trial

LEFT = ("survived", "open", "not reached", "mistake", "not planted")
NONE = pd.DataFrame({"mutant": [], "failed": [], "keras_seconds": []})


def frame(
    trials: Iterable[Trial], equivalent: Mapping[str, Equivalent], tested: Iterable[ByKeras] = ()
) -> pd.DataFrame:
    """A row for each mutant; `why` says of those that change nothing what shows it."""
    found = pd.DataFrame([asdict(trial) for trial in trials])
    found["why"] = [equivalent[one].why if one in equivalent else "" for one in found["mutant"]]
    same = (found["why"] != "") & (found["verdict"] != "caught")
    found["verdict"] = found["verdict"].mask(same, "equivalent")
    beside = pd.DataFrame([asdict(one) for one in tested]).rename(
        columns={"seconds": "keras_seconds"}
    )
    found = found.merge(NONE if beside.empty else beside, on="mutant", how="left")
    return found.sort_values(["file", "line", "kind", "change"], ignore_index=True)


def counts(found: pd.DataFrame) -> pd.DataFrame:
    """Of each file how many mutants were caught, in what time, and what share Keras' tests catch."""
    rows = {}
    for file, of_file in [*found.groupby("file"), ("all", found)]:
        verdicts = of_file["verdict"].value_counts()
        caught = of_file[of_file["verdict"] == "caught"]
        matter = len(of_file) - verdicts.get("equivalent", 0)
        reached = matter - verdicts.get("not reached", 0)
        tested = of_file[of_file["failed"].notna()]
        by_keras = (tested["failed"] != "").mean() if len(tested) else float("nan")
        rows[str(file)] = {
            "mutants": len(of_file),
            "caught": len(caught),
            "equivalent": int(verdicts.get("equivalent", 0)),
            **{name: int(verdicts.get(name, 0)) for name in LEFT},
            "caught of the rest": _share(len(caught), matter),
            "of what is reached": _share(len(caught), reached),
            "seconds each": round(float(of_file["seconds"].mean()), 1),
            "median": round(float(of_file["seconds"].median()), 1),
            "Keras' tests catch": f"{by_keras:.1%} of {len(tested)}" if len(tested) else "",
            "seconds": round(float(tested["keras_seconds"].mean()), 1) if len(tested) else "",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("file").reset_index()


def _rates(found: pd.DataFrame) -> list[str]:
    """How many mutants the cases catch in a second, and Keras' own tests of the same mutants."""
    tested = found[found["failed"].notna()]
    matter = tested[tested["verdict"] != "equivalent"]
    if matter.empty:
        return []
    ours, theirs = _caught_in_a_second(matter)
    lines = ["", f"Of {len(matter)} mutants that change something the cases catch {ours:.2f} in a"]
    lines += [f"second, Keras' own tests {theirs:.2f}{_times(ours, theirs)}."]
    if len(matter) == len(tested):
        return lines
    ours, theirs = _caught_in_a_second(tested)
    same = len(tested) - len(matter)
    of_all = f"Of all {len(tested)}, {same} of which change nothing and are asked everything,"
    return [*lines, f"{of_all} it is {ours:.2f} and {theirs:.2f}."]


def _times(ours: float, theirs: float) -> str:
    return f": {ours / theirs:.1f} times as many" if theirs else ""


def _caught_in_a_second(rows: pd.DataFrame) -> tuple[float, float]:
    caught, failed = (rows["verdict"] == "caught").sum(), (rows["failed"] != "").sum()
    return caught / rows["seconds"].sum(), failed / rows["keras_seconds"].sum()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def markdown(found: pd.DataFrame, about: Mapping[str, str]) -> str:
    """The page: counts, then every mutant that was not caught, then those that were."""
    by_verdict = {verdict: rows for verdict, rows in found.groupby("verdict")}
    left = [by_verdict.get(name) for name in LEFT]
    lines = ["# Sensitivity", "", *(f"- {name}: {text}" for name, text in about.items()), ""]
    lines += _table(counts(found)) + _rates(found)
    for rows in (*left, by_verdict.get("equivalent"), by_verdict.get("caught")):
        if rows is not None:
            lines += ["", f"## {str(rows['verdict'].iloc[0]).capitalize()}: {len(rows)}", ""]
            lines += _table(_shown(rows))
    return "\n".join(lines) + "\n"


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that matter of rows with one verdict."""
    shown = pd.DataFrame(
        {
            "mutant": rows["mutant"],
            "place": rows["file"].str.partition("/src/")[2] + ":" + rows["line"].astype(str),
            "function": rows["scope"],
            "change": rows["change"],
        }
    )
    if (rows["verdict"] == "caught").all():
        return shown.assign(
            by=rows["case"] + " " + rows["quantity"], cause=rows["cause"], seconds=rows["seconds"]
        )
    groups = rows["asked"].astype(str) + " of " + rows["reached"].astype(str)
    return shown.assign(groups=groups, why=rows["why"])


def _table(rows: pd.DataFrame) -> list[str]:
    """A table in Markdown."""
    lines = ["| " + " | ".join(map(str, rows.columns)) + " |", "|" + "---|" * len(rows.columns)]
    return lines + [_row(row) for row in rows.itertuples(index=False)]


def _row(row: Sequence[object]) -> str:
    return "| " + " | ".join(str(one).replace("|", "\\|") for one in row) + " |"
