"""Clear the cache of npm, Composer, Cargo and others in the RUN that filled it.

npm keeps every package that it downloads below `~/.npm`, Composer below `~/.composer`, conda in its `pkgs` directory,
gem and Bundler in a `cache` directory beside the gems, Cargo in its registry, Maven in `~/.m2/repository`, Gradle in
`~/.gradle/caches`, cpan in `~/.cpan`, Go every object file below `~/.cache/go-build` and every module in its module
cache. They have no option that keeps no cache, and nothing reads it again in the image. Cleared right behind the
command that filled it, it never gets into a layer.

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

When it stays away: the file names the cache anywhere (to clear it, to copy it, to put it elsewhere); it lies on a
mount; the command reads from it (`--offline`); a later step, a trigger or the image's own command builds with Go,
Cargo, Maven or Gradle and would have to fetch or compile everything again; Gradle without `--no-daemon`, whose daemon
still uses it; gem and Bundler on a base image that does not tell where they keep it; the command stands in a branch
or its failure is ignored. Where npm itself has been replaced by another version, that one may not run with the
Node.js that is there, so the rewrite is unsafe; so it is for yarn unless an option shows that it is Yarn 1, because
later ones run programs from the cache; for sbt; and for Cargo, Maven, Gradle and Go's modules where a script, or
nothing, says what the image runs.

What they leave was measured in builds for npm, pnpm, Go, gem, cpanm and pipx; for the others, which could not be had
where dfopt is tested, it is taken from the manuals below.

Safety: the same packages are installed; only the cache is missing, and npm's log of the clearing is new.

References: hadolint DL3060; npm-cache(1); classic.yarnpkg.com, *yarn cache*; getcomposer.org, *clear-cache*;
docs.conda.io, *conda clean*; python-poetry.org, *cache-dir*; pipenv.pypa.io, *Configuration*; cmd/go, *Build and test
caching*; Go Modules Reference, *Module cache*; The Cargo Book, *Cargo Home*; maven.apache.org, *Introduction to
Repositories*; docs.gradle.org, *Gradle-managed Directories*; pnpm.io, *Settings*; RubyGems guides; Bundler's *bundle
install*; cpan(1), cpanm(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.needs import cleared_later, runs_unknown, settled
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.scripts import append_commands, insert_behind
from ...optimizer.knowledge.tools import Tool, Use, clears, present, use_of
from ...optimizer.rules.finding import Finding

RULE = "package-cache-kept"
TOOLS = (
    "npm", "yarn", "pnpm", "composer", "conda", "mamba", "micromamba", "poetry", "pipenv", "pipx", "gem", "bundle",
    "go", "gomod", "cargo", "mvn", "gradle", "sbt", "cpan", "cpanm", "luarocks", "littler",
)  # fmt: skip

KEEPS = (
    "FROM perl:5-slim\nUSER me\nRUN cpanm --sudo Digest::SHA1\n",
    "FROM node:20\nRUN npm ci && npm cache clean --force\n",
    "FROM node:20\nRUN npm ci && rm -rf ~/.npm\n",
    "FROM node:20\nRUN npm ci\nRUN npm cache clean --force\n",
    "FROM node:20\nRUN npm ci && npm cache verify\n",
    "FROM node:20\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    "FROM node:20\nENV npm_config_cache=/tmp/npm\nRUN npm ci\n",
    "FROM node:20\nRUN npm ci --cache /tmp/npm\n",
    "FROM node:20 AS build\nRUN npm ci\nFROM node:20\nCOPY --from=build /app /app\n",
    "FROM node:20\nRUN npm run build\n",
    "FROM node:20\nRUN npm ci || true\n",
    "FROM node:20\nRUN if [ -f package.json ]; then npm ci; fi\n",
    "FROM node:20\nRUN echo npm ci\n",
    "FROM node:20\nRUN npm install --offline\n",
    "FROM node:20\nRUN yarn install && yarn cache clean\n",
    "FROM node:20\nRUN corepack enable && yarn install --production\n",
    "FROM node:20\nRUN yarn run build --production\n",
    "FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean -afy\n",
    "FROM python:3.12\nRUN poetry install --no-cache\n",
    'FROM golang:1.22\nRUN go build ./...\nCMD ["go", "run", "."]\n',
    "FROM golang:1.22\nRUN go install std\n",
    "FROM golang:1.22\nRUN --mount=type=cache,target=/root/.cache/go-build go build -o /app .\n",
    "FROM golang:1.22\nONBUILD RUN go build -o /app .\nRUN go install ./...\n",
    "FROM rust:1.80\nRUN cargo fetch\nRUN cargo build --release\nCMD cargo run\n",
    'FROM rust:1.80\nENV CARGO_HOME=/cargo\nRUN cargo install ripgrep\nCMD ["rg"]\n',
    "FROM maven:3\nCOPY settings.xml /root/.m2/\nRUN mvn package\nCMD java -jar app.jar\n",
    "FROM maven:3\nRUN mvn package\nCMD mvn jetty:run\n",
    "FROM gradle:8\nRUN gradle build\nCMD java -jar app.jar\n",
    "FROM node:20\nRUN pnpm store prune && pnpm install\n",
    "FROM python:3.12\nRUN gem install fpm\n",
    "FROM ruby:3.3\nRUN bundle config set path vendor/bundle && bundle install\n",
    "FROM perl:5\nRUN cpanm Moose && rm -rf ~/.cpanm\n",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that leaves such a cache, at the last command that fills it."""
    for stage in facts.shipping:
        tools = [
            tool for tool in present(stage.source.data, TOOLS) if not settled(tool.cache_settled, facts.document, stage)
        ]
        for run in stage.runs:
            filled = [
                (tool, last)
                for tool in tools
                if (last := _last_filling(run, tool)) and not _cleared_by_another(run, tool)
            ]
            for tool, last in filled:
                if not any(one.start > last.start and _does_as_well(run, tool, other) for other, one in filled):
                    yield _finding(run, tool, last)


