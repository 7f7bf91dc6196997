"""The commands of `python -m reports`, a module each: what it takes, `add`, and what it does, `run`.

Imports all rooms but `plugin`; what a command needs it imports when it runs, so that `--help` is quick.
Start at `table.py`.
"""
