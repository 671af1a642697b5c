"""The build context: what a COPY would find in it.

Follows BuildKit for ``.dockerignore`` (``frontend/dockerfile/dockerignore``, ``moby/patternmatcher``): patterns
are relative to the root, ``*`` stops at a slash, ``**`` does not, the last one that matches decides, and a
``<Dockerfile>.dockerignore`` beside the Dockerfile takes the place of the common one.
"""

from __future__ import annotations

import os
import re
import stat
from functools import cached_property
from typing import Literal, NamedTuple

from .document import DockerfileError, Document, Instruction

Kind = Literal["file", "folder", "link", "other"]


class Entry(NamedTuple):
    """Something in a context; `mode` holds the permission bits."""

    kind: Kind
    mode: int


class Context:
    """A build context on disk. Nothing is read before it is asked for."""

    def __init__(self, root: str, dockerfile: str | None = None) -> None:
        self.root = root
        self.dockerfile = dockerfile

    def entry(self, source: str) -> Entry | None:
        """What a COPY's `source` names, or None where it is not there, is ignored, or lies outside."""
        path = os.path.normpath(source.lstrip("/"))
        if path.startswith("..") or self.ignored(path):
            return None
        try:
            status = os.lstat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        kind: Kind = "other"
        if stat.S_ISREG(status.st_mode):
            kind = "file"
        elif stat.S_ISDIR(status.st_mode):
            kind = "folder"
        elif stat.S_ISLNK(status.st_mode):
            kind = "link"
        return Entry(kind, stat.S_IMODE(status.st_mode))

    def ignored(self, path: str) -> bool:
        """Whether ``.dockerignore`` keeps `path`, or a folder it lies in, out of the build."""
        ignored = False
        for pattern, keep in self._patterns:
            if pattern.fullmatch(path):
                ignored = not keep
        return ignored

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], bool], ...]:
        names = [os.path.join(self.root, ".dockerignore")]
        if self.dockerfile:
            names.insert(0, self.dockerfile + ".dockerignore")
        for name in names:
            try:
                with open(name, encoding="utf-8", errors="replace") as file:
                    return tuple(
                        _pattern(line) for line in map(str.strip, file) if line and line[0] != "#" and line != "!"
                    )
            except OSError:
                continue
        return ()


def _pattern(line: str) -> tuple[re.Pattern[str], bool]:
    """A line as a regular expression that also matches what lies below, and whether it makes an exception."""
    keep = line.startswith("!")
    text = os.path.normpath(line.lstrip("!").strip()).lstrip("/")
    parts: list[str] = []
    for piece in re.findall(r"\*\*/?|\*|\?|\[[^\]]*\]|\\.|.", text):
        if piece == "**/":
            parts.append("(?:.*/)?")
        elif piece == "**":
            parts.append(".*")
        elif piece == "*":
            parts.append("[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        elif piece.startswith("[") and len(piece) > 2:
            parts.append(piece)
        else:
            parts.append(re.escape(piece.lstrip("\\") or piece))
    return re.compile("".join(parts) + "(?:/.*)?", re.DOTALL), keep


def local_sources(instruction: Instruction) -> list[str] | None:
    """The sources of a COPY or ADD that come from the context; None where they do not, or not literally."""
    if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from"):
        return None
    words = instruction.json or tuple(token.text.decode("utf-8", "replace") for token in instruction.tokens)
    sources = list(words[:-1])
    if any(re.search(r"[$*?\[\"'\\<]|://|^git@", source) for source in sources):
        return None
    return sources


def find_context(path: str, data: bytes) -> Context | None:
    """The Dockerfile's own folder, where everything its COPYs name is in it; None otherwise."""
    try:
        document = Document.parse(data)
    except DockerfileError:
        return None
    context = Context(os.path.dirname(os.path.abspath(path)), os.path.abspath(path))
    found = False
    for instruction in document.instructions:
        for source in local_sources(instruction) or ():
            if context.entry(source) is None:
                return None
            found = True
    return context if found else None
