"""The report of one run: a frame of comparisons, from which the summary and the page are made.

Imports `reports.store`. Its own rooms are `tables` and `plots`, of which `findings.py` gathers what
they need while the frame is written. Start at `frame.py`.
"""
