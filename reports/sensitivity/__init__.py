"""Which mistakes in an installed Keras the suite sees: one at a time, in memory.

`source` makes the mistakes, `planted` is the observer that has one, `forked` a process that has
imported TensorFlow for it; `reach` finds the groups of cases that execute a line, `trial` asks them,
in the `order` that catches most, until one differs; `table` says what was caught, and `keras_tests`
what Keras' own tests see. Start at `command`.
"""
