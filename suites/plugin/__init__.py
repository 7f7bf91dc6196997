"""What the hooks of `conftest.py` call: options, the run, what it found, and the text of a failure.

Imports all other rooms of `suites`. Start at `run.py`.
"""
