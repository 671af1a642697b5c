"""Whether what a RUN runs as root may ask whose the files of a directory are, which is given away further down.

Root may read and change them all the same. Nobody else's files are what git refuses to work on (git-config(1),
*safe.directory*), and what npm before version 9 takes for a hint as whom to run.
"""

from __future__ import annotations

import re

from ..dockerfile.shell import Command, read_text
from ..knowledge.builders import RUN_SCRIPTS, builds
from ..knowledge.commands import COMMANDS
from .context import local_sources
from .effects import commands_of, placed
from .ownership import RecursiveChown, marks, tells_owners
from .packages import managed
from .stages import Run, StageFacts

_CLONES = re.compile(rb"git (?:clone|config --(?:global|system)) ")


def minds_owners(run: Run, chown: RecursiveChown) -> str:
    """Why a command of `run` may ask whose the files in the directory are; empty where none does."""
    todo = list(commands_of(run))
    own = {command for command, _ in todo}
    while todo:
        command, directory = todo.pop()
        if not command.wrappers and managed(run, command) is not None:
            continue
        if command.name in COMMANDS and not command.wrappers:
            asks = command.name in ("git", "tar", "cpio") and not _CLONES.match(command.normal)
            if command not in own and marks(command):
                return f"`{command.name}` in a script of it may give files another owner or mode"
            if asks or tells_owners(chown, run, command, directory):
                return f"`{command.name}` may ask whose the files are"
        elif not builds(command):
            return f"`{command.name}` may ask whose the files are"
        elif command.name in RUN_SCRIPTS:
            if command.name == "npm" and not _is_new(run.stage):
                return "npm before version 9 runs scripts as the owner of their directory"
            found = _scripts(run, command, directory)
            if found is None:
                return f"what `{command.name}` runs may ask whose the files are"
            todo += found
    return ""


def _is_new(stage: StageFacts) -> bool:
    """Whether the base image certainly has an npm of version 9 or later."""
    image = stage.image
    if image is None or image.name.removeprefix("library/") != "node":
        return False
    version = re.match(r"\d+", image.tag)
    return version is None or int(version[0]) >= 20


def _scripts(run: Run, command: Command, directory: str | None) -> list[tuple[Command, str | None]] | None:
    """The commands of the scripts that a package manager runs of the project; None where they are not shown."""
    from .recipes import behind
    from .shown import environment, opened

    found = behind(command, directory, lambda path: opened(run, path), environment(run.stage))
    if found is None or found.unread or found.codes:
        return None
    commands: list[tuple[Command, str | None]] = []
    for shell in found.shells:
        script = read_text(shell.text)
        if script is None or script.opaque:
            return None
        commands += placed(script, shell.directory)
    return commands


def may_bring_repository(stage: StageFacts, at: int) -> bool:
    """Whether the COPY at index `at` of a stage may bring a ``.git``, which git would not work on any more."""
    copy, context = stage.instructions[at], stage.facts.context
    sources = None if copy.flag("from") else local_sources(copy)
    if sources is None or context is None:
        return True
    entries = [context.entry(f"{source.rstrip('/')}/.git") for source in sources]
    return any(entry is not None for entry in entries) or any("*" in source or "$" in source for source in sources)
