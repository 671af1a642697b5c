"""Whether a program that a RUN is to run may have been removed by then."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from ..dockerfile.shell import Command, read_text
from ..knowledge.commands import COMMANDS
from .commands import of_command
from .effects import commands_of
from .packages import removed
from .paths import lies_in
from .stages import Run

_PROGRAMS = ("/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/sbin")
_TAKE_AWAY = frozenset(("rm", "mv", "unlink", "shred", "find", "chmod", "ln", "truncate"))
_UNINSTALL = frozenset(
    ("uninstall", "remove", "-e", "--erase", "-r", "--remove", "-P", "--purge", "disable", "un", "rm")
)
_UNINSTALLERS = frozenset(
    ("rpm", "dpkg", "pip", "pip3", "npm", "yarn", "gem", "corepack", "rustup", "conda", "uv", "pipx")
)


def may_be_gone(run: Run, added: Iterable[bytes], before: int) -> str:
    """Why a program of the commands `added` may not be there any more at the offset `before`; empty if all are.

    A program that the RUN runs was there then: only what it removes afterwards counts.
    """
    taking = run.stage.once(("taking away", run.at), lambda _: _taking_away(run))
    if not any(command.start < before for command, _ in taking):
        return ""
    for program in {command.name for text in added for command in _commands(text)} - COMMANDS.keys():
        at, gone = -1, ""
        for command, directory in taking:
            if command.start < before and _removes(run, command, directory, program):
                at, gone = command.start, command.name
        used = (one.start for one, _ in commands_of(run) if one.name == program and at < one.start < before)
        if gone and next(used, None) is None:
            return f"`{gone}` may have removed `{program}` by then"
    return ""


def _taking_away(run: Run) -> list[tuple[Command, str | None]]:
    """The commands of a RUN that may take a program away, each with its directory."""
    return [
        (command, directory)
        for command, directory in commands_of(run)
        if command.name in _TAKE_AWAY or command.name in _UNINSTALLERS or removed(run, command) is not None
    ]


def _commands(text: bytes) -> tuple[Command, ...]:
    script = read_text(text) if not text.startswith(b"RUN ") else None
    return script.commands if script else ()


def _removes(run: Run, command: Command, directory: str | None, program: str) -> bool:
    packages = removed(run, command)
    if packages is None and command.name in _UNINSTALLERS and not _UNINSTALL.isdisjoint(command.values()):
        packages = {word.raw for word in command.operands()}
    if packages is not None:
        return any(_may_bring(package, program) for package in packages)
    if command.name not in _TAKE_AWAY:
        return False
    places = of_command(command, directory, ()).writes.below
    name = re.compile(rb"(?:^|/)" + re.escape(program.encode()) + rb"[\d.]*\*?[\"'/]*$")
    named = any(name.search(word.raw) for word in command.argv[1:])
    return named or any(
        lies_in(directory, place) or (posixpath.dirname(place) in _PROGRAMS and posixpath.basename(place) == program)
        for place in places
        for directory in _PROGRAMS
    )


def _may_bring(package: bytes, program: str) -> bool:
    """Whether a package, as spelled, may be what `program` comes from, or what it is written in."""
    return any(part in package for part in (program.encode(), b"python", b"$", b"`", b"*"))
