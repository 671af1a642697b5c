"""Refresh the package index in the RUN that installs from it.

A `RUN apt-get update` of its own ships the index in a layer that no later RUN can clear, and its cached layer
goes stale: an install added below it next month asks for versions that are gone. The refresh moves into the RUN
that needs it; where nothing needs it, it goes.

Before:

```dockerfile
FROM debian:12
RUN apt-get update
RUN apt-get install -y --no-install-recommends curl
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl
```

`dnf`, `yum` and `microdnf` fetch their metadata by themselves, so a `makecache` of its own is dropped; so is an
`apk update` once every `apk add` behind it carries `--no-cache`.

When it stays away: the first install below it does not join its commands with `&&`; something between the two may
read the index or change where packages come from; only a stage built on this one installs; the refresh has a
flag such as `--mount`. Where a comment describes the refresh and would have to go with it, the rewrite is unsafe.

Safety: the same refresh runs before the same install, with the same sources; only an index that nothing uses is
missing from the image.

References: hadolint DL3009; Docker's *Building best practices*, apt-get; apt-get(8), dnf(8), apk(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.document import Instruction
from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.needs import index_need, runs_unknown
from ...optimizer.facts.packages import is_pure
from ...optimizer.facts.stages import Facts, Run, StageFacts, readable
from ...optimizer.fixes.joining import join_runs
from ...optimizer.fixes.scripts import combine, delete_run, drop_unit, prepend_command
from ...optimizer.knowledge.tools import Tool, Use, present, uses
from ...optimizer.rules.finding import Finding, Fix

RULE = "index-refreshed-alone"

KEEPS = (
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nRUN ./install.sh\n",
    # The second refresh may fail and leave the first one's index to the install.
    "FROM debian:12\nRUN apt-get update\nRUN apt-get update; apt-get install -y curl\n",
    "FROM debian:8\nRUN apt-get -o Acquire::Check-Valid-Until=false update\n"
    "RUN apt-get update && apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update || echo done\n",
    "FROM debian:12\nRUN apt-get update || true\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl; echo done\n",
    "FROM debian:12\nRUN apt-get update\nCOPY my.list /etc/apt/sources.list.d/\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nENV http_proxy=http://proxy\nRUN mkdir /a\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nUSER app\nRUN sudo apt-get install -y curl\n",
    "FROM debian:12 AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nONBUILD RUN apt-get install -y curl\n",
    "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update && ./install.sh\n",
    "FROM debian:12\nRUN apt-get update && mkdir /a\nRUN ./install.sh\n",
    "FROM debian:12\nRUN mkdir /a && apt-get update\nRUN apt-get install -y git\n",
    "FROM fedora:40\nRUN dnf update -y\nRUN dnf install -y curl\n",
    "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\n",
)


class _Stop(Exception):
    """The refresh stays; the text says why."""


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only refreshes an index."""
    for stage in facts.shipping:
        for tool in present(stage.source.data, ("apt", "dnf", "yum", "microdnf", "apk")):
            for run in stage.runs:
                if run.script is None or run.instruction.flags:
                    continue
                if is_pure(run.script, tool, "refresh"):
                    yield _finding(facts, run, tool)
                else:
                    yield from _unused(run, tool)


def _finding(facts: Facts, run: Run, tool: Tool) -> Finding:
    script = readable(run)
    message = f"the {tool.name} index is refreshed in a layer of its own"
    start, end = run.instruction.start, run.instruction.end
    described = bool(facts.document.comments_above(run.instruction))
    try:
        reader = _reader(run.stage, run.at, tool)
        if reader is None:
            if _has_settings(uses(script, tool)):
                raise _Stop("it has settings of its own")
            message += ", and nothing uses it"
            fix = delete_run(facts.document, run)
        elif tool.no_cache:
            raise _Stop(f"line {reader.instruction.line} reads the index")
        elif reader.at == run.at + 1:
            fix, described = join_runs(facts.document, [run, reader]), False
        else:
            fix = _move(facts, run, reader)
    except (_Stop, Refusal) as stop:
        return Finding(RULE, message, start, end, None, reason=str(stop))
    if described:
        reason = "the comment above it would go with it"
        return Finding(RULE, message, start, end, fix, "unsafe", reason, tool.index_paths)
    return Finding(RULE, message, start, end, fix, removes=tool.index_paths)


