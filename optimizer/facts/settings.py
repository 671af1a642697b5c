"""Which files of the build context tell a package manager what to do with its index and caches."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator

from ..dockerfile.document import DockerfileError, Instruction
from ..knowledge.tools import Tool
from .context import Context, taken
from .stages import Facts, StageFacts

#: How many files of a context are looked at before it counts as not known.
_MOST_FILES = 50_000
#: Directories in which no package manager looks for the configuration of a project.
_SKIPPED = frozenset((".git", ".hg", ".svn", "node_modules"))


def configured(stage: StageFacts, tool: Tool) -> str:
    """Why a file that the Dockerfile brings or writes may change what `tool` does with its caches; else empty.

    It counts for all stages: where a tool looks depends on the directory, the user and the home of each command.
    """
    if not tool.configurations:
        return ""
    return stage.lineage.once(("configured", tool.name), lambda: _configured(stage, tool))


def _configured(stage: StageFacts, tool: Tool) -> str:
    facts = stage.facts
    for instruction in facts.document.instructions:
        if _writes(instruction, tool):
            return f"line {instruction.line} configures {tool.name}"
    if facts.context is None:
        return ""
    paths = stage.lineage.once("brought", lambda: _brought(facts, facts.context))
    if paths is None:
        return f"whether a file of the build context configures {tool.name} is not known"
    for one in tool.configurations:
        for path in paths:
            if one.files.search(path):
                text = facts.context.read(path)
                if text is None or one.text.search(text):
                    return f"{path} configures {tool.name}"
    return ""


def _writes(instruction: Instruction, tool: Tool) -> bool:
    """Whether a heredoc, or a RUN that names such a file, spells out what configures the tool."""
    if instruction.keyword != "RUN" and not instruction.heredocs:
        return False
    data = instruction.source.data
    text = instruction.code + b"".join(data[one.start : one.end] for one in instruction.heredocs)
    words = [word.decode("utf-8", "replace") for word in _WORDS.findall(instruction.code)]
    return any(
        one.files.search(word) and one.text.search(text.replace(word.encode(), b""))
        for one in tool.configurations
        for word in words
        if "/" in word or "." in word
    )


_WORDS = re.compile(rb"[^\s\"',;&|()<>\[\]]+")


def _brought(facts: Facts, context: Context | None) -> list[str] | None:
    """The files of the context that the Dockerfile takes, by their paths in it; None where they are too many."""
    if context is None:
        return []
    try:
        sources = list(taken(facts.document))
    except DockerfileError:
        return None
    found: list[str] = []
    for seen, path in enumerate(_files(context) if sources else ()):
        if seen > _MOST_FILES:
            return None
        if any(one.pattern is None or one.pattern.below.fullmatch(path) for one in sources):
            found.append(path)
    return found


def _files(context: Context) -> Iterator[str]:
    for directory, names, files in os.walk(context.root):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        inside = os.path.relpath(directory, context.root).replace(os.sep, "/")
        for name in sorted(files):
            path = posixpath.normpath(posixpath.join(inside, name))
            if not context.ignored(path):
                yield path
