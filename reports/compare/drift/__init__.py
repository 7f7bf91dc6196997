"""What became of one answer between two recordings, how grave it is, and which known difference it shows.

Start at `drift.py`.
"""
