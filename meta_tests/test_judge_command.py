"""Commands on recordings that are damaged, strange or not there: one line that says where, exit 4."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from reports.__main__ import main
from reports.releases import record, sweep, uv
from reports.releases.interpreter import CannotBuild, NoInterpreter
from reports.store import answer_text
from reports.store.recording import SHIPPED, read, write
from suites.cases.fields import FIELDS

NAME = "keras-1.0.7"  # it has no parent
VALUE = "value float32[2] 3f800000 80000000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in (f"{NAME}.txt", f"{NAME}.json", f"diagnoses/{NAME}.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(SHIPPED / file, tmp_path / file)
    return tmp_path


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a command that could not be carried out."""
    assert main(arguments) == 4
    found = capsys.readouterr()
    assert not found.out
    assert found.err.count("\n") == 1
    return found.err


def test_no_recordings_are_not_zero_that_are_judged(capsys, tmp_path) -> None:
    assert "no folder" in failed(capsys, "rejudge", "--recordings", str(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
    assert "no recording in" in failed(capsys, "rejudge", "--recordings", str(tmp_path))


def test_a_stray_file_is_found_before_the_work(capsys, folder, monkeypatch) -> None:
    monkeypatch.setattr(record, "put", lambda *_: pytest.fail("it was judged"))
    shutil.copy(folder / f"{NAME}.txt", folder / "mine.txt")
    assert "mine.txt" in failed(capsys, "rejudge", "--recordings", str(folder))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda rows, case: {**rows, case: VALUE.replace("8", "z", 1)}, "hexadecimal"),
        (lambda rows, case: {**rows, case: VALUE.replace("float32", "float33")}, "dtype"),
        (lambda rows, case: {**rows, case: VALUE.replace("[2]", "[3]")}, "shape"),
        (lambda rows, case: {**rows, case: VALUE + " 00"}, "hexadecimal"),
        (lambda rows, case: {**rows, case: "hello"}, "'hello' is no part of an answer"),
        (lambda rows, case: {**rows, case: "error "}, "error without a text"),
        (lambda rows, case: {**rows, "a,b,c": VALUE}, "9 fields"),
    ],
)
def test_right_sums_of_wrong_content_name_file_and_case(capsys, folder, change, text) -> None:
    path = folder / f"{NAME}.txt"
    found = read(path)
    case = next(iter(found.rows))
    write(replace(found, rows=change(found.rows, case)), path)
    for command in (["rejudge"], ["compare", NAME, NAME]):
        message = failed(capsys, *command, "--recordings", str(folder))
        assert f"{NAME}.txt: " in message
        assert text in message
        assert case in message or "a,b,c" in message


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        "value",
        "value wrong",
        "value wrong x cause",
        "value wrong 3-1 cause",
        "value wrong 2,1 cause",
        "value wrong *",
        "value unbounded * text",
        "value error * many",
        "values wrong * cause",
        "value wrong * cause\t",
    ],
)
def test_a_diagnosis_that_is_none_names_file_and_case(capsys, folder, line) -> None:
    path = folder / f"diagnoses/{NAME}.txt"
    found = read(path)
    case = next(iter(found.rows))
    write(replace(found, rows={**found.rows, case: line}), path)
    message = failed(capsys, "compare", NAME, NAME, "--recordings", str(folder))
    assert message.startswith(f"xentcheck: {NAME}.txt: {case}: ")


def test_a_number_of_rows_is_one_of_digits(capsys, folder) -> None:
    path = folder / f"{NAME}.txt"
    lines = path.read_text().split("\n")
    path.write_text("\n".join(["rows \u00b2" if x.startswith("rows ") else x for x in lines]))
    assert f"{NAME}.txt: " in failed(capsys, "rejudge", "--recordings", str(folder))


def test_the_name_of_a_case_has_all_its_fields() -> None:
    assert answer_text.wrong(",".join(FIELDS), VALUE) == ""
    assert (
        answer_text.wrong(",".join(FIELDS[1:]), VALUE) == "a case has 9 fields with commas between"
    )


@pytest.mark.parametrize(
    ("error", "code"), [(NoInterpreter("no interpreter"), 6), (CannotBuild("no network"), 1)]
)
def test_verify_tells_no_interpreter_from_other_reasons(
    capsys, tmp_path, monkeypatch, error, code
) -> None:
    def build(*_: object) -> Path:
        raise error

    monkeypatch.setattr(sweep, "build", build)
    assert main(["verify", NAME, "--built", str(tmp_path)]) == code
    assert f"{NAME}: not measured: {error}" in capsys.readouterr().out


def test_uv_is_not_waited_for_without_end(monkeypatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("uv", 1)

    monkeypatch.setattr(uv.shutil, "which", lambda name: "/bin/uv")
    monkeypatch.setattr(uv.process_groups, "run", run)
    with pytest.raises(uv.NoIndex, match="has chosen no packages within 600 s"):
        uv.resolve("tensorflow")
