"""Mutants of what Keras trains with: one mistake at a time in its source, and which case sees it.

`mutation` says what a mistake is, `outputs`, `steps`, `methods`, `batches`, `reductions` and
`metrics` are the tables of them, which `table` joins,
`trial` judges what it answers.
"""
