"""Modules that make tables are programs, too: run as one they write, imported they do nothing."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from suites.ledger import absences

SHIPPED = absences.FILE


def run(name: str, as_program: bool) -> None:
    runpy.run_module(name, run_name="__main__" if as_program else "imported", alter_sys=False)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_the_table_of_absences_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "absences.toml"
    monkeypatch.setattr(absences, "FILE", file)
    run("reports.compare.absences", as_program=False)
    assert not file.exists()
    run("reports.compare.absences", as_program=True)
    assert file.read_text() == SHIPPED.read_text()
    assert capsys.readouterr().out == f"written: {file}\n"


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_covering_arrays_need_a_package_that_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "covertable", None)
    run("suites.cases.combinations", as_program=False)
    with pytest.raises(SystemExit) as raised:
        run("suites.cases.combinations", as_program=True)
    assert raised.value.code == 4
    why = "needs covertable: pip install -r meta_tests/requirements.txt\n"
    assert capsys.readouterr() == ("", why)