def _does_as_well(run: Run, tool: Tool, other: Tool) -> bool:
    """Whether what clears the cache of `other` clears that of `tool` too, as Bundler's does for gem."""
    mine, its = (set(_clear_command(run, one).split()) for one in (tool, other))
    return tool is not other and bool(mine) and mine <= its


def _cleared_by_another(run: Run, tool: Tool) -> bool:
    """Whether a later RUN clears this cache; one that clears but what it filled itself leaves this layer as it is."""
    return any(not any(_fills(tool, command) for command in script.commands) for script, _ in cleared_later(run, tool))


def _last_filling(run: Run, tool: Tool) -> Command | None:
    """The last command of `run` that fills the cache, where nothing clears or mounts it."""
    if run.script is None or any(mount["type"] != "bind" for mount in run.mounts):
        return None
    if any(clears(tool, command) for command in run.script.commands):
        return None
    found = [command for command in run.script.commands if _fills(tool, command)]
    return found[-1] if found else None


def _fills(tool: Tool, command: Command) -> bool:
    use = use_of(tool, command)
    words = [word.value or "" for word in command.argv[1:]]
    if any(word.split("=")[0] in tool.cache_without for word in words):
        return False
    if tool.cache_needs and tool.cache_needs not in words:
        return False
    if "*" in tool.cache_fills:
        return use is not None
    if use is None:  # `yarn` alone installs
        plain = command.name in tool.commands and "" in tool.cache_fills
        return plain and all(word.startswith("-") for word in words) and not {"--version", "-v", "--help"} & {*words}
    return use.verb.value in tool.cache_fills and not _is_something_else(use)


def _is_something_else(use: Use) -> bool:
    """A subcommand of two words that fetches nothing: ``yarn global list``, ``conda env list``."""
    words = [word.value for word in use.command.argv if word.value and not word.value.startswith("-")]
    following = words[words.index(use.verb.value or "") + 1 :][:1]
    two = {"global": ("add", "require", "install", "update", "upgrade"), "env": ("create", "update")}
    allowed = two.get(use.verb.value or "")
    return allowed is not None and not set(following) & set(allowed)


