"""What put files into a directory before it is given away with all that is in it."""

from __future__ import annotations

import posixpath
import re

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from .commands import of_command
from .context import local_sources
from .copies import operand_path
from .effects import METADATA, commands_of, copy_destination
from .ownership import (
    RecursiveChown,
    is_empty_at_first,
    leaves_owners,
    made_in,
    makes_another,
    marks,
    owned_copy,
    recursive_chowns_of,
    removes,
)
from .paths import SYSTEM_DIRECTORIES
from .stages import Run


class Filled(Record):
    """What put files into the directory before the chown, last first, and which RUNs moved some out of it again.

    `made` are directories and empty files in it that RUNs made, with no file in them but what was copied.
    """

    copies: list[Instruction]
    movers: list[Run]
    made: list[str]
    directory_is_new: bool


def filled_by_copies(run: Run, command: Command, chown: RecursiveChown) -> Filled | None:
    """What filled the directory; None where anything but COPY may have."""
    stage = run.stage
    if not leaves_owners(run, chown, command.start):
        return None
    filled = Filled([], [], made_in(run, chown, command.start), directory_is_new=False)
    removed = removes(run, chown)
    for at in range(run.at - 1, 0, -1):
        instruction = stage.instructions[at]
        if instruction.keyword in ("COPY", "ADD"):
            inside = owned_copy(run, at, chown)
            if inside is None:
                return None
            if inside:
                filled.copies.append(instruction)
        elif instruction.keyword == "RUN":
            other = stage.run_at(at)
            if other is None or other.script is None:
                return None
            if _is_made_empty(other, chown):
                filled = filled._replace(directory_is_new=True)
                break
            if _moves_out(other, chown):
                filled.movers.append(other)
            elif not leaves_owners(other, chown):
                return None
            filled.made.extend(made_in(other, chown))
            removed |= removes(other, chown)
        elif instruction.keyword == "WORKDIR":
            if makes_another(run, at, chown):
                return None
        elif instruction.keyword in ("VOLUME", "SHELL", "ONBUILD"):
            return None
    if filled.made and (removed or filled.movers):  # it may not be there any more
        return None
    return filled if filled.directory_is_new or stage.parent is None else None


def _makes(command: Command, chown: RecursiveChown) -> bool:
    """Whether it is a ``mkdir`` that fails where the directory is there already."""
    return command.name == "mkdir" and not command.guards and command.values() == [chown.directory]


def _is_made_empty(run: Run, chown: RecursiveChown) -> bool:
    """Whether a RUN certainly makes the directory, and puts nothing into it."""
    script = run.script
    if script is None or not script.only_and or not any(_makes(command, chown) for command in script.commands):
        return False
    return not any(
        of_command(command, directory, run.stage.facts.tools).writes.touches(chown.directory)
        for command, directory in commands_of(run)
        if not _makes(command, chown)
    )


def _moves_out(run: Run, chown: RecursiveChown) -> bool:
    """Whether all that `run` does is to move one thing out of the directory."""
    script = run.script
    if script is None or len(script.commands) != 1 or run.mounts or script.writes_files:
        return False
    command = script.commands[0]
    if command.name != "mv" or len(command.argv) != 3 or any(word.raw.startswith(b"-") for word in command.argv[1:]):
        return False
    source, target = (operand_path(word, run) for word in command.argv[1:])
    return source is not None and target is not None and chown.holds(source) and not chown.holds(target)


class FilledLast(Record):
    """The last RUN that may have put files into the directory, and the COPYs to there behind it, last first.

    `made` are directories and empty files in it that later RUNs made.
    """

    last: Run
    copies: list[Instruction]
    made: list[str]


class FilledBefore(Record):
    """What filled the directory before that: COPYs, and RUNs of which it is known, first first.

    `doubts` say who may ask then whose the files are.
    """

    copies: list[Instruction]
    runs: list[Run]
    doubts: list[str]

    @property
    def first(self) -> Instruction:
        """The first of them."""
        return min((*self.copies, *(run.instruction for run in self.runs)), key=lambda one: one.start)


def filled_before(last: Run, chown: RecursiveChown, command: Command) -> FilledBefore | None:
    """What filled the directory before `last` did; None where that is nothing of a size that is known, or not certain.

    Another ``chown`` than `command` is not: what it gives away would stay so.
    """
    from .minding import may_bring_repository, minds_owners

    stage = last.stage
    found = FilledBefore([], [], [])
    runs: list[Run] = [last]
    apart = False  # whether another user comes in between
    for at in range(last.at - 1, 0, -1):
        instruction, other = stage.instructions[at], stage.run_at(at)
        if instruction.keyword in ("COPY", "ADD"):
            inside = owned_copy(last, at, chown)
            if inside is None or (inside and apart):
                return None
            if inside:
                found.copies.insert(0, instruction)
        elif other is not None:
            if other.script is None or other.shell != last.shell or other.mounted(chown.directory):
                return None
            if _is_made_empty(other, chown):
                break
            if not leaves_owners(other, chown):
                if apart:
                    return None
                runs.insert(0, other)
                if fills(other, chown):
                    found.runs.insert(0, other)
        elif instruction.keyword == "USER":
            apart = True
        elif instruction.keyword not in (*METADATA, "ENV", "ARG", "WORKDIR"):
            return None
    if any(_gives_away(one, chown, command) for one in runs) or (last.script and last.script.names <= {"chmod"}):
        return None
    large = [copy for copy in found.copies if not all(map(_is_small, local_sources(copy) or copy.words[:-1]))]
    if not (large or found.runs) or stage.parent is not None or not stage.runs_as_root(last.at):
        return None
    all_given = found.runs[0] if found.runs and found.runs[0].instruction is found.first else None
    asked = [run for run in runs if all_given is None or run.at > all_given.at]
    found.doubts.extend([reason for run in asked if (reason := minds_owners(run, chown))][:1])
    if any(may_bring_repository(stage, stage.index_of(copy)) for copy in large):
        found.doubts.append("git would refuse to work on a .git that is not root's")
    if not is_empty_at_first(stage.image, chown.directory):
        found.doubts.append(f"files that the base image has in {chown.directory} may keep their owner")
    parent = posixpath.dirname(chown.directory)
    if parent not in SYSTEM_DIRECTORIES and stage.directory(stage.index_of(found.first)) != chown.directory:
        found.doubts.append(f"{parent} would get that owner too where COPY makes it")
    return found


