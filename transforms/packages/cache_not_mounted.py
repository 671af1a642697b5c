"""Keep the caches of languages' package managers on cache mounts, outside the image.

What lies on a `RUN --mount=type=cache` never gets into a layer, and is there again for the next build: the image is as
small as with everything cleared, and a rebuild downloads only what is new. This is for those who prefer it: it is made
with `--prefer cache-mounts`, and then takes the place of clearing.

Before:

```dockerfile
FROM python:3.12
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

After:

```dockerfile
FROM python:3.12
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

Clean-ups of what is now on a mount go: they would empty it; so does an option against the cache.

When it stays away: `--builder classic`; the RUN has a mount there or is a heredoc; a setting puts the cache elsewhere;
the user is not root, or the home directory is not root's; something else uses the directory; the tool keeps its cache
where the base image does not tell, or links what it installs to it (conda, pnpm).

Safety: the same packages are installed. The first build fills the mounts; a build on another machine starts afresh.

References: Docker's *Optimize cache usage in builds*; BuildKit's Dockerfile reference, *RUN --mount=type=cache*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.mounts import mounted, unmounted
from ...optimizer.rules.finding import Finding, attempt

RULE = "cache-not-mounted"

KEEPS = (
    ("FROM team/python:3.12\nRUN pip install flask\n", "where this image has its cache is not known"),
    ("FROM maven:3\nRUN mvn package\nCMD mvn jetty:run\n", "line 3 may read the cache"),
    ("FROM python:3.12\nENV HOME=/srv\nRUN pip install flask\n", ("ENV HOME=/srv\n", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN and tool whose cache could lie on mounts."""
    for tool in facts.tools:
        for run in unmounted(facts, tool) if tool.package_index is None else ():
            message = f"{tool.name}'s index or cache could be kept outside the image"
            yield attempt(RULE, message, run.instruction, partial(mounted, facts, run, tool))
