"""What the commands of a RUN do with packages, and RUNs that do nothing else: refresh an index, install, clean up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise

from ..dockerfile.shell import Command, Script, Unit
from ..knowledge.tools import Action, Tool
from ..knowledge.uses import Use, clears, clears_any, may_clear, use_of, uses
from .paths import is_private
from .stages import Run, StageFacts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

#: What a command does with packages, as far as it does nothing else.
PackageAction: TypeAlias = 'Literal["refresh", "install", "clear"]'


def managed(run: Run, command: Command) -> Use | None:
    """A command of `run` as a use of a distribution's package manager."""
    if command.name not in run.stage.facts.managers:
        return None
    tools = (tool for tool in run.stage.facts.tools if tool.distribution)
    return next((use for tool in tools if (use := use_of(tool, command)) is not None), None)


def removed(run: Run, command: Command) -> set[bytes] | None:
    """The packages that a command removes, as spelled; None where it is no removal."""
    use = managed(run, command)
    if use is None or not use.tool.distribution or use.verb.value not in use.tool.distribution.removes:
        return None
    return {word.raw.strip(b"\"'") for word in use.operands}


def not_installed(run: Run, tool: Tool, names: set[bytes]) -> set[bytes]:
    """Those of the packages `names` that no RUN above, nor `run`, installs."""
    for stage in run.stage.lineage_above():
        installed = stage.once(("installs", tool.name), partial(_first_installs, tool))
        names = {name for name in names if name not in installed or (stage is run.stage and installed[name] > run.at)}
    return names


def _first_installs(tool: Tool, stage: StageFacts) -> dict[bytes, int]:
    """The packages that RUNs of a stage install, each with the index of the first that does."""
    found: dict[bytes, int] = {}
    for run in stage.runs:
        for use in uses(run.script, tool) if run.script else ():
            for word in use.operands if use.action == "install" else ():
                found.setdefault(word.raw.strip(b"\"'"), run.at)
    return found


def packages_mind(run: Run, command: Command, paths: Iterable[str]) -> str | None:
    """What has to be assumed to say that packages have nothing to do with the files at `paths`.

    An empty text where it is certain; None where they may well have, or where `command` neither installs nor removes
    by name, nor refreshes an index.

    A distribution has no files in /opt (Filesystem Hierarchy Standard), and others' packages are called like theirs.
    Nothing starts what a container is to start with; removing others leaves the settings of a daemon alone; and what
    is called like the program that the container runs from a directory of that name is that program's.
    """
    use = managed(run, command) or _named_alone(run, command)
    if use is None:
        return None
    given = [word for before, word in pairwise(use.command.argv) if before.value not in use.tool.value_options]
    operands = [word for word in use.operands if word in given]
    names = [(word.value or "").lower().partition("=")[0] for word in operands]
    removes = use.tool.distribution is not None and use.verb.value in use.tool.distribution.removes
    if not (removes or use.action in ("install", "refresh")) or not all(re.fullmatch(_PACKAGE, one) for one in names):
        return None
    doubt = ""
    for path in paths:
        parts = [*path.lower().split("/"), "", ""]
        name = _setting(path) or parts[2]
        mentioned = not name or any(name in one or one in name for one in names)
        if starts_container(path) or (parts[1] == "opt" and not mentioned):
            continue
        if parts[1] != "etc" or mentioned:
            return None
        if is_own_setting(run.stage, path):
            continue
        if not removes:
            return None
        if name not in _DAEMONS or not _is_kept(run, use.tool, name):
            doubt = f"a package may have to do with {path}"
    return doubt


def _named_alone(run: Run, command: Command) -> Use | None:
    """A command that installs with the tool of a language what it names, and nothing that a file lists."""
    for tool in run.stage.facts.tools:
        use = use_of(tool, command) if tool.names_packages else None
        if use is not None and tool.names_packages:
            listed = any(tool.names_packages.match(word.raw) for word in command.argv)
            return None if listed else use
    return None


def starts_container(path: str) -> bool:
    """Whether the file at `path` is called like what a container starts with, which no package has to do with."""
    return re.fullmatch(r"/usr/local/s?bin/(?:[\w.-]+[-_.])?entry-?point(?:\.\w+)?", path) is not None


_PACKAGE = r"(?!.*\.(?:deb|rpm|apk)$)[\w.+:-]+"
# Daemons whose settings in /etc nothing reads but themselves, and no package of another name writes.
_DAEMONS = frozenset(("nginx", "supervisor", "haproxy", "redis", "memcached"))


def _is_kept(run: Run, tool: Tool, name: str) -> bool:
    """Whether the package `name` was asked for by that name, so that nothing removes it unasked."""
    image = run.stage.image
    return (image is not None and image.name == name) or not not_installed(run, tool, {name.encode()})


def _setting(path: str) -> str:
    """What the file or directory in /etc that `path` is or lies in is called, without an ending; empty elsewhere."""
    found = re.match(r"/etc/([\w-]+)", path.lower())
    return found[1] if found else ""


