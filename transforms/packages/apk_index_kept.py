"""Tell apk to keep no index.

`apk add` stores the package index below `/var/cache/apk` when it is told to update it, or finds none. Nothing reads it
again in the image. `apk add --no-cache` never writes it, and with that `apk update` and `--update` have nothing left to
do.

Before:

```dockerfile
FROM alpine:3.20
RUN apk add --update curl
```

After:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl
```

When it stays away: every install has the option; the cache lies on a mount or is set up for good; the RUN removes it;
another `apk` command still reads the index that would go; a later RUN needs it; Alpine older than 3.3, whose apk has no
such option.

Safety: the same packages are installed; only the index is missing.

References: hadolint DL3019; apk(8), apk-add(8); Alpine 3.3 release notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.indexes import later_answer
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.stores import clears_itself_later, removed_later, settled
from ...optimizer.fixes.operands import add_option, replace_word
from ...optimizer.fixes.scripts import combine, drop_unit
from ...optimizer.knowledge.tools import CacheOption, Tool, roots
from ...optimizer.knowledge.uses import Use, clears, leaves_cache, uses
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "apk-index-kept"

KEEPS = (
    ("FROM alpine:3.2\nRUN apk add --update curl\n", "apk before Alpine 3.3 has no --no-cache"),
    (
        "FROM alpine:3.20\nRUN apk update && apk add curl && apk search git\n",
        "another command of the RUN reads the index",
    ),
    ("FROM alpine:3.20\nRUN apk add --update curl\nRUN rm /var/cache/apk/*\n", "line 3 needs this index"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN of installs that leave an index behind."""
    for stage in facts.shipping:
        for tool, _ in facts.indexes:
            option = tool.cache_option
            if option is None or settled(option.settled, stage):
                continue
            for run in stage.runs:
                found = uses(run.script, tool) if run.script else []
                todo = [use for use in found if leaves_cache(use, option)]
                # A refresh of its own RUN is another rule's.
                refreshed = any(use.action == "refresh" for use in found)
                installed = any(use.action == "install" for use in found)
                if (todo or (refreshed and installed)) and not _is_cleared(run, tool, option):
                    message = f"{tool.name} keeps its index in this layer"
                    yield attempt(RULE, message, found[0].command, partial(_without_index, run, found, todo, option))


def _is_cleared(run: Run, tool: Tool, option: CacheOption) -> bool:
    """Whether the index lies on a mount, the RUN itself removes it, or the tool does so later."""
    if any(map(run.mounted, roots(option))):
        return True
    if any(tool.name in mount["target"] or ".cache" in mount["target"] for mount in run.mounts):
        return True
    if any(clears(tool, option, command) for command in readable(run).commands):
        return True
    return clears_itself_later(run, tool, option)


def _without_index(run: Run, found: list[Use], todo: list[Use], option: CacheOption) -> Offer:
    """All uses in a RUN at once, because what the option makes needless goes with it."""
    tool = found[0].tool
    release = run.stage.image.release if run.stage.image else None
    if release and release[0] == "alpine" and release[1] < (3, 3):
        raise Refusal("apk before Alpine 3.3 has no --no-cache")
    reads = (use for use in found if use.action in ("read", "install") and use not in todo)
    if any(use.action == "read" or option.option not in use.options for use in reads):
        raise Refusal("another command of the RUN reads the index")
    refreshes = [use for use in found if use.action == "refresh"]
    need, line, assumes = later_answer(run.stage, run.at, tool)
    made = bool(refreshes) or any(word in option.replaces for use in todo for word in use.options)
    if need == "yes" and (made or removed_later(run, tool, option)):
        raise Refusal(f"line {line} needs this index")
    fix = combine(*(_dropped(run, use) for use in refreshes), *(_with_option(use, option) for use in todo))
    doubt = f"line {line} runs code that may read this index" if need == "maybe" and made else ""
    return Offer(fix, [doubt], removes=option.paths, assumes=assumes if made else ())


def _dropped(run: Run, use: Use) -> Fix:
    script = readable(run)
    unit = next((unit for unit in script.units if unit.start == use.command.start), None)
    if unit is None:
        raise Refusal("its refresh stands inside another command")
    try:
        return drop_unit(script, unit)
    except Refusal as refusal:
        raise Refusal(f"its refresh stays: {refusal}") from refusal


def _with_option(use: Use, option: CacheOption) -> Fix:
    needless = next((word for word in use.command.argv if word.value in option.replaces), None)
    if needless is not None:
        return replace_word(use.command, needless, option.option)
    return add_option(use.command, use.verb, option.option)
