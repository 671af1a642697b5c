"""Which files of the build context tell a package manager what to do with its index and caches."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, cast

from ..dockerfile.document import DockerfileError, Instruction
from ..knowledge.tools import NAMES, Configuration, Tool, load_tool
from .stages import Facts, StageFacts

if TYPE_CHECKING:
    from .context import Context

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
            if re.search(one.files, path):
                text = facts.context.read(path)
                if text is None or re.search(one.text, text):
                    return f"{path} configures {tool.name}"
    return ""


def shown_by_file(stage: StageFacts, one: Configuration) -> bool:
    """Whether the Dockerfile takes such files of the build context along, and all of them say so."""
    context = stage.facts.context
    paths = stage.lineage.once("brought", lambda: _brought(stage.facts, context))
    named = [path for path in paths or () if re.search(one.files, path)]
    return context is not None and bool(named) and all(_says(context.read(path), one) for path in named)


def _says(text: bytes | None, one: Configuration) -> bool:
    return text is not None and re.search(one.text, text) is not None


def _writes(instruction: Instruction, tool: Tool) -> bool:
    """Whether a heredoc, or a RUN that names such a file, spells out what configures the tool."""
    if instruction.keyword != "RUN" and not instruction.heredocs:
        return False
    data = instruction.source.data
    text = instruction.code + b"".join(data[one.start : one.end] for one in instruction.heredocs)
    words = [word.decode("utf-8", "replace") for word in _WORDS.findall(instruction.code)]
    return any(
        re.search(one.files, word) and re.search(one.text, text.replace(word.encode(), b""))
        for one in tool.configurations
        for word in words
        if "/" in word or "." in word
    )


_WORDS = re.compile(rb"[^\s\"',;&|()<>\[\]]+")


def _brought(facts: Facts, context: Context | None) -> list[str] | None:
    """The files of the context that the Dockerfile takes and that configure a tool, by their paths in it.

    None where there are too many files to look at.
    """
    if context is None:
        return []
    from .context import taken

    try:
        sources = list(taken(facts.document))
    except DockerfileError:
        return None
    if not sources:
        return []
    if context.root not in context.shared:
        context.shared[context.root] = _named_like_settings(context.root)
    files = cast("list[str] | None", context.shared[context.root])
    if files is None:
        return None
    return [
        path
        for path in files
        if not context.ignored(path)
        and any(one.pattern is None or one.pattern.below.fullmatch(path) for one in sources)
    ]


def _named_like_settings(root: str) -> list[str] | None:
    """The files below a directory whose names are those of a tool's configuration; None where it has too many files."""
    named = re.compile("|".join(one.files for name in NAMES for one in load_tool(name).configurations))
    found: list[str] = []
    seen = 0
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        seen += len(files)
        if seen > _MOST_FILES:
            return None
        inside = os.path.relpath(directory, root).replace(os.sep, "/")
        head = "" if inside == "." else inside + "/"
        found += (head + name for name in sorted(files) if named.search(head + name))
    return found
