"""Keep package indexes and caches on cache mounts, outside the image.

What lies on a `RUN --mount=type=cache` never gets into a layer, and is there again for the next build: the image is as
small as with everything cleared, and a rebuild downloads only what is new. This is for those who prefer it: it is made
with `--prefer cache-mounts`, and then takes the place of clearing.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

After:

```dockerfile
FROM debian:12
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y --no-install-recommends curl
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

Clean-ups of what is now on a mount go: they would empty it. `docker-clean`, the setting of the official Debian and
Ubuntu images that deletes every downloaded package, goes in the first RUN that installs, if all that install after it
have the mounts too; images built on this one then keep what they download. Package managers of the distribution lock
their mounts, because two builds must not write them at once.

When it stays away: `--builder classic`; the RUN has a mount there, is a heredoc, or needs an index that another
layer fetched; a setting puts the cache elsewhere; the user is not root, or the home directory is not root's; something
else uses the directory; the tool keeps its cache where the base image does not tell, or links what it installs to it
(conda, pnpm).

Safety: the same packages are installed. The first build fills the mounts; a build on another machine starts afresh.

References: Docker's *Optimize cache usage in builds*; BuildKit's Dockerfile reference, *RUN --mount=type=cache*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Unit, Word
from ...optimizer.facts.needs import index_need, later_need, refreshes_itself, removed_later
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.fixes.operands import drop_operands
from ...optimizer.fixes.scripts import add_run_flags, combine, drop_units, prepend_command
from ...optimizer.knowledge.tools import Tool, Use, present, use_of, uses
from ...optimizer.rules.finding import Finding, Fix

RULE = "cache-not-mounted"

KEEPS = (
    "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt"
    " apt-get update && apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get install -y git\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl; rm -rf /var/lib/apt/lists/*\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/*\n",
    "FROM debian:12\nRUN apt-get clean && apt-get update && apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl && ls /var/cache/apt\n",
    "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n",
    "FROM python:3.12\nUSER app\nRUN pip install flask\n",
    "FROM python:3.12\nENV HOME=/srv\nRUN pip install flask\n",
    "FROM team/python:3.12\nRUN pip install flask\n",
    "FROM alpine:3.20\nRUN apk add --no-cache curl\n",
    "FROM dnfbase\nRUN dnf install -y curl && dnf clean all\n",
    "FROM maven:3\nRUN mvn package\nCMD mvn jetty:run\n",
)

TOOLS = ("apt", "dnf", "yum", "zypper", "apk", "pip", "uv", "npm", "go", "cargo", "mvn", "poetry", "pipenv")
_ELSEWHERE = re.compile(
    rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|UV_NO_CACHE|UV_CACHE_DIR|(?i:npm_config_cache)|GOCACHE|CARGO_HOME|XDG_CACHE_HOME"
    rb"|maven\.repo\.local|POETRY_CACHE_DIR|POETRY_NO_CACHE|PIPENV_CACHE_DIR|--cache-dir|pip\.conf"
    rb"|(?m:^\s*ENV\s[^\n]*\bHOME\b)"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN and tool whose index or cache could lie on mounts."""
    if facts.builder == "classic" or _ELSEWHERE.search(facts.document.source.data):
        return
    for stage in facts.shipping:
        for tool in present(stage.source.data, TOOLS):
            for run in stage.runs:
                if _fills(run, tool) and not any(run.mounted(path) for path in _directories(run, tool)):
                    yield _finding(facts, run, tool)


def _fills(run: Run, tool: Tool) -> bool:
    """Whether `run` would write to the mounts."""
    if run.script is None or run.script.heredoc:
        return False
    if tool.name == "apk" and not any(
        use.action == "refresh" or (refreshes_itself(use) and "--no-cache" not in use.options)
        for use in uses(run.script, tool)
    ):
        return False
    for use in uses(run.script, tool):
        if use.action == "install" or use.verb.value in tool.cache_fills or use.verb.value in tool.no_cache_for:
            return True
    return False


