"""Remove packages in the RUN that installed them.

Packages that are needed to build something and removed in a later layer stay in the image for good: compilers and
headers, some hundred megabytes as a rule. So do the development dependencies of a Node.js or PHP project that are
pruned behind the build. The RUN that removes them becomes one with the RUN that installed them, and with those
between the two. What is copied between them goes above, if it is no more than a list of dependencies, or comes below,
if nothing up to the removal has to do with it. So does an ENV or a WORKDIR; where it matters on both sides, the rest
of the script does as it says (`export`, `cd`). A RUN that ignores a failure is put in braces.

Before:

```dockerfile
FROM python:3.12-alpine
WORKDIR /srv/app
RUN apk add --no-cache --virtual .build gcc musl-dev
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN apk del .build
```

After:

```dockerfile
FROM python:3.12-alpine
WORKDIR /srv/app
COPY requirements.txt .
RUN apk add --no-cache --virtual .build gcc musl-dev \\
    && pip install --no-cache-dir -r requirements.txt \\
    && apk del .build
COPY . .
```

When it stays away: the packages are not named as they were when they were installed; more than eight other RUNs stand
between the two; sources are copied between them that a RUN needs (that is `packages-removed-after-copy`); a USER or
SHELL stands there, or an ENV or ARG that a package may heed and that a shell cannot be told alike; a COPY goes to a
directory of the system, or to an owner that may not be there yet, and packages may have to do with it; a RUN above a
COPY does what may depend on that; state of one RUN (a `cd`, a variable, an option of the shell) would reach the next
and could matter there; a RUN goes on when a command fails; a RUN has flags or is a heredoc; comments would be lost
from sight; the stage does not ship. Unsafe where a package may own what is copied to /etc, or a language's package
manager may read it.

Safety: the same commands run in the same order, and the final files are the same. A change to one of the joined RUNs,
or to the list of dependencies, now builds all of them again.

References: hadolint DL3059; Docker's *Building best practices*; apk(8), *virtual packages*; npm-prune(1); pip
documentation, *Requirements File Format*; POSIX, *Shell Command Language*, 2.8.1, 2.9.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.removals import removals
from ...optimizer.rules.finding import Finding

RULE = "packages-removed-in-later-layer"

_ADD = "RUN apk add --virtual .b gcc\n"
KEEPS = (
    (
        "FROM alpine:3.20\nRUN apk add gcc # the compiler\nRUN make && apk del gcc\n",
        "a shell comment ends one of them",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make; apk del .b\n",
        "the second goes on when a command fails",
    ),
    (
        "FROM alpine:3.20\nRUN export A=b && apk add gcc\nRUN make && apk del gcc\n",
        "`export` in the first would reach the second",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that removes what another installed, if no source has to move for it."""
    return removals(facts, RULE, costly=False)
