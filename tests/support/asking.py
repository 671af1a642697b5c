"""Asks what a command runs, of files that a test writes down."""

from __future__ import annotations

from collections.abc import Mapping

from dfopt.optimizer.dockerfile.shell import read_text
from dfopt.optimizer.facts.recipes import Behind, behind


def ask(command: str, files: Mapping[str, bytes], directory: str | None = "/app") -> Behind | None:
    """What the first command of a shell text runs."""
    script = read_text(command.encode())
    assert script is not None
    return behind(script.commands[0], directory, files.get)