def _directories(run: Run, tool: Tool) -> tuple[str, ...]:
    """Where `tool` has its index and cache on this base image; empty where that is not certain."""
    image = run.stage.image
    release = image.release if image else None
    if tool.name in ("dnf", "yum"):
        if release is None or release[0] not in ("fedora", "centos", "rhel"):
            return ()
        if release >= ("fedora", (41,)) and release[0] == "fedora":
            return ("/var/cache/libdnf5",)
        old = release[0] != "fedora" and release[1] < (8,)
        return ("/var/cache/yum",) if old else ("/var/cache/dnf",)
    if tool.name == "cargo":
        return ("/usr/local/cargo/registry",) if image and image.name == "rust" else ()
    in_home = tool.mounts[0].startswith("/root/")
    return () if in_home and not _is_root(run) else tool.mounts


def _is_root(run: Run) -> bool:
    """Whether `run` runs as root with root's home: the last USER says so, or an official image starts that way."""
    instructions, stage = run.stage.instructions[: run.at], run.stage
    while stage.parent is not None:
        stage = stage.parent
        instructions = (*stage.instructions, *instructions)
    for instruction in reversed(instructions):
        if instruction.keyword == "USER":
            return instruction.args.strip() in (b"root", b"0", b"root:root", b"0:0")
    return stage.image is not None and "/" not in stage.image.name


def _finding(facts: Facts, run: Run, tool: Tool) -> Finding:
    message = f"{tool.name}'s index or cache could be kept outside the image"
    start, end = run.instruction.start, run.instruction.end
    directories = _directories(run, tool)
    if not directories:
        return Finding(RULE, message, start, end, None, reason="where this image has its cache is not known")
    try:
        _check(facts, run, tool, directories)
        options = ",sharing=locked" if tool.mounts_locked else ""
        flags = [f"--mount=type=cache,target={directory}{options}" for directory in directories]
        fixes = [*_without_cleanups(facts, run, tool, directories), add_run_flags(run, *flags)]
        if tool.name == "apt" and _is_first(facts, run, tool):
            sudo = any(use.command.sudo for use in uses(readable(run), tool))
            fixes.append(prepend_command(run, b"sudo " * sudo + _DOCKER_CLEAN, own_line=True))
        fix = combine(*fixes)
    except Refusal as refusal:
        return Finding(RULE, message, start, end, None, reason=str(refusal))
    removes = (*(f"{directory}/**" for directory in directories), *tool.index_paths, *tool.cache)
    changes = tuple(f"{directory}/**" for directory in directories)
    if tool.name == "apt":
        changes += ("/etc/apt/apt.conf.d/docker-clean",)
    return Finding(RULE, message, start, end, fix, removes=removes, changes=changes)


_DOCKER_CLEAN = b"rm -f /etc/apt/apt.conf.d/docker-clean"


def _check(facts: Facts, run: Run, tool: Tool, directories: tuple[str, ...]) -> None:
    """Raise `Refusal` where something else needs what would lie on the mounts, or may."""
    if tool.index_paths or tool.refresh:
        if not tool.fetches_itself and index_need(run, tool) != "no":
            raise Refusal("it needs an index that another layer fetched")
        need, line = later_need(run.stage, run.at, tool)
        if need != "no" and not tool.fetches_itself:
            raise Refusal(f"line {line} may need this index")
    if removed_later(run, tool):
        raise Refusal("a later step removes the cache and would fail where there is none")
    for owner, index in run.stage.later(run.at):
        instruction = owner.instructions[index]
        if instruction.keyword in ("CMD", "ENTRYPOINT", "ONBUILD") and tool.cache_read_by & {
            word.rsplit(b"/", 1)[-1] for word in re.findall(rb"[\w./-]+", instruction.code)
        }:
            raise Refusal(f"line {instruction.line} may read the cache")
    for instruction in facts.document.instructions:
        if instruction.keyword in ("COPY", "ADD") and any(
            directory.encode() in instruction.code for directory in directories
        ):
            raise Refusal(f"line {instruction.line} copies from or to the cache")


