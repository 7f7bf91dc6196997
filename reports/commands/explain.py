"""`explain`: a loss of your own numbers, and what gives the number that you see."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reports.commands import arguments
from reports.commands.terminal import complain, say
from reports.store.errors import BadUsage

if TYPE_CHECKING:
    from reports.explain.call import Call
    from suites.observe.environment import Other


EXPLAIN = """\
Explain a cross-entropy of your own numbers. Prints the exact loss of each row, the interval of all
correct results in the dtype, what each formula of the releases gives, and which steps matter (the clip,
the normalisation, options, rounding). With --observed it names what gives that number, and what to do.
TensorFlow is not needed."""
EXPLAIN_EXAMPLES = """\
examples:
  python -m reports explain --loss cce --target '[[0, 1]]' --output '[[1, 4.5e-12]]' --observed 26.127
  python -m reports explain --loss bce --target y.npy --output p.npy --dtype bfloat16"""
LOSS_OPTIONS: dict[str, tuple[type, str, str]] = {
    "label-smoothing": (float, "NUMBER", "from 0 to 1"),
    "axis": (int, "NUMBER", "axis of the classes (default: -1)"),
    "ignore-class": (int, "NUMBER", "rows with this label do not count"),
    "epsilon": (
        float,
        "NUMBER",
        "of the clip, as keras.config.set_epsilon sets it (default: 1e-07)",
    ),
    "alpha": (float, "NUMBER", "of the focal losses"),
    "gamma": (float, "NUMBER", "of the focal losses"),
    "q": (float, "NUMBER", "of the generalised cross-entropy"),
    "pos-weight": (float, "NUMBER", "of the weighted sigmoid cross-entropy"),
    "dtype": (
        str,
        "NAME",
        "float16, bfloat16, float32 or float64 (default: that of a file, else float32)",
    ),
}


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "explain",
        help="explain a loss of your own numbers: what is right, and what gives the number you see",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=EXPLAIN,
        epilog=EXPLAIN_EXAMPLES,
    )
    array = "a literal such as '[0, 1]', or a .npy, .npz or .csv file"
    command.add_argument(
        "--loss", required=True, metavar="NAME", help="such as bce, or its full name"
    )
    command.add_argument("--target", required=True, metavar="ARRAY", help=f"the labels: {array}")
    command.add_argument(
        "--output", required=True, metavar="ARRAY", help="the predictions, likewise"
    )
    command.add_argument(
        "--observed", metavar="NUMBER", help="the loss that you see, as you see it"
    )
    asked = command.add_mutually_exclusive_group()
    asked.add_argument(
        "--python",
        metavar="PATH",
        help="ask the TensorFlow of this Python or environment, too, in every way that people call a loss",
    )
    asked.add_argument(
        "--release",
        metavar="ID",
        help="the same of a recorded release, such as tf-2.17.1; it is built if it is missing",
    )
    arguments.built(command)
    command.add_argument("--from-logits", action="store_true", help="the predictions are logits")
    command.add_argument("--sample-weight", metavar="ARRAY", help="one weight, or one for each row")
    for name, (kind, metavar, text) in LOSS_OPTIONS.items():
        command.add_argument(f"--{name}", type=kind, metavar=metavar, help=text)


def run(options: argparse.Namespace) -> int:
    from reports.explain import arrays
    from reports.explain.call import call
    from reports.explain.explain import explanation
    from reports.explain.observed import observed
    from reports.explain.text import lines

    names = [name.replace("-", "_") for name in LOSS_OPTIONS]
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    other = _other(options)
    weights = options.sample_weight
    target, output, weight, remark = arrays.sampled(
        arrays.array("--target", options.target),
        arrays.array("--output", options.output),
        None if weights is None else arrays.array("--sample-weight", weights),
        chosen.get("axis", -1),
    )
    one = call(
        options.loss,
        target,
        output,
        sample_weight=weight,
        from_logits=options.from_logits,
        **chosen,
    )
    if remark:
        say(remark)
    say(*lines(explanation(one, observed(options.observed) if options.observed else None)))
    if other:
        _ask_installation(one, other)
    return 0


def _other(options: argparse.Namespace) -> Other | None:
    """The environment that is asked as well; a release is built if it is missing."""
    from reports.releases.ready import ready
    from suites.observe.environment import Other
    from suites.observe.interpreters import NoInterpreter, interpreter

    if options.release:
        return ready(options.release, options.built, complain)
    try:
        return Other(interpreter(options.python)) if options.python else None
    except NoInterpreter as error:
        raise BadUsage(f"--python: {error}") from None


def _ask_installation(one: Call, other: Other) -> None:
    from reports.explain.installation import answered
    from reports.explain.text import table
    from suites.observe import environment

    with environment.start(other) as client:
        versions = client.about()
        working, _ = client.devices()
        names = {"TensorFlow": versions["tensorflow"], "Keras": versions["keras"]}
        say("", " with ".join(f"{name} {text}" for name, text in names.items()) + " returns:")
        say(*table([*answered(one, client, working[0])]))
