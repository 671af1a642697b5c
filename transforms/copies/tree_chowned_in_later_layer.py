"""Give a directory its owner in the RUN that filled it.

`RUN chown -R` stores every file below a directory a second time. Where an installer or a build filled the directory,
the chown belongs in its RUN; what is copied there afterwards gets its owner in the COPY.

Before:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN chown -R node:node /app
USER node
```

After:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && chown -R node:node /app
COPY --chown=node:node . .
USER node
```

When it stays away: neither is anything copied to the directory between the two, nor is the RUN known to fill the
directory it runs in; the directory may not be there at the end of that RUN; the user may be made after it; a RUN in
between may put files there, take some away or change the modes of all; a COPY in between has an owner already, or a
place that is not certain; another USER or SHELL comes in between; one of the RUNs ignores failures; comments would be
lost from sight; the stage does not ship.

Safety: the same files with the same owners. Symbolic links may have another owner than before, which nothing reads.

References: BuildKit's Dockerfile reference, *COPY --chown*; chown(1); hadolint DL3059.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.filling import FilledLast, filled_by_run, fills
from ...optimizer.facts.ownership import RecursiveChown, recursive_chowns
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.operands import drop_operands, with_flag
from ...optimizer.fixes.scripts import append_commands, combine
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "tree-chowned-in-later-layer"

_NODE = "FROM node:20\nWORKDIR /app\n"
_CHOWN = "RUN chown -R node:node /app\n"
KEEPS = (
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci || true\nCOPY . .\nRUN chown -R node:node /app\n",
        "a failure of its last command is ignored",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown node /app\nCOPY . .\nRUN chown -R node:node /app\n",
        "its RUN gives the directory an owner already",
    ),
    ("FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . $X\nRUN chown -R node:node /app\n", ("$X", ".")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every recursive chown that an earlier RUN could do for what it wrote itself."""
    for run, command, chown in recursive_chowns(facts):
        filled = filled_by_run(run, command, chown)
        if filled is not None and (filled.copies or fills(filled.last, chown)):
            line = filled.last.instruction.line
            message = f"chown stores what line {line} wrote to {chown.directory} a second time"
            yield attempt(RULE, message, command, partial(_owned, facts, run, command, chown, filled))


def _owned(facts: Facts, run: Run, command: Command, chown: RecursiveChown, filled: FilledLast) -> Offer:
    there = _moved(command, chown, filled.last)
    gone, commented = drop_operands(facts.document, run, command, [], 0)
    flags = [with_flag(copy, f"--chown={chown.flag}") for copy in filled.copies] if chown.flag else []
    return Offer(combine(there, *flags, gone), ["the comment above it would go with it"] if commented else [])


def _moved(command: Command, chown: RecursiveChown, last: Run) -> Fix:
    """Do the chown at the end of `last`, where that does not do so already."""
    alike = [one for one in (last.script.commands if last.script else ()) if one.name == "chown"]
    if alike and last.script and alike[-1] is last.script.commands[-1] and alike[-1].normal == command.normal:
        return Fix(())
    if any(chown.directory.encode() in one.normal for one in alike):
        raise Refusal("its RUN gives the directory an owner already")
    operand = chown.operand.raw if (chown.operand.value or "").startswith("/") else chown.directory.encode()
    return append_commands(last, [b" ".join(operand if word is chown.operand else word.raw for word in command.words)])
