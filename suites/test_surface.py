"""Every cross-entropy that is installed is asked for, or left out for a reason."""

import pytest

from suites.cases.selection import select
from suites.judge import surface
from suites.observe.client import Client


@pytest.mark.of_keras_3
def test_every_public_cross_entropy_is_asked_for_with_every_parameter(observer: Client) -> None:
    calls = {case.call for case in select(["CPU:0", "CPU:1"])}
    names, uses, aliases = observer.public_api(sorted(calls))
    packages = {name.partition(".")[0] for name in names}
    left = surface.load(keras=observer.about()["keras"])
    wrong = surface.problems(surface.gaps(names, uses), left, packages)
    wrong += surface.one_sided({*names, *aliases})
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
