"""Refresh the package index in each RUN that installs from it, and clear it there.

A RUN that installs from the index of a RUN further up keeps that from clearing it, and some tens of megabytes ship;
its cached layer goes stale as well. Where the two cannot become one, because something stands between them, the later
one refreshes the index for itself, and each clears what it fetched.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
COPY requirements.txt .
RUN pip install --no-cache-dir --break-system-packages -r requirements.txt
RUN apt-get install -y --no-install-recommends graphviz
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip \\
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir --break-system-packages -r requirements.txt
RUN apt-get update && apt-get install -y --no-install-recommends graphviz && rm -rf /var/lib/apt/lists/*
```

When it stays away: something between the two may change where packages come from (a source, a key, an architecture, a
package that brings them, a script that is not shown); an install stands in a branch, or its failure is ignored; one of
the RUNs ends in a way that nothing can follow safely; the index lies on a mount, or another stage takes it along.
Unsafe where something further down runs code that is not shown and may install from the index.

Safety: the same packages are installed, from the same sources; a refresh more is done, and no index stays.

References: hadolint DL3009; Docker's *Building best practices*, apt-get; apt-get(8).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import names_later
from ...optimizer.facts.indexes import index_need, later_answer, later_readers
from ...optimizer.facts.settings import configured
from ...optimizer.facts.sources import changed_by
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.facts.stores import uses_in
from ...optimizer.fixes.indexes import clear_command, cleared_behind, first_read, left_behind, refreshed_before
from ...optimizer.fixes.scripts import append_commands, combine
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.knowledge.uses import Use, refreshes
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "index-read-in-later-layer"

_FIRST = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
KEEPS = (
    (f"{_FIRST}RUN ./setup.sh\nRUN apt-get install -y git\n", "line 3 may change where packages come from"),
    (f"{_FIRST}COPY a /a\nRUN apt-get install -y git || true\n", "a failure in line 4 is ignored"),
    (f"{_FIRST}COPY a /a\nRUN apt-get update; apt-get install -y git\n", (" update;", " moo;")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN whose index a later one installs from."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            if index.fetched_by_install or not (index.refresh and index.clear):
                continue
            for run in stage.runs:
                last = left_behind(run, tool, index)
                if last and (line := _first_reader(run, tool)):
                    message = f"line {line} installs from the {tool.name} index of this layer, so nothing can clear it"
                    yield attempt(RULE, message, last.command, partial(_refreshed, run, last, index))


def _first_reader(run: Run, tool: Tool) -> int:
    """The line of the first RUN that installs from the index of `run`; 0 where none does before the next refresh."""
    if later_answer(run.stage, run.at, tool)[0] != "yes":
        return 0
    for owner, at in run.stage.later(run.at):
        other = owner.run_at(at)
        if other is not None and index_need(other, tool) == "yes":
            return other.instruction.line
        if other is not None and owner is run.stage and any(map(refreshes, uses_in(other, tool))):
            return 0
    return 0


def _refreshed(run: Run, last: Use, index: Index) -> Offer:
    """Each RUN with an index of its own."""
    tool = last.tool
    readers, unseen, assumes = later_readers(run.stage, run.at, tool)
    fixes = [append_commands(run, [clear_command(run, index, last)])]
    for reader in readers:
        use = first_read(reader, tool)
        for owner, at in _between(run, reader):
            if reason := changed_by(owner, at, tool):
                raise Refusal(reason)
        inside = changed_by(run.stage, run.at, tool, since=last.command.start)
        if reason := inside or changed_by(reader.stage, reader.at, tool, before=use.command.start):
            raise Refusal(reason)
        fixes.append(_own(reader, use, last, run, index))
    doubt = f"line {unseen} runs code that may install from this index" if unseen else ""
    doubts = [doubt, configured(run.stage, tool), names_later(run, tool, index)]
    return Offer(combine(*fixes), doubts, removes=index.paths, assumes=assumes)


def _between(run: Run, reader: Run) -> Iterator[tuple[StageFacts, int]]:
    """What stands between two RUNs, the stages that the second one's is built on included."""
    chain = list(reader.stage.lineage_above())
    for owner in reversed(chain[: chain.index(run.stage) + 1]):
        first = run.at + 1 if owner is run.stage else 1
        for at in range(first, reader.at if owner is reader.stage else len(owner.instructions)):
            yield owner, at


def _own(reader: Run, use: Use, refresh: Use, maker: Run, index: Index) -> Fix:
    """`reader` with a refresh of its own, and the clearing of it where its stage ships."""
    fix = refreshed_before(reader, use, refresh, maker)
    stage = reader.stage
    kept = not (stage.ships or stage.facts.all_stages)
    if kept or cleared_behind(reader, use.tool, index, use.command.start):
        return fix
    return combine(fix, append_commands(reader, [clear_command(reader, index, use)]))
