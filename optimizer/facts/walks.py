"""Which commands of a RUN may walk over a path, or change what lies at or above it, without naming it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Word
from ..knowledge.archives import PATTERNS, unpacked
from ..knowledge.commands import COMMANDS
from .effects import commands_of, of_instruction
from .paths import PATTERN, SYSTEM_DIRECTORIES, lies_in, overlap, resolve, spelled
from .stages import Run, StageFacts

_CHANGES = frozenset(("mv", "chmod", "chown", "chgrp", "find", "unlink", "shred", "rmdir", "touch", "ln", "setfacl"))
_GIVES = frozenset(("chmod", "chown", "chgrp"))


def named_path(word: Word, directory: str | None) -> str | None:
    """What an operand names, made absolute; None where that is not certain."""
    if word.value is None or PATTERN.search(word.value):
        return None
    return resolve(word.value, directory)


def removals(run: Run) -> Iterator[tuple[Command, Word, str]]:
    """Every ``rm`` of `run` that certainly removes something, with the operand and the absolute path that it means."""
    for command, directory in commands_of(run) if b"rm " in run.source_text else ():
        if command.name == "rm" and not command.wrappers and run.fails_with(command):
            for word in command.operands():
                if (path := named_path(word, directory)) is not None and path not in SYSTEM_DIRECTORIES:
                    yield command, word, path


def walks_over(run: Run, path: str) -> str:
    """The command of `run` that may walk over `path`, or change what lies around it; empty where none may.

    Neither an rm nor what unpacks the archive that `path` is counts.
    """
    for command, directory in commands_of(run):
        if command.name == "rm" or ((word := unpacked(command)) and named_path(word, directory) == path):
            continue
        managed = any(command.name in tool.commands for tool in run.stage.facts.tools)  # its words are packages
        walks = command.has_option("R", "r", "recursive") or not (managed or command.name in COMMANDS)
        words = command.operands() if walks or command.name in _CHANGES else []
        if command.name in _GIVES:
            words = words[1:]  # a mode or an owner is no path
        if any(is_around(word, directory, path) for word in words):
            return command.name
    return ""


def is_around(word: Word, directory: str | None, path: str) -> bool:
    """Whether an operand may mean a directory that `path` lies in, or a pattern that it matches."""
    if named_path(word, directory) == path:
        return False
    named = spelled(word.raw.decode("utf-8", "replace"), directory, "it is not known")
    return bool(named.unknown) or any(lies_in(path, one) or overlap(path, one) for one in named.below)


def brought_before(stage: StageFacts, copy: Instruction, path: str) -> str:
    """Why there may be a file at `path` already where `copy` brings it; empty if the Dockerfile brings none.

    A file there comes to light again once the copy of the other is gone.
    """
    name = posixpath.basename(path).encode()
    for above in stage.lineage_above():
        for at, instruction in enumerate(above.instructions):
            if instruction.start >= copy.start:
                break
            brings = instruction.keyword in ("COPY", "ADD") and of_instruction(above, at).touches(path)
            if brings or (instruction.keyword in ("RUN", "ONBUILD") and name in instruction.code):
                return f"line {instruction.line} may bring a file of that name too"
    return ""


def wanted_later(run: Run, path: str) -> str:
    """Why something behind `run`, but for an rm that names it, may still want the file at `path`; empty if none may."""
    data = run.instruction.source.data
    name = posixpath.basename(path).encode()
    later = data[run.instruction.end :]
    removals = sum(
        named_path(word, directory) == path
        for other in run.stage.runs
        if other.at > run.at
        for command, directory in commands_of(other)
        if command.name == "rm"
        for word in command.argv[1:]
    )
    if later.count(name) > removals or re.search(PATTERNS, later):
        return "something further down may want it"
    for stage in run.stage.facts.stages:
        for instruction in stage.instructions:
            if instruction.start > run.instruction.end and any(overlap(path, one) for one in taken_from(instruction)):
                return "another stage copies from there"
    return ""


def taken_from(instruction: Instruction, names: Container[str] | None = None) -> Iterator[str]:
    """Where an instruction takes something from in another stage: in one of those called `names`, or in any."""

    def meant(stage: str) -> bool:
        return bool(stage) and (names is None or "$" in stage or stage.lower() in names)

    source = instruction.flag("from") if instruction.keyword in ("COPY", "ADD") else None
    if source and meant(source.text):
        for word in instruction.words[:-1]:
            yield from spelled(word, "/", "").below or ("/",)
    for flag in instruction.flags if instruction.keyword == "RUN" else ():
        text = flag.text.strip("\"'")
        options = {name: value for name, _, value in (part.partition("=") for part in text.split(","))}
        if flag.name == "mount" and meant(options.get("from", "")):
            yield resolve(options.get("source", options.get("src", "/")), "/") or "/"
