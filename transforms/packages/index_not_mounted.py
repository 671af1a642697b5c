"""Keep package indexes on cache mounts, outside the image.

What lies on a `RUN --mount=type=cache` never gets into a layer, and is there again for the next build: the image is as
small as with everything cleared, and a rebuild downloads only what is new. This is for those who prefer it: it is made
with `--prefer cache-mounts`, and then takes the place of clearing.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
```

After:

```dockerfile
FROM debian:12
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y --no-install-recommends curl
```

Clean-ups of what is now on a mount go: they would empty it. `docker-clean`, the setting of the official Debian and
Ubuntu images that deletes every downloaded package, goes in the first RUN that installs, if all that install after it
have the mounts too; images built on this one then keep what they download. Package managers of the distribution lock
their mounts, because two builds must not write them at once.

When it stays away: `--builder classic`; the RUN has a mount there, is a heredoc, or needs an index that another layer
fetched; something else uses the directory, or may need the index later; the base image does not tell where the tool
keeps it.

Safety: the same packages are installed. The first build fills the mounts; a build on another machine starts afresh.

References: Docker's *Optimize cache usage in builds*; BuildKit's Dockerfile reference, *RUN --mount=type=cache*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.indexes import index_need, later_answer
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.mounts import check_unshared, mounted, unmounted, without_cleanups
from ...optimizer.fixes.scripts import combine, prepend_command
from ...optimizer.knowledge.tools import Index, Tool
from ...optimizer.knowledge.uses import uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "index-not-mounted"

KEEPS = (
    ("FROM debian:12\nRUN apt-get install -y curl\n", "it needs an index that another layer fetched"),
    ("FROM dnfbase\nRUN dnf install -y curl && dnf clean all\n", "where this image has its cache is not known"),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/*\n",
        "`/var/*` would empty the mount",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN and tool whose index could lie on mounts."""
    for tool, index in facts.indexes:
        for run in unmounted(facts, tool):
            message = f"{tool.name}'s index or cache could be kept outside the image"
            yield attempt(RULE, message, run.instruction, partial(_mounted, facts, run, tool, index))


def _mounted(facts: Facts, run: Run, tool: Tool, index: Index) -> Offer:
    before = tool.mounts.before if tool.mounts else ""
    first = bool(before) and _is_first(facts, run, tool, index)
    assumed = _check(run, tool, index)
    made = mounted(facts, run, tool)._replace(assumes=assumed)
    if not first:
        return made
    sudo = any(use.command.sudo for use in uses(readable(run), tool))
    return made._replace(fix=combine(made.fix, prepend_command(run, b"sudo " * sudo + before.encode(), own_line=True)))


def _check(run: Run, tool: Tool, index: Index) -> frozenset[str]:
    """What has to be assumed. Raises `Refusal` where something needs what would lie on the mounts, or may."""
    if any(re.search(_DOWNLOADS, option) for use in uses(readable(run), tool) for option in use.options):
        raise Refusal("it downloads packages for what comes later")
    if not index.fetched_by_install and index_need(run, tool) != "no":
        raise Refusal("it needs an index that another layer fetched")
    need, line, assumes = later_answer(run.stage, run.at, tool)
    if need != "no" and not index.fetched_by_install:
        raise Refusal(f"line {line} may need this index")
    return assumes


# Options with which packages are only fetched, for a command that reads them where they are stored.
_DOWNLOADS = r"^--download-?only$|^-[a-zA-Z]*[dw]|(?i:Download-Only)"


def _is_first(facts: Facts, run: Run, tool: Tool, index: Index) -> bool:
    """Whether no RUN before this one installs, and every one after it can have the mounts."""
    changes = tool.mounts.before_changes.rpartition("/")[2] if tool.mounts else ""
    if changes.encode() in facts.document.source.data:
        return False
    above = (other for stage in run.stage.lineage_above() for other in stage.runs)
    earlier = (other for other in above if other.stage is not run.stage or other.at < run.at)
    if any(tool.mention.search(other.source_text) for other in earlier):
        return False
    for owner, at in run.stage.later(run.at):
        other = owner.run_at(at)
        if other is None or not tool.mention.search(other.source_text):
            continue
        try:
            _check(other, tool, index)
            check_unshared(facts, other, tool)
            without_cleanups(facts, other, tool)
        except Refusal:
            return False
        if other.script is None or other.script.heredoc:
            return False
    return True
