"""The header names all that a result may depend on, and what could not be measured."""

from __future__ import annotations

import pytest

from meta_tests.door import SETTINGS, VERSIONS
from suites.observe.environment import describe

NO_GPU = "GPU: TensorFlow finds none"


@pytest.mark.parametrize(
    ("working", "broken", "devices", "missing"),
    [
        (["CPU:0", "CPU:1"], {}, "CPU:0, CPU:1", NO_GPU),
        (["CPU:0"], {"CPU:1": "no"}, "CPU:0", f"CPU:1: no; {NO_GPU}"),
        (["CPU:0", "GPU:0"], {}, "CPU:0, GPU:0", "none"),
        (["CPU:0"], {"GPU:0": "no memory"}, "CPU:0", "GPU:0: no memory"),
    ],
)
def test_devices_that_work_and_others_with_their_reason(
    working: list[str], broken: dict[str, str], devices: str, missing: str
) -> None:
    found = describe(VERSIONS, SETTINGS, working, broken)
    assert (found["devices"], found["not measured"]) == (devices, missing)


def test_versions_and_settings_stand_under_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", "/my/keras")
    names = ("TensorFlow", "Keras", "NumPy", "Python", "CPU features", "KERAS_HOME", "XLA_FLAGS")
    found = describe(VERSIONS, SETTINGS | {"keras": "3.15.0", "xla_flags": "a"}, ["CPU:0"], {})
    expected = ("2.21.0", "3.15.0", "2.4.2", "3.11.7", "AVX2", "/my/keras", "a")
    assert tuple(found[name] for name in names) == expected
    settings = SETTINGS | {"intra_op_threads": "3", "inter_op_threads": "5"}
    threads = describe(VERSIONS, settings, ["CPU:0"], {})["threads"]
    assert threads == "in an operation 3, of operations 5"
