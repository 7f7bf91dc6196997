"""Search for what no table asks: calls are drawn, judged by the reference, and shrunk where they differ.

Imports the tables, the observer and the judge. Start at `hunter.py`.
"""
