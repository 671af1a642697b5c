"""Unpack or run a downloaded file in the RUN that downloads it, and remove it there.

An archive that one RUN fetches and a later one unpacks, or an installer that a later one runs, stays in the layer of
the first, whether the later RUN removes it or nobody does. The two become one, with what stands between them.

Before:

```dockerfile
FROM debian:12
RUN curl -fsSLO https://example.com/tool-1.2.tar.gz
RUN tar -xzf tool-1.2.tar.gz -C /opt
```

After:

```dockerfile
FROM debian:12
RUN curl -fsSLO https://example.com/tool-1.2.tar.gz \\
    && tar -xzf tool-1.2.tar.gz -C /opt \\
    && rm tool-1.2.tar.gz
```

When it stays away: another instruction, or more than two RUNs, stand between the two; state of one RUN (a `cd`, a
variable, an option of the shell) would reach the next and could matter there; the file, or a pattern that its name may
match, is named again further down; it is not certain that it was downloaded under that very name; a failure of one of
the commands is ignored; a RUN has flags or a heredoc; the stage does not ship. It is unsafe where `archive-kept` is.

Safety: the same commands run in the same order, and the downloaded file alone is missing. A change to one of the
joined RUNs now builds all of them again.

References: hadolint DL3059; Docker's *Building best practices*; OCI Image Specification, *Image Layer Filesystem
Changeset*.
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
from ...optimizer.facts.stages import Facts, readable
from ...optimizer.fixes.joining import join_runs, without_needless_cd
from ...optimizer.fixes.scripts import combine, insert_behind
from ...optimizer.knowledge.archives import file_name
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "archive-used-in-later-layer"
_MOST = 4  # RUNs that are joined: every one of them loses a layer of its own in the build cache

KEEPS = (
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nWORKDIR /opt\nRUN tar xzf /a.tgz\n",
        "other instructions stand between them",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\nRUN cp a.tgz /srv\n",
        "something further down names it, or a pattern that it may match",
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf b.tgz\n", ("tar xzf b.tgz", "tar xzf a.tgz")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every file that one RUN downloads, and a later one is the last to use."""
    for stage in facts.shipping:
        for used in downloads_used(stage):
            if used.file.run is not used.run:
                name = file_name(used.removes).decode("utf-8", "replace")
                message = f"{name}, which this unpacks or runs, stays in the layer of the RUN that fetched it"
                yield attempt(RULE, message, used.command, partial(_joined, facts, used))


def _joined(facts: Facts, used: Used) -> Offer:
    first, last = used.file.run, used.run
    runs = [run for run in last.stage.runs if first.at <= run.at <= last.at]
    if is_optional(used.file):
        raise Refusal("whether it is fetched there is not certain")
    if len(runs) > _MOST:
        raise Refusal(f"more than {_MOST - 2} RUNs stand between them")
    trims = without_needless_cd(runs)
    text, glob = removal(used)
    taker = taken_by(used)
    if taker in REMOVERS:
        return Offer(join_runs(facts.document, runs, trims=trims), removes=(glob,))
    if taker:
        raise Refusal(f"`{taker}` may take it away")
    if named_again(used):
        raise Refusal("something further down names it, or a pattern that it may match")
    if readable(last).unit_at(used.command.start) == len(readable(last).units) - 1 and not used.command.guards:
        fix = join_runs(facts.document, runs, [text], trims)
    else:
        fix = combine(join_runs(facts.document, runs, trims=trims), insert_behind(last, used.command, text))
    return Offer(fix, wanted(used), removes=(glob,))
