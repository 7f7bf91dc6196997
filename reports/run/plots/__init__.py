"""The plots of the page. What each needs is gathered batch by batch, in little memory, and drawn at the end.

Start at `svg.py`.
"""
