"""Unpack an archive from the build context without storing it.

`COPY app.tar.gz /tmp/` stores the archive in a layer of its own, and what a later RUN unpacks from it once more; an
`rm` further down gives nothing back. A bind mount shows the archive to the RUN that unpacks it, and to nothing else.

Before:

```dockerfile
FROM debian:12
COPY tiles.tar.gz /tmp/
RUN tar -xzf /tmp/tiles.tar.gz -C /srv && rm /tmp/tiles.tar.gz
```

After:

```dockerfile
FROM debian:12
RUN --mount=type=bind,source=tiles.tar.gz,target=/tmp/tiles.tar.gz \\
    tar -xzf /tmp/tiles.tar.gz -C /srv
```

When it stays away: the archive is not a single file of the build context, or the COPY has flags; anything but the next
RUN reads it, or anything but a plain `rm` removes it; that RUN changes or removes something at or above its place, is
a heredoc, or has a mount there; something above may bring a file of that name; the directory it goes to might not
exist before; another stage copies from there; `--builder classic`, which has no mounts; the stage does not ship. It is
unsafe where what a container starts names the archive or its directory, or is not shown.

Safety: the archive, where nothing removed it, is missing; everything else is the same.

References: BuildKit's Dockerfile reference, *RUN --mount=type=bind*; Docker's *Building best practices*, *ADD or COPY*.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.copies import Copied, copied_files, stored_twice
from ...optimizer.facts.effects import commands_of, touched_between
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.facts.walks import brought_before, is_around, named_path, walks_over, wanted_later
from ...optimizer.fixes.operands import drop_operands
from ...optimizer.fixes.scripts import add_run_flags, combine, delete_instruction
from ...optimizer.knowledge.archives import ARCHIVE, unpacked
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "archive-copied"

KEEPS = (
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz && rm -rf /tmp/*\n",
        "line 3 may change what lies around it",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\nRUN rm /tmp/*.tgz\n",
        "something further down may want it",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz && chmod -w /tmp/*\n",
        "`chmod` may walk over it, or change what lies around it",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every archive that is copied for the RUN behind it alone."""
    if facts.builder == "classic":
        return
    for stage in facts.shipping:
        for file in copied_files(stage, facts.context):
            run = _unpacking(stage, file)
            if run is not None:
                message = f"{posixpath.basename(file.path)} stays in the layer that copies it"
                yield attempt(RULE, message, file.instruction, partial(_mounted, facts, run, file))


def _unpacking(stage: StageFacts, file: Copied) -> Run | None:
    """The RUN right behind the COPY that unpacks the archive, if it can be given a mount."""
    instruction = file.instruction
    is_file = file.entry is None or file.entry.kind == "file"
    if instruction.flags or instruction.heredocs or not is_file or not file.parent_exists:
        return None
    if not re.fullmatch(ARCHIVE, file.path.encode()) or not re.fullmatch(r"[\w./+@-]+", file.source):
        return None
    at = stage.index_of(instruction)
    run = next((run for run in stage.runs if run.at > at), None)
    if run is None or run.script is None or run.script.heredoc or run.mounted(file.path):
        return None
    if touched_between(file.path, stage, range(at + 1, run.at)):
        return None
    unpacks = any(
        (word := unpacked(command)) and named_path(word, directory) == file.path
        for command, directory in commands_of(run)
    )
    return run if unpacks else None


def _mounted(facts: Facts, run: Run, file: Copied) -> Offer:
    stage = run.stage
    if walker := walks_over(run, file.path):
        raise Refusal(f"`{walker}` may walk over it, or change what lies around it")
    if reason := brought_before(stage, file.instruction, file.path):
        raise Refusal(reason)
    fixes = [_without_removal(facts, other, file, first=other is run) for other in stage.runs if other.at >= run.at]
    if reason := wanted_later(run, file.path):
        raise Refusal(reason)
    source = posixpath.normpath(file.source).lstrip("/")
    mount = add_run_flags(run, f"--mount=type=bind,source={source},target={file.path}")
    fix = combine(delete_instruction(facts.document, file.instruction), mount, *(fix for fix in fixes if fix))
    from ...optimizer.facts.runtime import wanted_at_run_time

    doubt = wanted_at_run_time(stage, file.path)
    return Offer(fix, [doubt], removes=(file.path,), saves=stored_twice([file]))


_READS = frozenset(("sha256sum", "sha512sum", "sha1sum", "md5sum", "ls", "test", "file", "cat", "stat", "gpg"))


def _without_removal(facts: Facts, run: Run, file: Copied, *, first: bool) -> Fix | None:
    """What takes the removal of the file out of `run`; raises `Refusal` where `run` does anything else to it."""
    if run.script is None:
        if posixpath.basename(file.path).encode() in run.instruction.code:
            raise Refusal(f"line {run.instruction.line} names it")
        return None
    fix: Fix | None = None
    for command, directory in commands_of(run):
        named = [word for word in command.argv[1:] if named_path(word, directory) == file.path]
        if command.name == "rm" and named and not command.guards and fix is None:
            operands = command.operands()
            if first and any(is_around(word, directory, file.path) for word in operands if word not in named):
                raise Refusal(f"line {run.instruction.line} may change what lies around it")
            fix, commented = drop_operands(facts.document, run, command, named, len(operands) - len(named))
            if commented:
                raise Refusal("a comment stands above the RUN that removes it")
        elif named and not (first and (unpacked(command) in named or command.name in _READS)):
            raise Refusal(f"line {run.instruction.line} does something else with it")
        elif (
            first and command.name == "rm" and any(is_around(word, directory, file.path) for word in command.operands())
        ):
            raise Refusal(f"line {run.instruction.line} may change what lies around it")
    return fix
