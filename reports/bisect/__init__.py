"""Finds the release that changed an answer, in fresh environments between two recordings.

Imports the rooms before it. Start at `bisection.py`.
"""
