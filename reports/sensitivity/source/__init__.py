"""What is changed: `mutation` makes small changes of a source, `library` says which suit a library's,
`targets` of which files and functions, `place` which lines a change needs.
"""
