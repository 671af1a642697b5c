"""Clear the cache of a language's package manager in the RUN that filled it.

A `RUN npm cache clean --force`, `RUN conda clean -afy` or `RUN rm -rf ~/.cache/pip` of its own saves nothing: the layer
of the RUN above holds the cache, and a later layer can only hide it. The clean-up moves to the end of that RUN. pip
and uv are told to keep no cache in the first place, where that is all there is to clean up.

Before:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
RUN npm cache clean --force
COPY . .
```

After:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && npm cache clean --force
COPY . .
```

When it stays away: the RUN does more than clean up; where other instructions stand between the two, it removes more
than that cache, or does so as another user, in another home, or by another kind of shell; the RUN that filled the
cache ends in a way that nothing can follow safely. Then `package-cache-kept` and `download-cache-kept` clear each
cache where it was filled, and this clean-up stays. Unsafe where a comment describes the clean-up and would have to go
with it, and where a step between the two may need the cache.

Safety: the same packages are installed. What a step between the two puts into the cache stays visible in the image,
which is no bigger for it.

References: hadolint DL3042, DL3059, DL3060; npm-cache(1); docs.conda.io, *conda clean*; pip documentation, *Caching*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import clears_some
from ...optimizer.facts.packages import is_cleanup
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.caches import Filled, Kept, differs, is_all, left_in, needed_between, put_behind, without_cache
from ...optimizer.fixes.joining import comment_doubt, described, join_runs
from ...optimizer.fixes.scripts import combine, delete_run
from ...optimizer.knowledge.tools import Cache, CacheOption, Tool
from ...optimizer.knowledge.uses import language_caches, may_clear
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "cache-cleared-in-later-layer"

KEEPS = (
    ("FROM node:20\nRUN npm ci\nCOPY . .\nRUN rm -rf ~/.npm /tmp/*\n", "it removes more than the cache"),
    ("FROM node:20\nRUN npm ci\nUSER node\nRUN npm cache clean --force\n", "line 4 runs as another user"),
    ("FROM node:20\nRUN npm ci\nRUN npm test && npm cache clean --force\n", (" npm test &&", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only cleans up behind package managers of languages."""
    caches = [(tool, cache) for tool in facts.tools for cache in language_caches(tool)]
    for stage in facts.shipping if caches else ():
        for run in stage.runs:
            cleared = _cleared(run, caches)
            for maker in reversed(stage.runs) if cleared else ():
                if maker.at < run.at and (filled := left_in(maker, cleared)):
                    message = f"this clean-up leaves {filled[0].tool.name}'s cache in the layer that wrote it"
                    yield attempt(RULE, message, run.instruction, partial(_offer, facts, maker, run, filled))
                    break


def _cleared(run: Run, caches: list[tuple[Tool, Cache | CacheOption]]) -> list[tuple[Tool, Cache | CacheOption]]:
    """The caches that `run` clears; none if it does anything but clean up."""
    script = run.script
    if script is None or run.instruction.flags or not script.only_and or not script.is_plain or script.writes_files:
        return []
    if not any(may_clear(script, tool) for tool, _ in caches):
        return []
    found: list[tuple[Tool, Cache | CacheOption]] = []
    for command in script.commands:
        cleared = [(tool, cache) for tool, cache in caches if clears_some(tool, cache, command)]
        if not cleared and command.name != "rm" and not is_cleanup(run, command):
            return []
        found += cleared
    return found


def _offer(facts: Facts, maker: Run, run: Run, filled: list[Filled | Kept]) -> Offer:
    """The first of the ways to clean up above that is safe, or the first that there is."""
    ways = (_kept_out, _joined, _moved)
    offers: list[Offer] = []
    refusals: list[Refusal] = []
    for way in ways:
        try:
            offers.append(way(facts, maker, run, filled))
        except Refusal as refusal:
            refusals.append(refusal)
    if not offers:
        raise refusals[-1]
    return next((offer for offer in offers if not any(offer.doubts)), offers[0])


def _kept_out(facts: Facts, maker: Run, run: Run, filled: list[Filled | Kept]) -> Offer:
    """Nothing is kept that would have to be cleared: not by `maker`, the last RUN that does, nor by those above it."""
    kept = [(one.tool, one.cache) for one in filled if isinstance(one, Kept)]
    if len(kept) != len(filled) or not is_all(run, filled):
        raise Refusal("it removes more than the cache")
    offers = [
        without_cache(other, use, one.cache)
        for other in run.stage.runs
        for one in (left_in(other, kept) if other.at <= maker.at else ())
        if isinstance(one, Kept)
        for use in one.uses
    ]
    fix = combine(delete_run(facts.document, run), *(offer.fix for offer in offers))
    paths, _ = differs(filled)
    return Offer(fix, [_comment(facts, run), *(doubt for offer in offers for doubt in offer.doubts)], paths, paths)


def _joined(facts: Facts, maker: Run, run: Run, filled: list[Filled | Kept]) -> Offer:
    """The clean-up at the end of the RUN right above it."""
    if _comment(facts, run) and not described(facts.document, run):
        raise Refusal("the comment above it is about what follows too")
    fix = join_runs(facts.document, [maker, run])
    if fix.adds:
        raise Refusal("`cd` in the first would reach the second")
    return Offer(fix, [comment_doubt(facts.document, run)], *differs(filled))


def _moved(facts: Facts, maker: Run, run: Run, filled: list[Filled | Kept]) -> Offer:
    """The clean-up behind the command that filled the cache."""
    needed = needed_between(maker, run, filled)
    comments = described(facts.document, run)
    put = put_behind(maker, filled, [command.normal for command in readable(run).commands], comments)
    fix = combine(delete_run(facts.document, run, comments=bool(comments)), put)
    return Offer(fix, [comment_doubt(facts.document, run) if comments else "", needed], *differs(filled))


def _comment(facts: Facts, run: Run) -> str:
    return "the comment above it would go with it" if facts.document.comments_above(run.instruction) else ""
