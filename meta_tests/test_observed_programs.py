"""What calls use beside Keras and TensorFlow, where that can be tried without either."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import pytest

from suites.observe import programs


def test_what_has_another_value_is_refused() -> None:
    made = SimpleNamespace(name="mine")
    assert programs.having("name", "mine", made) is made
    with pytest.raises(ValueError, match="its name is 'mine'"):
        programs.having("name", "another", made)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_warnings_are_counted_by_their_kind(count: int) -> None:
    def made() -> int:
        warnings.warn("another kind", UserWarning, stacklevel=2)
        for _ in range(count):
            warnings.warn("one class", SyntaxWarning, stacklevel=2)
        return 3

    assert programs.with_warnings(count, SyntaxWarning, made) == 3
    with pytest.raises(ValueError, match=f"{count} warnings where {count + 1} are due"):
        programs.with_warnings(count + 1, SyntaxWarning, made)
