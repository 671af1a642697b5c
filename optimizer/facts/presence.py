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
    for program in {command.name for text in added for command in _commands(text)}:
        if program in COMMANDS:
            continue
        gone = ""
        for command, directory in commands_of(run):
            if command.start >= before:
                break
            if command.name == program:
                gone = ""
            if _removes(run, command, directory, program):
                gone = command.name
        if gone:
            return f"`{gone}` may have removed `{program}` by then"
    return ""


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
