"""What changed between two recordings, over all of them, and between a pin and a run.

Imports the rooms before it. Start at `drift.py`.
"""
