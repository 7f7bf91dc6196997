"""Holds an answer against the reference, and names the cause of a difference.

Imports `reference`, `suites.cases` and `suites.observe`. Start at `judge.py`.
"""
