"""Take a newer base image instead of upgrading its packages.

`apt-get upgrade` and its like store a second copy of every package that the base image has in an older version, and
the result depends on the day of the build. A newer base image has the same packages, once.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get upgrade -y && apt-get install -y --no-install-recommends curl
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl
```

When it stays away: single packages are named; the stage does not ship.

Safety: manual. The base image's next release may be some days away, and a fix of a vulnerability may not wait.

References: hadolint DL3005, DL3017, DL3031, DL3035; Docker's *Building best practices*, *Rebuild your images often*.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.knowledge.uses import uses
from ...optimizer.rules.finding import Finding

RULE = "packages-upgraded"

KEEPS = (
    ("FROM debian:12\nRUN echo apt-get upgrade\n", (" echo", "")),
    ("FROM fedora:40\nRUN dnf update -y openssl\n", ("-y openssl", "-y")),
    ("FROM alpine:3.20\nRUN apk upgrade --no-cache openssl\n", ("upgrade --no-cache openssl", "upgrade")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every upgrade of all packages."""
    for run in (run for stage in facts.shipping for run in stage.runs):
        for tool in facts.tools:
            for use in uses(run.script, tool) if run.script and tool.distribution else ():
                everything = not use.operands
                if tool.distribution and use.verb.value in tool.distribution.upgrades and everything:
                    message = f"{use.command.name} {use.verb.value} stores packages of the base image a second time"
                    reason = "whether a fix can wait for the next base image is for a person to say"
                    yield Finding(RULE, message, use.command.start, use.command.end, None, "manual", reason)
