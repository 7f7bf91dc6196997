"""`pytest --release`: an id becomes an environment, which is built once, or one line says why not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reports.releases import environments, ready
from reports.releases.build import STAMP, python_of
from reports.releases.environments import Environment
from reports.releases.interpreter import CannotBuild, NoInterpreter
from reports.store.errors import BadUsage
from suites.observe.environment import Other


class Built:
    """Builds that take no time, below a folder; `raises` is what they end with."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.raises: CannotBuild | None = None
        self.seconds = 0.0

    def is_built(self, environment: Environment, folder: Path) -> bool:
        return environment.id in self.ids

    def build(self, environment: Environment, folder: Path) -> Path:
        if self.raises:
            raise self.raises
        time.sleep(self.seconds)
        self.ids.append(environment.id)
        return python_of(folder / environment.id)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Built:
    found = Built()
    monkeypatch.setattr(ready, "build", found.build)
    monkeypatch.setattr(ready, "is_built", found.is_built)
    return found


def test_a_release_is_built_once_with_a_word_about_it(built: Built, tmp_path: Path) -> None:
    lines: list[str] = []
    other = ready.ready("keras-3.15.1-jax", tmp_path, lines.append)
    assert (other.python, other.release) == (python_of(tmp_path / other.release), other.release)
    assert lines[0].startswith(f"building keras-3.15.1-jax in {tmp_path}, once; ")
    assert lines[-1] == "built keras-3.15.1-jax in 0 s"
    ready.ready("keras-3.15.1-jax", tmp_path, lines.append)
    assert len(lines) == 2


def test_a_long_build_says_that_it_goes_on(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "PAUSE", 0.05)
    built.seconds = 0.5
    lines: list[str] = []
    ready.ready("tf-2.4.4", tmp_path, lines.append)
    assert lines[1] == "still building tf-2.4.4: 0 s"


def test_who_comes_while_it_is_built_waits_for_it(built: Built, tmp_path: Path) -> None:
    built.seconds = 0.3
    lines: list[str] = []
    with ThreadPoolExecutor(2) as both:
        found = [both.submit(ready.ready, "tf-2.4.4", tmp_path, lines.append) for _ in range(2)]
    assert found[0].result() == found[1].result()
    assert [line.split()[0] for line in lines] == ["building", "built"]


def test_its_variables_are_those_of_the_table_and_its_home_is_its_own(
    built: Built, tmp_path: Path
) -> None:
    jax, old = (
        ready.ready(id, tmp_path, lambda line: None) for id in ("keras-3.15.1-jax", "keras-2.3.1")
    )
    assert (jax.backend, jax.variables["XENTCHECK_KERAS"]) == ("jax", "keras")
    assert (old.backend, old.variables["XENTCHECK_KERAS"]) == ("tensorflow", "keras")
    for other in (jax, old):
        home = tmp_path.resolve() / "homes" / other.release
        assert other.variables["HOME"] == str(home)
        assert Path(other.variables["KERAS_HOME"], "keras.json").is_file()


def test_every_release_of_the_table_can_be_named(built: Built, tmp_path: Path) -> None:
    for row in environments.load():
        assert ready.known(row.id) == row


@pytest.mark.parametrize(
    ("id", "line"),
    [
        ("tf-2.17", "no release 'tf-2.17'; did you mean 'tf-2.17.1'"),
        ("keras-3.15.1-jaxx", "no release 'keras-3.15.1-jaxx'; did you mean 'keras-3.15.1-jax'"),
        ("mxnet", "no release 'mxnet'; no id is like it; all 59 are in environments.toml"),
    ],
)
def test_an_unknown_id_names_what_is_near(id: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(BadUsage) as raised:
        ready.ready(id, tmp_path, lambda line: None)
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


def test_what_can_not_be_built_says_so(built: Built, tmp_path: Path) -> None:
    built.raises = NoInterpreter("no interpreter for Python 3.6: none on PATH")
    lines: list[str] = []
    with pytest.raises(CannotBuild, match=r"^no interpreter for Python 3\.6"):
        ready.ready("tf-1.0.1", tmp_path, lines.append)
    assert len(lines) == 1


def test_only_a_stamp_of_the_lock_of_today_makes_it_complete(tmp_path: Path) -> None:
    from reports.releases.build import is_built

    row = ready.known("tf-1.0.1")
    assert not is_built(row, tmp_path)
    (tmp_path / row.id).mkdir()
    (tmp_path / row.id / STAMP).write_text("of another lock")
    assert not is_built(row, tmp_path)


def test_another_environment_computes_with_what_its_variables_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert Other(Path("python")).backend == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert Other(Path("python")).backend == "torch"
    assert Other(Path("python"), {"KERAS_BACKEND": "jax"}).backend == "jax"
