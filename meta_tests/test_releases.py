"""The releases between two others are those that the package index has, in the order of their age."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from meta_tests.index import Index, served
from reports.releases import build, uv
from reports.releases.package_index import between, day
from reports.releases.uv import NoIndex

needs_uv = pytest.mark.skipif(not shutil.which("uv"), reason="no uv here")
BOTH = ("3.11", "3.9")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with served(monkeypatch, str(tmp_path)) as found:
        yield found


def versions(*asked: str, pythons: tuple[str, ...] = BOTH) -> list[str]:
    return [release.version for release in between(*asked, pythons)]


@needs_uv
def test_releases_between_are_in_order_and_have_a_day(index: Index) -> None:
    for version in ("3.8.0", "3.9.0", "3.10.0", "3.9.1", "3.11.0"):
        index.add("keras", version, day=f"2025-0{len(version)}-17")
    found = between("keras", "3.8.0", "3.11.0", BOTH)
    assert [one.version for one in found] == ["3.9.0", "3.9.1", "3.10.0"]
    assert [one.day for one in found] == ["2025-05-17", "2025-05-17", "2025-06-17"]
    assert day("keras", "3.11.0", "3.11") == "2025-06-17"


@needs_uv
def test_what_was_yanked_or_is_no_final_release_is_left_out(index: Index) -> None:
    for version in ("3.6.0", "3.7.0rc0", "3.7.1.dev5", "3.7.2", "3.7.2.post1", "3.8.0"):
        index.add("keras", version)
    index.add("keras", "3.7.3", yanked=True)
    assert versions("keras", "3.6.0", "3.8.0") == ["3.7.2", "3.7.2.post1"]


@needs_uv
def test_nothing_lies_between_neighbours(index: Index) -> None:
    index.add("keras", "3.6.0")
    index.add("keras", "3.7.0")
    assert versions("keras", "3.6.0", "3.7.0") == []


@needs_uv
def test_a_release_is_for_the_first_python_that_it_has_a_file_for(index: Index) -> None:
    for version, tag in (("2.7.4", "cp39"), ("2.8.0", "cp39"), ("2.8.4", "cp311")):
        index.add("tensorflow-cpu", version, tag=f"{tag}-{tag}-manylinux2010_x86_64")
    index.add("tensorflow-cpu", "2.8.1")
    found = between("tensorflow", "2.7.4", "2.8.4", BOTH)
    assert [(one.version, one.python) for one in found] == [("2.8.0", "3.9"), ("2.8.1", "3.11")]


@needs_uv
def test_tensorflow_has_another_name_from_2_1_on(index: Index) -> None:
    for version in ("2.0.3", "2.0.4", "2.1.0", "2.1.1"):
        index.add("tensorflow", version)
    for version in ("1.15.0", "2.1.0", "2.1.1"):
        index.add("tensorflow-cpu", version)
    assert versions("tensorflow", "2.0.3", "2.1.1") == ["2.0.4", "2.1.0"]


@needs_uv
def test_before_a_nightly_build_lie_final_releases_only(index: Index) -> None:
    for version in ("3.15.1", "3.15.2", "3.16.0rc1"):
        index.add("keras", version)
    assert versions("keras", "3.15.1", "3.16.0.dev2026102704") == ["3.15.2"]


@needs_uv
def test_an_index_without_the_package_is_an_error(index: Index) -> None:
    with pytest.raises(NoIndex, match=r"^the package index has no keras from 3\.6\.0 on$"):
        versions("keras", "3.6.0", "3.7.0")


@needs_uv
def test_no_network_is_an_error(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(NoIndex, match=r"^the package index can't be asked: no network"):
        versions("keras", "3.6.0", "3.7.0")


def test_without_uv_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoIndex, match=r"^uv is needed .*: pip install uv$"):
        versions("keras", "3.6.0", "3.7.0")


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "error: No solution found when resolving dependencies\n  cause: Because a==1 depends on"
            " b<2 and you require\n         a==1, we can conclude that so not.",
            "a==1 depends on b<2",
        ),
        ("error: it broke\n  cause: it was old\n", "error: it broke; cause: it was old"),
    ],
    ids=["no solution", "another error"],
)
def test_a_reason_of_uv_is_one_line(output: str, reason: str) -> None:
    assert uv.reason(output) == reason


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("error: it broke\n  cause: error sending request for url", "no network: the packages can't be fetched"),
        ("a\n\nERROR: one\nError: two\n  cause: first\n  cause: second\n", "Error: two; cause: first"),
        ("a line\nthe last  line\n\n", "the last line"),
        ("\n", "no reason given"),
        ("error: " + "x" * 400, "error: " + "x" * 293),
    ],
)  # fmt: skip
def test_a_build_that_fails_has_its_reason_in_one_line(output: str, reason: str) -> None:
    assert build.reason(output) == reason
