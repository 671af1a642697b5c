"""Give a copied directory its owner in the COPY.

`RUN chown -R` stores every file below a directory a second time, only to note another owner: an image whose application
is 200 MB becomes 200 MB larger. `COPY --chown` gives the files their owner when they are stored. The directory itself
may be older than the COPY, so the `chown` stays for it alone.

Before:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY . .
RUN chown -R node:node /app
USER node
```

After:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY --chown=node:node . .
RUN chown node:node /app
USER node
```

`chown -R app` leaves root's group to what was copied, and `--chown=app` would not: the group is always written,
`--chown=app:root`. What a RUN moves out of the directory before the chown is given back to root there. Where `useradd`,
`adduser`, `groupadd` or `addgroup` makes the user only behind the COPY, it goes above it, into a RUN of its own. A
directory that a RUN makes in the tree stays in the chown.

When it stays away: a variable in the owner or in a path; the user may be made after the COPY by anything else, such as
a package, or in a way that depends on what is copied (its home is there); something else than COPY may have put files
there (a RUN that names the directory or works in it, a VOLUME, an archive that ADD unpacks, a stage further up); the
COPY has an owner already; the RUN changes the modes of all files too, or goes on where the chown fails; the stage does
not ship. The base image may have files in the directory, which would keep their owner: unless it was just made by a
`mkdir` that fails where one is already, or is one that the official image does not have, it is unsafe.

Safety: the same files with the same owners. Symbolic links may have another owner than before, which nothing reads.

References: BuildKit's Dockerfile reference, *COPY --chown*; chown(1).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Edit, Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.accounts import makers, named
from ...optimizer.facts.filling import Filled, filled_by_copies
from ...optimizer.facts.ownership import RecursiveChown, is_empty_at_first, recursive_chowns
from ...optimizer.facts.paths import SYSTEM_DIRECTORIES
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.accounts import made_above
from ...optimizer.fixes.operands import with_flag, without_option
from ...optimizer.fixes.scripts import Style, combine, prepend_command
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "tree-chowned-after-copy"

_NODE = "FROM node:20\nWORKDIR /app\n"
_CHOWN = "RUN chown -R node:node /app\n"
KEEPS = (
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN sudo mv x /y\nRUN chown -R node:node /app\n",
        "what is moved out of the directory cannot be given back to root",
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN echo x > x\nRUN chown -R node:node /app\n", (" >", "")),
    ("FROM node:20\nCOPY . /app/\nRUN pip install -e /app\nRUN chown -R node:node /app\n", (" -e", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every recursive chown of directories that COPYs alone have filled."""
    for run, command, chowns in recursive_chowns(facts):
        found = [(chown, filled_by_copies(run, command, chown)) for chown in chowns]
        trees = [(chown, filled) for chown, filled in found if filled is not None and filled.copies]
        if trees:
            message = f"chown stores what was copied to {trees[0][0].directory} a second time"
            yield attempt(RULE, message, command, partial(_owned, facts, run, command, trees))


def _owned(facts: Facts, run: Run, command: Command, trees: list[tuple[RecursiveChown, Filled]]) -> Offer:
    """The owner in the COPYs, and the chown for the directories alone."""
    flag = trees[0][0].flag
    copies = {copy.start: copy for _, filled in trees for copy in filled.copies}
    above = copies[min(copies)]
    made = makers(run, command, named(flag), run.stage.index_of(above))
    fixes = [_for_the_directories_alone(run, command, trees), made_above(facts.document, made, above)]
    if flag:
        fixes += [with_flag(copy, f"--chown={flag}") for copy in copies.values()]
        fixes += [_given_back(mover) for _, filled in trees for mover in filled.movers]
    return Offer(combine(*fixes), [doubt for chown, filled in trees for doubt in _doubts(run, chown, filled)])


def _doubts(run: Run, chown: RecursiveChown, filled: Filled) -> Iterator[str]:
    if chown.keeps_group and any(copy.flag("from") for copy in filled.copies):
        yield "what comes from another stage may have another group"
    if not filled.directory_is_new:
        if not is_empty_at_first(run.stage.image, chown.directory):
            yield f"files that the base image has in {chown.directory} would keep their owner"
        first = run.stage.index_of(filled.copies[-1])
        parent = posixpath.dirname(chown.directory)
        if parent not in SYSTEM_DIRECTORIES and run.stage.directory(first) != chown.directory:
            yield f"{parent} would get that owner too where COPY makes it"


def _for_the_directories_alone(run: Run, command: Command, trees: list[tuple[RecursiveChown, Filled]]) -> Fix:
    """Take the R out of the chown, or out of that of the directories that it need not give away with all in them."""
    option, alone = trees[0][0].option, [chown.operand for chown, _ in trees]
    plain = b"" if option.raw == b"--recursive" else option.raw.replace(b"R", b"").removesuffix(b"-")
    new = sorted({path for _, filled in trees for path in filled.made})
    rest = [word for word in command.words if word not in alone]
    if len(rest) == 3 and not new:
        return without_option(command, option, b"R")
    owner = command.operands()[0]
    words = [command.words[0].raw, plain, owner.raw, *(word.raw for word in alone), *(path.encode() for path in new)]
    added = [b" ".join(filter(None, words))]
    if len(rest) > 3:
        added.append(b" ".join(word.raw for word in rest))
    text = added[0].removeprefix(command.words[0].raw)
    if len(added) > 1:
        style = Style(run.instruction, script := readable(run))
        text += style.and_(added[1]) if script.only_and else style.semicolon(added[1])
    edit = Edit(command.words[0].end, command.end, text)
    return Fix((edit,), drops=(command.normal,), adds=tuple(added))


def _given_back(mover: Run) -> Fix:
    """Give what `mover` moves out of the directory back to root before it does."""
    command = mover.script.commands[0] if mover.script else None
    if command is None or len(command.argv) != 3 or command.guards or command.wrappers:
        raise Refusal("what is moved out of the directory cannot be given back to root")
    return prepend_command(mover, b"chown -R root:root " + command.argv[1].raw)
