"""The command line `python -m reports`: explains numbers, records releases and compares them.

python -m reports upgrade --from 2.15 --to 2.21   what an upgrade changes
python -m reports compare BEFORE AFTER            what changed between two recordings, and why
python -m reports trace CASE                      one behaviour over all releases; --bisect fills gaps
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from reports.commands.table import COMMANDS, GO_ON, parser
from reports.commands.terminal import be_quiet, complain
from reports.exit_codes import refusal
from suites.observe import settings
from suites.plugin.exits import Exit


def main(arguments: Sequence[str] | None = None) -> int:
    command = ""
    try:
        options = parser().parse_args(arguments)
        command = options.command
        if wrong := settings.of_this_process():
            complain(wrong)
            return Exit.CANNOT_MEASURE
        return COMMANDS[command].run(options)
    except BrokenPipeError:  # whoever reads has read enough
        be_quiet()
        return Exit.DONE
    except KeyboardInterrupt:
        again = command in GO_ON
        complain("interrupted" + ("; the same command goes on from here" if again else ""))
        return Exit.INTERRUPTED
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    if found := refusal(error):
        code, line = found
        if isinstance(error, OSError):  # it may have been the output that is full
            be_quiet()
        complain(line)
        return code
    traceback.print_exc()
    complain("a mistake in xentcheck itself; please report it with the lines above")
    return Exit.MISTAKE


if __name__ == "__main__":
    sys.exit(main())
