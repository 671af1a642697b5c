"""Whether two RUNs may become one: what crosses from the first shell to the second must not matter there."""

from __future__ import annotations

from collections.abc import Sequence

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command
from ..knowledge.commands import COMMANDS, DAEMONS, WAITS
from .commands import DIRECTORY, of_command
from .effects import commands_of
from .packages import managed, removed
from .stages import Run

_CHANGES_DIRECTORY = frozenset(("cd", "pushd", "popd"))


def may_join(first: Run, second: Run, moved: Sequence[Instruction] = ()) -> str | None:
    """Why `second` may not become the end of `first`, once the instructions `moved` are out of the way; None if it may.

    A directory, a variable, an option of the shell, a program that goes on running, a failure: none may reach it.
    """
    one, two = first.script, second.script
    if one is None or two is None:
        return "its commands cannot be read with certainty"
    between = first.stage.instructions[first.at + 1 : second.at]
    if first.stage is not second.stage or second.at <= first.at or any(other not in moved for other in between):
        return "other instructions stand between them"
    if one.heredoc or two.heredoc:
        return "a heredoc is one of them"
    if first.shell != second.shell:
        return "they run in different ways"
    if not (_has_room_for_mounts(first, second) and _has_room_for_mounts(second, first)):
        return "they have flags"
    if one.state_changes and not (
        _CHANGES_DIRECTORY.issuperset(one.state_changes) and directory_for(second) is not None
    ):
        return f"`{one.state_changes[0]}` in the first would reach the second"
    left = Left()
    left.add(first)
    return left.meets(second)


class Left:
    """What RUNs that become one leave beside the state of their shell, for a later one to meet."""

    def __init__(self) -> None:
        self._daemon = ""
        self._started = ""  # what may go on running
        self._known: set[str] = set()  # programs that the shell has found
        self._gone = False  # whether something has been removed
        self._links = False  # whether there are hard links

    def add(self, run: Run) -> None:
        """Count in what `run` leaves."""
        for command in _commands(run):
            self._daemon = self._daemon or (command.name if _is_daemon(command) else "")
            if not self._started and _may_start(command, run):
                self._started = command.name or command.normal.decode("utf-8", "replace")
            if command.program and "/" not in command.program:
                self._known.add(command.program)
            self._gone = self._gone or bool(removed(run, command))
            self._links = self._links or _links(command)

    def meets(self, second: Run) -> str | None:
        """Why it may matter to `second`, whatever comes between; None where nothing does."""
        commands = _commands(second)
        running = self._daemon
        if not running and any(_may_start(command, second) for command in commands):
            running = self._started
        if running:
            return f"`{running}` in the first may leave something running"
        if forgotten := self._forgotten(second):
            return f"the shell of the first would remember where `{forgotten}` was"
        if self._links and any(command.name in _CHANGES_FILES for command in commands):
            return "a change of one hard link is one of all, until a layer comes between"
        return None

    def _forgotten(self, second: Run) -> str:
        """A program that both run, and that may not be any more where the first found it; empty where there is none.

        A shell remembers where it found a command (POSIX, 2.9.1.1), and does not look again when that is removed.
        """
        gone = self._gone
        for command in _commands(second):
            if gone and command.name in self._known and command.name not in COMMANDS and not managed(second, command):
                return command.name
            gone = gone or bool(removed(second, command))
        return ""


_CHANGES_FILES = frozenset(("chmod", "chown", "chgrp", "sed", "strip"))


def _commands(run: Run) -> Sequence[Command]:
    return run.script.commands if run.script else ()


def _has_room_for_mounts(run: Run, other: Run) -> bool:
    """Whether the flags of `other` are bind mounts that `run` would not notice."""
    if len(other.mounts) != len(other.instruction.flags):
        return False
    for mount in other.mounts:
        directory = mount["target"].rpartition("/")[0]
        if mount["type"] != "bind" or not directory.startswith("/") or directory.encode() in run.instruction.code:
            return False
    return True


def directory_for(run: Run) -> bytes | None:
    """What must come before the script where a ``cd`` came before it: nothing, ``cd /``, or None for what is unknown.

    Nothing, where it goes to a directory of its own first or names all paths whole. A package manager names packages,
    but runs scripts that fail in a directory that has been removed.
    """
    script = run.script
    if script is None:
        return None
    first = script.commands[0]
    start = first.values()
    if first.name == "cd" and first.start == script.units[0].start and len(start) == 1:
        return b"" if start[0] is not None and start[0].startswith("/") else None
    if not script.is_plain:
        return None
    if any(DIRECTORY in of_command(one, directory, run.stage.facts.tools).heeds for one, directory in commands_of(run)):
        return None
    return b"cd /" if any(managed(run, command) for command in script.commands) else b""


def _is_daemon(command: Command) -> bool:
    names = [word.value or "" for word in command.wrappers] + [command.name]
    named = any(name.rsplit("/", 1)[-1] in DAEMONS or name.endswith(("ctl", "_safe")) for name in names)
    return named or b"/init.d/" in command.normal


def _may_start(command: Command, run: Run) -> bool:
    """Whether `command` may be, or may start, a program that goes on running."""
    if command.name in WAITS or command.name in COMMANDS or managed(run, command):
        return False
    return not any(command.name in tool.commands for tool in run.stage.facts.tools)


def _links(command: Command) -> bool:
    """Whether it makes hard links that are seen to be such."""
    if command.name == "cp":
        return command.has_option("l", "link")
    return command.name == "ln" and not command.has_option("s", "symbolic")
