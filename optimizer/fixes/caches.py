"""Caches that a RUN fills and leaves behind, and what clears them where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from ..facts.paths import overlap
from ..facts.stages import Run, StageFacts
from ..facts.stores import settled
from ..knowledge.tools import Cache, Tool
from ..knowledge.uses import Use, clears, may_be_use, may_clear, may_have_uses, use_of


class Filled(Record):
    """A cache, and the last command of a RUN that fills it."""

    tool: Tool
    cache: Cache
    last: Command


def filled_caches(stage: StageFacts) -> Iterator[tuple[Run, Filled]]:
    """The caches that RUNs of the stage fill and nothing clears or mounts; one that goes with another is left out."""
    kept = [(tool, cache) for tool in stage.facts.tools for cache in tool.caches if not settled(cache.settled, stage)]
    for run in stage.runs if kept else ():
        found = [
            Filled(tool, cache, last)
            for tool, cache in kept
            if (last := _last_filling(run, tool, cache)) and not _is_cleared_by_another(run, tool, cache)
        ]
        for one in found:
            if not any(other.last.start > one.last.start and _does_as_well(run, one, other) for other in found):
                yield run, one


def cleared(run: Run, filled: Filled) -> bytes:
    """The command that clears the cache, as the RUN spells the tool. Raises `Refusal` where it is not known."""
    clear = _clear_command(run, filled.cache)
    if not clear:
        raise Refusal("where this base image has the cache is not known")
    sudo = filled.last.sudo
    _check_same_home(filled.last)
    spelled = (b"sudo " if sudo else b"") + filled.last.argv[0].raw
    text = clear.encode().replace(b"{name}", spelled)
    if sudo and b"~" in text:
        raise Refusal("sudo may have another home than the shell")
    return b"sudo " + text if sudo and not text.startswith(b"sudo ") else text


# Before a command: what leaves the user and the home as they are.
_PLAIN_WRAPPER = re.compile(rb"sudo|-[EHnS]+|--preserve-env|--set-home|env|command|exec|time|nice|\w+=.*")
_HOME = re.compile(rb"(?i)(?:HOME|XDG_\w+|\w*CACHE\w*|\w*USERCONFIG|GO(?:PATH|ENV|FLAGS)|CARGO_HOME)=")


def _check_same_home(command: Command) -> None:
    """Raise `Refusal` where the command may have another user or home than what would be put behind it."""
    for word in command.wrappers:
        if not _PLAIN_WRAPPER.fullmatch(word.raw) or _HOME.match(word.raw):
            raise Refusal("it may have the home of another user")
    if any(map(_HOME.match, command.assignments)):
        raise Refusal("a variable before it says where its home or cache is")


def _does_as_well(run: Run, one: Filled, other: Filled) -> bool:
    """Whether what clears the other cache clears this one too, as Bundler's does for gem."""
    mine, its = (set(_clear_command(run, filled.cache).split()) for filled in (one, other))
    return one.cache is not other.cache and bool(mine) and mine <= its


def _clear_command(run: Run, cache: Cache) -> str:
    """What clears the cache on this base image; empty where that is not known."""
    image = run.stage.image
    names = {image.name.rsplit("/", 1)[-1], *(image.release or ())[:1]} if image else set[str]()
    return next((command for name, command in cache.clear_on if name in names), cache.clear)


def _is_cleared_by_another(run: Run, tool: Tool, cache: Cache) -> bool:
    """Whether a later RUN clears this cache; one that clears but what it filled itself leaves this layer as it is."""
    return any(
        run.stage.later_where(run.at, ("only clears", tool.name, cache.paths), partial(_only_clears, tool, cache))
    )


def _only_clears(tool: Tool, cache: Cache, stage: StageFacts, at: int) -> bool:
    run = stage.run_at(at)
    commands = run.script.commands if run and run.script and may_clear(run.script, tool) else ()
    return any(clears(tool, cache, one) for one in commands) and not any(_fills(tool, cache, one) for one in commands)


def _last_filling(run: Run, tool: Tool, cache: Cache) -> Command | None:
    """The last command of `run` that fills the cache, where nothing clears or mounts it."""
    if run.script is None or any(_may_hold(mount, tool, cache) for mount in run.mounts):
        return None
    if not may_have_uses(run.script, tool):
        return None
    last = next((command for command in reversed(run.script.commands) if _fills(tool, cache, command)), None)
    if last is None or any(clears(tool, cache, command) for command in run.script.commands):
        return None
    return last


def _may_hold(mount: dict[str, str], tool: Tool, cache: Cache) -> bool:
    """Whether a mount may hold the cache: it lies over it or in it, or is called like it."""
    target = mount["target"].rstrip("/") or "/"
    if mount["type"] in ("bind", "secret", "ssh"):
        return False
    if mount["type"] == "?" or not target.startswith("/") or tool.name in target or "cache" in target.split("/")[-1]:
        return True
    return any(overlap(target, re.split(r"[*{]", path)[0].rstrip("/") or "/") for path in cache.paths)


# Variables before a command with which it fetches nothing.
_OFFLINE = re.compile(rb"(?i)\b(?:npm|pnpm)_config_(?:prefer_)?offline=|CARGO_NET_OFFLINE=|UV_OFFLINE=")


def _fills(tool: Tool, cache: Cache, command: Command) -> bool:
    if not may_be_use(tool, command):
        return False
    use = use_of(tool, command)
    if _OFFLINE.search(command.normal):
        return False
    words = [word.value or "" for word in command.argv[1:]]
    if any(word.split("=")[0] in cache.without for word in words):
        return False
    if cache.needs and cache.needs not in words:
        return False
    if "*" in cache.fills:
        return use is not None
    if use is None:  # `yarn` alone installs
        plain = command.name in tool.commands and "" in cache.fills
        return plain and all(word.startswith("-") for word in words) and not {"--version", "-v", "--help"} & {*words}
    return use.verb.value in cache.fills and not _fetches_nothing(use, cache)


def _fetches_nothing(use: Use, cache: Cache) -> bool:
    """A subcommand of two words that fetches nothing: ``yarn global list``, ``conda env list``."""
    allowed = cache.second.get(use.verb.value or "")
    following = [word.value for word in use.behind if word.value and not word.value.startswith("-")][:1]
    return allowed is not None and allowed.isdisjoint(following)
