"""requirements.txt resolves for every release that README promises, on every Python it has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from meta_tests.pairs import FIELDS, OLDEST, PYTHONS, Pair, pairs, table
from meta_tests.test_readme import README, rows
from reports.releases import uv

PAIRS = pairs()
EVERYWHERE = [(pair, python) for pair in PAIRS for python in PYTHONS]
HERE = f"--python={sys.executable}"  # uv need not look for the Python that is asked about


def resolve(pair: Pair, python: str) -> dict[str, str]:
    """The versions that uv would install. Raises NoneFits."""
    try:
        text = uv.resolve(pair.requirements, f"--python-version={python}", HERE)
    except uv.NoIndex as error:
        pytest.skip(str(error))
    return dict(line.split("==") for line in text.splitlines())


@pytest.mark.parametrize(("pair", "python"), EVERYWHERE, ids=str)
def test_requirements_resolve_where_the_release_has_a_wheel(pair, python):
    if python not in pair.pythons:
        with pytest.raises(uv.NoneFits):
            resolve(pair, python)
        return
    found = resolve(pair, python)
    if not pair.nightly:
        assert (found["tensorflow"], found["keras"], found["tf-keras"]) == (
            pair.tensorflow,
            pair.keras,
            pair.tf_keras,
        )
    assert sum(name in found for name in ("keras", "keras-nightly")) == 1


def test_the_first_lines_are_the_releases():
    own = [Requirement(line) for line in PAIRS[-1].requirements.splitlines()[1:4]]
    assert [line.name for line in own] == ["tf-nightly", "keras-nightly", "tf_keras-nightly"]
    shipped = Path(__file__).parents[1].joinpath("requirements.txt").read_text().splitlines()
    assert [Requirement(line).name for line in shipped[1:4]] == list(FIELDS)
    assert shipped[4] == ""
    assert any(list(pair.lines) == shipped[1:4] for pair in PAIRS)


def test_all_minor_releases_from_the_oldest_on_are_promised():
    minors = {Version(pair.tensorflow).minor for pair in PAIRS if not pair.nightly}
    assert minors == set(range(OLDEST.minor, max(minors) + 1))
    assert PAIRS[-1].nightly
    newest = max(Version(pair.keras) for pair in PAIRS if not pair.nightly)
    assert all(
        any(Version(pair.keras) == newest for pair in PAIRS if pair.tensorflow == tensorflow)
        for tensorflow in {pair.tensorflow for pair in PAIRS if not pair.nightly}
    )


def test_readme_has_the_table_of_releases():
    assert rows("TensorFlow") == table()


@pytest.mark.parametrize("lines", [PAIRS[0].lines, PAIRS[-1].lines], ids=["oldest", "nightly"])
def test_readme_shows_the_lines_to_write(lines):
    assert "\n".join(lines) in README
