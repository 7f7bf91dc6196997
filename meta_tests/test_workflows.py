"""The workflows run what was reviewed, with no more rights than they need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suites.cases.tier import TIERS

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
NIGHTLY = (ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8")


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def test_every_action_is_pinned_to_a_commit_and_names_its_version(workflow: str) -> None:
    used = re.findall(r"uses: (.*)", workflow)
    assert used
    assert not [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", one)]


def test_one_version_of_an_action_is_used_everywhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in WORKFLOWS]
    used = {one for text in texts for one in re.findall(r"uses: (\S+)", text)}
    assert len({one.partition("@")[0] for one in used}) == len(used)


def test_nothing_may_be_written_and_no_token_stays(workflow: str) -> None:
    assert re.findall(r"^permissions:\n(?:  .*\n)*", workflow, re.MULTILINE) == [
        "permissions:\n  contents: read\n"
    ]
    assert "secrets" not in workflow
    assert workflow.count("persist-credentials: false") == workflow.count("actions/checkout@")


def test_every_job_ends(workflow: str) -> None:
    assert workflow.count("timeout-minutes:") == workflow.count("runs-on:")


@pytest.mark.parametrize(
    "text",
    [
        "--hypothesis-profile=soak",
        f"--tier {TIERS[-1]} @sample.txt",
        'TF_DETERMINISTIC_OPS: "1"',
        "python -m meta_tests.mutations",
        'python-version: "3.13"',
    ],
)
def test_the_night_does_what_takes_too_long(text: str) -> None:
    assert text in NIGHTLY


def test_the_oldest_tensorflow_is_the_one_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    oldest = re.search(r"```\n(tensorflow==.*)\n(keras==.*)\n(tf_keras==.*)\n```", readme)
    assert oldest
    changed = re.findall(r"/((?:tensorflow|keras|tf_keras)==[\d.]+)/", NIGHTLY)
    assert changed == list(oldest.groups())
