"""The build context: what a COPY would take from it."""

from __future__ import annotations


class Context:
    """A build context on disk."""
