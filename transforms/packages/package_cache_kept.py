"""Clear the cache of npm, Composer, conda and others in the RUN that filled it.

npm keeps every package that it downloads below `~/.npm`, Composer below `~/.composer`, conda in its `pkgs` directory,
gem and Bundler in a `cache` directory beside the gems, cpan in `~/.cpan`, pecl in `/tmp/pear`; Bower, nvm, opam, mix
and the Hugging Face hub's command keep one too. They have no option that keeps no cache, and nothing reads it again in
the image. Cleared right behind the command that filled it, it never gets into a layer.

Before:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
CMD ["node", "server.js"]
```

After:

```dockerfile
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci && npm cache clean --force
CMD ["node", "server.js"]
```

apt keeps what it downloads once a Dockerfile has removed `docker-clean`, the setting of the official Debian and Ubuntu
images against that.

When it stays away: the file names the cache anywhere (to copy it, to put it elsewhere); it lies on a mount, which one
in the home of another user is not; the RUN clears it; the command reads from it (`--offline`); gem and Bundler on a
base image that does not tell where they keep it; the command stands in a branch or its failure is ignored. Where npm
itself has been replaced by another version, that one may not run with the Node.js that is there, so the rewrite is
unsafe; so it is for yarn unless an option or yarn.lock shows that it is Yarn 1, because later ones run programs from
the cache; and where a later step, the image's command or a file of the build context may need it.

What they leave was measured in builds for npm, pnpm, gem, cpanm and pipx; for the others, which could not be had where
dfopt is tested, it is taken from the manuals below.

Safety: the same packages are installed; only the cache is missing, and npm's log of the clearing is new.

References: hadolint DL3060; npm-cache(1); classic.yarnpkg.com, *yarn cache*; getcomposer.org, *clear-cache*;
docs.conda.io, *conda clean*; python-poetry.org, *cache-dir*; pipenv.pypa.io, *Configuration*; pnpm.io, *Settings*;
RubyGems guides; Bundler's *bundle install*; cpan(1), cpanm(1); PEAR Manual, *Configuration options*; bower.io, *API*;
opam-clean(1); huggingface.co, *Manage huggingface_hub cache-system*.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import cache_needed, in_vain
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.facts.stores import missed_later
from ...optimizer.fixes.caches import Filled, cleared, filled_caches, unsure
from ...optimizer.fixes.scripts import insert_behind
from ...optimizer.knowledge.tools import Tool
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "package-cache-kept"

KEEPS = (
    ("FROM node:20\nRUN npm ci || true\n", "its failure is ignored"),
    ("FROM python:3.12\nRUN gem install fpm\n", "where this base image has the cache is not known"),
    ("FROM node:20\nRUN if [ -f package.json ]; then npm ci; fi\n", "it stands inside another command"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that leaves such a cache, at the last command that fills it."""
    for stage in facts.shipping:
        for run, filled in filled_caches(stage):
            if not filled.cache.read_by:
                vain = in_vain(run, filled.tool, filled.cache)
                message = f"{filled.tool.name}'s cache stays in this layer{vain}"
                yield attempt(RULE, message, filled.last, partial(_cleared, run, filled))


def _cleared(run: Run, filled: Filled) -> Offer:
    cache = filled.cache
    for other in missed_later(run, filled.tool, cache):
        raise Refusal(f"line {other.instruction.line} removes the cache, and fails where there is none")
    fix = insert_behind(run, filled.last, cleared(run, filled))
    doubts = [
        unsure(run, filled),
        cache.doubt_if_replaced if cache.doubt_if_replaced and _is_replaced(run, filled) else "",
    ]
    return Offer(fix, [*doubts, cache_needed(run, filled.tool, cache)], cache.paths, cache.changes)


def _is_replaced(run: Run, filled: Filled) -> bool:
    """Whether the tool installs another version of itself anywhere in the stages that the RUN is built on."""
    return any(
        stage.once((RULE, filled.tool.name), partial(_replaces, filled.tool)) for stage in run.stage.lineage_above()
    )


def _replaces(tool: Tool, stage: StageFacts) -> bool:
    return any(
        posixpath.basename(name) in tool.commands and any(w.partition("@")[0] == tool.name for w in words)
        for run in stage.runs
        for name, *words in _commands(run)
    )


def _commands(run: Run) -> Iterator[Sequence[str]]:
    """The name and the words of every command of a RUN; an exec form is one."""
    if run.instruction.json:
        yield run.instruction.json
    for command in run.script.commands if run.script else ():
        yield [command.name, *(word.value or "" for word in command.argv[1:])]
