"""Files: recordings of answers and how they are packed, and folders that change all at once.

Imports `suites`. Start at `recording.py`.
"""
