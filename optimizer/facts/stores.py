"""Who clears a package index or a cache, and which of them are somebody's business."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, read_script
from ..knowledge.tools import Index, Store, Tool
from ..knowledge.uses import Use, clears, clears_any, may_clear, use_of, uses
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
        script = read_script(instructions[at]) if at >= 0 else None
        around = (
            (one for one in script.commands if one.start <= match.start() and match.end() <= one.end) if script else ()
        )
        if not any(clears_any(tool, command) for command in around for tool in facts.tools):
            return True
    return False


def _start(instruction: Instruction) -> int:
    return instruction.start
