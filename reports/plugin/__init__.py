"""What the hooks of `conftest.py` call to start a run, and to report it when it ends.

Imports all other rooms. Start at `start.py`, then `collector.py`.
"""
