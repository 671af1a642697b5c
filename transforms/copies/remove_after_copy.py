"""Do not copy what is removed again.

What a later RUN removes stays in the layer of the COPY that brought it. A single file that is removed before anything
could read it need not be copied at all. Where a part of a copied directory is removed, `.dockerignore` is the place to
keep it out: that is only shown.

Before:

```dockerfile
FROM debian:12
WORKDIR /srv/app
COPY notes.txt /srv/app/notes.txt
RUN rm /srv/app/notes.txt && make
```

After:

```dockerfile
FROM debian:12
WORKDIR /srv/app
RUN make
```

What only changes its mode, owner or time in between (`touch`, `chmod`, `chown`) goes with it.

When it stays away: the file is not the only one of its COPY, or its place is not certain; something between the two may
read or change it; the directory that the COPY made would be missing; the file might have been in
the base image; the rm stands in a branch, or the RUN goes on where it fails; the stage does not ship.

Safety: neither image has the file.

References: Docker's *Building best practices*, *Exclude with .dockerignore*; OCI Image Specification, *Whiteouts*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.copies import Copied, assumptions, copied_to, operand_path
from ...optimizer.facts.effects import copy_destination
from ...optimizer.facts.paths import lies_in
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.touches import attributes_changed, there_before
from ...optimizer.fixes.operands import drop_from_all
from ...optimizer.fixes.scripts import combine, delete_instruction
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "remove-after-copy"

KEEPS = (
    ("FROM debian:12\nCOPY b.txt /etc/b.txt\nRUN rm /etc/b.txt\n", "the base image may have a file there"),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN make && rm /a/b.txt\n",
        "its RUN may have to do with it before: `make` may do anything",
    ),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN cat b.txt\nRUN rm /a/b.txt\n",
        "line 4 may have to do with it: /a/b.txt",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every rm of what a COPY of the stage brought."""
    for stage in facts.shipping:
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                if command.name != "rm" or not run.fails_with(command):
                    continue
                finding = _single(facts, run, command) or _part(run, command)
                if finding is not None:
                    yield finding


def _single(facts: Facts, run: Run, command: Command) -> Finding | None:
    """The rm of a file that a COPY of its own brought."""
    for word in command.operands():
        file = copied_to(operand_path(word, run), run, command)
        if file is None or not file.parent_exists or file.instruction.flags or not file.may_be_file:
            continue
        message = "the file is copied, and removed unread"
        return attempt(RULE, message, command, partial(_uncopied, facts, run, command, word, file))
    return None


def _uncopied(facts: Facts, run: Run, command: Command, word: Word, file: Copied) -> Offer:
    changes = attributes_changed(file, run, command)
    if reason := there_before(run, file):
        raise Refusal(reason)
    gone, commented = drop_from_all(facts.document, [*changes, (run, command, word)])
    doubts = assumptions(file) + ["the comment above it would go with it"] * commented
    return Offer(combine(delete_instruction(facts.document, file.instruction), gone), doubts)


def _part(run: Run, command: Command) -> Finding | None:
    """The rm of a part of a directory that a COPY right above brought, before anything could use it: shown only."""
    for word in command.operands():
        path = operand_path(word, run)
        if path is None:
            continue
        for instruction in reversed(run.stage.instructions[: run.at]):
            if instruction.keyword == "RUN":
                break
            if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from") or instruction.heredocs:
                continue
            words = instruction.words
            target = copy_destination(run.stage, run.stage.index_of(instruction))
            whole = len(words) == 2 and words[0] in (".", "./", "/")
            inside = target is not None and path != target and lies_in(path, target)
            if whole and inside and not _reads_first(run, command):
                message = f"{re.sub(r'^.*/(?=.)', '', path)} is copied and removed: the COPY's layer keeps it"
                reason = "name it in .dockerignore"
                return Finding(RULE, message, command.start, command.end, None, "manual", reason)
    return None


def _reads_first(run: Run, command: Command) -> bool:
    return any(
        other.start < command.start and other.name not in ("rm", "cd", "set") for other in readable(run).commands
    )
