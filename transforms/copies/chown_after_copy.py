"""Give a copied file its owner in the COPY.

A `RUN chown` stores the file a second time, in a layer of its own. `COPY --chown` writes it once, with its owner.

Before:

```dockerfile
FROM debian:12
RUN useradd --system app
COPY app.conf /etc/app.conf
RUN chown app:app /etc/app.conf
USER app
```

After:

```dockerfile
FROM debian:12
RUN useradd --system app
COPY --chown=app:app app.conf /etc/app.conf
USER app
```

`chown app file` leaves the group as it is, while `--chown=app` also gives the file to app's own group: the group is
always written, `--chown=app:0`.

Where `useradd`, `adduser`, `groupadd` or `addgroup` makes the user only behind the COPY, it goes above it.

When it stays away: a directory, a symbolic link, a pattern, several sources that are not all named, another stage's
files, an archive that ADD unpacks; a variable in a path, unless ENV says what it is; `-R`, because the directory itself
and what was in it before would keep their owner; the RUN goes on where the chown fails; something else between the COPY
and the chown may make the user, or keeps the command that does from going up; a directory that COPY would create, and
give to the user too.

Safety: the file ends with the same owner, mode and content, since nothing between the two can change which users
there are. Unsafe where only the name says that the source is a file, and where a comment would go with the RUN.

References: Dockerfile reference, *COPY --chown*; chown(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.accounts import makers, named
from ...optimizer.facts.copies import (
    Copied,
    assumptions,
    commands_on_copies,
    copied_operands,
    stored_twice,
    with_others,
)
from ...optimizer.facts.ownership import sets_id
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.touches import touched
from ...optimizer.fixes.accounts import made_above
from ...optimizer.fixes.operands import drop_operands, with_flag
from ...optimizer.fixes.scripts import combine
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "chown-after-copy"

KEEPS = (
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN newusers list && chown app:app /etc/a.conf\n",
        "`newusers` in line 3 may change a user that is there, and files of it",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN make\nRUN chown app:app /etc/a.conf\n",
        "line 3 may have to do with it: `make` may do anything",
    ),
    (
        "FROM debian:12\nCOPY --chmod=4755 a.conf /etc/a.conf\nRUN chown app /etc/a.conf\n",
        "chown takes a setuid or setgid bit away, and --chown leaves it",
    ),
)

_OWNER = re.compile(r"([A-Za-z_][\w-]*|\d+)(?::([A-Za-z_][\w-]*|\d+))?")
_MESSAGE = "chown stores the copied file a second time"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every chown of a copied file."""
    for run, command in commands_on_copies(facts, "chown"):
        owner = _OWNER.fullmatch(command.argv[1].value or "")
        files = [one for one in copied_operands(run, command, "chown") if one[1].parent_exists and not one[1].spelling]
        if files and owner is not None:
            flag = f"--chown={owner[1]}:{owner[2] or 0}"
            yield attempt(RULE, _MESSAGE, command, partial(_folded, facts, run, command, files, flag))


def _folded(facts: Facts, run: Run, command: Command, files: list[tuple[Word, Copied]], flag: str) -> Offer:
    """The owner in the COPYs, of the files that nothing has to do with before the chown."""
    reasons = {file.instruction: reason for _, file in files if (reason := _why_not(file, run, command))}
    reasons |= with_others(files)
    free = [(word, file) for word, file in files if file.instruction not in reasons]
    if not free:
        raise Refusal(next(iter(reasons.values())))
    kept = len(command.argv) - 2 - len(free)
    first = min((file.instruction for _, file in free), key=lambda copy: copy.start)
    made = makers(run, command, named(flag.removeprefix("--chown=")), run.stage.index_of(first))
    users = made_above(facts.document, made, first, None if kept else command)
    flags = [with_flag(copy, flag) for copy in {file.instruction: None for _, file in free}]
    doubts = [doubt for _, file in free for doubt in assumptions(file)]
    if not kept and made and made[-1].run is run:
        return Offer(combine(*flags, users), doubts, saves=stored_twice([file for _, file in free]))
    gone, commented = drop_operands(facts.document, run, command, [word for word, _ in free], kept)
    doubts += ["the comment above it would go with it"] if commented else []
    return Offer(combine(*flags, users, gone), doubts, saves=stored_twice([file for _, file in free]))


def _why_not(file: Copied, run: Run, command: Command) -> str | None:
    """What keeps the file from having its owner as soon as it is copied; None where nothing does."""
    if reason := touched(file, run, command):
        return reason
    if sets_id(file.instruction) or (file.entry is not None and file.entry.mode & 0o6000):
        return "chown takes a setuid or setgid bit away, and --chown leaves it"
    return None
