"""Tables of accuracy: the largest error and the distribution of errors, in ULP, over all inputs.

Start with `exact.families`, the functions of one number; `exact.oracle` says what each is exactly, and proves
how well it knows. `tally` measures, `sweep` asks for every input in blocks, `search` looks for the
worst of float64, and `table` writes what was found.
"""
