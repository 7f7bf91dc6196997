"""A short name of a group of cases, which -k takes in place of its long one."""

from __future__ import annotations

import hashlib


def short_id(group: str) -> str:
    """Eight characters, always the same for a group."""
    return hashlib.sha256(group.encode()).hexdigest()[:8]
