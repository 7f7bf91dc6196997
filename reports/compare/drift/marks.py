"""The marks before what changed, in the order in which they are shown."""

LEGEND = {
    "+": "a difference came",
    "!": "it differs in another way",
    "-": "a difference went",
    "x": "removed",
    "*": "added",
    "^": "accuracy",
    "~": "rounding",
}
