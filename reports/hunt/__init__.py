"""What a hunt found, written for people: a text, a script and a proposal for each find.

Imports what runs write. Start at `find_text.py`.
"""
