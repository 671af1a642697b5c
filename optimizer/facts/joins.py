"""Whether two RUNs may become one: what crosses from the first shell to the second must not matter there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Script
from ..knowledge.commands import COMMANDS
from .commands import DIRECTORY, of_command
from .effects import of_run
from .leftovers import Left, commands_in
from .packages import managed
from .stages import Run
from .variables import expanded_word

CHANGES_DIRECTORY = frozenset(("cd", "pushd", "popd"))


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
    stops = only_stops_earlier(first, second)
    changes = tuple(one for one in one.state_changes if not (stops and one == "set"))
    if changes and not (_only_goes(one, changes) and directory_for(second) is not None):
        return f"`{changes[0]}` in the first would reach the second"
    if two.remembered:
        return f"`{two.remembered}` in the second would tell of the first"
    if _changes_itself(first):
        return "the first changes the user or the process that it runs as, or the shell that starts the second"
    if volatile := re.search(_VOLATILE, first.instruction.code):
        return f"what the first does to {volatile[0].decode().strip()} is gone when the second begins"
    if _is_started_anew(first, second):
        return "the second reads a start-up file first, which the first may have changed"
    left = Left()
    left.add(first)
    return left.meets(second)


def only_stops_earlier(first: Run, second: Run) -> bool:
    """Whether options that `first` sets in its shell cannot matter to `second`, which stops at every failure anyway.

    A list of simple commands that are joined by ``&&`` and ``||`` has no other failures than those, and no pipelines.
    """
    one, two = first.script, second.script
    if one is None or two is None or not two.is_plain:
        return False
    if any(unit.connector not in (b"", b"&&", b"||") for unit in two.units) or two.trailer not in (b"", b";"):
        return False
    words = [value or "$" for command in one.commands if command.name == "set" for value in command.values()]
    strict = all(re.fullmatch(r"-[euxv]*o?|pipefail|errexit|nounset|xtrace", word) for word in words)
    unset = "nounset" in words or any("u" in word for word in words if word.startswith("-"))
    return strict and not (unset and b"$" in second.instruction.code)


def _only_goes(script: Script, changes: tuple[str, ...]) -> bool:
    """Whether all `changes` in its shell are of the directory, by commands that are plain to see."""
    return CHANGES_DIRECTORY.issuperset(changes) and changes == tuple(
        one.name for one in script.commands if one.name in CHANGES_DIRECTORY and not one.wrappers
    )


def _has_room_for_mounts(run: Run, other: Run) -> bool:
    """Whether the flags of `other` are mounts that `run` has too, or would not notice."""
    if len(other.mounts) != len(other.instruction.flags):
        return False
    for mount in other.mounts:
        if mount in run.mounts:
            continue
        if mount["type"] == "cache" and "$" not in mount["target"] and not of_run(run).touches(mount["target"]):
            continue
        directory = mount["target"].rpartition("/")[0]
        if mount["type"] != "bind" or not directory.startswith("/") or directory.encode() in run.instruction.code:
            return False
    return True


def directory_for(run: Run) -> bytes | None:
    """What must come before the script where a ``cd`` came before it: nothing, a ``cd``, or None for what is unknown.

    Nothing, where it goes to a directory of its own first or names all paths whole. A package manager names packages,
    but runs scripts that fail in a directory that has been removed. All else has to begin where the RUN began.
    """
    script = run.script
    if script is None or not script.commands:
        return None
    first = script.commands[0]
    start = first.values()
    goes = first.name == "cd" and first.start == script.units[0].start and len(start) == 1
    if goes:
        there = start[0] or expanded_word(run.stage, run.at, first.argv[1].raw)
        if there is None or there.startswith("/"):
            return b"" if there else None
    if goes or not script.is_plain or b"/proc/" in run.instruction.code or not _names_all_whole(run):
        return _back(run)
    return b"cd /" if any(managed(run, command) for command in script.commands) else b""


def _names_all_whole(run: Run) -> bool:
    """Whether what the commands of `run` read and write is the same wherever they run, option values included."""
    tools = run.stage.facts.tools
    for command in run.script.commands if run.script else ():
        here, there = (of_command(command, directory, tools) for directory in ("/here", "/there"))
        if DIRECTORY in here.heeds or (here.reads, here.writes) != (there.reads, there.writes):
            return False
    return True


def _back(run: Run) -> bytes | None:
    """The ``cd`` to where `run` begins; None where that is not known, or may be another place, or closed to the user.

    Through a link it is another place for who asks his shell. The builder goes there as root, whoever the user is.
    """
    directory = run.stage.directory(run.at)
    if directory is None or not re.fullmatch(r"/[\w.+@/-]*", directory):
        return None
    asks = re.search(_ASKS_STACK if directory == "/" else _ASKS, run.instruction.code)
    return None if asks or not (directory == "/" or run.stage.runs_as_root(run.at)) else b"cd " + directory.encode()


# Where a shell has been, and how it came to where it is.
_ASKS_STACK = rb"OLDPWD|\bcd\s+-(?![LP]\b)|\b(?:dirs|popd|pushd)\b|~[-+\d]"
_ASKS = _ASKS_STACK + rb"|(?i:pwd)|\bcd\s+[^&;|]*\.\."
# The builder puts these there for every RUN, and takes them away with all that was done to them.
_VOLATILE = (
    rb"/etc/(?:hosts|resolv\.conf|hostname)\b|/dev/(?!null\b|std(?:in|out|err)\b|tty\b|u?random\b|zero\b|fd/)\w+|/proc/(?:sys|self|\$)"
    rb"|/sys/\w+|(?<![\w./-])(?:u?mount|sysctl|hostname|ifconfig|ip|iptables|losetup|swapon)\s+[^&;|\s]"
)
_USER_OR_SHELL = (
    rb"(?:>|\bsed\s[^&;|]*)\s*/etc/(?:passwd|group)\b|(?<![\w/.!])/(?:usr/)?bin/sh(?![\w./-])(?!\s+-)|\$\$|\$\{?(?:BASHPID|PPID)\b"
    rb"|dash/sh|dpkg-divert[^&;|]*sh\b|\bbusybox\s+--install|add-shell"
)
_CHANGES_USERS = frozenset(
    ("usermod", "gpasswd", "adduser", "addgroup", "deluser", "delgroup", "groupmems", "groupmod", "chsh", "userdel")
)


def _changes_itself(first: Run) -> bool:
    """Whether `first` changes what the builder looks up for the next RUN: groups and home of its user, and /bin/sh."""
    if re.search(_USER_OR_SHELL, first.instruction.code):
        return True
    user = (first.stage.held[first.at].user or "root").partition(":")[0]
    return any(
        command.name in _CHANGES_USERS and any(value is None or value == user for value in command.values())
        for command in commands_in(first)
    )


_START_UP = rb"profile|rc\b|bash_|/etc/environment|BASH_ENV"


def _is_started_anew(first: Run, second: Run) -> bool:
    """Whether the shell of `second` begins with a file that `first` may have changed, or gives it functions."""
    if not second.shell.starts_up and b"BASH_ENV" not in second.stage.source.data:
        return False
    known = all(command.name in COMMANDS for command in commands_in(first))
    return not known or re.search(_START_UP, first.instruction.code) is not None
