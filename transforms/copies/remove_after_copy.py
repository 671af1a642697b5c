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

When it stays away: the file is not the only one of its COPY, or its place is not certain; another RUN, or another
command of the same, comes before the rm; the directory that the COPY made would be missing; the file might have been in
the base image; the rm stands in a branch, or the RUN goes on where it fails; the stage does not ship.

Safety: neither image has the file.

References: Docker's *Building best practices*, *Exclude with .dockerignore*; OCI Image Specification, *Whiteouts*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.copies import (
    SYSTEM_DIRECTORIES,
    Copied,
    assumptions,
    copied_files,
    operand_path,
    resolve,
    working_directory,
)
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.operands import drop_operands
from ...optimizer.fixes.scripts import combine, delete_instruction
from ...optimizer.rules.finding import Finding

RULE = "remove-after-copy"

KEEPS = (
    "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt; b\n",
    "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN cat b.txt\nRUN rm /a/b.txt\n",
    "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN make && rm /a/b.txt\n",
    "FROM debian:12\nCOPY b.txt /etc/b.txt\nRUN rm /etc/b.txt\n",
    "FROM debian:12\nCOPY b.txt /new/b.txt\nRUN rm /new/b.txt\n",
    "FROM debian:12\nWORKDIR /a\nCOPY --from=x /b.txt /a/b.txt\nRUN rm /a/b.txt\n",
    "FROM debian:12\nCOPY . /a\nRUN rm -rf /b\n",
    "FROM debian:12\nCOPY . /a\nRUN make -C /a && rm -rf /a/src\n",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every rm of what a COPY of the stage brought."""
    for stage in facts.shipping:
        copied: list[Copied] | None = None
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                if command.name != "rm" or command.guards or not run.fails_with(command):
                    continue
                if copied is None:
                    copied = list(copied_files(stage, facts.context))
                finding = _single(facts, run, command, copied) or _part(run, command)
                if finding is not None:
                    yield finding


def _single(facts: Facts, run: Run, command: Command, copied: list[Copied]) -> Finding | None:
    """The rm of a file that a COPY of its own brought."""
    operands = [word for word in command.argv[1:] if not word.raw.startswith(b"-")]
    for word in operands:
        path = operand_path(word, run)
        file = next((file for file in reversed(copied) if file.path == path), None)
        if file is None or file.instruction.start > command.start or not file.parent_exists or file.instruction.flags:
            continue
        directory = file.path.rpartition("/")[0]
        if directory in SYSTEM_DIRECTORIES and directory not in (
            "/tmp",
            "/var/tmp",
            "/srv",
            "/opt",
        ):  # may be the base image's
            continue
        if file.entry is not None and file.entry.kind != "file":
            continue
        first = run.stage.instructions[0].index
        between = run.stage.instructions[file.instruction.index - first + 1 : run.at]
        if any(one.keyword in ("RUN", "COPY", "ADD", "VOLUME") for one in between):
            continue
        if readable(run).commands[0] is not command:
            continue
        message = "the file is copied, and removed unread"
        try:
            rest = drop_operands(facts.document, run, command, [word], len(operands) - 1)
            fix = combine(delete_instruction(facts.document, file.instruction), rest[0])
        except Refusal as refusal:
            return Finding(RULE, message, command.start, command.end, None, reason=str(refusal))
        reasons = assumptions(file) + ["the comment above it would go with it"] * rest[1]
        safety = "unsafe" if reasons else "safe"
        return Finding(RULE, message, command.start, command.end, fix, safety, "; ".join(reasons))
    return None


def _part(run: Run, command: Command) -> Finding | None:
    """The rm of a part of a directory that a COPY right above brought, before anything could use it: shown only."""
    first = run.stage.instructions[0].index
    for word in command.argv[1:]:
        path = operand_path(word, run)
        if path is None or word.raw.startswith(b"-"):
            continue
        for instruction in reversed(run.stage.instructions[: run.at]):
            if instruction.keyword == "RUN":
                break
            if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from") or instruction.heredocs:
                continue
            words = instruction.words
            target = resolve(words[-1], working_directory(run.stage, instruction.index - first))
            whole = len(words) == 2 and words[0] in (".", "./", "/")
            if whole and target and path.startswith(target.rstrip("/") + "/") and not _reads_first(run, command):
                message = f"{re.sub(r'^.*/(?=.)', '', path)} is copied and removed: the COPY's layer keeps it"
                reason = "name it in .dockerignore"
                return Finding(RULE, message, command.start, command.end, None, "manual", reason)
    return None


def _reads_first(run: Run, command: Command) -> bool:
    return any(
        other.start < command.start and other.name not in ("rm", "cd", "set") for other in readable(run).commands
    )
