"""Whether two RUNs may become one: what crosses from the first shell to the second must not matter there."""

from __future__ import annotations

from collections.abc import Sequence

from ..dockerfile.document import Instruction
from ..knowledge.commands import COMMANDS, FUNCTIONS, WAITS
from .commands import DIRECTORY, of_command
from .effects import commands_of
from .leftovers import Left, commands_in
from .packages import managed
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
    if two.remembered:
        return f"`{two.remembered}` in the second would tell of the first"
    if function := _may_be_function(first):
        return f"`{function}` in the first may be a function, and change the shell of the second"
    left = Left()
    left.add(first)
    return left.meets(second)


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


def _may_be_function(run: Run) -> str:
    """A command of `run` that a start-up file may have made a function, as nvm and conda do; empty where none is."""
    if not run.shell.starts_up and b"BASH_ENV" not in run.stage.source.data:
        return ""
    for command in commands_in(run):
        known = command.name in COMMANDS or (command.name in WAITS and command.name not in FUNCTIONS)
        if not known and "/" not in command.program and not command.wrappers and not managed(run, command):
            return command.name
    return ""
