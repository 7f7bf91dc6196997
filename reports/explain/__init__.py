"""Explains a loss of the user's own numbers: what is right, what each release computes, what matters.

Imports the reference, the tables of losses and the rooms before it. Start at `explain.py`.
"""
