"""Every case over all releases: what each answered, which of them changed it, and since when it is so.

Start at `timeline.py`.
"""