def _unused(run: Run, tool: Tool) -> Iterator[Finding]:
    """A refresh beside other commands, none of which installs, in the RUN or behind it."""
    script = readable(run)
    found = uses(script, tool)
    if not found or any(use.action != "refresh" or use.command.guards for use in found) or _has_settings(found):
        return
    others = [command for command in script.commands if not any(use.command is command for use in found)]
    if any(runs_unknown(command) or tool.mention.search(command.normal) for command in others):
        return
    message = f"the {tool.name} index is refreshed, and nothing uses it"
    start, end = found[0].command.start, found[-1].command.end
    try:
        if _reader(run.stage, run.at, tool) is not None:
            return
        units = [unit for unit in script.units if any(unit.start == use.command.start for use in found)]
        if len(units) != 1:
            return
        fix = drop_unit(script, units[0])
    except (_Stop, Refusal) as stop:
        yield Finding(RULE, message, start, end, None, reason=str(stop))
        return
    yield Finding(RULE, message, start, end, fix, removes=tool.index_paths)


def _has_settings(refreshes: list[Use]) -> bool:
    return any(option in ("-o", "-c", "--option", "--config-file") for use in refreshes for option in use.options)


def _reader(stage: StageFacts, at: int, tool: Tool) -> Run | None:
    """The first RUN that needs the index refreshed at `at`; None where there is none. `_Stop` where it is unclear."""
    for index in range(at + 1, len(stage.instructions)):
        instruction = stage.instructions[index]
        run = stage.run_at(index)
        if run is None:
            if instruction.keyword in ("ONBUILD", "CMD", "ENTRYPOINT") and tool.mention.search(instruction.code):
                raise _Stop(f"line {instruction.line} may use the index")
            continue
        need = index_need(run, tool)
        if need == "yes":
            return run
        if need == "maybe" and not tool.fetches_itself:
            raise _Stop(f"line {instruction.line} runs code that may use the index")
        if run.script and any(use.action == "refresh" and not use.command.guards for use in uses(run.script, tool)):
            if run.script.only_and or run.errexit:
                return None
            raise _Stop(f"line {instruction.line} goes on with the index where its own refresh fails")
    for child in stage.children:
        if _reader(child, 0, tool) is not None:
            raise _Stop("a stage built on this one installs from the index")
    return None


def _move(facts: Facts, run: Run, reader: Run) -> Fix:
    """The refresh in front of the install, over instructions that neither can tell from their absence."""
    for instruction in run.stage.instructions[run.at + 1 : reader.at]:
        other = run.stage.run_at(instruction.index - run.stage.instructions[0].index)
        if not _passable(instruction, other):
            raise _Stop(f"line {instruction.line} may change where packages come from")
    if reader.instruction.flags or run.shell != reader.shell:
        raise _Stop("the install runs in another way")
    command = b" && ".join(part.normal for part in readable(run).commands)
    gone = delete_run(facts.document, run)
    return combine(gone._replace(drops=()), prepend_command(reader, command)._replace(adds=()))


_HARMLESS = frozenset(
    ("LABEL", "MAINTAINER", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "WORKDIR", "VOLUME")
)
_SOURCES = re.compile(
    rb"apt|dpkg|/etc\b|proxy|resolv|gpg|keyring|hosts|certificates|/usr/(?:lib|share)\b|/var\b", re.IGNORECASE
)
_PLAIN_COMMANDS = frozenset(
    ("mkdir", "echo", "touch", "chmod", "chown", "ln", "rm", "useradd", "groupadd", "adduser", "addgroup")
)


def _passable(instruction: Instruction, run: Run | None) -> bool:
    if instruction.keyword in _HARMLESS:
        return True
    if instruction.keyword in ("ENV", "ARG"):
        return not re.search(rb"proxy|\bapt|path|ssl|\bld_|curl", instruction.args, re.IGNORECASE)
    if instruction.keyword in ("COPY", "ADD"):
        words = instruction.words
        return bool(re.match(r"/(?:app|opt|srv|home|root|usr/src|usr/local/(?:bin|src)|tmp|data)\b", words[-1]))
    if run is None or run.script is None or _SOURCES.search(instruction.code):
        return False
    return all(
        command.name in _PLAIN_COMMANDS and not runs_unknown(command) and not command.wrappers
        for command in run.script.commands
    )
