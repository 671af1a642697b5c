"""Clear what Cargo, Maven, Gradle, Go and others keep for the next build, in the RUN that built.

Cargo keeps the sources of all that it compiled in its registry, Maven everything it ever fetched in `~/.m2/repository`,
Gradle in `~/.gradle/caches`, Go every object file below `~/.cache/go-build` and every module in its module cache; so
do sbt, Leiningen, Cabal, Stack, .NET's NuGet and Bazel. Once the program is built and is what the image runs, nothing
reads them again.

Before:

```dockerfile
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /usr/local/bin/links .
CMD ["links"]
```

After:

```dockerfile
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /usr/local/bin/links . && rm -rf ~/.cache/go-build && go clean -modcache
CMD ["links"]
```

When it stays away: the file names the cache anywhere (to clear it, to copy it, to put it elsewhere); it lies on a
mount; the command reads from it (`--offline`); a later step, a trigger or the image's own command builds again and
would have to fetch or compile everything; Gradle without `--no-daemon`, whose daemon still uses it; where the base
image has the cache is not known; the RUN ends in a way that nothing can follow safely. Where a script, or nothing, says
what the image runs, the rewrite is unsafe for all but Go's object files, and it always is for sbt, Bazel and what
`dotnet` builds without publishing it, which may lead into the cache.

What they leave was measured in builds for Go; for the others, which could not be had where dfopt is tested, it is taken
from the manuals below.

Safety: the same program is built; only the cache is missing.

References: cmd/go, *Build and test caching*; Go Modules Reference, *Module cache*; The Cargo Book, *Cargo Home*;
maven.apache.org, *Introduction to Repositories*; docs.gradle.org, *Gradle-managed Directories*; Cabal User Guide,
*Directories*; docs.haskellstack.org, *Stack root*; learn.microsoft.com, *Managing the global packages and cache
folders*; bazel.build, *Output directory layout*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import cache_needed, may_build, starts_unknown
from ...optimizer.facts.effects import commands_of
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.facts.stores import missed_later
from ...optimizer.fixes.caches import Filled, cleared, filled_caches, unsure
from ...optimizer.fixes.scripts import append_commands
from ...optimizer.knowledge.tools import Cache
from ...optimizer.knowledge.uses import clears_any
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "build-cache-kept"

KEEPS = (
    ("FROM maven:3\nRUN mvn package\nCMD mvn jetty:run\n", "line 3 builds with this cache"),
    ("FROM golang:1.22\nONBUILD RUN go build -o /app .\nRUN go install ./...\n", "line 2 builds with this cache"),
    ("FROM golang:1.22\nRUN go install std\n", (" std", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that leaves such a cache, at the last command that fills it."""
    for stage in facts.shipping:
        for run, filled in filled_caches(stage):
            if filled.cache.read_by:
                message = f"{filled.tool.name}'s cache stays in this layer"
                yield attempt(RULE, message, filled.last, partial(_cleared, run, filled))


def _cleared(run: Run, filled: Filled) -> Offer:
    cache = filled.cache
    if line := _read_later(run, cache):
        raise Refusal(f"line {line} builds with this cache")
    for other in missed_later(run, filled.tool, cache):
        raise Refusal(f"line {other.instruction.line} removes the cache, and fails where there is none")
    # What comes behind it in the same RUN may still read such a cache.
    fix = append_commands(run, [cleared(run, filled)])
    doubt = unsure(run, filled) or ("" if cache.refilled else _may_build(run))
    return Offer(fix, [doubt, cache_needed(run, filled.tool, cache)], cache.paths, cache.changes)


_WORDS = re.compile(rb"[^\s\"',;&|()\[\]]+")
_SCRIPTS = re.compile(rb".*\.sh|(?:bash|sh|ash|(?:docker-)?entrypoint|start|run|serve|boot)(?:[-_.].*)?")


def _read_later(run: Run, cache: Cache) -> int:
    """The line of the first later instruction, or trigger, that names a reader of the cache; 0 where none does."""
    stage = run.stage
    for owner, index in stage.later_where(run.at, (RULE, cache.read_by), partial(_reads, cache)):
        return owner.instructions[index].line
    triggers = (at for at in stage.once("triggers", _triggers) if _reads(cache, stage, at))
    return next((stage.instructions[at].line for at in triggers), 0)


def _triggers(stage: StageFacts) -> list[int]:
    return [at for at, instruction in enumerate(stage.instructions) if instruction.keyword == "ONBUILD"]


def _reads(cache: Cache, stage: StageFacts, at: int) -> bool:
    instruction = stage.instructions[at]
    if instruction.keyword not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD"):
        return False
    run = stage.run_at(at)
    commands = run.script.commands if run is not None and run.script else ()
    texts = [one.normal for one in commands if not any(clears_any(tool, one) for tool in stage.facts.tools)]
    words = (word for text in (texts if commands else [instruction.code]) for word in _WORDS.findall(text))
    return not cache.read_by.isdisjoint(word.rsplit(b"/", 1)[-1] for word in words)


def _may_build(run: Run) -> str:
    """Why the image may build again where nothing shows it; empty where what it runs is known."""
    for owner, index in run.stage.later_where(run.at, (RULE, "builds"), _builds):
        return _may_build_at(owner, index)
    known = any(run.stage.later_where(run.at, (RULE, "starts"), _starts))
    return "" if known else "nothing says what the image runs: it may be there to build"


def _builds(stage: StageFacts, at: int) -> bool:
    return bool(_may_build_at(stage, at))


def _starts(stage: StageFacts, at: int) -> bool:
    return stage.instructions[at].keyword in ("CMD", "ENTRYPOINT")


def _may_build_at(stage: StageFacts, at: int) -> str:
    instruction, run = stage.instructions[at], stage.run_at(at)
    words = _WORDS.findall(instruction.args) if _starts(stage, at) else ()
    if any(_SCRIPTS.fullmatch(word.rsplit(b"/", 1)[-1]) for word in words):
        return f"line {instruction.line} runs a script that may build again"
    if _starts(stage, at) and starts_unknown(instruction, stage):
        return f"line {instruction.line} runs a program that may build again"
    if run and (run.script is None or any(may_build(*one) for one in commands_of(run))):
        return f"line {instruction.line} runs code that may build again"
    return ""
