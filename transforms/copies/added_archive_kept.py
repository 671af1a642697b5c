"""Do not store an archive that ADD fetches to be unpacked.

`ADD https://…` stores the archive in a layer of its own, and what a RUN unpacks from it once more; its `rm` gives
nothing back. `ADD --unpack=true`, which frontends since 1.17 know, unpacks what it fetches and stores that alone.

Before:

```dockerfile
# syntax=docker/dockerfile:1.17
FROM debian:12
ADD https://example.com/shop-14.tgz /tmp/shop.tgz
RUN tar -C /srv -xzf /tmp/shop.tgz && rm /tmp/shop.tgz
```

After:

```dockerfile
# syntax=docker/dockerfile:1.17
FROM debian:12
ADD --unpack=true https://example.com/shop-14.tgz /srv
```

Without a `# syntax=` line that says 1.17 or later it is only shown: `curl … | tar -xz` in one RUN does without the
archive too. So are packages, zip files and installers that ADD fetches for a later RUN.

When it stays away: another RUN stands between the two, or another command comes first; `tar` has other options than
those, or names members; the directory is not certain to be there; something else names the archive; the RUN goes on
where a command fails; the stage does not ship.

Safety: unsafe. The files are the same, but `tar` gives them to the user whose name the archive notes, where the image
has one, and ADD to the one with the number.

References: BuildKit's Dockerfile reference, *ADD --unpack*; tar(1), *--same-owner*.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.document import Instruction
from ...optimizer.dockerfile.edits import Edit
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.fetched import added_to, user_of_added
from ...optimizer.facts.paths import SYSTEM_DIRECTORIES
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.facts.walks import named_path
from ...optimizer.fixes.operands import with_flag
from ...optimizer.fixes.scripts import combine, drop_commands
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "added-archive-kept"

_ADD = "# syntax=docker/dockerfile:1.17\nFROM debian:12\nADD https://e.org/a.tgz /tmp/\n"
KEEPS = (
    (f"{_ADD}RUN tar xzf /tmp/a.tgz --strip-components=1 -C /opt && rm /tmp/a.tgz\n", (" --strip-components=1", "")),
    (
        f"{_ADD}RUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\nCOPY --from=x /tmp/a.tgz /\n",
        ("\nCOPY --from=x /tmp/a.tgz /", ""),
    ),
    (f"{_ADD}RUN tar xzf /tmp/a.tgz -C /opt; rm /tmp/a.tgz\n", ("; rm", " && rm")),
)

_ARCHIVE = re.compile(r"https?://[^\s\"'\\]+\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)(?:[?#]\S*)?")
_MESSAGE = "the archive that ADD fetches stays in its layer"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every archive that ADD fetches, and the RUN behind it unpacks and removes."""
    for stage in facts.shipping:
        for at, add in enumerate(stage.instructions):
            if add.keyword != "ADD" or len(add.words) != 2 or "://" not in add.words[0]:
                continue
            run = stage.run_at(at + 1)
            if not _ARCHIVE.fullmatch(add.words[0]):
                if user := user_of_added(stage, at):
                    reason = f"line {user.instruction.line} could fetch it, and remove it when it is done"
                    message = "what ADD fetches stays in its layer"
                    yield Finding(RULE, message, add.start, add.end, None, "manual", reason)
                continue
            if run is None or add.flag("unpack") or add.flag("chmod"):
                continue
            found = _unpacked(stage, add, run)
            if found is None:
                continue
            if facts.unpacks:
                yield attempt(RULE, _MESSAGE, add, partial(_at_once, facts, add, run, *found))
            else:
                reason = "`ADD --unpack` needs `# syntax=docker/dockerfile:1.17` or later"
                yield Finding(RULE, _MESSAGE, add.start, add.end, None, "manual", reason)


def _unpacked(stage: StageFacts, add: Instruction, run: Run) -> tuple[list[Command], str] | None:
    """The ``tar`` and the ``rm`` with which `run` begins, and where the first of them unpacks to."""
    script = run.script
    if script is None or script.heredoc or len(script.commands) < 2 or len(script.units) < 2 or run.instruction.flags:
        return None
    directory, path = stage.directory(run.at), added_to(add)
    tar, rm = script.commands[:2]
    if tar.name != "tar" or rm.name != "rm" or tar.wrappers or rm.wrappers:
        return None
    if not run.fails_with(tar) or not run.fails_with(rm) or tar.redirections or rm.redirections:
        return None
    if [named_path(word, directory) for word in rm.operands()] != [path]:
        return None
    target = _target(tar.argv[1:], path, directory)
    there = {*SYSTEM_DIRECTORIES, *map(stage.directory, range(run.at))}  # WORKDIR makes what it names
    named = stage.source.data[add.end :].count(posixpath.basename(path).encode())
    return ([tar, rm], target) if target in there and target is not None and named == 2 else None


def _target(words: tuple[Word, ...], path: str, directory: str | None) -> str | None:
    """Where ``tar`` unpacks the archive at `path` to, if it does nothing else."""
    target, archives, letters = directory, 0, ""
    rest = iter(words)
    for at, word in enumerate(rest):
        value = word.value or ""
        if value in ("-C", "--directory"):
            target = named_path(next(rest, word), directory)
        elif named_path(word, directory) == path and "/" in value:
            archives += 1
        elif re.fullmatch(r"-?[xvzjJf]+" if at == 0 else r"-[xvzjJf]+", value):
            letters += value
        else:
            return None
    return target if archives == 1 and "x" in letters and "f" in letters else None


def _at_once(facts: Facts, add: Instruction, run: Run, commands: list[Command], target: str) -> Offer:
    word = add.tokens[-1]
    flagged = with_flag(add, "--unpack=true")
    old, new = flagged.adds[0], flagged.adds[0][: -len(word.text)] + target.encode()
    place = Fix((Edit(word.start, word.end, target.encode()),), drops=(old,), adds=(new,))
    gone = drop_commands(facts.document, run, commands)
    doubts = ["an owner whom the archive names would be taken by the number"]
    return Offer(combine(flagged, place, gone), doubts)
