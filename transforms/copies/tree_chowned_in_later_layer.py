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

What was copied there before that RUN gets its owner too, and the RUN gives away what is root's still: `chown -R
--from=root node:node /app`, or `find /app -user root -exec chown -h` with BusyBox. Where the user is made only behind
those, that goes above them. It is unsafe where a program in between may ask whose the files are: git does, npm before
version 9, `cp -a`, and what neither dfopt nor the build context knows.

When it stays away: neither is anything copied to the directory between the two, nor is the RUN known to fill the
directory it runs in; the directory may not be there at the end of that RUN; something else than `useradd`, `adduser`,
`groupadd` or `addgroup` may make the user after it; a RUN in between may put files there, take some away or change the
modes of all; a COPY in between has an owner already, or a place that is not certain; another USER or SHELL comes in
between; one of the RUNs ignores failures; comments would be lost from sight; the stage does not ship.

Safety: the same files with the same owners. Symbolic links may have another owner than before, which nothing reads.

References: BuildKit's Dockerfile reference, *COPY --chown*; chown(1); hadolint DL3059.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from ...optimizer.dockerfile.document import Instruction
from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.accounts import Maker, makers, named
from ...optimizer.facts.filling import FilledLast, filled_before, filled_by_run, fills
from ...optimizer.facts.ownership import RecursiveChown, recursive_chowns
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.accounts import made_above, made_away
from ...optimizer.fixes.operands import drop_operands, with_flag
from ...optimizer.fixes.scripts import append_commands, combine
from ...optimizer.fixes.trees import for_what_is_left, of_all, owned_in_each
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
    for run, command, chowns in recursive_chowns(facts):
        for chown in chowns:
            filled = filled_by_run(run, command, chown)
            before = filled_before(filled.last, chown, command) if filled is not None and chown.flag else None
            of_use = filled is not None and (bool(filled.copies) or fills(filled.last, chown))
            if filled is None or not (of_use or before):
                continue
            alone = before is None or (before.doubts and filled.last is not run and of_use)
            line = filled.last.instruction.line if alone or before is None else before.first.line
            message = f"chown stores what line {line} wrote to {chown.directory} a second time"
            make = partial(_owned_at_last if alone else _owned, facts, run, command, chown, filled)
            yield attempt(RULE, message, command, make)
            break


def _owned(facts: Facts, run: Run, command: Command, chown: RecursiveChown, filled: FilledLast) -> Offer:
    before = filled_before(filled.last, chown, command)
    if before is None:
        raise Refusal("what filled it before is not certain")
    copies = (*before.copies, *filled.copies)
    fix, commented = owned_in_each(facts.document, run, command, chown, filled, before)
    return Offer(fix, [*before.doubts, *_groups(chown, copies), *[_COMMENT] * commented])


_COMMENT = "the comment above it would go with it"


def _groups(chown: RecursiveChown, copies: Iterable[Instruction]) -> list[str]:
    another = chown.keeps_group and any(copy.flag("from") for copy in copies)
    return ["what comes from another stage may have another group"] * another


def _owned_at_last(facts: Facts, run: Run, command: Command, chown: RecursiveChown, filled: FilledLast) -> Offer:
    flags = [with_flag(copy, f"--chown={chown.flag}") for copy in filled.copies] if chown.flag else []
    last, names = filled.last, named(chown.flag)
    rest = for_what_is_left(command, chown, filled)
    gone = None if rest.edits else command
    try:
        made = makers(run, command, names, last.at)
        there, behind = made_above(facts.document, made, last.instruction, gone), list[bytes]()
    except Refusal:
        made = makers(run, command, names, last.at + 1)
        there, behind = made_away(facts.document, made, gone), _at_the_end(last, made)
    if given := _given(command, chown, last):
        behind.append(given)
    moved = append_commands(last, behind) if behind else Fix(())
    doubts = _groups(chown, filled.copies)
    if gone and not (made and made[-1].run is run):
        rest, commented = drop_operands(facts.document, run, command, [], 0)
        doubts += [_COMMENT] * commented
    return Offer(combine(there, moved, *flags, rest), doubts)


def _at_the_end(last: Run, made: list[Maker]) -> list[bytes]:
    """The commands that make users, as they come at the end of `last`."""
    changes = readable(last).state_changes
    if made and not set(changes) <= {"cd", "set"}:
        raise Refusal(f"`{changes[0]}` may matter to `{made[0].command.name}`")
    return [maker.command.normal for maker in made]


def _given(command: Command, chown: RecursiveChown, last: Run) -> bytes:
    """The chown as it comes at the end of `last`; empty where that does so already."""
    alike = [one for one in (last.script.commands if last.script else ()) if one.name == "chown"]
    if alike and last.script and alike[-1] is last.script.commands[-1] and alike[-1].normal == command.normal:
        return b""
    if any(chown.directory.encode() in one.normal for one in alike):
        raise Refusal("its RUN gives the directory an owner already")
    return of_all(command, chown, last)
