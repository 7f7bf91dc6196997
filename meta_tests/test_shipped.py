"""What is shipped is whole: every environment, asked what is asked today, judged as it is judged."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

from reference.cause import UNEXPLAINED
from reports.__main__ import main
from reports.compare.since import timeline
from reports.releases import environments
from reports.store import provenance
from reports.store.answer_text import unpack
from reports.store.recording import SHIPPED
from reports.store.recordings import answers_and_diagnoses
from suites.cases.forms import FORMS
from suites.cases.selection import select
from suites.judge.diagnose import Judge
from suites.judge.diagnosis_text import read, write_all
from suites.observe import dialect, requests

ROWS = environments.load()
ANSWERS, DIAGNOSES = answers_and_diagnoses(SHIPPED)
NEWEST = "tf-2.21.0-keras-3.15.1"
MEGABYTE = 1_000_000
SETTINGS = {
    *("backend", "cpu_features", "determinism", "epsilon", "floatx", "image_data_format"),
    *("inter_op_threads", "intra_op_threads", "keras", "legacy_keras", "onednn"),
    "onednn_isa",
    *("tf_xla_flags", "xla_flags"),
}


def test_every_environment_has_a_recording_or_a_reason() -> None:
    for row in ROWS:
        found = provenance.read(SHIPPED / f"{row.id}.json")
        if found:
            assert ANSWERS.path(row.id).is_file()
            assert found.versions["tensorflow"].replace("-", ".") in (row.tensorflow, "absent")
            assert found.settings.keys() == SETTINGS
            assert found.settings["epsilon"] in ("1e-07", "unknown")
    assert len(ANSWERS.names()) >= 40
    assert set(ANSWERS.names()) == set(DIAGNOSES.names()) <= {row.id for row in ROWS}


def test_all_were_asked_what_is_asked_today() -> None:
    asked = {ANSWERS.read(name).requests for name in ANSWERS.names()}
    assert asked == {requests.digest_of_all()}


def test_together_they_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*.*")) <= 18 * MEGABYTE


@pytest.mark.parametrize("name", ["keras-2.0.5", "tf-1.14.0", NEWEST])
def test_the_diagnoses_are_those_of_the_judge(name: str, soak: bool) -> None:
    """Of the newest release a sample by day; a run that is compared with it judges all."""
    judge = Judge(select(requests.DEVICES), requests.SEED, unpack)
    answers, lines = ANSWERS.answers(name), DIAGNOSES.answers(name)
    if name == NEWEST and not soak:
        answers = {case: answers[case] for case in sorted(answers)[::8]}
        lines = {case: line for case, line in lines.items() if case in answers}
        assert len(lines) > 100
    assert write_all(judge.diagnoses(answers)) == lines


def test_what_is_recorded_is_explained() -> None:
    names = [row.id for row in ROWS if row.id in DIAGNOSES.names()]
    lines = dict(DIAGNOSES.everything(names))
    assert sum(map(len, lines.values())) > 10_000
    assert not [
        (name, case)
        for name, found in lines.items()
        for case, line in found.items()
        if UNEXPLAINED in {cause for _, cause in read(line).causes}
    ]


CASE = "binary_crossentropy,function,plain,probabilities,float32,graph,CPU:0,hard,interior"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["compare", "tf-2.15.1", "tf-2.21.0", "--loss", "binary_crossentropy"], 1, "-> right"),
        (["compare", "tf-2.14.1", "tf-2.14.1"], 0, "nothing changed"),
        (
            ["trace", CASE],
            0,
            " + D tf-1.14.0: new: Until TensorFlow 2.15 binary cross-entropy added epsilon",
        ),
        (["upgrade", "--from", "2.15", "--to", "2.21"], 0, "everyday use changes in"),
        (["upgrade", "--from", "1.2", "--to", "2.0"], 0, "--from keras-1.2.2 --to keras-2.0.8"),
        (
            ["upgrade", "--from", "keras-2.0", "--to", "keras-2.3"],
            0,
            "to   Keras 2.3.1 on TensorFlow 2.0.0 (keras-2.3.1)",
        ),
        (
            ["upgrade", "--from", "2.15", "--to", "2.21", "--loss", "bce"],
            0,
            "do: Pass weights of shape",
        ),
        (["check-claims"], 0, "confirmed"),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else "",
)
def test_commands_answer_from_what_is_shipped(capsys, arguments, code, text) -> None:
    assert main(arguments) == code
    assert text in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["compare", "tf-9.9", "tf-2.21.0"], "no recording of 'tf-9.9'; did you mean tf-"),
        (["compare", "../x", "tf-2.21.0"], "no recording of '../x'; there are TensorFlow 1.0.1"),
        (["compare", "tf-2.15.1", "tf-2.21.0", "--loss", "x"], "--loss: no case has 'x'"),
        (["compare", "tf-2.15.1", "tf-2.21.0", "--csv", "/"], "/"),
        (["trace", "binary_cross"], "did you mean binary_crossentropy"),
        (["trace", "dtype=int7"], "did you mean int8"),
        (["trace", ","], "no case matches ','"),
        (["trace", "float32"], "cases match 'float32', such as"),
        (["trace", "eager,xla"], "no case has all of eager, xla; the nearest is"),
        (["compare", "tf-2.15.1", "tf-2.21.0", "--dtype", "flaot32"], "did you mean float32"),
        (
            ["upgrade", "--from", "keras-9", "--to", "2.21"],
            "no recording of 'keras-9'; did you mean keras-",
        ),
        (["upgrade", "--from", "2.99", "--to", "2.21"], "no recording of '2.99'"),
        (["record", "tf-9.9"], "no environment 'tf-9.9'; known: keras-1.0.7"),
        (["check-claims", "--recordings", "/nowhere"], "there is no folder /nowhere"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_bad_input_gets_one_line(capsys, arguments, text) -> None:
    assert main(arguments) == 4
    printed = capsys.readouterr()
    assert text in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out


def test_pictures_of_all_releases_are_written(tmp_path: Path) -> None:
    files = [tmp_path / "timeline.csv", tmp_path / "timeline.html"]
    assert main(["timeline", "--csv", str(files[0]), "--html", str(files[1])]) == 0
    whole, table = timeline.load(SHIPPED), pd.read_csv(files[0], keep_default_na=False)
    assert len(table) > 40_000
    assert {*table["release"]} < whole.recorded.keys()
    assert {*table["severity"]} == {*"ABCD", ""}
    page = files[1].read_text()
    assert all(name in page for name in whole.recorded)
    assert len(page) < 2_000_000


def test_what_an_installation_cannot_be_asked_is_not_said_to_be_absent() -> None:
    cases = {requests.key(case): case for case in select(requests.DEVICES)}
    known = dialect.functions_of(ast.parse(Path(dialect.PROGRAMS).read_text(encoding="utf-8")))
    programs = [
        name
        for name, case in cases.items()
        if {one.name for one in dialect.programs_of(ast.parse(case.call), known)} - dialect.FOR_ALL
        and not FORMS[case.loss, case.form].model
    ]
    assert len(programs) > 500
    for row in ROWS:
        of_old = row.tensorflow.startswith(("0.", "1."))
        if row.id in ANSWERS.names() and (of_old or row.backend != "tensorflow"):
            answers = ANSWERS.answers(row.id)
            assert {answers[name] for name in programs} == {"not asked"}, row.id