def _finding(run: Run, tool: Tool, last: Command) -> Finding:
    message = f"{tool.name}'s cache stays in this layer"
    if line := _read_later(run, tool):
        return Finding(RULE, message, last.start, last.end, None, reason=f"line {line} builds with this cache")
    clear = _clear_command(run, tool)
    if not clear:
        reason = "where this base image has the cache is not known"
        return Finding(RULE, message, last.start, last.end, None, reason=reason)
    spelled = (b"sudo " if last.sudo else b"") + last.argv[0].raw
    text = clear.encode().replace(b"{name}", spelled)
    if last.sudo and not text.startswith(b"sudo "):
        text = b"sudo " + text
    try:
        if last.sudo and b"~" in text:
            raise Refusal("sudo may have another home than the shell")
        # What comes behind it in the same RUN may still read such a cache.
        fix = append_commands(run, [text]) if tool.cache_read_by else insert_behind(run, last, text)
    except Refusal as refusal:
        return Finding(RULE, message, last.start, last.end, None, reason=str(refusal))
    reason = _doubt(run, tool, last)
    safety = "unsafe" if reason else "safe"
    return Finding(RULE, message, last.start, last.end, fix, safety, reason, tool.cache, tool.cache_changes)


def _clear_command(run: Run, tool: Tool) -> str:
    """What clears the cache on this base image; empty where that is not known."""
    image = run.stage.image
    names = {image.name.rsplit("/", 1)[-1], *(image.release or ())[:1]} if image else set[str]()
    return next((command for name, command in tool.cache_clear_on if name in names), tool.cache_clear)


def _read_later(run: Run, tool: Tool) -> int:
    """The line of the first later instruction, or trigger, that names a reader of the cache; 0 where none does."""
    later = [owner.instructions[index] for owner, index in run.stage.later(run.at)]
    later += (item for item in run.stage.instructions[: run.at] if item.keyword == "ONBUILD")
    for instruction in later:
        if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT", "ONBUILD"):
            words = {word.rsplit(b"/", 1)[-1] for word in _WORDS.findall(instruction.code)}
            if not tool.cache_read_by.isdisjoint(words):
                return instruction.line
    return 0


_WORDS = re.compile(rb"[^\s\"',;&|()\[\]]+")
_SCRIPTS = re.compile(rb".*\.sh|(?:bash|sh|ash|(?:docker-)?entrypoint|start|run|serve|boot)(?:[-_.].*)?")


def _may_build(run: Run) -> str:
    """Why the image may build again where nothing shows it; empty where what it runs is known."""
    entries = 0
    for owner, index in run.stage.later(run.at):
        instruction = owner.instructions[index]
        if instruction.keyword in ("CMD", "ENTRYPOINT"):
            entries += 1
            if any(_SCRIPTS.fullmatch(word.rsplit(b"/", 1)[-1]) for word in _WORDS.findall(instruction.args)):
                return f"line {instruction.line} runs a script that may build again"
        later = owner.run_at(index)
        if later and (later.script is None or any(runs_unknown(command) for command in later.script.commands)):
            return f"line {instruction.line} runs code that may build again"
    return "" if entries else "nothing says what the image runs: it may be there to build"


_YARN_1 = frozenset(("--production", "--prod", "--pure-lockfile", "--ignore-optional", "--non-interactive", "global"))


def _doubt(run: Run, tool: Tool, last: Command) -> str:
    """Why clearing the cache might fail, or might take what is needed; empty where neither can be."""
    words = [word.value or "" for word in last.argv[1:]]
    if tool.cache_doubt:
        return tool.cache_doubt
    if tool.cache_read_by and tool.name != "go":  # Go would only compile again
        return _may_build(run)
    if tool.name == "yarn" and _YARN_1.isdisjoint(words):
        return "this may be Yarn 2 or later, which runs programs from its cache"
    if tool.name == "npm" and _replaces_npm(run):
        return "npm has been replaced by a version that may not run with this Node.js"
    return ""


def _replaces_npm(run: Run) -> bool:
    stage = run.stage
    while stage is not None:
        for other in stage.runs:
            for command in other.script.commands if other.script else ():
                words = [word.value or "" for word in command.argv[1:]]
                if command.name == "npm" and any(word == "npm" or word.startswith("npm@") for word in words):
                    return True
        stage = stage.parent
    return False
