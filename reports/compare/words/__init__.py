"""What changed in sentences and numbers: for the terminal, for a page, and as a call to paste.

Start at `words.py`.
"""
