"""The report of one run: a frame of comparisons, from which the summary and the page are made.

Imports `reports.store`. Start at `frame.py`.
"""
