"""`upgrade`: what changes for somebody who upgrades."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say
from reports.store.errors import BadUsage

UPGRADE = """\
Tell on one screen what an upgrade changes, the gravest first. 2.15 means TensorFlow 2.15 with the
Keras of its day; --keras-from and --keras-to name another one; keras-3.5 means that Keras, and the id of a recording
is used as it is. It ends with 0 whatever changes; `compare` ends with 1."""


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "upgrade",
        help="tell what an upgrade of TensorFlow or Keras changes",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=UPGRADE,
        epilog=f"example:\n  python -m reports upgrade --from 2.15 --to 2.21 --loss bce\n\n{arguments.CODES}",
    )
    text = (
        "a version of TensorFlow such as 2.15, of Keras such as keras-3.5, or the id of a recording"
    )
    command.add_argument("--from", dest="old", required=True, metavar="VERSION", help=text)
    command.add_argument("--to", dest="new", required=True, metavar="VERSION", help=text)
    for word in ("from", "to"):
        command.add_argument(
            f"--keras-{word}",
            default="",
            metavar="VERSION",
            help=f"the Keras beside the TensorFlow of --{word} (default: that of its day)",
        )
    arguments.folder(command)
    arguments.narrow(command)
    command.add_argument(
        "--all", action="store_true", help="show all that changes, with reasons and links"
    )


def run(options: argparse.Namespace) -> int:
    from reports.compare import release_names, upgrade
    from reports.compare.grouping import changes
    from reports.compare.since import since

    texts, chosen = (options.old, options.new), arguments.chosen(options)
    keras = options.keras_from, options.keras_to
    (old, new), table = release_names.meant(options.recordings, texts, keras)
    if old == new:
        raise BadUsage(f"--from and --to are both {old.id}")
    way = since.stops(options.recordings, old.id, new.id)
    found = changes.compare(way[0].side, way[-1].side, chosen)
    heads = list(upgrade.heading(texts, (old, new), table))
    say(*upgrade.lines(heads, found, way, upgrade.scope(chosen), options.all))
    return 0
