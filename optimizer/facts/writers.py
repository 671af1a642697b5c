"""Which RUN brought or made a file, as far as its commands name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..dockerfile.shell import Command
from ..knowledge.commands import ACCOUNTS
from ..knowledge.downloads import cloned_into
from .effects import commands_of, of_run
from .paths import is_named, lies_in, resolve
from .stages import Run


def writer_of(run: Run, paths: list[bytes], most: int, trees: Sequence[str] = ()) -> Run | None:
    """The earliest of the RUNs right before `run`, fewer than `most`, that wrote one of the paths or into the trees."""
    near: list[Run] = []  # nearest first
    for distance in range(1, most):
        other = run.stage.run_at(run.at - distance)
        if other is None or other.script is None:
            break
        near.append(other)
    writers = [_writer_of(path, near) for path in paths]
    writers += [other for tree in trees for other in near if fills_tree(other, tree)]
    return min(filter(None, writers), key=lambda other: other.at, default=None)


def _writer_of(path: bytes, near: list[Run]) -> Run | None:
    """The earliest RUN that writes a file of that name, else the nearest that unpacks something around it."""
    named = [other for other in near if any(_names(*part, path) for part in _parts(other))]
    around = [
        other
        for other in near
        if any(_unpacks_around(*part, path) for part in _parts(other)) or _clones_around(other, path)
    ]
    return named[-1] if named else around[0] if around else None


# What they make is not worth a join.
_SMALL = frozenset(("mkdir", "touch", "ln", "setfacl", "rm", "rmdir", "mv", "find", "echo", "printf", *ACCOUNTS))
_GIVES_AWAY = frozenset(("chmod", "chown", "chgrp"))


def fills_tree(run: Run, tree: str) -> bool:
    """Whether `run` certainly stores files in the directory `tree`, or works in it and nobody knows what it does."""
    for command, directory in commands_of(run):
        if command.name in _GIVES_AWAY and not command.has_option("R", "recursive"):
            continue
        if command.name not in _SMALL:
            writes = of_run(run, before=command.start + 1, since=command.start).writes
            if any(lies_in(path, tree) for path in writes.below):
                return True
            if writes.unknown and directory is not None and lies_in(directory, tree):
                return True
    return False


def _parts(run: Run) -> Iterator[tuple[Command, bytes]]:
    """The commands of a RUN, each with the code of the unit it is in, redirections included."""
    script, data = run.script, run.instruction.source.data
    for unit in script.units if script else ():
        for command in script.commands if script else ():
            if unit.start <= command.start < unit.end:
                yield command, data[unit.start : unit.end]


# What brings or makes files of a size that matters. A directory, an empty file and a line of text are not worth a join.
_WRITERS = frozenset(
    ("curl", "wget", "aria2c", "tar", "bsdtar", "unzip", "7z", "git", "svn", "cp", "rsync", "install", "gcc", "g++",
     "cc", "go", "javac", "jar", "gunzip", "bunzip2", "unxz", "dd", "fallocate")
)  # fmt: skip
_UNPACKERS = frozenset(("tar", "bsdtar", "unzip", "7z"))
_INTO = rb"\s(?:-C|-d|--directory)[\s=]*(/[^\s/][^\s]*)"
_COPIERS = frozenset(("cp", "rsync", "install"))
_ARCHIVE = rb"\S+\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|7z)\b"


def _names(command: Command, code: bytes, target: bytes) -> bool:
    """Whether `command`, with its redirections in `code`, brought or made the target, which is named there."""
    if command.name not in _WRITERS:
        return False
    if command.name in _COPIERS:  # what they read comes from elsewhere
        code = command.argv[-1].raw
    elif command.name in _UNPACKERS:
        code = re.sub(_ARCHIVE, b"", code)
    text = target.rstrip(b"/")
    if b"*" in text:
        text = text[: text.index(b"*")].rpartition(b"/")[0]
    names = [text] if text.count(b"/") <= 1 else [text, text.rsplit(b"/", 1)[-1]]
    return any(len(name) > 2 and is_named(name, code) for name in names)


def _clones_around(run: Run, target: bytes) -> bool:
    """Whether a ``git clone`` of `run` makes a directory that the target lies in."""
    path = resolve(target.decode("utf-8", "surrogateescape"), run.stage.directory(run.at))
    for command, directory in commands_of(run):
        place = resolve(cloned_into(command).decode("utf-8", "surrogateescape"), directory)
        if place is not None and path is not None and path != place and lies_in(path, place):
            return True
    return False


def _unpacks_around(command: Command, code: bytes, target: bytes) -> bool:
    """Whether `command` unpacks an archive into a directory that the target lies in."""
    directory = re.search(_INTO, re.sub(_ARCHIVE, b"", code)) if command.name in _UNPACKERS else None
    return directory is not None and target.startswith(directory[1].rstrip(b"/") + b"/")
