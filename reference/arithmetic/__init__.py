"""The arithmetics in which a formula can be computed: native, exact and enclosing, with their gradients.

Imports NumPy, Arb and itself alone. Start at `protocol.py`: what a formula may ask of them.
"""