def is_given_in_each(run: Run) -> bool:
    """Whether each instruction that filled a directory which `run` gives away can do so for its part."""
    for command in run.script.commands if run.script else ():
        for chown in recursive_chowns_of(run, command) if command.name == "chown" else ():
            filled = filled_by_run(run, command, chown) if chown.flag else None
            before = filled_before(filled.last, chown, command) if filled else None
            if before is not None and not before.doubts:
                return True
    return False


def _is_small(source: str) -> bool:
    """Whether what a COPY brings is by its name a list of dependencies, or another text that people write."""
    from ..knowledge.ecosystems import lists_dependencies

    return lists_dependencies(source.replace("*", "")) or re.search(_TEXTS, source) is not None


_TEXTS = (
    r"(?:^|/)[A-Z]+$|\.(?:c?sh|bash|py|[cm]?js|json|ya?ml|toml|ini|cfg|conf|txt|md|rst|groovy|xml|env|template|rb|php)$"
)


def _gives_away(run: Run, chown: RecursiveChown, but: Command) -> bool:
    """Whether a command of `run`, `but` one, may give something in the directory what is not the same after a chown."""
    return any(
        command is not but
        and marks(command)
        and bool(of_command(command, directory, run.stage.facts.tools).writes.touches(chown.directory))
        for command, directory in commands_of(run)
    )


def filled_by_run(run: Run, command: Command, chown: RecursiveChown) -> FilledLast | None:
    """What filled the directory last; None where that cannot be given its owner before the chown."""
    stage = run.stage
    if not leaves_owners(run, chown, command.start):
        return FilledLast(run, [], []) if chown.flag and filled_before(run, chown, command) else None
    if removes(run, chown):  # it would be stored again first
        return None
    copies: list[Instruction] = []
    made = made_in(run, chown, command.start)
    for at in range(run.at - 1, 0, -1):
        instruction = stage.instructions[at]
        if instruction.keyword in ("COPY", "ADD"):
            inside = owned_copy(run, at, chown)
            if inside is None:
                return None
            if inside:
                copies.append(instruction)
        elif instruction.keyword == "RUN":
            other = stage.run_at(at)
            if other is None or other.script is None or other.shell != run.shell:
                return None
            if not leaves_owners(other, chown):
                return (
                    FilledLast(other, copies, made)
                    if _is_there(other, chown) and not other.mounted(chown.directory)
                    else None
                )
            if removes(other, chown):
                return None
            made += made_in(other, chown)
        elif instruction.keyword == "WORKDIR":
            if makes_another(run, at, chown):  # it is given away too
                return None
        elif instruction.keyword not in (*METADATA, "ENV", "ARG"):
            return None
    return None


def _is_there(run: Run, chown: RecursiveChown) -> bool:
    """Whether the directory certainly exists at the end of `run`: WORKDIR or COPY made it, or something in it."""
    found = False
    for at, instruction in enumerate(run.stage.instructions[: run.at]):
        if instruction.keyword == "WORKDIR":
            directory = run.stage.directory(at + 1)
            found |= directory is not None and chown.holds(directory)
        elif instruction.keyword in ("COPY", "ADD"):
            target = copy_destination(run.stage, at)
            found |= target is not None and chown.holds(target) and target != chown.directory
        elif instruction.keyword == "VOLUME":  # what a RUN does there may not stay
            return False
    return found


# What fills the directory it runs in, or one that it is told.
_FILLERS = frozenset(
    (
        "npm", "yarn", "pnpm", "bower", "composer", "bundle", "git", "tar", "unzip", "make", "mvn", "gradle", "gradlew",
        "cargo", "go", "virtualenv", "rsync",
    )
)  # fmt: skip


def fills(run: Run, chown: RecursiveChown) -> bool:
    """Whether `run` certainly puts something of a size that matters into the directory."""
    for command, directory in commands_of(run):
        named = any(word.raw.startswith(chown.directory.encode()) for word in command.argv[1:])
        if command.name in _FILLERS and (chown.holds(directory or "/") or named):
            words = command.values()
            return "clone" in words if command.name == "git" else not {"-g", "--global"} & {*words}
    return False
