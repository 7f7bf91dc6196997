"""How a call is run, and how a program traces what it calls where it can't be traced itself."""

from __future__ import annotations

from typing import Literal, get_args

Execution = Literal["eager", "graph", "xla"]
EXECUTIONS: tuple[Execution, ...] = get_args(Execution)

# What a program puts its calls into.
TRACE: dict[Execution, str] = {
    "eager": "",
    "graph": "tf.function",
    "xla": "tf.function(jit_compile=True)",
}