def _is_first(facts: Facts, run: Run, tool: Tool) -> bool:
    """Whether no RUN before this one installs, and every one after it can have the mounts."""
    if b"docker-clean" in facts.document.source.data:
        return False
    chain = [run.stage]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    earlier = [other for stage in chain for other in stage.runs if other.stage is not run.stage or other.at < run.at]
    if any(tool.mention.search(other.instruction.code) for other in earlier):
        return False
    later = [owner.run_at(index) for owner, index in run.stage.later(run.at)]
    for other in later:
        if other is None or not tool.mention.search(other.instruction.code):
            continue
        try:
            _check(facts, other, tool, tool.mounts)
            _without_cleanups(facts, other, tool, tool.mounts)
        except Refusal:
            return False
        if other.script is None or other.script.heredoc:
            return False
    return True


def _without_cleanups(facts: Facts, run: Run, tool: Tool, directories: tuple[str, ...]) -> list[Fix]:
    """What takes the clean-ups of the mounts, and the options against a cache, out of `run`."""
    script = readable(run)
    fixes: list[Fix] = []
    gone: list[list[Unit]] = []  # what goes as a whole, neighbours together
    for command in script.commands:
        use = use_of(tool, command)
        operands = [word for word in command.argv[1:] if not word.raw.startswith(b"-")]
        needless = list[Word]()
        if use is not None and _clears(use):
            needless = operands
        elif use is not None:
            options = {tool.no_cache} - {""} if tool.name != "apk" else set[str]()
            needless = [word for word in command.argv if word.value in options]
            operands = [*operands, *needless]
        elif command.name == "rm":
            needless = _mounted_paths(operands, directories)
        elif any(directory.encode() in word.raw for directory in directories for word in command.argv[1:]):
            raise Refusal(f"`{command.name}` uses {directories[0]}")
        if not needless:
            continue
        if command.guards:
            raise Refusal("a clean-up stands inside another command")
        if len(needless) < len(operands):
            fixes.append(drop_operands(facts.document, run, command, needless, 1)[0])
            continue
        at = next((n for n, unit in enumerate(script.units) if unit[:2] == (command.start, command.end)), None)
        if at is None:
            raise Refusal("a clean-up stands inside another command")
        if at == 0:
            raise Refusal("it starts with a clean-up")
        if gone and script.units[at - 1] is gone[-1][-1]:
            gone[-1].append(script.units[at])
        else:
            gone.append([script.units[at]])
    return [*fixes, *(drop_units(script, units) for units in gone)]


_CLEARS = re.compile(rb"cc|clear-?cache|cache (?:clean|purge|clear|rm)\b.*")


def _clears(use: Use) -> bool:
    """Whether all that a command does is to clear the index or cache; ``cargo clean`` and the like clear the build."""
    words = [word.raw for word in use.command.argv[1:] if not word.raw.startswith(b"-")]
    if use.tool.index_paths:
        return words in ([b"clean"], [b"autoclean"], [b"dist-clean"], [b"distclean"], [b"clean", b"all"])
    if use.tool.name == "go":
        return words == [b"clean"] and use.options == ["-cache"]
    return bool(_CLEARS.fullmatch(b" ".join(words)))


def _mounted_paths(operands: list[Word], directories: tuple[str, ...]) -> list[Word]:
    """The operands of an rm that lie on the mounts; `Refusal` where one is above them."""
    gone: list[Word] = []
    for word in operands:
        path = word.raw.decode("utf-8", "replace").strip("\"'").replace("~", "/root", 1)
        prefix = re.split(r"[*?\[{$]", path)[0].rstrip("/")
        if any(f"{prefix}/".startswith(f"{directory}/") for directory in directories):
            gone.append(word)
        elif any(f"{directory}/".startswith(f"{prefix}/") for directory in directories):
            raise Refusal(f"`{word.raw.decode('utf-8', 'replace')}` would empty the mount")
    return gone
