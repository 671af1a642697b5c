"""Copy the sources first, where what builds them is removed in a later layer.

Packages that are needed to build a program and removed in a later layer stay in the image for good: compilers and
headers, or the development dependencies of a Node.js or PHP project. The sources are copied above the RUN that
installs them, so that installing, building and removing become one layer.

Before:

```dockerfile
FROM python:3.12-alpine
WORKDIR /srv/app
RUN apk add --no-cache --virtual .build gcc musl-dev
COPY . .
RUN pip install --no-cache-dir . && apk del .build
```

After:

```dockerfile
FROM python:3.12-alpine
WORKDIR /srv/app
COPY . .
RUN apk add --no-cache --virtual .build gcc musl-dev \\
    && pip install --no-cache-dir . && apk del .build
```

When it stays away: where `packages-removed-in-later-layer` does; no source has to move (that is the other rule);
`npm ci` certainly sees a difference, because what is copied brings a file that npm reads.

Safety: the same commands run in the same order on the same files. It is off by default: every change of the sources
now installs the packages again, and a multi-stage build would be better still. Unsafe where a script of package.json
or of a dependency may look at what is copied, where a dependency is a directory of the project, where `npm install`
may write a lock file that is copied again, for other package managers of languages, and where there is no build
context to tell.

References: Docker's *Building best practices*, *Multi-stage builds*; apk(8), *virtual packages*; npm-ci(1),
npm-prune(1), npm's *scripts*.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.removals import removals
from ...optimizer.rules.finding import Finding

RULE = "packages-removed-after-copy"

_ADD = "RUN apk add --virtual .b gcc\n"
KEEPS = (("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /\nRUN make && apk del .b\n", ("/", "/srv/app")),)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that removes what another installed, if sources have to move for it."""
    return removals(facts, RULE, costly=True)
