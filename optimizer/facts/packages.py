"""RUNs that do one thing with a package manager, and nothing else: refresh its index, install, clean up."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command, Script
from ..knowledge.tools import Action, Tool, Use, clears, load_tool, use_of, uses
from .stages import Run

#: The package managers of distributions.
MANAGERS = ("apt", "apk", "dnf", "yum", "microdnf", "tdnf", "zypper")


def managed(command: Command) -> Use | None:
    """`command` as a use of a distribution's package manager."""
    name = "apt" if command.name == "aptitude" else re.split(r"[-\d]", command.name)[0]
    return use_of(load_tool(name), command) if name in MANAGERS else None


def removed(command: Command) -> set[bytes] | None:
    """The packages that a command removes, as spelled; None where it is no removal."""
    use = managed(command)
    if use is None or use.verb.value not in _REMOVES:
        return None
    return {word.raw.strip(b"\"'") for word in command.argv[command.argv.index(use.verb) + 1 :] if word.raw[:1] != b"-"}


_REMOVES = frozenset(("remove", "purge", "autoremove", "del", "erase", "rm"))


def is_cleanup(command: Command) -> bool:
    """Whether a package manager is told to clean up and nothing else."""
    use = managed(command)
    return use is not None and use.verb.value in use.tool.clean_subcommands


def installs_project(command: Command) -> bool:
    """Whether npm installs what package.json says, development dependencies included."""
    use = use_of(load_tool("npm"), command)
    if use is None or command.guards or use.verb.value not in ("ci", "clean-install", "install", "i"):
        return False
    return all(word is use.verb or word.raw in _HARMLESS for word in command.argv[1:])


_HARMLESS = frozenset((b"--no-audit", b"--no-fund", b"--ignore-scripts"))


def package_action(command: Command, tool: Tool) -> str | None:
    """What a command does with packages of `tool`: ``refresh``, ``install`` or ``clear``; None for anything else."""
    use = use_of(tool, command)
    if use is not None:
        if use.verb.value in tool.clean_subcommands:
            return "clear"
        return use.action if use.action in ("refresh", "install") else None
    if command.name == "rm" and clears(tool, command):
        words = [word.raw for word in command.argv[1:] if not word.raw.startswith(b"-")]
        return "clear" if all(word.startswith(b"/") for word in words) else None
    return None


def only_installs(run: Run, tool: Tool) -> bool:
    """Whether all that `run` does is to install with `tool`, after a refresh or before a clean-up or not."""
    script = run.script
    if script is None or script.heredoc or run.instruction.flags or not script.only_and:
        return False
    if len(script.units) != len(script.commands) or b">" in run.instruction.code:
        return False
    acts = [package_action(command, tool) for command in script.commands]
    return None not in acts and "install" in acts


# Packages that bring sources of other packages along, so that the next refresh finds more than the one before it.
_SOURCES = re.compile(rb"release|keyring|apt-source|repo|archive|http|ca-certificates|software-properties|[/*$]|plugin")


def follows(first: Run, second: Run, tool: Tool) -> bool:
    """Whether what `second` installs comes from where `first` installed from."""
    for run in (first, second):
        for command in run.script.commands if run.script else ():
            use = use_of(tool, command)
            if use is None or use.action != "install":
                continue
            behind = command.argv[command.argv.index(use.verb) + 1 :]
            if any(_SOURCES.search(word.raw) for word in behind):
                return False
    one, two = (refresh_of(run, tool) for run in (first, second))
    return one == two or not two


def refresh_of(run: Run, tool: Tool) -> bytes:
    """The refresh that `run` starts with, in its normal spelling."""
    first = run.script.commands[0] if run.script else None
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
    if script is None or run.instruction.flags or len(script.units) != len(script.commands):
        return False
    if not all(_removes_only(command, tool) for command in script.commands):
        return False
    return any(clears(tool, command) or use_of(tool, command) for command in script.commands)


def _removes_only(command: Command, tool: Tool) -> bool:
    use = use_of(tool, command)
    if use is not None:
        return use.verb.value in tool.clean_subcommands
    paths = [value for value in command.values() if value is None or not value.startswith("-")]
    return command.name == "rm" and bool(paths) and all(path is not None and path.startswith("/") for path in paths)
