"""Say which version of the base image is meant.

`FROM node` and `FROM node:latest` are another image every few months: a build that worked may break, grow, or not be
made again. Only a person knows which version is right.

Before:

```dockerfile
FROM node:latest
CMD ["node", "server.js"]
```

After:

```dockerfile
FROM node:22-slim
CMD ["node", "server.js"]
```

When it stays away: a tag other than `latest` or a digest is given; the base is an earlier stage, `scratch`, or named
by a variable.

Safety: manual. Nothing is rewritten.

References: hadolint DL3006, DL3007; Docker's *Building best practices*, *Pin base image versions*.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.rules.finding import Finding

RULE = "base-image-floating"

KEEPS = (
    ("FROM node:22\n", ("node:22", "node")),
    ("FROM node:22 AS build\nFROM build\n", (" AS build", "")),
    ("FROM scratch\n", ("scratch\n", "scratch\nFROM node\n")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every FROM without a version."""
    for stage in facts.stages:
        base = stage.stage.base
        if stage.parent is not None or stage.image is None or "@" in base or base.lower() == "scratch":
            continue
        last = base.rsplit("/", 1)[-1]
        if ":" not in last or last.endswith(":latest"):
            start, end = stage.instructions[0].start, stage.instructions[0].end
            reason = "which version is right is for a person to say"
            yield Finding(
                RULE, f"{base} is another image every time it is released", start, end, None, "manual", reason
            )
