"""An environment is built from its lock, used again, and never taken for whole when it is not."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from reports.releases import build as builder
from reports.releases import environments, interpreter
from reports.releases.build import CannotBuild, build, remove
from reports.releases.environments import Environment

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
TOOLS = [
    pytest.param("uv", marks=pytest.mark.skipif(not shutil.which("uv"), reason="no uv here")),
    "pip",
]


def wheel(folder: Path) -> Path:
    """A package with one module, made here so that the test needs no network."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny-1.0-py3-none-any.whl"
    about = "tiny-1.0.dist-info"
    files = {
        "tiny.py": "VERSION = '1.0'\n",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def row(tmp_path, monkeypatch) -> Environment:
    """An environment whose lock holds that package."""
    path = wheel(tmp_path / "packages")
    locks = tmp_path / "locks"
    locks.mkdir()
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(path.parent))
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    texts = ("tiny", "2026-01-01", HERE, "", "1.0", "", "tensorflow", "keras", "")
    found = Environment(*texts, pins=("tiny==1.0",), locks=locks)
    write_lock(found, hashlib.sha256(path.read_bytes()).hexdigest())
    return found


def write_lock(row: Environment, sha256: str) -> None:
    row.lock.write_text(f"tiny==1.0 \\\n    --hash=sha256:{sha256}\n")


def without_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide uv. pip stays as Python brings it, for another takes the network."""
    which, run = shutil.which, builder._run
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "uv" else which(name))
    monkeypatch.setattr(builder, "_run", lambda asked: asked[-1].startswith("pip==") or run(asked))


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_built_imports(row, tmp_path, monkeypatch, tool):
    if tool == "pip":
        without_uv(monkeypatch)
    python = build(row, tmp_path / "envs")
    asked = [str(python), "-c", "import tiny; print(tiny.VERSION)"]
    assert subprocess.run(asked, capture_output=True, text=True).stdout == "1.0\n"
    assert python.is_relative_to(tmp_path / "envs" / "tiny")
    assert os.listdir(tmp_path / "envs") == ["tiny"]


def test_what_is_built_is_used_again_until_the_lock_changes(row, tmp_path, monkeypatch):
    mark = build(row, tmp_path).parent / "mark"
    mark.touch()
    build(row, tmp_path)
    assert mark.exists()
    row.lock.write_text(f"# another day\n{row.lock.read_text()}")
    build(row, tmp_path)
    assert not mark.exists()


def test_a_build_that_was_killed_is_begun_anew(row, tmp_path, monkeypatch):
    envs = tmp_path / "envs"
    with monkeypatch.context() as patch:
        patch.setattr(builder, "_first_that_works", killed)
        with pytest.raises(KeyboardInterrupt):
            build(row, envs)
    assert [path.name for path in envs.iterdir()] == [".tiny-unfinished"]
    (envs / ".tiny-unfinished" / "rest").touch()
    build(row, envs)
    assert [path.name for path in envs.iterdir()] == ["tiny"]
    assert not (envs / "tiny" / "rest").exists()


def killed(commands: object) -> None:
    raise KeyboardInterrupt


def test_what_is_removed_is_gone(row, tmp_path):
    envs = tmp_path / "envs"
    build(row, envs)
    remove(row, envs)
    remove(row, envs)
    assert not list(envs.iterdir())


def test_a_package_of_another_hash_is_refused(row, tmp_path):
    write_lock(row, "0" * 64)
    with pytest.raises(CannotBuild, match=r"^(?i:error).*(?i:hash)") as caught:
        build(row, tmp_path / "envs")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "envs" / "tiny").exists()


def test_a_package_that_does_not_exist_is_a_reason(row, tmp_path):
    row.lock.write_text(row.lock.read_text().replace("1.0", "2.0"))
    with pytest.raises(CannotBuild, match=r"^(?i:error).*tiny==2\.0"):
        build(row, tmp_path / "envs")


def test_no_interpreter_is_a_reason(row, tmp_path, monkeypatch):
    monkeypatch.setattr(interpreter, "_candidates", lambda python: [sys.executable, "/none", ""])
    with pytest.raises(CannotBuild, match=r"^no interpreter for Python 3\.99: none on PATH"):
        interpreter.find_interpreter("3.99")


def test_no_lock_is_a_reason(row, tmp_path):
    row.lock.unlink()
    with pytest.raises(CannotBuild, match=r"^no lock: tiny\.txt is missing"):
        build(row, tmp_path / "envs")


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "error: Request failed\n  cause: error sending request for url (https://u:p@host/)",
            "no network: the packages can't be fetched",
        ),
        (
            "Resolved 1 package\nerror: No solution found\n  cause: no wheels\n  cause: so not\n",
            "error: No solution found; cause: no wheels",
        ),
        (
            "WARNING: old\nERROR: no version (of 1, 2)\nERROR: No matching distribution found for a\n",
            "ERROR: No matching distribution found for a",
        ),
        ("", "no reason given"),
    ],
    ids=["no network", "uv", "pip", "silence"],
)
def test_a_reason_is_one_line(output, reason):
    assert builder.reason(output) == reason


def test_an_interpreter_is_found_where_pyenv_keeps_it(tmp_path, monkeypatch):
    place = tmp_path / "versions" / f"{HERE}.99" / "bin"
    place.mkdir(parents=True)
    (place / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert str(place / "python") in list(interpreter._candidates(HERE))


def test_a_shim_that_leads_nowhere_is_passed_over(tmp_path, monkeypatch):
    shim = tmp_path / "python"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setattr(interpreter, "_candidates", lambda python: [str(shim), sys.executable])
    assert interpreter.find_interpreter(HERE) == Path(sys.executable)


def test_an_index_of_its_own_comes_second():
    row = environments.find("keras-3.15.1-torch")
    assert environments.indexes(row) == ((), (f"--extra-index-url={row.index}",))


@pytest.mark.parametrize(("python", "pip"), [("3.6", "21.3.1"), ("3.7", "24.0"), (HERE, "25.3")])
def test_pip_is_one_that_the_python_can_run(row, tmp_path, monkeypatch, python, pip):
    which, asked = shutil.which, []
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "uv" else which(name))
    monkeypatch.setattr(builder, "find_interpreter", lambda _: Path(sys.executable))
    monkeypatch.setattr(builder, "_run", lambda command: asked.append(command[-1]))
    builder._fill(Path(sys.executable), tmp_path, replace(row, python=python))
    assert f"pip=={pip}" in asked
