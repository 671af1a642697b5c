"""Who fills and who clears a package index or a cache, and which of them are somebody's business."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, read_script
from ..knowledge.tools import Cache, CacheOption, Index, Store, Tool
from ..knowledge.uses import Use, clears, clears_any, leaves_cache, may_be_use, may_clear, use_of, uses
from .stages import Facts, Run, StageFacts


def uses_in(run: Run, tool: Tool) -> list[Use]:
    """The uses of the tool in a RUN; none where it cannot be read."""
    return uses(run.script, tool) if run.script else []


def fails_on_nothing(command: Command) -> bool:
    """Whether it is an rm that fails where there is nothing to remove."""
    return command.name == "rm" and not command.has_option("f", "force")


def _clearing(tool: Tool, store: Store, stage: StageFacts, at: int) -> list[Command]:
    run = stage.run_at(at)
    commands = run.script.commands if run and run.script and may_clear(run.script, tool) else ()
    return [one for one in commands if clears(tool, store, one)]


def removed_later(run: Run, tool: Tool, store: Store) -> bool:
    """Whether a RUN on top of `run` removes `store` with an rm that fails where there is none."""
    return any(run.stage.later_where(run.at, ("removes", tool.name, store.paths), partial(_removes, tool, store)))


def _removes(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    return any(fails_on_nothing(command) for command in _clearing(tool, store, stage, at))


def missed_later(run: Run, tool: Tool, store: CacheOption | Cache) -> list[Run]:
    """The RUNs on top of `run` that clear `store`, and may fail where there is nothing to clear."""
    question = ("misses", tool.name, store.paths)
    found = (stage.run_at(at) for stage, at in run.stage.later_where(run.at, question, partial(_misses, tool, store)))
    return [other for other in found if other is not None]


def _misses(tool: Tool, store: CacheOption | Cache, stage: StageFacts, at: int) -> bool:
    run = stage.run_at(at)
    clearing = [one for one in _clearing(tool, store, stage, at) if run is not None and not _is_ignored(run, one)]
    own = store.clear_may_fail and any(use_of(tool, command) for command in clearing)
    removing = [command for command in clearing if fails_on_nothing(command)]
    if own or not removing or isinstance(store, CacheOption):
        return own or bool(removing)
    commands = run.script.commands if run and run.script else ()
    return not any(fills(tool, store, one) and one.start < removing[0].start for one in commands)


def _is_ignored(run: Run, command: Command) -> bool:
    """Whether the failure of a command is certainly nobody's business: ``|| true``, or ``;`` without ``set -e``."""
    units = run.script.units if run.script else ()
    at = next((at for at, unit in enumerate(units[:-1]) if unit[:2] == (command.start, command.end)), None)
    if at is None:
        return False
    behind = units[at + 1]
    text = run.instruction.source.data[behind.start : behind.end]
    return text in (b"true", b":") if behind.connector == b"||" else behind.connector == b";" and run.errexit is False


def clears_itself_later(run: Run, tool: Tool, store: Store) -> bool:
    """Whether the tool itself clears `store` in a RUN on top of `run`, which may fail where there is nothing."""
    return any(run.stage.later_where(run.at, ("itself", tool.name, store.paths), partial(_clears_itself, tool, store)))


def _clears_itself(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    return any(use_of(tool, command) for command in _clearing(tool, store, stage, at))


def kept(facts: Facts, path: str) -> Iterator[Instruction]:
    """The RUNs of the stages that ship whose layers hold the package index at `path`, or may."""
    for tool, index in facts.indexes:
        names = [command.encode() for command in tool.commands]
        for run in (run for stage in facts.shipping for run in stage.runs if path in index.paths):
            if any(name in run.source_text for name in names) and _may_keep(run, tool, index):
                yield run.instruction


def _may_keep(run: Run, tool: Tool, index: Index) -> bool:
    if run.script is None:
        return True
    writes = [use.command.start for use in uses_in(run, tool) if use.action == "refresh" or use.fetches_index()]
    cleared = [one.start for one in run.script.commands if clears(tool, index, one)]
    return bool(writes) and max(cleared, default=0) < max(writes)


def settled(pattern: re.Pattern[bytes], stage: StageFacts) -> bool:
    """Whether what `pattern` looks for stands in the file anywhere but in commands that clear an index or a cache."""
    return stage.lineage.once(("settled", pattern), lambda: _settled(pattern, stage.facts))


def _settled(pattern: re.Pattern[bytes], facts: Facts) -> bool:
    instructions = facts.document.instructions
    for match in pattern.finditer(facts.document.source.data):
        at = bisect_right(instructions, match.start(), key=_start) - 1
        if at >= 0 and (_is_comment(instructions[at], match) or _is_mount(instructions[at], match)):
            continue
        script = read_script(instructions[at]) if at >= 0 else None
        around = (
            (one for one in script.commands if one.start <= match.start() and match.end() <= one.end) if script else ()
        )
        if not any(clears_any(tool, command) for command in around for tool in facts.tools):
            return True
    return False


def _is_comment(instruction: Instruction, match: re.Match[bytes]) -> bool:
    """Whether a match lies in a comment: below `instruction`, or between its lines, which are blank in its code."""
    inside = instruction.code[match.start() - instruction.start : match.end() - instruction.start]
    return match.start() >= instruction.end or (bool(inside) and not inside.strip())


def _is_mount(instruction: Instruction, match: re.Match[bytes]) -> bool:
    """Whether a match lies in a cache mount of `instruction`, which says nothing of other RUNs."""
    flags = (flag for flag in instruction.flags if flag.name == "mount" and b"type=cache" in (flag.value or b""))
    return any(flag.start <= match.start() < flag.end for flag in flags)


def _start(instruction: Instruction) -> int:
    return instruction.start


# Variables before a command with which it fetches nothing.
_OFFLINE = rb"(?i)\b(?:npm|pnpm)_config_(?:prefer_)?offline=|CARGO_NET_OFFLINE=|UV_OFFLINE="


def fills(tool: Tool, cache: Cache | CacheOption, command: Command) -> bool:
    """Whether `command` fills the cache."""
    if not may_be_use(tool, command):
        return False
    use = use_of(tool, command)
    if isinstance(cache, CacheOption):
        return use is not None and leaves_cache(use, cache)
    if re.search(_OFFLINE, command.normal):
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
