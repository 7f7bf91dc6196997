"""Short names of cases, and of groups of them, which -k takes in place of their long ones."""

from __future__ import annotations

import hashlib


def short_id(long: str) -> str:
    """Eight letters and digits, always the same for a long name."""
    return hashlib.sha256(long.encode()).hexdigest()[:8]