def is_own_setting(stage: StageFacts, path: str) -> bool:
    """Whether `path`, in /etc, is called like the program that the container is made for.

    Two of these say so: the container starts something, or runs as somebody, of that name; a directory of programs is
    called so; a user of that name is made.
    """
    name = _setting(path)
    if not name or (stage.image is not None and name in stage.image.name):
        return False
    word = rb"(?<![\w.-])%s(?![\w-])" % re.escape(name.encode())
    starts = any(
        one.keyword in ("CMD", "ENTRYPOINT", "USER") and re.search(word, one.code) for one in stage.instructions
    )
    places = {held.directory for held in stage.held if held.directory is not None}
    there = any((is_private(path) or path.startswith("/opt/")) and path.rpartition("/")[2] == name for path in places)
    commands = (command for run in stage.runs for command in (run.script.commands if run.script else ()))
    made = any(one.name in ("useradd", "adduser") and one.values()[-1:] == [name] for one in commands)
    return starts + there + made > 1


def is_cleanup(run: Run, command: Command) -> bool:
    """Whether a package manager is told to clean up and nothing else."""
    use = managed(run, command)
    return use is not None and _cleans(use)


def _cleans(use: Use) -> bool:
    return use.tool.distribution is not None and use.verb.value in use.tool.distribution.cleans


def package_action(command: Command, tool: Tool) -> PackageAction | None:
    """What a command does with packages of `tool`; None for anything else."""
    use = use_of(tool, command)
    if use is not None:
        if _cleans(use):
            return "clear"
        return use.action if use.action in ("refresh", "install") else None
    if command.name == "rm" and clears_any(tool, command):
        return "clear" if all(word.raw.startswith(b"/") for word in command.operands()) else None
    return None


def only_installs(run: Run, tool: Tool) -> bool:
    """Whether all that `run` does is to install with `tool`, after a refresh or before a clean-up or not."""
    script = run.script
    if script is None or script.heredoc or run.instruction.flags or not script.only_and:
        return False
    if not script.is_plain or script.writes_files:
        return False
    actions = [package_action(command, tool) for command in script.commands]
    return None not in actions and "install" in actions


# Packages that bring sources of other packages along, so that the next refresh finds more than the one before it.
_SOURCES = rb"release|keyring|apt-source|repo|archive|http|ca-certificates|software-properties|[/*$]|plugin"


def follows(first: Run, second: Run, tool: Tool) -> bool:
    """Whether what `second` installs comes from where `first` installed from: that brings no new source along."""
    for use in uses(first.script, tool) if first.script else ():
        if use.action == "install" and any(re.search(_SOURCES, word.raw) for word in use.behind):
            return False
    one, two = (refresh_of(run, tool) for run in (first, second))
    return one == two or not two


def refresh_of(run: Run, tool: Tool) -> bytes:
    """The refresh that `run` starts with, in its normal spelling."""
    first = run.script.commands[0] if run.script and run.script.commands else None
    return first.normal if first is not None and package_action(first, tool) == "refresh" else b""


def is_pure(script: Script, tool: Tool, action: Action) -> bool:
    """Whether the whole script is ``&&``-joined plain uses of the tool, all of that one action."""
    found = uses(script, tool)
    return (
        bool(found)
        and script.only_and
        and len(found) == len(script.units) == len(script.commands)
        and all(use.action == action and not use.command.guards for use in found)
        and all(unit.kind == "command" for unit in script.units)
    )


def only_cleans(run: Run, tool: Tool) -> bool:
    """Whether all that `run` does is to clean up, behind `tool` among others."""
    script = run.script
    if script is None or run.instruction.flags or not script.is_plain or not may_clear(script, tool):
        return False
    if not all(_removes_only(command, tool) for command in script.commands):
        return False
    index = tool.package_index
    return any(
        use_of(tool, command) or (index is not None and clears(tool, index, command)) for command in script.commands
    )


def _removes_only(command: Command, tool: Tool) -> bool:
    use = use_of(tool, command)
    if use is not None:
        return _cleans(use)
    paths = [word.value for word in command.operands()]
    return command.name == "rm" and bool(paths) and all(path is not None and path.startswith("/") for path in paths)


def head_of(run: Run, tool: Tool) -> list[Unit]:
    """The units that `run` starts with and that refresh the index and install; none where it is not to be split."""
    script = run.script
    if script is None or script.heredoc or run.instruction.flags or not script.only_and:
        return []
    head: list[Unit] = []
    for unit, command in plain_units(run):
        if package_action(command, tool) not in ("refresh", "install"):
            break
        head.append(unit)
    installs = [package_action(command, tool) == "install" for unit, command in plain_units(run) if unit in head]
    return head if any(installs) and installs[-1] else []


def plain_units(run: Run) -> Iterator[tuple[Unit, Command]]:
    """The units at the start of `run` that are one simple command each, with that."""
    script = run.script
    commands = {command.start: command for command in script.commands} if script else {}
    for unit in script.units if script else ():
        command = commands.get(unit.start)
        if command is None or unit.kind != "command" or command.end != unit.end:
            return
        yield unit, command


def only_clears(command: Command, tool: Tool) -> bool:
    """Whether `command` clears the index and nothing that anybody else may have left."""
    index = tool.package_index
    if package_action(command, tool) != "clear" or command.guards or index is None:
        return False
    if command.name != "rm":
        return "autoremove" not in command.values()
    return all(index.cleared_text.search(word.raw) for word in command.operands())
