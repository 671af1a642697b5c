"""What a RUN leaves for one that is joined to it: processes, hard links, and where its shell found programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..dockerfile.shell import Command, Word
from ..knowledge.commands import COMMANDS, DAEMONS, STARTS_AGENTS, WAITS
from .effects import commands_of, is_changed
from .packages import managed, removed
from .paths import lies_in, resolve
from .programs import started
from .stages import Run


def commands_in(run: Run) -> Sequence[Command]:
    """The commands of `run`; none where it cannot be read."""
    return run.script.commands if run.script else ()


class Left:
    """What RUNs that become one leave beside the state of their shell, for a later one to meet."""

    def __init__(self) -> None:
        self._daemon = ""
        self._started = ""  # what may go on running
        self._found: dict[str, bool] = {}  # programs that the shell has found: whether they may be elsewhere by now
        self._links = self._may_link = False  # whether there are hard links, or may be
        self._unpacked: set[str] = set()  # where archives were unpacked: links in them stay below that
        self._made: set[bytes] = set()  # what commands make that has no other name

    def add(self, run: Run) -> None:
        """Count in what `run` leaves."""
        unpacked = {
            command: places for command, directory in commands_of(run) if (places := _unpacks(command, directory))
        }
        for command in commands_in(run):
            self._daemon = self._daemon or (command.name if _is_daemon(command) else "")
            if not self._started and _may_start(command, run):
                self._started = command.name or command.normal.decode("utf-8", "replace")
            _find_programs(self._found, run, command)
            self._links = self._links or _links(command)
            if command in unpacked:
                self._unpacked |= unpacked[command]
            else:
                self._may_link = self._may_link or any(map(_may_link, _with_script(run, command)))
            self._made.update(_makes(command))

    def meets(self, second: Run) -> str | None:
        """Why it may matter to `second`, whatever comes between; None where nothing does."""
        commands = commands_in(second)
        running = self._daemon
        if not running and any(_may_start(command, second) for command in commands):
            running = self._started
        if running:
            return f"`{running}` in the first may leave something running"
        if forgotten := self._forgotten(second):
            return f"the shell of the first would remember where `{forgotten}` was"
        if self._changes_link(commands):
            return "a change of one hard link is one of all, until a layer comes between"
        return None

    def _changes_link(self, commands: Sequence[Command]) -> bool:
        """Whether one of the commands may change a file that has another name, and leave it the same file."""
        made = set(self._made)
        for command in commands:
            if self._links and (command.name in _CHANGES_FILES or command.writes_files):
                return True
            changes = command.name in _CHANGES_MODES and not made.issuperset(_changed(command))
            if changes and (self._may_link or not _changes_all(command, self._unpacked)):
                return True
            made.update(_makes(command))
        return False

    def _forgotten(self, second: Run) -> str:
        """A program that both run, and that may not be any more where the first found it; empty where there is none.

        A shell remembers where it found a command (POSIX, 2.9.1.1), and does not look again when that is removed, or
        when there is another one in a directory that comes first.
        """
        found = dict(self._found)
        for command in commands_in(second):
            if found.get(command.program) and not managed(second, command):
                return command.name
            _find_programs(found, second, command)
        return ""


def _find_programs(found: dict[str, bool], run: Run, command: Command) -> None:
    """Count in that `command` has been run: which of the programs it may have moved, and where it is itself."""
    known = command.name in COMMANDS or command.name in WAITS or managed(run, command)
    gone = bool(removed(run, command)) or (not known and command.program not in found)
    words = b" ".join(word.raw for word in command.argv[1:])
    places = b" ".join((words, *(one.target.raw for one in command.redirections)))
    for name in [name for name, elsewhere in found.items() if not elsewhere]:
        spelled = name.encode()
        if b"/" + spelled in places and re.search(rb"/%s(?![\w./-])" % re.escape(spelled), places):
            found[name] = True
        elif name in COMMANDS:  # no package has these elsewhere, but who builds one has
            found[name] = spelled + b"-" in words and re.search(rb"\b%s-\d" % re.escape(spelled), words) is not None
        else:
            found[name] = gone or _installs(name, words)
    if command.program and "/" not in command.program:
        found.setdefault(command.program, False)


def _installs(name: str, words: bytes) -> bool:
    """Whether a command of such `words` may install another program `name`: it installs what is called like it."""
    stem = name.rstrip("0123456789.").encode("utf-8", "surrogateescape")
    if b"install" not in words or stem not in words:
        return False
    return re.search(rb"(?<![\w./-])" + re.escape(stem), words) is not None


def _changed(command: Command) -> list[bytes]:
    """The operands of a command that changes modes, owners or times."""
    return [word.raw for word in command.operands()[command.name in _FIRST_IS_NONE :]]


_FIRST_IS_NONE = frozenset(("chmod", "chown", "chgrp", "setcap", "chattr"))
_CHANGES_MODES = frozenset((*_FIRST_IS_NONE, "setfacl", "touch", "truncate"))
_CHANGES_FILES = frozenset((*_CHANGES_MODES, "sed", "strip", "tee", "dd"))


def starts_daemon(run: Run) -> bool:
    """Whether `run` starts a program that is known to go on running."""
    return any(map(_is_daemon, commands_in(run)))


def _is_daemon(command: Command) -> bool:
    names = [word.value or "" for word in command.wrappers] + [command.name]
    named = any(name.rsplit("/", 1)[-1] in DAEMONS or name.endswith(("ctl", "_safe")) for name in names)
    return (named and "--no-daemon" not in command.values()) or b"/init.d/" in command.normal


def _may_start(command: Command, run: Run) -> bool:
    """Whether `command` may be, or may start, a program that goes on running."""
    if command.name in STARTS_AGENTS or (
        (command.name in WAITS or command.name == "git") and any(map(_says_so, command.argv[1:]))
    ):
        return True
    if command.name in WAITS or command.name in COMMANDS or managed(run, command):
        return False
    return not any(command.name in tool.commands for tool in run.stage.facts.tools)


_SAYS_SO = rb"(?i)\b(?:re)?start|\b(?:up|daemon\w*|serve\w*|launch|detach\w*|fork|background)\b"


def _says_so(word: Word) -> bool:
    """Whether it is to start something: ``make start-db``, ``npm run serve``, ``git daemon``."""
    return bool(re.search(_SAYS_SO, word.raw))


def _links(command: Command) -> bool:
    """Whether it makes hard links that are seen to be such."""
    if command.name == "cp":
        return command.has_option("l", "link")
    return command.name == "ln" and not command.has_option("s", "symbolic")


def _with_script(run: Run, command: Command) -> Sequence[Command]:
    """The commands of the script that `command` starts, where it is shown; else itself."""
    program = started(run, command, run.stage.directory(run.at))
    return program.script.commands if program and not is_changed(program, run, command) else (command,)


def _may_link(command: Command) -> bool:
    """Whether it may make hard links: there are some in archives and packages, and nobody knows of other programs."""
    return command.name not in COMMANDS or command.name in _HOLD_LINKS


_HOLD_LINKS = frozenset(("tar", "bsdtar", "gtar", "cpio", "dpkg", "rpm"))


def _unpacks(command: Command, directory: str | None) -> frozenset[str]:
    """The directories below which a ``tar`` puts all that it unpacks; none where that is not certain."""
    if command.name not in ("tar", "bsdtar", "gtar") or command.wrappers:
        return frozenset()
    words = [word.value for word in command.argv[1:]]
    found = directory
    for at, word in enumerate(words):
        if word is None:
            return frozenset()
        option = re.fullmatch(r"(?:-\w*C|--directory=)(.*)", word)
        if option or word == "--directory":
            found = resolve((option and option[1]) or (words[at + 1 : at + 2] or [""])[0] or "", found)
    return frozenset((found,)) if found else frozenset()


def _changes_all(command: Command, places: set[str]) -> bool:
    """Whether a command changes all that lies below `places`, so that one name of a file is as good as another."""
    if not command.has_option("R", "recursive"):
        return not places
    named = [word.value or "" for word in command.operands()[1:]]
    return all(any(lies_in(place, name) for name in named if name.startswith("/")) for place in places)


def _makes(command: Command) -> list[bytes]:
    """What a command makes anew, as far as its words and redirections name it: that has no other name."""
    targets = [one.target.raw for one in command.redirections if one.writes] if command.name in COMMANDS else []
    if command.name in _MAKES:
        return targets + [word.raw for word in command.argv[1:]]
    return [*targets, command.argv[-1].raw] if command.name in ("cp", "install") and not _links(command) else targets


_MAKES = frozenset(("mkdir", "curl", "wget", "mktemp", "useradd", "adduser", "git", "unzip"))
