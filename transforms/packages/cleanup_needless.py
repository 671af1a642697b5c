"""Drop clean-ups that have nothing to clean.

`apk add --no-cache` leaves no index behind, and the official Debian and Ubuntu images delete every downloaded package
by themselves: an `rm` of the one and an `apt-get clean` of the other say something that is true anyway.

Before:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl && rm -rf /var/cache/apk/*
```

After:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl
```

When it stays away: an apk of the RUN has no `--no-cache`; the base image is not an official Debian or Ubuntu image, or
the file speaks of `docker-clean`, or something changes apt's configuration; the clean-up takes more along, stands in a
branch, or cannot be taken out of its list.

Safety: there was nothing to remove. No byte is saved either, which is why the rule is off by default.

References: Alpine 3.3 release notes; `/etc/apt/apt.conf.d/docker-clean` of the official images; hadolint DL3009.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.settings import configured
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.scripts import drop_units
from ...optimizer.knowledge.tools import load_tool
from ...optimizer.knowledge.uses import use_of, uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "cleanup-needless"

KEEPS = (
    ("FROM debian:12\nRUN apt-get clean\n", "nothing would be left of its RUN"),
    ("FROM alpine:3.20\nRUN apk add --no-cache curl; rm -rf /var/cache/apk/*\n", "it cannot be taken out of its list"),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x || rm -rf /var/cache/apk/* && true\n",
        "it is no plain member of its list",
    ),
)

# What may replace or remove docker-clean, or says otherwise than it.
_CONFIGURES_APT = re.compile(
    rb"docker-clean|(?im:^\s*(?:COPY|ADD)\b[^\n]*/etc(?:/apt(?:/apt\.conf[^\s]*)?)?/?\s*$)|\brm\b[^\n]*/etc/apt/apt\.conf"
    rb"|apt\.conf\.d/?(?:[*?\[{]|[\s;&|]|$)|Keep-Downloaded|Dir::Cache|Post-Invoke"
)
_APK_CACHE = re.compile(r"/var/cache/apk(?:/\*)?/?")

# Options with which apt leaves archives that docker-clean does not see.
_DOWNLOADS = rb"(?i)download-?only|apt(?:-get|itude)?\b[^\n&|;]*\s-[a-z]*d[a-z]*\s"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every clean-up that has nothing to clean."""
    data = facts.document.source.data
    if _CONFIGURES_APT.search(data) or re.search(_DOWNLOADS, data):
        return
    for run in (run for stage in facts.shipping for run in stage.runs):
        for command in run.script.commands if run.script else ():
            if not command.guards and (_after_no_cache(run, command) or _done_by_image(run, command)):
                yield attempt(RULE, "there is nothing for it to clean", command, partial(_dropped, run, command))


def _after_no_cache(run: Run, command: Command) -> bool:
    """Whether it is the rm of an index that no apk of the RUN leaves."""
    if command.name != "rm":
        return False
    paths = [word.value for word in command.operands()]
    if not paths or not all(path and _APK_CACHE.fullmatch(path) for path in paths):
        return False
    found = [use for use in uses(readable(run), load_tool("apk")) if use.action in ("install", "refresh")]
    return bool(found) and all("--no-cache" in use.options for use in found)


def _done_by_image(run: Run, command: Command) -> bool:
    """Whether it is an ``apt-get clean`` on an image that cleans by itself."""
    image = run.stage.image
    use = use_of(load_tool("apt"), command)
    return (
        use is not None
        and use.verb.value in ("clean", "autoclean")
        and len(command.operands()) == 1
        and image is not None
        and image.name in ("debian", "ubuntu")
    )


def _dropped(run: Run, command: Command) -> Offer:
    script = readable(run)
    unit = next((unit for unit in script.units if unit[:2] == (command.start, command.end)), None)
    if unit is None or unit.connector == b"||":
        raise Refusal("it is no plain member of its list")
    if command.name != "rm" and (doubt := configured(run.stage, load_tool("apt"))):
        raise Refusal(doubt)
    return Offer(drop_units(script, [unit]))
