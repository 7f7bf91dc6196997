"""Two recordings side by side: which cases changed, and what changed alike.

Start at `changes.py`.
"""
