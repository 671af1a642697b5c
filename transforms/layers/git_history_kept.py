"""Do not ship the history of a repository that is cloned.

`git clone` stores every version that there ever was of every file in `.git`, which is often larger than the files
themselves. What is built from the clone, or runs in it, rarely asks for it.

Before:

```dockerfile
FROM debian:12
RUN git clone https://example.com/tool.git /opt/tool && make -C /opt/tool install
```

After:

```dockerfile
FROM debian:12
RUN git clone https://example.com/tool.git /opt/tool && make -C /opt/tool install \\
    && rm -rf /opt/tool/.git
```

It goes at the end of the RUN, so that a checkout and a build in it still have it. Where nothing but the newest version
is of interest, `git clone --depth 1` fetches less as well.

When it stays away: the RUN removes the clone or its `.git`, or moves it; a later step runs git or names `.git`; where
it is cloned to is not certain; the stage does not ship.

Safety: unsafe. What is done with the clone later may ask git about it: a version that is made of tags, an update.

References: git-clone(1); Docker's *Building best practices*.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.fetched import REMOVERS, UNKNOWN, may_take, placed_in
from ...optimizer.facts.paths import resolve
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.fixes.scripts import append_commands
from ...optimizer.knowledge.downloads import cloned_into
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "git-history-kept"

KEEPS = (
    ("FROM debian:12\nRUN git clone http://e.org/a /a\nRUN cd /a && git checkout v1\n", "line 3 runs git"),
    ("FROM debian:12\nRUN git clone http://e.org/a /a && rm -rf /a/.git\n", (" && rm -rf /a/.git", "")),
    ("FROM debian:12\nRUN git clone http://e.org/$A\n", "where it is cloned to is not certain"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that leaves clones with their history, at the last of them."""
    for stage in facts.shipping:
        for run in stage.runs:
            if run.script is not None and "git" in run.script.names and not run.mounts:
                left = [one for one in _clones(run) if not _is_removed(run, *one)]
                if left:
                    message = "the history of a clone stays in this layer"
                    yield attempt(RULE, message, left[-1][0], partial(_removed, run, left))


_MOVES = frozenset(("cd", "pushd", "popd"))


def _clones(run: Run) -> Iterator[tuple[Command, str]]:
    """The commands that clone, each with the absolute path of what it makes; empty where that is not certain."""
    for command, directory in placed_in(run):
        words = (word.raw for word in command.operands()[:3])
        if command.name == "git" and b"clone" in words and not command.has_option("bare", "mirror"):
            place = resolve(cloned_into(command).decode("utf-8", "surrogateescape"), directory) or ""
            moved = place.startswith(UNKNOWN) and not _MOVES.isdisjoint(run.script.names if run.script else ())
            yield command, "" if moved else place


def _is_removed(run: Run, clone: Command, place: str) -> bool:
    """Whether the rest of the RUN may remove the history, alone or with all of the clone."""
    return any(
        command.name in (*REMOVERS, "find") and may_take(command, directory, f"{place}/.git" if place else None)
        for command, directory in placed_in(run)
        if command.start > clone.start
    )


def _removed(run: Run, left: list[tuple[Command, str]]) -> Offer:
    places = [place for _, place in left]
    paths = [posixpath.join(place, ".git").removeprefix(f"{UNKNOWN}/") for place in places if place]
    if len(paths) < len(places) or not all(re.fullmatch(r"[\w./@+-]+", path) for path in paths):
        raise Refusal("where it is cloned to is not certain")
    moves = [one for one in placed_in(run) if one[0].name == "mv"]
    if any(may_take(*one, place) for place in places for one in moves):
        raise Refusal("`mv` may take it elsewhere")
    for stage, at in run.stage.later(run.at):
        if reason := _wants(stage, at):
            raise Refusal(f"line {stage.instructions[at].line} {reason}")
    doubt = "what is done with the clone later may ask git about it"
    sudo = b"sudo " if any(command.sudo for command, _ in left) else b""
    fix = append_commands(run, [sudo + b"rm -rf " + " ".join(paths).encode("utf-8", "surrogateescape")])
    return Offer(fix, [doubt], removes=tuple(f"/**/{path}/**".replace("/**//", "/") for path in paths))


def _wants(stage: StageFacts, at: int) -> str:
    instruction, run = stage.instructions[at], stage.run_at(at)
    code = run.source_text if run is not None else instruction.code
    if b".git" in re.sub(rb"\w+://\S+|\S+@\S+", b"", code):
        return "names `.git`"
    commands = run.script.commands if run is not None and run.script else ()
    others = [one for one in commands if one.name == "git" and not _is_apart(one)]
    return "runs git" if others or (not commands and re.search(rb"(?<![\w./-])git[\s\"]", code)) else ""


def _is_apart(command: Command) -> bool:
    """Whether a command of git has nothing to do with what is cloned already."""
    return not {b"clone", b"config", b"--version"}.isdisjoint(word.raw for word in command.argv[1:3])
