"""Packages that one RUN installs and another one removes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..dockerfile.shell import Command, Word
from ..knowledge.tools import Tool
from ..knowledge.uses import Use, use_of
from .packages import managed
from .stages import Run, StageFacts


def installers(run: Run) -> list[Run]:
    """The RUNs above, in the same stage, that leave what `run` removes, the earliest first."""
    gone = _leaves_and_removes(run)[1]
    if not gone:
        return []
    found: set[int] = set()
    makers = run.stage.once("leaves packages", _makers)
    for name in gone:
        above = [at for at in makers.get(name, ()) if at < run.at]
        found.update(above[-1:] if name in _LAST else above)
    return [other for other in run.stage.runs if other.at in found]


def _makers(stage: StageFacts) -> dict[bytes, list[int]]:
    """Which RUNs of a stage leave packages, by name, in order."""
    found: dict[bytes, list[int]] = {}
    for run in stage.runs:
        for name in _leaves_and_removes(run)[0]:
            found.setdefault(name, []).append(run.at)
    return found


def _leaves_and_removes(run: Run) -> tuple[set[bytes], set[bytes]]:
    return run.stage.once(("leaves and removes", run.at), lambda _: _come_and_go(run))


def _come_and_go(run: Run) -> tuple[set[bytes], set[bytes]]:
    """The packages that `run` leaves installed, and those that it removes and had not installed itself."""
    left: set[bytes] = set()
    gone: set[bytes] = set()
    for command in run.script.commands if run.script else ():
        names = _installed(run, command)
        if command.guards:
            gone -= names
            continue
        left |= names
        taken, leftover = _removed(run, command)
        gone |= taken - left
        left = left - taken | leftover
    return left, gone


# What is removed without being named was left by the RUN before: the packages of a transaction that is undone, and
# those that nothing needs any more once others are removed.
_TRANSACTION, _UNNEEDED = b"the last transaction", b"what is not needed any more"
_LAST = frozenset((_TRANSACTION, _UNNEEDED))


def _installed(run: Run, command: Command) -> set[bytes]:
    """What can be removed again by the name that an install gives it: packages, and groups of ``apk add --virtual``."""
    if (tool := installs_developers_part(run, command)) is not None:
        return {_project(tool)}
    use = _use(run, command)
    if use is None or use.action != "install":
        return set()
    names = _named(use, use.behind)
    return names | {_TRANSACTION} if use.tool.distribution else names


def _removed(run: Run, command: Command) -> tuple[set[bytes], set[bytes]]:
    """What a command removes, and what it leaves to be removed without a name."""
    for tool in run.stage.facts.tools:
        verb, development = _verb(tool, command), tool.development
        if development and (verb in development.installs or verb in development.prunes):
            told = development.without.search(command.normal) or (verb == "prune" and _is_production(run))
            return ({_project(tool)} if told else set()), set()
    use = _use(run, command)
    if use is None:
        return set(), set()
    verb = use.verb.value or ""
    names = _named(use, use.operands)
    distribution = use.tool.distribution
    if distribution is None:
        return (names if verb in use.tool.removes else set()), set()
    if verb == "history" and names & {b"undo", b"rollback"}:
        return {_TRANSACTION}, set()
    if verb not in distribution.removes:
        return set(), set()
    cleans = verb == "autoremove" or command.has_option("auto-remove", "autoremove")
    return (names | {_UNNEEDED}, set()) if cleans else (names, {_UNNEEDED})


def _is_production(run: Run) -> bool:
    return b"NODE_ENV" in run.stage.source.data


def _use(run: Run, command: Command) -> Use | None:
    if (use := managed(run, command)) is not None:
        return use
    tools = (tool for tool in run.stage.facts.tools if tool.removes)
    return next((use for tool in tools if (use := use_of(tool, command)) is not None), None)


def installs_developers_part(run: Run, command: Command) -> Tool | None:
    """The tool with which a command installs what a manifest lists, development dependencies included."""
    for tool in run.stage.facts.tools:
        development = tool.development
        if development is None or _verb(tool, command) not in development.installs:
            continue
        named = [word for word in command.argv[1:] if not word.raw.startswith(b"-")]
        everywhere = command.has_option("g", "global")
        if len(named) < 2 and not everywhere and not development.without.search(command.normal):
            return tool
    return None


def _verb(tool: Tool, command: Command) -> str | None:
    """The subcommand, empty where there is none; None where the command is no use of the tool."""
    if command.name not in tool.commands or command.guards:
        return None
    use = use_of(tool, command)
    return "" if use is None else use.verb.value


def _project(tool: Tool) -> bytes:
    return b"development dependencies of " + tool.name.encode()


_VERSION = re.compile(rb"(?<=.)(?:[=<>~!;\[]|@(?=[\w^~])).*")


def _named(use: Use, words: Iterable[Word]) -> set[bytes]:
    """The names of packages without the versions that are asked for; those of a language are told by its tool."""
    whose = b"" if use.tool.distribution else use.tool.name.encode() + b" "
    return {whose + _VERSION.sub(b"", word.raw.strip(b"\"'").removeprefix(b"--virtual=")) for word in words}
