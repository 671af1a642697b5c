"""Which files of the build context tell a package manager what to do with its index and caches."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..dockerfile.document import DockerfileError
from ..dockerfile.record import cast
from ..knowledge.tools import Configuration, Tool
from .stages import Facts, StageFacts

TYPE_CHECKING = False
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
    spelled = stage.lineage.once("spelled", lambda: list(_spelled(facts)))
    names = stage.lineage.once("names", lambda: "\n".join(word for _, _, words in spelled for word in words))
    named = [one for one in tool.configurations if re.search(one.files, names, re.MULTILINE)]
    for line, text, words in spelled if named else ():
        if any(_writes(one, text, word) for one in named for word in words):
            return f"line {line} configures {tool.name}"
    context = facts.context
    if context is None:
        return ""
    files = stage.lineage.once("brought", lambda: _brought(facts, context))
    if files is None:
        return f"whether a file of the build context configures {tool.name} is not known"
    for one in tool.configurations:
        for path in filter(re.compile(one.files).search, files):
            if not context.ignored(path):
                text = context.read(path)
                if text is None or re.search(one.text, text):
                    return f"{path} configures {tool.name}"
    return ""


def shown_by_file(stage: StageFacts, one: Configuration) -> bool:
    """Whether the Dockerfile takes such files of the build context along, and all of them say so."""
    context = stage.facts.context
    if context is None:
        return False
    files = stage.lineage.once("brought", lambda: _brought(stage.facts, context))
    named = [path for path in files or () if re.search(one.files, path) and not context.ignored(path)]
    return bool(named) and all(_says(context.read(path), one) for path in named)


def _says(text: bytes | None, one: Configuration) -> bool:
    return text is not None and re.search(one.text, text) is not None


def _spelled(facts: Facts) -> Iterator[tuple[int, bytes, list[str]]]:
    """The RUNs, and what else has heredocs: the line, the text with heredocs, and the words that may name files."""
    for one in facts.document.instructions:
        if one.keyword == "RUN" or one.heredocs:
            text = one.code + b"".join(one.source.data[body.start : body.end] for body in one.heredocs)
            words = [word for word in _WORDS.findall(one.code) if b"/" in word or b"." in word]
            yield one.line, text, [word.decode("utf-8", "replace") for word in words]


def _writes(one: Configuration, text: bytes, word: str) -> bool:
    """Whether a text that names the file `word` may spell out what that says."""
    return bool(re.search(one.files, word) and re.search(one.text, text.replace(word.encode(), b"")))


_WORDS = re.compile(rb"[^\s\"',;&|()<>\[\]]+")


def _brought(facts: Facts, context: Context) -> list[str] | None:
    """The files that the Dockerfile takes from the context, by their paths in it; None where there are too many.

    Among them are those that ``.dockerignore`` keeps out.
    """
    from .context import taken

    try:
        sources = list(taken(facts.document))
    except DockerfileError:
        return None
    found: dict[str, None] = {}
    for head in {one.head for one in sources}:
        files = _below(context, head)
        if files is None:
            return None
        patterns = [one.pattern for one in sources if one.head == head and one.pattern]
        if head or all(one.pattern for one in sources):
            files = [path for path in files if any(one.below.fullmatch(path) for one in patterns)]
        found.update(dict.fromkeys(files))
    return list(found)


def _below(context: Context, head: str) -> list[str] | None:
    """The paths of the files below a path in the context, or the path itself where it is a file, in order.

    None where there are too many.
    """
    key = os.path.join(context.root, head)
    if key not in context.shared:
        context.shared[key] = [head] if os.path.isfile(key) else _files(key, head)
    return cast("list[str] | None", context.shared[key])


def _files(root: str, head: str) -> list[str] | None:
    found: list[str] = []
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        if len(found) + len(files) > _MOST_FILES:
            return None
        inside = (head + directory[len(root) :].replace(os.sep, "/")).strip("/")
        found += (f"{inside}/{name}" if inside else name for name in sorted(files))
    return found
