"""Install packages in one layer where neighbouring ones would each store the package database.

Every install rewrites the database of all packages: apt's with dpkg's status and debconf's answers, dnf's and yum's
with rpm's, some megabytes each time, and a layer holds whole files. Installs that follow each other directly become
one RUN; what the second need not do again, a refresh of the index that the first has just cleared, goes.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*
# text recognition
RUN apt-get update && apt-get install -y --no-install-recommends tesseract-ocr && rm -rf /var/lib/apt/lists/*
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ghostscript \\
# text recognition
    && apt-get install -y --no-install-recommends tesseract-ocr && rm -rf /var/lib/apt/lists/*
```

When it stays away: a RUN does anything but install and clean up; anything stands between them; they install with
different tools or settings; the first may bring a new source of packages, or reads one that is local; state of one
would reach the next; a failure of one is ignored; one removes more than the index, and the last does not remove
it again; a RUN has flags or is a heredoc; comments between them would be lost from sight; the stage does not
ship.

Safety: the same packages are installed in the same order. A change to one list of packages now installs both again.

References: hadolint DL3059; Docker's *Building best practices*; deb-triggers(5), dpkg(1), rpm(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.packages import follows, only_installs, package_action, refresh_of
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.joining import Trim, join_runs
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.knowledge.uses import use_of
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "package-database-rewritten"
_MOST = 6  # RUNs in one: more would be hard to read

_APT = "apt-get update && apt-get install -y"
KEEPS = (("FROM centos:7\nRUN yum install -y epel-release\nRUN yum install -y nginx\n", (" epel-release", "")),)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every block of neighbouring RUNs that only install packages with one tool."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            for block in _blocks(stage.runs, tool) if tool.distribution and tool.distribution.rewrites_database else ():
                message = f"{len(block)} layers each store the {tool.name} package database"
                yield attempt(RULE, message, block[0].instruction, partial(_joined, facts, block, tool, index))


def _blocks(runs: list[Run], tool: Tool) -> Iterator[list[Run]]:
    """The neighbouring RUNs, two or more, that only install packages and from the same sources."""
    block: list[Run] = []
    for run in [*runs, None]:
        following: list[Run] = []
        if run is not None and only_installs(run, tool):
            if block and run.at == block[-1].at + 1 and len(block) < _MOST and follows(block[-1], run, tool):
                block.append(run)
                continue
            following = [run]
        if len(block) > 1:
            yield block
        block = following


def _joined(facts: Facts, runs: list[Run], tool: Tool, index: Index) -> Offer:
    trims: list[Trim] = []
    for run in runs:
        actions = [package_action(command, tool) for command in (run.script.commands if run.script else ())]
        ends = 0
        while actions[-1 - ends] == "clear":
            ends += 1
        starts = 1 if actions[0] == "refresh" else 0
        trims.append(Trim(starts, ends))
    if not index.fetched_by_install and any(
        not refresh_of(second, tool) and trim.end for (_, second), trim in zip(pairwise(runs), trims, strict=False)
    ):
        raise Refusal("the second has no index of its own")
    if lost := _removals(runs[:-1], tool) - _removals(runs[-1:], tool):
        raise Refusal(f"nothing after the last install does what {min(lost).decode('utf-8', 'replace')} does")
    return Offer(join_runs(facts.document, runs, trims=trims), removes=index.paths)


def _removals(runs: list[Run], tool: Tool) -> set[bytes]:
    """What clean-ups take away beside the index and the cache, which the last install leaves for the last to do."""
    found: set[bytes] = set()
    for command in (command for run in runs for command in (run.script.commands if run.script else ())):
        use = use_of(tool, command)
        if use is not None:
            found |= {command.normal} if use.verb.value == "autoremove" else set()
        elif command.name == "rm":
            found |= {b"rm " + word.raw for word in command.operands() if not re.match(_INDEX, word.raw)}
    return found


_INDEX = rb"/var/(?:lib/apt|cache/(?:apt|dnf|yum|libdnf5|zypp))(?:/|$)"
