"""Install Debian packages without their documentation.

dpkg leaves out what its configuration excludes: manuals, info pages, and all of `/usr/share/doc` but the copyright
files, which the licences ask for. The slim variants of the official Debian images and Ubuntu's images come with such a
setting; this gives one to others, in the first RUN that installs.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*
```

After:

```dockerfile
FROM debian:12
RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\
    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\
    && apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*
```

When it stays away: the base image is not known to be Debian's in its full variant, or one built on that; the file names
a directory of documentation or a setting of dpkg; a manual reader or a package of documentation is installed; the RUN
does not join its commands with `&&`; the stage does not ship.

Safety: unsafe, and off by default. Some packages keep there what they need at run time (a schema, an example that a
script copies), `man` finds nothing, and the setting holds for images that are built on this one.

References: dpkg(1), *--path-exclude*; debuerreotype's slim variants; Ubuntu's *minimal images*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.stages import Facts, Run, StageFacts, readable
from ...optimizer.fixes.scripts import combine, prepend_command
from ...optimizer.knowledge.tools import load_tool
from ...optimizer.knowledge.uses import uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "apt-documentation-installed"

KEEPS = (
    ("FROM debian:12\nRUN apt-get update; apt-get install -y curl\n", "its commands are not all joined by `&&`"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y man-db\n", "documentation is asked for"),
    ("FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n", ("debian:12-slim", "debian")),
)

_FILE = "/etc/dpkg/dpkg.cfg.d/no-documentation"
_EXCLUDE = f"printf 'path-exclude=/usr/share/%s/*\\n' doc man info >{_FILE}".encode()
_INCLUDE = f"echo 'path-include=/usr/share/doc/*/copyright' >>{_FILE}".encode()
_SETTLED = re.compile(rb"/usr/share/(?:doc|man|info)\b|dpkg\.cfg|path-exclude|share/doc|\bmandb\b|unminimize")
_WANTED = re.compile(rb"man|man-db|manpages.*|info|texinfo|.*-docs?|.*-man|.*-manual")
# Official images whose full variant is built on Debian's full image.
_ON_DEBIAN = frozenset(
    ("debian", "buildpack-deps", "python", "node", "golang", "ruby", "rust", "perl", "php", "openjdk", "gcc", "erlang")
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for the first RUN of a stage's chain that installs."""
    if _SETTLED.search(facts.document.source.data):
        return
    for stage in facts.shipping:
        run = _first_install(stage)
        if run is not None and _is_full(stage) and not (stage.parent and _first_install(stage.parent)):
            yield attempt(RULE, "apt installs documentation", run.instruction, partial(_excluded, run))


def _first_install(stage: StageFacts) -> Run | None:
    for run in stage.runs:
        for use in uses(run.script, load_tool("apt")) if run.script else ():
            if use.action == "install":
                return run
    return None


def _is_full(stage: StageFacts) -> bool:
    """Whether the base image is Debian in its full variant, by its name."""
    image = stage.image
    return (
        image is not None
        and image.name in _ON_DEBIAN
        and not re.search(r"slim|alpine|ubuntu", image.tag)
        and (image.release is None or image.release[0] == "debian")
    )


def _excluded(run: Run) -> Offer:
    words = {word.raw for command in readable(run).commands for word in command.argv}
    if any(_WANTED.fullmatch(word) for word in words):
        raise Refusal("documentation is asked for")
    fix = combine(*(prepend_command(run, command, own_line=True, wide=True) for command in (_EXCLUDE, _INCLUDE)))
    doubt = "some packages need what lies there, and images built on this one inherit the setting"
    return Offer(fix, [doubt], ("/usr/share/doc/**", "/usr/share/man/**", "/usr/share/info/**"), (_FILE,))
