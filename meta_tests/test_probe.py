"""A fresh environment is locked, built and asked one case, and no other one answers for it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from meta_tests.index import Index, served
from meta_tests.test_build import HERE
from reference.cause import read
from reports.bisect import derived
from reports.bisect.bisection import Bisection
from reports.bisect.halving import NotMeasured
from reports.bisect.probe import FOLDER, Probe, probe
from reports.compare.since.timeline import Recorded
from reports.releases.environments import LOCKS, find
from reports.releases.record import Asked
from reports.releases.uv import NoIndex
from reports.store.recording import Rows
from suites.judge.diagnosis import Diagnosis, Quantity, Wrong

pytestmark = pytest.mark.skipif(not shutil.which("uv"), reason="no uv here")
CASE = "loss,form,plain,logits,float32,graph,CPU:0,hard,one"
OLD, NEW = (replace(find(id), python=HERE) for id in ("tf-2.17.1", "tf-2.18.1-keras-3.8.0"))

# Says which packages are installed, and an error in Keras from 3.7.1 on.
OBSERVER = """
import json, sys
from importlib.metadata import version, PackageNotFoundError
for line in sys.stdin:
    keras, request = version("keras"), json.loads(line)
    if "about" in request:
        answer = {"floatx": "float32"}
    elif not request:
        answer = {"tensorflow": version("tensorflow-cpu"), "keras": SAYS}
    else:
        answer = {"error": "TypeError: no" if keras < "3.7.1" else "ValueError: no"}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with served(monkeypatch, str(tmp_path / "cache")) as found:
        for version in ("3.6.0", "3.7.0", "3.7.1", "3.8.0", "3.9.0"):
            found.add("keras", version)
        for version in ("2.17.1", "2.18.0", "2.18.1"):
            found.add("tensorflow-cpu", version, needs=("keras>=3.0.0",))
            found.add("tf-keras", f"{version[:4]}.0", needs=("tensorflow",))
        yield found


def asked(folder: Path, says: str = "keras") -> Asked:
    file = folder / "observer.py"
    file.write_text(OBSERVER.replace("SAYS", says))
    return Asked({CASE: {"call": "1"}, "other": {}}, "", "q", file, diagnosed)


JUDGED = Diagnosis((Wrong(Quantity.CALL, None, read("raised TypeError")),))


def diagnosed(rows: Rows) -> dict[str, Diagnosis]:
    return dict.fromkeys(rows, JUDGED)


def ask(folder: Path, version: str, says: str = "keras") -> tuple[Recorded | NotMeasured, str]:
    written = StringIO()
    with probe(CASE, asked(folder, says), folder) as one:
        found = replace(one, stream=written).ask(derived.with_keras(OLD, version))
    return found, written.getvalue()


def test_what_is_built_is_asked_the_one_case(index: Index, tmp_path: Path) -> None:
    found, written = ask(tmp_path, "3.7.0")
    assert isinstance(found, Recorded)
    assert found.answer(CASE) == "error TypeError: no"
    assert found.diagnosis(CASE) == JUDGED
    assert found.environment.lock == tmp_path / FOLDER / "locks" / "tf-2.17.1-keras-3.7.0.txt"
    assert written.startswith("tf-2.17.1-keras-3.7.0: TypeError: no; ")
    assert written.count("\n") == 1
    assert json.loads((tmp_path / FOLDER / "request.json").read_text()) == {CASE: {"call": "1"}}
    assert not (LOCKS / found.environment.lock.name).exists()


def test_what_is_built_is_used_again(index: Index, tmp_path: Path) -> None:
    ask(tmp_path, "3.7.0")
    mark = tmp_path / FOLDER / "tf-2.17.1-keras-3.7.0" / "mark"
    mark.touch()
    ask(tmp_path, "3.7.0")
    assert mark.exists()


def test_packages_that_do_not_fit_are_a_reason(index: Index, tmp_path: Path) -> None:
    index.pages["tensorflow-cpu"].pop(0)
    index.add("tensorflow-cpu", "2.17.1", needs=("keras>=3.9.0",))
    found, written = ask(tmp_path, "3.7.0")
    assert isinstance(found, NotMeasured)
    assert re.fullmatch(r"tensorflow-cpu\S+ depends on keras>=3\.9\.0", found.reason)
    assert written.startswith(f"tf-2.17.1-keras-3.7.0: not measured: {found.reason} (")


def test_no_network_stops_and_leaves_nothing_behind(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, written = derived.with_keras(OLD, "3.7.0"), StringIO()
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with probe(CASE, asked(tmp_path), tmp_path) as one, pytest.raises(NoIndex, match="no network"):
        replace(one, stream=written).ask(row)
    assert written.getvalue() == "tf-2.17.1-keras-3.7.0: stopped\n"
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["request.json"]


@pytest.mark.parametrize("answered", ["absent", "3.6.0"])
def test_another_keras_does_not_answer_for_it(index: Index, tmp_path: Path, answered: str) -> None:
    found, _ = ask(tmp_path, "3.7.0", says=repr(answered))
    assert found == NotMeasured(f"Keras 3.7.0 can't be used: {answered}")


def test_a_post_release_of_tensorflow_says_its_plain_version(index: Index, tmp_path: Path) -> None:
    index.add("tensorflow-cpu", "2.18.1.post1")
    row = replace(derived.with_tensorflow(NEW, "2.18.1.post1"), tf_keras="")
    with probe(CASE, asked(tmp_path), tmp_path) as one:
        observer = one.asked.observer
        observer.write_text(
            observer.read_text().replace('("tensorflow-cpu")', '("keras") and "2.18.1"')
        )
        found = replace(one, stream=StringIO()).ask(row)
    assert isinstance(found, Recorded)


def test_a_case_that_is_not_asked_any_more_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"^loss,gone is not asked any more"),
        probe("loss,gone", asked(tmp_path), tmp_path),
    ):
        pass


def test_the_release_is_found_from_end_to_end(index: Index, tmp_path: Path) -> None:
    words = ((OLD, "TypeError"), (NEW, "ValueError"))
    ends = (Recorded(row, {CASE: f"error {word}: no"}, {}) for row, word in words)
    with probe(CASE, asked(tmp_path), tmp_path) as one:
        found = Bisection(CASE, Probe(CASE, one.asked, one.folder, StringIO()).ask).find(*ends)
    (part,) = found.parts
    (step,) = part.steps
    assert [release.version for release in part.between] == ["3.7.0", "3.7.1"]
    assert step.before.environment.id == "tf-2.17.1-keras-3.7.0"
    assert step.after.environment.id == "tf-2.17.1-keras-3.7.1"
