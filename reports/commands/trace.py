"""`trace`: one case through all releases, and the release that changed it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reports.commands import arguments
from reports.commands.asked import everything
from reports.commands.terminal import say
from reports.store.files import check_folder
from suites.plugin.exits import Exit

if TYPE_CHECKING:
    from reports.compare.since.timeline import Recorded


TRACE = """\
CASE is the short id of a case or all of it, as `upgrade` and `compare` print them, a test id as pytest prints it,
or some of its fields, separated by commas, that together select one case. An alias such as bce names a loss, and
* matches any letters.

--bisect finds the release that changed the answer between two neighbouring recordings. It needs uv.
If both TensorFlow and Keras changed, the new Keras is tried on the old TensorFlow first, or else the
old Keras on the new TensorFlow. Then the releases in between are searched by bisection: each is
installed below --built and runs this one case. Pre-releases are left out."""
TRACE_EXAMPLES = """\
examples:
  python -m reports trace \\
    binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,rails
  python -m reports trace sparse_categorical_crossentropy,class,lists-with-class-numbers \\
    --bisect tf-2.18.1-keras-3.8.0"""


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "trace",
        help="follow one case through all releases; find the release that changed it",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=TRACE,
        epilog=f"{TRACE_EXAMPLES}\n\n{arguments.CODES}",
    )
    command.add_argument("case", metavar="CASE", help="nine fields, or some of them; see above")
    arguments.folder(command)
    command.add_argument(
        "--backends", action="store_true", help="also show Keras on JAX, PyTorch and OpenVINO"
    )
    command.add_argument(
        "--rounding", action="store_true", help="also show releases that changed rounding only"
    )
    command.add_argument(
        "--bisect",
        nargs="?",
        const="",
        metavar="ENVIRONMENT",
        help="install and run the releases between two recordings; ENVIRONMENT is the recording that "
        "first shows the change (several, separated by commas, or all); it may be omitted if only one does",
    )
    arguments.built(command)


def run(options: argparse.Namespace) -> int:
    from reports.compare import find_case, trace
    from reports.compare.since import timeline

    loaded = timeline.load(options.recordings)
    case = find_case.find(loaded.cases(), options.case)
    if options.bisect is None:
        say(*trace.lines(loaded, case, options.backends, options.rounding))
        return 0
    steps = trace.changes(loaded, case, options.backends)
    return _bisect(case, trace.chosen(steps, options.bisect), options.built)


def _bisect(case: str, steps: Sequence[tuple[Recorded, Recorded]], built: Path) -> int:
    from reports.bisect import result
    from reports.bisect.bisection import Bisection
    from reports.bisect.probe import probe

    check_folder(built)
    code, head = 0, [case]
    with probe(case, everything(), built) as asked:
        for before, after in steps:
            found = Bisection(case, asked.ask).find(before, after)
            say(*head, *result.lines(found, case))
            code, head = code if found.exact else Exit.CANNOT_MEASURE, []
    return code
