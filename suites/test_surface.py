"""Every cross-entropy that is installed is asked for, or left out for a reason."""

import pytest

from suites import surface
from suites.selection import select

PACKAGES = ("keras", "tf", "tf_keras")


def test_every_public_cross_entropy_is_asked_for_with_every_parameter(observer):
    modules = {name: observer.names[name] for name in PACKAGES if name in observer.names}
    calls = {case.call for case in select(["CPU:0", "CPU:1"])}
    found = surface.gaps(surface.public(modules), surface.covered(calls, observer.names))
    wrong = surface.problems(found, surface.load(), modules)
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
