"""The tables of what is asked: losses, forms, options, inputs, contracts and relations, a row each.

Imports `reference`. Start at `case.py`: what one case is; `selection.py` combines them.
"""
