"""The tables of a report: what differs in groups and entries, condensed rows, the matrix, and strips of releases.

Start at `tables.py`.
"""
