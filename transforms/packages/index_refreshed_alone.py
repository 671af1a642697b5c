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
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.effects import may_cross, of_run
from ...optimizer.facts.indexes import first_reader
from ...optimizer.facts.packages import is_pure
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.unseen import runs_unknown
from ...optimizer.fixes.joining import join_runs
from ...optimizer.fixes.scripts import combine, delete_run, drop_unit, prepend_command
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.knowledge.uses import Use, uses
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "index-refreshed-alone"

KEEPS = (
    ("FROM debian:12\nRUN apt-get update || echo done\n", "it cannot be taken out of its list"),
    ("FROM alpine:3.20\nRUN apk update\nRUN apk add curl\n", "line 3 reads the index"),
    ("FROM debian:12\nRUN apt-get update\nRUN ./install.sh\n", "line 3 runs code that may use the index"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only refreshes an index."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            for run in stage.runs if index.refresh and not index.kept_alone else ():
                if run.script is None or run.instruction.flags:
                    continue
                if is_pure(run.script, tool, "refresh"):
                    yield _alone(facts, run, tool, index)
                else:
                    yield from _beside_others(run, tool, index)


def _alone(facts: Facts, run: Run, tool: Tool, index: Index) -> Finding:
    message = f"the {tool.name} index is refreshed in a layer of its own"
    finding = attempt(RULE, message, run.instruction, partial(_moved, facts, run, tool, index))
    return finding._replace(message=f"{message}, and nothing uses it") if _is_unused(run, tool) else finding


def _is_unused(run: Run, tool: Tool) -> bool:
    try:
        return first_reader(run.stage, run.at, tool) is None
    except Refusal:
        return False


def _moved(facts: Facts, run: Run, tool: Tool, index: Index) -> Offer:
    """The refresh in the RUN that needs it, or nowhere."""
    described = "the comment above it would go with it" if facts.document.comments_above(run.instruction) else ""
    assumed: set[str] = set()
    reader = first_reader(run.stage, run.at, tool, assumed)
    if reader is None:
        if _has_settings(uses(readable(run), tool)):
            raise Refusal("it has settings of its own")
        return Offer(delete_run(facts.document, run), [described], index.paths, assumes=assumed)
    if tool.cache_option is not None:
        raise Refusal(f"line {reader.instruction.line} reads the index")
    if reader.at == run.at + 1:
        return Offer(join_runs(facts.document, [run, reader]), (), index.paths)
    return Offer(_move(facts, run, reader), [described], index.paths, assumes=assumed)


def _beside_others(run: Run, tool: Tool, index: Index) -> Iterator[Finding]:
    """A refresh beside other commands, none of which installs, in the RUN or behind it."""
    script = readable(run)
    found = uses(script, tool)
    if not found or any(use.action != "refresh" or use.command.guards for use in found) or _has_settings(found):
        return
    others = [command for command in script.commands if not any(use.command is command for use in found)]
    if any(runs_unknown(command) or tool.mention.search(command.normal) for command in others):
        return
    message = f"the {tool.name} index is refreshed, and nothing uses it"
    finding = attempt(RULE, message, found[0].command, partial(_without, run, found, index))
    if finding.reason != _USED:
        yield finding


_USED = "something uses it"


def _without(run: Run, found: list[Use], index: Index) -> Offer:
    units = [unit for unit in readable(run).units if any(unit.start == use.command.start for use in found)]
    assumed: set[str] = set()
    if first_reader(run.stage, run.at, found[0].tool, assumed) is not None or len(units) != 1:
        raise Refusal(_USED)
    return Offer(drop_unit(readable(run), units[0]), (), index.paths, assumes=assumed)


def _has_settings(refreshes: list[Use]) -> bool:
    return any(option in ("-o", "-c", "--option", "--config-file") for use in refreshes for option in use.options)


# What may say where packages come from, in the text of a RUN that only changes files.
_SOURCES = rb"(?i)apt|dpkg|/etc\b|proxy|resolv|gpg|keyring|hosts|certificates|/usr/(?:lib|share)\b|/var\b"


def _move(facts: Facts, run: Run, reader: Run) -> Fix:
    """The refresh in front of the install, over instructions that neither can tell from their absence."""
    stage = run.stage
    if reason := may_cross(of_run(run), stage, range(run.at + 1, reader.at)):
        raise Refusal(reason)
    for other in stage.runs:
        if run.at < other.at < reader.at and re.search(_SOURCES, other.instruction.code):
            raise Refusal(f"line {other.instruction.line} may change where packages come from")
    if reader.instruction.flags or run.shell != reader.shell:
        raise Refusal("the install runs in another way")
    command = b" && ".join(part.normal for part in readable(run).commands)
    gone, come = delete_run(facts.document, run), prepend_command(reader, command)
    return combine(gone._replace(drops=()), come._replace(adds=()))
