"""About how many bytes a rewrite saves, as far as that can be said without a build."""

from __future__ import annotations

from .finding import Finding

# Package indexes are about the same in every image. Measured in the builds of the gallery: Debian 12, main.
_INDEXES = {"/var/lib/apt/lists/**": 19_000_000}


def about(finding: Finding) -> int | None:
    """Bytes; None where only a build can tell."""
    if finding.saves is not None:
        return finding.saves
    known = [_INDEXES[path] for path in finding.removes if path in _INDEXES]
    return sum(known) or None
