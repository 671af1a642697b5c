"""Keep version control and installed packages out of the image.

`COPY . .` copies all of the build context that `.dockerignore` does not keep out. A `.git` directory is the whole
history, often larger than the program; `node_modules` is what `npm ci` makes again in the image, built for another
machine.

Before:

```dockerfile
FROM node:22-slim
COPY node_modules ./node_modules
COPY server.js ./
```

After:

```dockerfile
FROM node:22-slim
COPY package.json package-lock.json ./
RUN npm ci
COPY server.js ./
```

When it stays away: the directory is not in the context, or `.dockerignore` names it; without a context, only a COPY
that names the directory itself is seen.

Safety: manual. `dfopt dockerignore` writes the file.

References: Docker's *Building best practices*, *Exclude with .dockerignore*.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...optimizer.facts.context import local_sources
from ...optimizer.facts.stages import Facts
from ...optimizer.rules.finding import Finding

RULE = "context-directory-copied"
_DIRECTORIES = (".git", "node_modules", ".venv", ".svn", ".hg")

KEEPS = (
    ("FROM node:22\nCOPY . .\n", (". .", ".hg ./x")),
    ("FROM node:22\nCOPY --from=build /app/node_modules ./node_modules\n", (" --from=build", "")),
    ("FROM node:22\nCOPY .gitignore ./\n", (".gitignore ./", ".git ./x")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every COPY that brings such a directory."""
    for stage in facts.shipping:
        for instruction in stage.instructions:
            for source in local_sources(instruction) or ():
                path = posixpath.normpath(source.lstrip("/") or ".")
                for directory in _DIRECTORIES:
                    inside = posixpath.normpath(posixpath.join(path, directory))
                    named = posixpath.basename(path) == directory
                    entry = facts.context.entry(inside) if facts.context and not named else None
                    if named or (entry is not None and entry.kind == "directory"):
                        message = f"{path if named else inside} is copied into the image"
                        start, end = instruction.start, instruction.end
                        yield Finding(RULE, message, start, end, None, "manual", "name it in .dockerignore")
