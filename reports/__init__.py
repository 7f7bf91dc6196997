"""What is written and compared: reports of a run, recordings of releases, and what changed between them.

Imports `reference` and `suites`. Rooms, each importing those before it: store, run, releases,
compare, bisect, plugin. Start at `__main__.py`, the commands.
"""
