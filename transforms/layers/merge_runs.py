"""Join RUNs that follow each other.

Every RUN is a layer, and whatever two of them both touch is stored twice. This joins all neighbours that can be one
RUN without changing what they do, whether or not that saves anything: it is for those who want few layers. The rules
that are on by default join only where it makes the image smaller.

Before:

```dockerfile
FROM debian:12
RUN useradd --system app
RUN mkdir -p /srv/app && chown app /srv/app
```

After:

```dockerfile
FROM debian:12
RUN useradd --system app && mkdir -p /srv/app && chown app /srv/app
```

When it stays away: anything stands between the RUNs; state of one (a `cd`, a variable, an option of the shell, where
it found a program, `$?`) would reach the next; one may leave something running, or starts a daemon; one may make a
hard link to a file that the next changes in place; a failure of one is ignored; a RUN has flags or is a heredoc;
comments between them would be lost from sight; the stage does not ship.

Safety: the same commands run in the same order and stop at the same failures. A change to one of them builds all of
them again, which is why the rule is off by default.

References: hadolint DL3059; tally prefer-run-heredoc; Docker's *Building best practices*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.leftovers import starts_daemon
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.joining import check_joinable, join_runs
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "merge-runs"

KEEPS = (
    ("FROM debian:12\nRUN a || true\nRUN b\n", (" a ||", "")),
    ("FROM debian:12\nRUN cd /srv && a\nRUN b\n", ("b\n", "true\n")),
    ("FROM debian:12\nRUN service postgresql start\nRUN psql -c x\n", ("service", "useradd")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every block of neighbouring RUNs that can be one."""
    for stage in facts.shipping:
        block: list[Run] = []
        for run in stage.runs:
            if block and not _joinable(facts, block[-1], run):
                yield from _merged(facts, block)
                block = []
            block.append(run)
        yield from _merged(facts, block)


def _joinable(facts: Facts, first: Run, second: Run) -> bool:
    try:
        check_joinable(facts.document, first, second)
    except Refusal:
        return False
    if starts_daemon(second):  # how long that runs shall not depend on what comes before it
        return False
    return not first.instruction.flags and not second.instruction.flags


def _merged(facts: Facts, block: list[Run]) -> Iterator[Finding]:
    if len(block) > 1:
        make = partial(join_runs, facts.document, block)
        yield attempt(RULE, f"{len(block)} RUNs could be one", block[0].instruction, lambda: Offer(make()))
