"""Join installs that share one package index, so that it can be cleared.

When the second of two RUNs installs from the index that the first one fetched, neither can clear it: the first
would break the second, and the second cannot take a file out of the layer before it. As one RUN they can. So can a
script that sets up a source of packages, and refreshes the index for it, with the install behind it.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl
# for the reports
RUN apt-get install -y --no-install-recommends graphviz
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \\
# for the reports
    && apt-get install -y --no-install-recommends graphviz \\
    && rm -rf /var/lib/apt/lists/*
```

When it stays away: anything but such a script, and what downloads it, stands between the RUNs; something further down
still needs the index; one of them changes its shell (`cd`, `export`, `set`, a function), has a flag, is a heredoc or
goes on after a failure; each of them refreshes the index for itself. Nothing is joined that does not let the index go.

Safety: the same commands run in the same order and stop at the same failures; only the index is missing.

References: hadolint DL3009, DL3059; Docker's *Building best practices*, apt-get.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import clears_here, is_known
from ...optimizer.facts.indexes import index_need, later_answer
from ...optimizer.facts.packages import is_pure, only_cleans
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.stores import uses_in
from ...optimizer.facts.unseen import runs_unknown
from ...optimizer.fixes.joining import join_runs
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.knowledge.uses import refreshes
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "index-shared-by-layers"

KEEPS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl # c\nRUN apt-get install -y git\n",
        "a shell comment ends one of them",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git; true\n",
        "the second goes on when a command fails",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl; true\nRUN apt-get install -y git; :\n",
        "the second goes on when a command fails",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every run of neighbouring RUNs that share an index."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            # Where an install fetches its own index, or does without one, nothing is shared.
            if index.fetched_by_install or tool.cache_option or not index.refresh:
                continue
            for run in stage.runs:
                fetching = [use for use in uses_in(run, tool) if refreshes(use)]
                if not fetching or _cleared(run, tool, index, fetching[-1].command.start):
                    continue
                block = _readers(run, tool, index)
                # A lone refresh and one install are another rule's: they join even where the index must stay.
                if block and not (len(block) == 1 and is_pure(readable(run), tool, "refresh")):
                    message = f"{len(block) + 1} layers share one {tool.name} index, so none can clear it"
                    yield attempt(RULE, message, run.instruction, partial(_joined, facts, [run, *block], tool, index))


def _readers(run: Run, tool: Tool, index: Index) -> list[Run]:
    """The RUNs behind `run` that install from its index, those between that have to come along, and what cleans up."""
    block: list[Run] = []
    waiting: list[Run] = []
    following = run.stage.run_at(run.at + 1)
    while following is not None and len(waiting) <= _MOST_BETWEEN:
        if _installs(following, tool) and index_need(following, tool) == "yes":
            if waiting and not any(_may_refresh(other, tool, index) for other in waiting):
                break
            block += [*waiting, following]
            waiting = []
            if _cleared(following, tool, index, 0):
                return block
        elif _comes_along(following, tool):
            waiting.append(following)
        else:
            break
        following = run.stage.run_at(following.at + 1)
    following = run.stage.run_at(block[-1].at + 1) if block else None
    while following is not None and only_cleans(following, tool):
        block.append(following)
        following = run.stage.run_at(following.at + 1)
    return block


_MOST_BETWEEN = 2  # RUNs that come along: every one of them loses a layer of its own in the build cache


def _may_refresh(run: Run, tool: Tool, index: Index) -> bool:
    """Whether what a RUN starts may refresh the index, or install from it."""
    names = run.script.names if run.script else frozenset[str]()
    return not index.adders.isdisjoint(names) or index_need(run, tool) == "maybe"


def _comes_along(run: Run, tool: Tool) -> bool:
    """Whether a RUN may run a script that has to do with packages, or fetches one, and does nothing else."""
    commands = run.script.commands if run.script else ()
    known = bool(commands) and all(is_known(command) or runs_unknown(command) for command in commands)
    return known and not any(use.action == "refresh" for use in uses_in(run, tool))


def _installs(run: Run, tool: Tool) -> bool:
    """Whether the RUN itself reads the index: what a program of somebody's does is not joined with it."""
    return any(use.action in ("install", "read") for use in uses_in(run, tool))


def _cleared(run: Run, tool: Tool, index: Index, since: int) -> bool:
    return run.script is not None and any(
        command.start > since and clears_here(run, tool, index, command) for command in run.script.commands
    )


def _joined(facts: Facts, runs: list[Run], tool: Tool, index: Index) -> Offer:
    need, line, assumes = later_answer(runs[-1].stage, runs[-1].at, tool)
    if need == "yes":
        raise Refusal(f"line {line} needs the index too")
    then: list[bytes] = []
    if not any(_cleared(run, tool, index, 0) for run in runs[1:]):
        sudo = all(use.command.sudo for run in runs for use in uses_in(run, tool) if use.action == "install")
        then = [(("sudo " if sudo else "") + index.clear).encode()]
    fix = join_runs(facts.document, runs, then, any_list=True)
    doubt = f"line {line} runs code that may install from this index" if need == "maybe" else ""
    return Offer(fix, [doubt], removes=index.paths, assumes=assumes)
