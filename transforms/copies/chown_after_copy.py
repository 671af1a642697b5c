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

When it stays away: a directory, a symbolic link, a pattern, several sources, another stage's files, an archive that ADD
unpacks, a URL; a variable in a path; `-R`, because the directory itself and what was in it before would keep their
owner; the RUN goes on where the chown fails; a RUN between the COPY and the chown, which may be the one that creates
the user; a directory that COPY would create, and give to the user too.

Safety: the file ends with the same owner, mode and content, since nothing between the two can change which users
there are. Unsafe where only the name says that the source is a file, and where a comment would go with the RUN.

References: Dockerfile reference, *COPY --chown*; chown(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.copies import Copied, assumptions, commands_on_copies, copied_file, stored_twice
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.operands import add_flag, drop_operands
from ...optimizer.fixes.scripts import combine
from ...optimizer.rules.finding import Finding

RULE = "chown-after-copy"

KEEPS = (
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf; b\n",
    "FROM debian:12\nCOPY --chown=a:a a.conf /etc/a.conf\nRUN chown b:b /etc/a.conf\n",
    # The user comes after the file.
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app\nRUN chown app:app /etc/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app && chown app:app /etc/a.conf\n",
    # The directory itself stays root's.
    "FROM debian:12\nWORKDIR /app\nCOPY . /app\nRUN chown -R app:app /app\n",
    "FROM debian:12\nCOPY dir /srv/app\nRUN chown -R app:app /srv/app\n",
    # COPY creates /data, and would give it to app.
    "FROM debian:12\nCOPY a.conf /data/a.conf\nRUN chown app:app /data/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown :app /etc/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown $U:$U /etc/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown --reference=/x /etc/a.conf\n",
    "FROM debian:12\nCOPY --from=x /a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN echo chown app:app /etc/a.conf\n",
    "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf -v\n",
)

_OWNER = re.compile(r"([A-Za-z_][\w-]*|\d+)(?::([A-Za-z_][\w-]*|\d+))?")
_MESSAGE = "chown stores the copied file a second time"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every chown of a copied file."""
    for run, command, copied in commands_on_copies(facts, "chown"):
        yield from _findings(facts, run, command, copied)


def _findings(facts: Facts, run: Run, command: Command, copied: list[Copied]) -> Iterator[Finding]:
    owner = _OWNER.fullmatch(command.argv[1].value or "")
    operands = command.argv[2:]
    folded = [(word, match) for word in operands if (match := _match(word, run, command, copied))]
    if not folded or owner is None:
        return
    flag = f"--chown={owner[1]}:{owner[2] or 0}"
    reasons = [reason for _, file in folded for reason in assumptions(file)]
    try:
        gone, commented = drop_operands(
            facts.document, run, command, [word for word, _ in folded], len(operands) - len(folded)
        )
    except Refusal as refusal:
        yield Finding(RULE, _MESSAGE, command.start, command.end, None, reason=str(refusal))
        return
    if commented:
        reasons.append("the comment above it would go with it")
    fix = combine(*(add_flag(file, flag) for _, file in folded), gone)
    applicability = "unsafe" if reasons else "safe"
    reason, saves = "; ".join(dict.fromkeys(reasons)), stored_twice([file for _, file in folded])
    yield Finding(RULE, _MESSAGE, command.start, command.end, fix, applicability, reason, saves=saves)


def _match(word: Word, run: Run, command: Command, copied: list[Copied]) -> Copied | None:
    file = copied_file(word, run, command, copied)
    if file is None or file.instruction.flag("chown") or not file.parent_exists:
        return None
    first = run.stage.instructions[0].index
    between = run.stage.instructions[file.instruction.index - first + 1 : run.at]
    # A RUN between the two may be the one that creates the user.
    return None if any(instruction.keyword == "RUN" for instruction in between) else file
