"""Decides the verdict: the known differences, each with cause, cases and versions, and what a
release may lack. Imports `reference` and all rooms of `suites` but `plugin`. Start at `ledger.py`.
"""
