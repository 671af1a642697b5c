"""Who may want a file again that a RUN has brought: what comes behind its last use, a link to it, another stage."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command
from ..knowledge.archives import unpacked
from ..knowledge.commands import COMMANDS
from ..knowledge.mentions import SILENT
from .commands import of_command
from .effects import commands_of
from .paths import overlap, resolve, spelled
from .stages import Run
from .walks import taken_from

_PATH = re.compile(rb"[\w./*?+@~:-]+")
_NOWHERE = "/\ufdd0"  # stands for a working directory that is not known
# They look at a directory, or change what is in it, and what they make of it does not depend on one file more.
_MIND_NOTHING = frozenset(
    (
        "cd", "pushd", "popd", "pwd", "test", "[", "mkdir", "chmod", "chown", "chgrp", "setfacl", "mv", "stat",
        "readlink", "realpath", "curl", "wget", "git", "rm", "touch", "apt-key", "patch", "rpm", "dpkg", "update-rc.d",
    )
)  # fmt: skip
_SHOW = frozenset(("ls", "du", "df", "tree", "find"))  # only to whoever reads along


def wanted_again(run: Run, last: Command, name: str) -> str:
    """Why something may want the file called `name`, as `last` spells it, behind that command; empty if nothing may.

    Programs that nobody knows are told what to read, or are scripts of the context, which are searched for the name.
    """
    base = name.rpartition("/")[2]
    path = ""
    for command, directory in commands_of(run):
        where = directory or _NOWHERE
        if command is last:
            path = resolve(name, where) or f"{where}/{base}"
        if command.name == "ln" and any(base in _text(word.raw) for word in command.argv):
            return "a link leads to it"
        if command.start > last.start and _reads(run, command, where, path):
            return f"`{command.name}` may read it"
    for stage, at in run.stage.later(run.at):
        other = stage.run_at(at)
        for command, directory in commands_of(other) if other else ():
            if _reads(run, command, directory or _NOWHERE, path):
                return f"`{command.name}` in line {stage.instructions[at].line} may read it"
    if line := taken_by_a_stage(run, path):
        return f"line {line} takes it to another stage"
    return _named_in_context(run, base)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _reads(run: Run, command: Command, directory: str, path: str) -> bool:
    """Whether `command` may read the file, or a directory that it is in, such that one file less shows."""
    if command.name in _MIND_NOTHING or unpacked(command) or not command.name:
        return False
    if (
        command.name in _SHOW
        and not command.writes_files
        and not {"pipeline", "command_substitution"} & {*command.guards}
    ):
        return False
    if command.name in COMMANDS:
        reads = of_command(command, directory, run.stage.facts.tools).reads.below
        return any(overlap(path, place) for place in reads)
    if any(command.name in tool.commands for tool in run.stage.facts.tools):  # its words are packages
        return False
    operands = (word.raw.strip(b"\"'") for word in command.operands())
    words = (spelled(_text(word), directory, "").below for word in operands if _PATH.fullmatch(word))
    return any(path == place or path.startswith(place.rstrip("/") + "/") for places in words for place in places)


def taken_by_a_stage(run: Run, path: str) -> int:
    """The line that takes a directory with the file from an image that holds it; 0 where none does."""
    holders = {run.stage}
    for stage in run.stage.facts.stages:
        if stage.parent in holders:
            holders.add(stage)
    names = {name for stage in holders for name in (stage.stage.name, str(stage.stage.number)) if name}
    for stage in run.stage.facts.stages:
        for instruction in stage.instructions:
            if any(path.startswith(_NOWHERE) or overlap(path, place) for place in taken_from(instruction, names)):
                return instruction.line
    return 0


def _named_in_context(run: Run, base: str) -> str:
    """Which file of the context names the file; empty where none does, or there is no context."""
    context = run.stage.facts.context
    parts = re.split(r"\$\{?\w+\}?", base)
    if context is None or not re.search(r"[A-Za-z]{2}", parts[0] + "".join(parts[1:-1])):
        return ""
    name = re.compile(rb"[^\s\"']*".join(re.escape(part.encode("utf-8", "surrogateescape")) for part in parts))
    texts = run.stage.lineage.once("texts of the context", lambda: tuple(context.texts()))
    found = next(
        (path for path, text in texts if not re.fullmatch(SILENT, path.rpartition("/")[2]) and name.search(text)), ""
    )
    return f"{found} in the context names it" if found else ""
