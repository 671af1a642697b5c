"""Whether something may change where packages come from: then an index fetched behind it is another than one before."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command
from ..knowledge.commands import COMMANDS
from ..knowledge.tools import Tool
from ..knowledge.uses import use_of
from .commands import is_of_system, of_command
from .effects import commands_of, copy_destination
from .indexes import index_answer
from .paths import lies_in, overlap, resolve
from .shown import environment, expanded, with_values
from .stages import Run, StageFacts

# Packages that bring sources of packages along, files that may be such, and what is not spelled out.
_BRINGS = rb"(?<!lsb-)release\b|-repo|apt-config|apt-source|archive-keyring|\.deb\b|[$*]"
# Where apt has its sources, and the architectures that it asks them for.
_PLACES = ("/etc/apt", "/var/lib/dpkg")
_NO_SOURCES = "/\ufdd0"  # stands for the root directory, or that of the base image, where a download has its own name
_ASKS = frozenset(("-l", "-s", "-S", "-L", "-p", "--print-architecture", "--list", "--status", "--compare-versions"))


def changed_by(stage: StageFacts, at: int, tool: Tool, since: int = 0, before: int | None = None) -> str:
    """Why instruction `at` may change where packages come from; empty where it does not.

    Of a RUN those commands count that start behind the offset `since` and `before` another.
    """
    instruction, run = stage.instructions[at], stage.run_at(at)
    if run is not None:
        return _changed_by_run(run, tool, since, before)
    if instruction.keyword in ("COPY", "ADD"):
        return _changed_by_copy(stage, at)
    settings = instruction.keyword in ("ENV", "ARG") and b"APT_" in instruction.code.upper()
    return f"line {instruction.line} may configure {tool.name}" if settings else ""


def _changed_by_run(run: Run, tool: Tool, since: int, before: int | None) -> str:
    reason = f"line {run.instruction.line} may change where packages come from"
    if run.script is None or index_answer(run, tool).need == "maybe":
        return reason
    known = environment(run.stage)
    for command, directory in commands_of(run):
        inside = since < command.start and (before is None or command.start < before)
        if inside and _changed_by_command(run, with_values(command, known, home="/root"), directory, tool):
            return reason
    return ""


def _changed_by_command(run: Run, command: Command, directory: str | None, tool: Tool) -> bool:
    use = use_of(tool, command)
    if use is not None:
        return use.action == "install" and any(re.search(_BRINGS, (word.value or "$").encode()) for word in use.behind)
    if command.name == "dpkg":
        return not any(word.value in _ASKS for word in command.argv)
    if command.name not in COMMANDS or not is_of_system(command) or COMMANDS[command.name].packaged:
        return re.search(rb"/etc/|\bapt\b|sources\.list|keyring", command.normal) is not None
    if command.name in ("curl", "wget", "git") and (directory == "/" or not run.script or not run.script.state_changes):
        directory = directory if directory not in (None, "/") else _NO_SOURCES
    effects = of_command(command, directory, run.stage.facts.tools)
    return any(effects.writes.touches(place) for place in _PLACES)


def _changed_by_copy(stage: StageFacts, at: int) -> str:
    """A COPY to where apt has its sources, or above it, unless the context shows that it brings none."""
    instruction = stage.instructions[at]
    word = expanded(instruction.words[-1], environment(stage))
    target = copy_destination(stage, at) or resolve(word, stage.directory(at))
    reason = f"line {instruction.line} may change where packages come from"
    if target is None:
        return reason
    places = [place for place in _PLACES if overlap(place, target)]
    if not places:
        return ""
    if any(lies_in(target, place) for place in places):
        return reason
    context = stage.facts.context
    for source in instruction.words[:-1]:
        name = source.rpartition("/")[2]
        if "*" in source or "$" in source:
            return reason
        if instruction.keyword == "ADD" or instruction.flag("from") or context is None:
            if "." not in name.strip(".") or any(overlap(place, f"{target.rstrip('/')}/{name}") for place in places):
                return reason  # what may be a directory brings what is in it
        elif any(context.entry(source.rstrip("/") + place[len(target.rstrip("/")) :]) is not None for place in places):
            return reason
    return ""
