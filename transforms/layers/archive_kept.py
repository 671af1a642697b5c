"""Remove a downloaded archive, or an installer, in the RUN that used it.

An archive that `curl` or `wget` fetched and `tar`, `unzip` or `dpkg` unpacked has done its work, and stays in the
layer beside what was in it, unless the same RUN removes it. So it is with an installer that has been run.

Before:

```dockerfile
FROM debian:12
RUN wget https://example.com/tool-1.2.tar.gz \\
    && tar -xzf tool-1.2.tar.gz -C /opt \\
    && /opt/tool-1.2/setup --quiet
```

After:

```dockerfile
FROM debian:12
RUN wget https://example.com/tool-1.2.tar.gz \\
    && tar -xzf tool-1.2.tar.gz -C /opt \\
    && rm tool-1.2.tar.gz \\
    && /opt/tool-1.2/setup --quiet
```

The removal stands right behind the unpacking, where the archive's name means the same.

When it stays away: the archive, or a pattern that its name may match, is named again later in the file; something later
in the RUN may remove it; it is not certain that the same RUN downloaded it under that very name; it lies on a mount;
one of the two commands stands in a branch or its failure is ignored; the stage does not ship. It is unsafe where a
command walks over its directory (`cp -r`, `tar c`, `sha256sum *`), a link leads to it, another stage takes its
directory, or a file of the context names it; and for an installer, unless it is one whose manual says that it is of no
use when it is done (pip's, Composer's, those of conda).

Safety: the archive alone is missing, and nothing that the Dockerfile and the context show reads it again.

References: Docker's *Building best practices*, *ADD or COPY*; wget(1), curl(1), aria2c(1), tar(1), unzip(1), dpkg(1).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.fetched import (
    REMOVERS,
    Used,
    downloads_used,
    is_optional,
    named_again,
    removal,
    taken_by,
    wanted,
)
from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.scripts import insert_behind
from ...optimizer.knowledge.archives import file_name
from ...optimizer.knowledge.downloads import installer
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "archive-kept"

KEEPS = (
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz || true\n", "its failure is ignored"),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar tzf a.tgz\n", ("tzf", "xzf")),
    ("FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && tar xzf a.tgz && cd / && rm -rf /tmp/*\n", (" rm", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every archive and installer that is downloaded, used, and left."""
    for stage in facts.shipping:
        for used in downloads_used(stage):
            if used.file.run is used.run and taken_by(used) not in REMOVERS:
                message = f"the {_kind(used)} {_shown(used)} stays in this layer"
                yield attempt(RULE, message, used.command, partial(_removed, used))


def _kind(used: Used) -> str:
    return "installer" if installer(used.command) else "archive"


def _shown(used: Used) -> str:
    return file_name(used.removes).decode("utf-8", "replace")


def _removed(used: Used) -> Offer:
    if is_optional(used.file):
        raise Refusal("whether it is fetched here is not certain")
    if taker := taken_by(used):
        raise Refusal(f"`{taker}` may take it away")
    if named_again(used):
        raise Refusal("something further down names it, or a pattern that it may match")
    text, glob = removal(used)
    return Offer(insert_behind(used.run, used.command, text), wanted(used), removes=(glob,))
