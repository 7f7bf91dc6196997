"""Holds an answer against the reference, names the cause of a difference, and looks it up.

Imports `reference`, `suites.cases` and `suites.observe`. Start at `judge.py`; `ledger.py` decides
the verdict.
"""
