"""Asks an installation: the observer that travels to it, and the process it runs in.

Imports `reference` and `suites.cases`. Start at `observer.py`, which imports nothing of the project.
"""
