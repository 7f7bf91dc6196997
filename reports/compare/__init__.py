"""What changed between two recordings, over all of them, and between a pin and a run.

Imports the rooms before it. Its own rooms, each importing those before it: `drift` (one answer),
`grouping` (all answers), `since` (all releases), `words`; the modules here are what a command says.
Start at `drift/drift.py`.
"""
