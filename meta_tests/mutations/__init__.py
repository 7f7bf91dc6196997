"""Mutation testing of the project's own code: change one place, and see whether a test fails.

`mutants` finds the places and writes the changed text, `relevant` says which tests can see a file,
`trial` runs them, `__main__` draws a sample and compares the survivors with `survivors.toml`.
"""
