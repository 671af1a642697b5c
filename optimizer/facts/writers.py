"""Which RUN brought or made a file, as far as its commands name it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence

from ..dockerfile.shell import Command
from ..knowledge.commands import ACCOUNTS
from ..knowledge.downloads import cloned_into
from .commands import of_command
from .effects import commands_of, of_run
from .paths import is_named, lies_in, overlap, resolve
from .stages import Run, StageFacts


def writer_of(run: Run, paths: list[bytes], most: int, trees: Sequence[str] = ()) -> Run | None:
    """The earliest of the RUNs right before `run`, fewer than `most`, that wrote one of the paths or into the trees."""
    near = _before(run, most)
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


def brought_by(run: Run, paths: Sequence[str], most: int) -> Run | None:
    """The earliest of those RUNs that certainly stored something at one of the paths, and removed nothing there."""
    found = [other for other in (_before(run, most) if paths else ()) if any(_stores(other, path) for path in paths)]
    return found[-1] if found else None


def _before(run: Run, most: int) -> list[Run]:
    """The readable RUNs right before `run`, fewer than `most`, with only WORKDIRs between them, nearest first."""
    near: list[Run] = []
    for at in range(run.at - 1, 0, -1):
        other = run.stage.run_at(at)
        if len(near) == most - 1 or (other is None and run.stage.instructions[at].keyword != "WORKDIR"):
            break
        if other is not None:
            if other.script is None:
                break
            near.append(other)
    return near


def is_there(stage: StageFacts, at: int, path: str) -> bool:
    """Whether there certainly is a directory at `path` before the instruction at index `at` of a stage.

    An archive counts for a directory of its name: where there were none, what is built in it would fail too.
    """
    there = path in ("/", "/tmp", "/usr", "/root")
    for index, instruction in enumerate(stage.instructions[:at]):
        run = stage.run_at(index)
        if instruction.keyword == "WORKDIR":
            there |= lies_in(stage.directory(index + 1) or "/", path)
        for command, directory in commands_of(run) if run else ():
            if _takes_from(run, command, directory, path):
                there = False
            elif (command.name in _WRITERS or command.name == "mkdir") and run and run.fails_with(command):
                there |= any(lies_in(one, path) for one in _stored(stage, command, directory))
    return there


def may_remove(run: Run, path: str) -> bool:
    """Whether a command of `run` that removes or moves may do so with what is at `path`, or above it."""
    return any(_takes_from(run, command, directory, path) for command, directory in commands_of(run))


def _takes_from(run: Run | None, command: Command, directory: str | None, path: str) -> bool:
    """Whether a command that removes or moves may do so with what is at `path`."""
    if run is None or command.name not in ("rm", "rmdir", "mv", "find"):
        return False
    writes = of_command(command, directory, run.stage.facts.tools).writes
    return bool(writes.unknown) or any(overlap(path, one) for one in writes.below)


def _stores(run: Run, path: str) -> bool:
    """Whether `run` certainly stores something of a size at `path`, or in it, and removes nothing there."""
    stores = False
    for command, directory in commands_of(run):
        if _takes_from(run, command, directory, path):
            return False
        if command.name in _WRITERS and run.fails_with(command):
            stores = stores or any(lies_in(one, path) for one in _stored(run.stage, command, directory))
    return stores


def _stored(stage: StageFacts, command: Command, directory: str | None) -> Iterator[str]:
    """Paths that a command certainly stores something at: what it names, clones, downloads or unpacks."""
    from ..knowledge.archives import unpacked
    from ..knowledge.downloads import saved_as

    if command.name == "git":
        yield from filter(None, (_cloned(command, directory),))
        return
    for name in saved_as(command):
        if not re.search(_TEXT, name):
            yield from filter(None, (resolve(name.decode("utf-8", "surrogateescape"), directory),))
    word = unpacked(command)
    if word is None and command.name in _UNPACKERS and not re.match(rb"\S+ -?\w*c|\S+ --create", command.normal):
        return  # it lists or tests
    archive = word.value if word is not None else None
    top = re.sub(_EXTENSION, "", posixpath.basename(archive or ""))  # what most archives have all their files in
    effects = of_command(command, directory, stage.facts.tools)
    read = frozenset[str]() if command.name in _UNPACKERS else effects.reads.below
    for path in effects.writes.below - read:
        if (archive is None or path != resolve(archive, directory)) and not re.search(_TEXT, os.fsencode(path)):
            yield path
            yield f"{path.rstrip('/')}/{top}"


# Scripts, keys and checksums are small, but for the installers that have all they install in them.
_TEXT = (
    rb"(?i)\.(?:bash|py|php|pl|rb|js|ya?ml|json|sig|sign|asc|gpg|key|pub|pem|md5|sha\d+(?:sums?)?|txt|list|conf|repo)$"
    rb"|^(?!.*(?:conda|forge|linux|x86_64|amd64|\d[._]\d)).*\.sh$"
)
_EXTENSION = r"(?:\.orig)?\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|7z)$"


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
    places = (_cloned(command, directory) for command, directory in commands_of(run))
    return path is not None and any(place is not None and path != place and lies_in(path, place) for place in places)


def _cloned(command: Command, directory: str | None) -> str | None:
    """The directory that a ``git clone`` makes; None where that is not certain, and for any other command."""
    return resolve(cloned_into(command).decode("utf-8", "surrogateescape"), directory)


def _unpacks_around(command: Command, code: bytes, target: bytes) -> bool:
    """Whether `command` unpacks an archive into a directory that the target lies in."""
    directory = re.search(_INTO, re.sub(_ARCHIVE, b"", code)) if command.name in _UNPACKERS else None
    return directory is not None and target.startswith(directory[1].rstrip(b"/") + b"/")
