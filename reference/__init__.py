"""What is right: the quoted Keras source, every other formula, and why a result differs from them.

Never imports TensorFlow, `suites` or `reports`. Start at `quoted.py`, then `history.py`.
"""
