"""The texts of an image's files, as far as a COPY, a heredoc or a redirection of the Dockerfile shows them."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from fnmatch import fnmatchcase

from ..dockerfile.document import Instruction
from ..knowledge.commands import COMMANDS
from .paths import lies_in, resolve
from .stages import Run, StageFacts

_MOST = 100  # instructions of a stage that are looked through for a file
_HIDDEN = b""  # stands for a text that may be anything


def may_show(stage: StageFacts) -> bool:
    """Whether any file of the stage may be shown at all: there is a context, a heredoc, or a file that a RUN prints."""
    return stage.lineage.once("may show", lambda: _may_show(stage))


def _may_show(stage: StageFacts) -> bool:
    facts = stage.facts
    return facts.context is not None or any(
        b"<<" in one.code or b">" in one.code for one in facts.document.instructions
    )


def text_of(stage: StageFacts, at: int, path: str) -> bytes | None:
    """What is in the file at the absolute `path` before instruction `at` of the stage; None where that is not shown.

    A program that nobody knows is taken to leave the files of the context as they are. What a RUN prints into the file
    is shown as the text of that RUN.
    """
    return stage.once(("text of", at, path), lambda _: _text_of(stage, at, path) or None)


def _text_of(stage: StageFacts, at: int, path: str) -> bytes | None:
    bringing = stage.once("bringing", _bringing)
    end = bisect_left(bringing, at)
    for index in reversed(bringing[max(0, end - _MOST) : end]):
        instruction = stage.instructions[index]
        copies = instruction.keyword in ("COPY", "ADD")
        found = _copied(stage, index, instruction, path) if copies else _written(stage.run_at(index), path)
        if found is not None:
            return found
    return text_of(stage.parent, len(stage.parent.instructions), path) if stage.parent else None


_WRITES = rb">|\b(?:tee|sed|mv|cp|ln|install|dd|patch)\b"


def _bringing(stage: StageFacts) -> list[int]:
    """The instructions of a stage that may bring a file, or make another of it."""
    return [
        at
        for at, instruction in enumerate(stage.instructions)
        if instruction.keyword in ("COPY", "ADD")
        or (instruction.keyword == "RUN" and re.search(_WRITES, instruction.code))
    ]


def _copied(stage: StageFacts, at: int, instruction: Instruction, path: str) -> bytes | None:
    """What a COPY makes of the file: its text, `_HIDDEN`, or None where it has nothing to do with it."""
    words = instruction.words
    target = resolve(words[-1].strip("\"'"), stage.directory(at))
    if target is None or "$" in words[-1]:
        return _HIDDEN
    if not lies_in(path, target):
        return None
    inside = posixpath.relpath(path, target) if path != target else ""
    for document in instruction.heredocs:
        if inside in ("", document.name.decode("utf-8", "replace")):
            text = instruction.source.data[document.start : document.end]
            return re.sub(rb"(?m)^\t+", b"", text) if document.chomp else text
    whole = inside == "" or words[-1].endswith("/") or len(words) > 2
    for source in words[:-1]:
        found = _from_source(stage, instruction, source, inside, path, whole=whole)
        if found is not None:
            return found
    return None


def _from_source(
    stage: StageFacts, instruction: Instruction, source: str, inside: str, path: str, *, whole: bool
) -> bytes | None:
    """The text of what lies at `inside` below a target that `source` is copied to; see `_copied`."""
    if instruction.flag("from"):
        return _from_stage(stage, instruction, source, inside, path)
    context = stage.facts.context
    unpacked = instruction.keyword == "ADD" and re.search(r"\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b", source)
    if context is None or unpacked or instruction.flag("parents") or re.search(r"\$|://|^git@|<<", source):
        return _HIDDEN
    names = [source]
    if re.search(r"[*?\[]", source):
        directory, pattern = posixpath.split(source)
        first = inside.partition("/")[0] or posixpath.basename(path)
        names = [posixpath.join(directory, first)] if fnmatchcase(first, pattern) else []
        if not names and whole:  # what a directory holds that the pattern fits is not looked for
            return None
    for name in names:
        entry = context.entry(name or ".")
        if entry is None:
            continue
        if entry.kind == "directory":
            text = context.read(posixpath.join(name, inside)) if inside else None
        elif inside in ("", posixpath.basename(name)):
            text = context.read(name)
        else:
            text = None
        if text is not None:
            return text
    return None


def _from_stage(stage: StageFacts, instruction: Instruction, source: str, inside: str, path: str) -> bytes | None:
    flag = instruction.flag("from")
    name = (flag.value or b"").decode("utf-8", "replace").lower() if flag else ""
    for other in stage.facts.stages:
        if name in (other.stage.name, str(other.stage.number)) and other.stage.number < stage.stage.number:
            begin = resolve(source, "/") or "/"
            places = [posixpath.join(begin, inside) if inside else begin]
            if posixpath.basename(begin) == inside:
                places.append(begin)
            texts = (text_of(other, len(other.instructions), one) for one in places)
            return next((text for text in texts if text), None)
    return _HIDDEN if source.rstrip("/").rpartition("/")[2] == posixpath.basename(path) else None


def _written(run: Run | None, path: str) -> bytes | None:
    """The text of a RUN that prints the file; `_HIDDEN` for one that makes another of it; None for any other."""
    name = posixpath.basename(path).encode()
    if run is None or name not in run.source_text:
        return None
    if run.script is None:
        return _HIDDEN
    for command in run.script.commands:
        targets = [one.target.raw.strip(b"\"'") for one in command.redirections if one.writes]
        if command.name == "tee":
            targets += [word.raw for word in command.operands()]
        if any(target == path.encode() or target.rpartition(b"/")[2] == name for target in targets):
            return run.source_text[len(run.instruction.keyword) :].lstrip()
        changes = command.name in ("sed", "mv", "cp", "ln", "install", "dd", "patch")
        if changes and any(name in word.raw for word in command.argv[-1:]) and command.name in COMMANDS:
            return _HIDDEN
    return None


def on_path(stage: StageFacts) -> tuple[str, ...]:
    """The directories in which programs of the stage are looked for, and into which it may have brought some."""
    return stage.once("path", _on_path)


def _on_path(stage: StageFacts) -> tuple[str, ...]:
    found: list[str] = []
    for owner in stage.lineage_above():
        for instruction in owner.instructions:
            for word in instruction.words if instruction.keyword == "ENV" and b"PATH" in instruction.args else ():
                name, equals, value = word.partition("=")
                if equals and name == "PATH":
                    found += (one for one in value.strip("\"'").split(":") if one.startswith("/"))
    found += ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return tuple(directory for directory in found if any(_fills(owner, directory) for owner in stage.lineage_above()))


def _fills(stage: StageFacts, directory: str) -> bool:
    """Whether an instruction of the stage may bring something into a directory."""
    for at in stage.once("bringing", _bringing):
        instruction = stage.instructions[at]
        if instruction.keyword == "RUN":
            if directory.encode() in instruction.code:
                return True
        else:
            target = resolve(instruction.words[-1].strip("\"'"), stage.directory(at))
            if target is None or "$" in target or lies_in(target, directory) or lies_in(directory, target):
                return True
    return False


def listed(stage: StageFacts, at: int, directory: str) -> list[str] | None:
    """The absolute paths of what a COPY of the context brings into `directory`; None where that is not shown."""
    context = stage.facts.context
    for index in range(at - 1, 0, -1):
        instruction = stage.instructions[index]
        if instruction.keyword not in ("COPY", "ADD"):
            continue
        target = resolve(instruction.words[-1], stage.directory(index))
        if target is None or not (lies_in(directory, target) or lies_in(target, directory)):
            continue
        if context is None or instruction.flag("from") or len(instruction.words) != 2 or not lies_in(directory, target):
            return None
        inside = posixpath.relpath(directory, target)
        found = context.names(posixpath.normpath(posixpath.join(instruction.words[0], inside)))
        return None if found is None else [posixpath.join(directory, name) for name in found]
    return None
