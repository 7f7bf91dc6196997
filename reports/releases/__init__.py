"""Environments of releases: the table of them, their locks, how they are built and recorded.

Imports `reports.store` and `reports.run`. Start at `environments.py`.
"""
