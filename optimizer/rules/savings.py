"""About how many bytes a rewrite saves, as far as that can be said without a build."""

from __future__ import annotations

from .finding import Finding

# Package indexes are about the same in every image. Measured in the builds of the gallery: Debian 12, main.
_INDEXES = {"/var/lib/apt/lists/**": 19_000_000}


def about(finding: Finding) -> int | None:
    """Bytes; None where only a build can tell."""
    if finding.saves is not None:
        return finding.saves
    return sum(_INDEXES[path] for path in indexes(finding)) or None


def indexes(finding: Finding) -> list[str]:
    """The package indexes in what it removes; an image holds each of them as long as one of its layers does."""
    return [path for path in finding.removes if path in _INDEXES]
