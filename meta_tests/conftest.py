"""Hypothesis draws the same examples in every run of a CI, and new ones on a desk.

`--hypothesis-profile=soak` looks for trouble thirty times as long.
"""

import os

from hypothesis import settings

settings.register_profile("desk", deadline=None, max_examples=15)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.register_profile("soak", settings.get_profile("desk"), max_examples=1500)
settings.load_profile("ci" if "CI" in os.environ else "desk")
