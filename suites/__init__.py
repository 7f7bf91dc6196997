"""What is asked: promises, as test modules, and the rooms that make and judge the cases of each.

Imports `reference`. Rooms, each importing those before it: cases, observe, judge, ledger, plugin.
Start at `test_losses.py`.
"""
