"""Which directory is given other modes with all that is in it, and whether COPYs alone have filled it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from .context import Context, local_sources
from .copies import copied_to, looks_like_a_file, operand_path
from .effects import commands_of, copy_destination, of_instruction, of_run
from .ownership import installs_no_options, is_empty_at_first, made_directories
from .paths import SYSTEM_DIRECTORIES, lies_in, overlap
from .stages import Facts, Run
from .touches import touched


class Tree(Record):
    """A directory that a plain ``chmod -R`` changes, and the COPYs that bring all that is in it, first first.

    `is_file` says that it is a file after all, `is_there` whether the directory is there before the first of them,
    `made` what ``mkdir`` makes in it, and `doubts` what else may be there.
    """

    directory: str
    operand: Word
    copies: list[Instruction]
    is_file: bool
    is_there: bool
    made: list[str]
    doubts: list[str]


def recursive_chmods(facts: Facts) -> Iterator[tuple[Run, Command, Word, list[Word]]]:
    """Every plain recursive chmod in the stages that ship, with its mode and the directories that it names."""
    for run in (run for stage in facts.shipping for run in stage.runs):
        for command in run.script.commands if run.script else ():
            if command.name != "chmod" or command.wrappers or not run.fails_with(command):
                continue
            words = command.operands()
            options = [word for word in command.argv[1:] if word not in words]
            if len(options) == 1 and re.fullmatch(rb"-[fcv]*R[fcv]*|--recursive", options[0].raw) and len(words) > 1:
                yield run, command, words[0], words[1:]


def tree_of(run: Run, command: Command, word: Word) -> Tree | None:
    """The directory that `word` of `command` names; None where no COPY puts anything there.

    Raises `Refusal` where something else may be in it, or may need it as it is.
    """
    stage, directory = run.stage, operand_path(word, run)
    if directory is None or directory in SYSTEM_DIRECTORIES or stage.parent is not None:
        return None
    copies: list[Instruction] = []
    doubts: list[str] = []
    made: list[str] = []
    reason = _touched_in(run, directory, made, command.start)
    is_there = False
    file = copied_to(directory, run, command)
    if file is not None and not file.doubt and file.may_be_file and (file.entry or looks_like_a_file(file.source)):
        if reason := touched(file, run, command):
            raise Refusal(reason)
        return Tree(directory, word, [file.instruction], is_file=True, is_there=False, made=[], doubts=[])
    for at in range(run.at - 1, 0, -1):
        instruction = stage.instructions[at]
        if instruction.keyword in ("COPY", "ADD"):
            target = copy_destination(stage, at)
            if target is not None and lies_in(target, directory):
                if reason:
                    raise Refusal(reason)
                copies.insert(0, instruction)
                continue
        if instruction.keyword == "WORKDIR" and stage.directory(at + 1) == directory:
            is_there = True
            continue
        other = stage.run_at(at)
        found = _touched_in(other, directory, made) if other else _touched_by(run, at, directory)
        if found and any(at < stage.index_of(copy) for copy in copies):
            doubts.append(found)
        reason = reason or found
    if not copies:
        return None
    if not is_empty_at_first(stage.image, directory):
        doubts.append(f"files that the base image has in {directory} would keep their mode")
    return Tree(directory, word, copies, is_file=False, is_there=is_there, made=made, doubts=doubts)


def _touched_by(run: Run, at: int, directory: str) -> str:
    instruction = run.stage.instructions[at]
    reason = "" if instruction.keyword == "SHELL" else of_instruction(run.stage, at).touches(directory)
    return f"line {instruction.line} may have to do with it: {reason}" if reason else ""


def _touched_in(run: Run, directory: str, made: list[str], before: int | None = None) -> str:
    """Which command of `run` may put something into the directory, or mind a mode there; empty where none does.

    What a ``mkdir`` makes there comes to `made`.
    """
    where = f"line {run.instruction.line}" if before is None else "its RUN"
    if run.script is None:
        return f"{where} may do anything"
    if any(overlap(mount["target"] or "/", directory) for mount in run.mounts):
        return f"{where} has a mount there"
    for command, _ in commands_of(run):
        if before is not None and command.start >= before:
            break
        if command.name in ("chown", "chgrp") and not command.redirections:  # it leaves modes as they are
            continue
        plain = "umask" not in run.script.state_changes
        new = made_directories(run, command, directory) if plain else None
        if new is not None:
            made += new
            continue
        effects = of_run(run, before=command.start + 1, since=command.start)
        if installs_no_options(run.stage) and lies_in(directory, "/opt"):
            effects = effects._replace(
                reads=effects.reads._replace(packaged=False), writes=effects.writes._replace(packaged=False)
            )
        if reason := effects.touches(directory):
            return f"{where} may have to do with it: {reason}"
    return ""


def modes_in(context: Context, source: str) -> dict[str, int]:
    """The modes of the files and directories that a COPY of `source` brings, by their paths in the context."""
    top = os.path.join(context.root, os.path.normpath(source.lstrip("/")))
    below = (os.path.join(directory, name) for directory, _, names in os.walk(top) for name in (".", *names))
    found: dict[str, int] = {}
    for path in (top, *map(os.path.normpath, below)):
        with suppress(OSError, ValueError):
            status = os.lstat(path)
            inside = os.path.relpath(path, context.root)
            if not stat.S_ISLNK(status.st_mode) and not context.ignored(inside):
                found[inside] = status.st_mode
    return found


def single_source(copy: Instruction) -> str | None:
    """The source of a COPY that brings one thing of the context; None for any other."""
    sources = local_sources(copy) if copy.keyword == "COPY" and not copy.heredocs else None
    plain = all(flag.name in ("chown", "chmod", "link") for flag in copy.flags)
    return sources[0] if sources is not None and len(sources) == 1 and plain else None


def takes_mode(copy: Instruction, context: Context | None) -> bool:
    """Whether ``--chmod`` with three digits gives all that a COPY or ADD brings the mode that chmod(1) would.

    That keeps the setuid and setgid bits of directories.
    """
    if copy.flag("chmod") or (copy.keyword == "ADD" and re.search(_UNPACKED, copy.code)):
        return False
    sources = (local_sources(copy) or ()) if context and not copy.heredocs else ()
    found = (mode for source in sources if context for mode in modes_in(context, source).values())
    return not any(stat.S_ISDIR(mode) and mode & (stat.S_ISUID | stat.S_ISGID) for mode in found)


_UNPACKED = rb"\.git\b|git@|--unpack|\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b"
