"""Tell pip, uv and apk to keep no cache.

pip stores every wheel it downloads or builds below `~/.cache/pip`, uv below `~/.cache/uv`, and `apk add` the package
index below `/var/cache/apk`. Nothing reads them again in the image. `pip install --no-cache-dir`, `uv sync --no-cache`
and `apk add --no-cache` never write them; with the latter, `apk update` and `--update` have nothing left to do.

Before:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
```

After:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

When it stays away: the option, `--cache-dir`, `PIP_NO_CACHE_DIR` or a `pip.conf` settles the matter already; the
cache lies on a mount; the RUN removes it; something asks `pip cache` for it or copies it; Alpine older than 3.3,
whose apk has no such option; another `apk` command still reads the index that would go. Where the distribution's
own pip may be older than 6.0 (Ubuntu before 16.04, Debian before 9, or a base image that does not tell), the
option may be unknown to it, and the rewrite is unsafe.

Safety: the same packages are installed; only the caches are missing.

References: hadolint DL3042, DL3019; pip documentation, *Caching*; apk(8); Alpine 3.3 release notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.needs import cleared_later, later_need, removed_later, settled
from ...optimizer.facts.stages import Facts, Run, StageFacts, readable
from ...optimizer.fixes.scripts import add_option, combine, drop_unit, replace_word
from ...optimizer.knowledge.images import Image
from ...optimizer.knowledge.tools import Tool, Use, clears, present, use_of, uses
from ...optimizer.rules.finding import Finding, Fix

RULE = "download-cache-kept"

KEEPS = (
    "FROM python:3.12\nRUN pip install --no-cache-dir flask\n",
    "FROM python:3.12\nRUN pip --no-cache-dir install flask\n",
    "FROM python:3.12\nRUN pip install --cache-dir=/tmp/pip flask\n",
    "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n",
    "FROM python:3.12\nRUN PIP_NO_CACHE_DIR=off pip install flask\n",
    "FROM python:3.12\nCOPY pip.conf /etc/pip.conf\nRUN pip install flask\n",
    "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n",
    "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install flask\n",
    "FROM python:3.12\nRUN pip install flask && rm -rf ~/.cache/pip\n",
    "FROM python:3.12\nRUN pip install flask && pip cache purge\n",
    "FROM python:3.12 AS a\nRUN pip install flask\nFROM a\nCOPY --from=a /root/.cache /root/.cache\n",
    # An rm that fails where there is nothing to remove.
    "FROM python:3.12\nRUN pip install flask\nRUN rm -r /root/.cache/pip\n",
    "FROM alpine:3.20\nRUN apk add --update curl\nRUN rm /var/cache/apk/*\n",
    "FROM python:3.12\nRUN echo pip install flask\n",
    "FROM python:3.12\nRUN sh -c 'pip install flask'\n",
    "FROM python:3.12\nRUN xargs pip install < list.txt\n",
    "FROM python:3.12\nRUN uv pip install --no-cache flask && pipx install black && pip list\n",
    "FROM python:3.12\nENV UV_NO_CACHE=1\nRUN uv sync\n",
    "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/uv uv sync\n",
    "FROM python:3.12\nRUN uv pip list && uv tool list && uv venv\n",
    'FROM python:3.12\nRUN ["pip", "install", "flask"]\n',
    "FROM alpine:3.20\nRUN apk add --no-cache curl\n",
    "FROM alpine:3.20\nRUN apk update && apk add curl && rm -rf /var/cache/apk/*\n",
    "FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n",
    "FROM alpine:3.2\nRUN apk add --update curl\n",
    "FROM alpine:3.20\nRUN apk update && apk add curl && apk search git\n",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every command, or RUN of commands, that leaves a cache."""
    for stage in facts.shipping:
        for tool in present(stage.source.data, ("pip", "uv", "apk")):
            if settled(tool.no_cache_settled, facts.document, stage):
                continue
            for run in stage.runs:
                if run.script is None or _kept_elsewhere(run, tool) or _needed_by_its_clearing(run, tool):
                    continue
                everything = uses(run.script, tool)
                todo = [use for use in everything if _leaves_cache(use)]
                if tool.refresh:
                    # A refresh of its own RUN is another rule's.
                    installs = [use for use in everything if use.action == "install"]
                    if todo or (installs and any(use.action == "refresh" for use in everything)):
                        yield _whole_run(run, tool, everything, todo)
                elif todo and later_need(stage, run.at, tool)[0] == "no":
                    yield from (_one_command(run, use) for use in todo)


def _needed_by_its_clearing(run: Run, tool: Tool) -> bool:
    """Whether the tool itself clears the cache later: ``pip cache purge`` of nothing fails in some versions."""
    return any(use_of(tool, command) for _, command in cleared_later(run, tool))


def _kept_elsewhere(run: Run, tool: Tool) -> bool:
    """Whether the cache lies on a mount, or the RUN itself removes it."""
    if any(run.mounted(path.removesuffix("/**")) for path in tool.cache if "*" not in path[:-2]):
        return True
    if any(tool.name in mount["target"] or ".cache" in mount["target"] for mount in run.mounts):
        return True
    return run.script is not None and any(clears(tool, command) for command in run.script.commands)


def _leaves_cache(use: Use) -> bool:
    tool = use.tool
    if use.verb.value not in tool.no_cache_for:
        return False
    words = [word.raw.decode("utf-8", "replace") for word in use.command.argv]
    if any(word.startswith(tool.no_cache_like) for word in words):
        return False
    if tool.name == "uv" and use.verb.value in ("pip", "tool"):
        following = words[use.command.argv.index(use.verb) + 1 :][:1]
        if following not in (["install"], ["sync"], ["upgrade"]):
            return False
    if any(word in ("--root", "-p", "--initdb", "--no-network") for word in words) and tool.name == "apk":
        return False
    following = [word for word in words[use.command.argv.index(use.verb) + 1 :] if not word.startswith("-")]
    return not (following and all(word.endswith(".apk") for word in following))


def _settles(use: Use) -> bool:
    """Whether the command does without the index that a refresh leaves, as it is or once it has the option."""
    return use.tool.no_cache in use.options or _leaves_cache(use)


def _one_command(run: Run, use: Use) -> Finding:
    """Every command for itself: pip and uv."""
    words = use.command.argv
    after = use.verb
    if use.verb.value in ("pip", "tool"):  # uv's subcommands of two words
        after = words[words.index(use.verb) + 1]
    fix = add_option(use.command, after, use.tool.no_cache)
    message = f"{use.tool.name} keeps its cache in this layer"
    removes = use.tool.cache
    reason = _may_be_old(run, use.command) if use.tool.name == "pip" else ""
    if reason:
        return Finding(RULE, message, use.command.start, use.command.end, fix, "unsafe", reason, removes)
    return Finding(RULE, message, use.command.start, use.command.end, fix, removes=removes)


def _whole_run(run: Run, tool: Tool, everything: list[Use], todo: list[Use]) -> Finding:
    """apk: all uses in a RUN at once, because what the option makes needless goes with it."""
    script = readable(run)
    message = f"{tool.name} keeps its index in this layer"
    start, end = everything[0].command.start, everything[0].command.end

    def refuse(reason: str) -> Finding:
        return Finding(RULE, message, start, end, None, reason=reason)

    release = run.stage.image.release if run.stage.image else None
    if release and release[0] == "alpine" and release[1] < (3, 3):
        return refuse("apk before Alpine 3.3 has no --no-cache")
    refreshes = [use for use in everything if use.action == "refresh"]
    if any(use.action == "read" or (use.action == "install" and not _settles(use)) for use in everything):
        return refuse("another command of the RUN reads the index")
    need, line = later_need(run.stage, run.at, tool)
    made = refreshes or any(option in tool.no_cache_replaces for use in todo for option in use.options)
    if need == "yes" and (made or removed_later(run, tool)):
        return refuse(f"line {line} needs this index")
    fixes: list[Fix] = []
    try:
        for use in refreshes:
            unit = next((unit for unit in script.units if unit.start == use.command.start), None)
            if unit is None:
                return refuse("its refresh stands inside another command")
            fixes.append(drop_unit(script, unit))
    except Refusal as refusal:
        return refuse(f"its refresh stays: {refusal}")
    for use in todo:
        needless = next((word for word in use.command.argv if word.value in tool.no_cache_replaces), None)
        if needless is not None:
            fixes.append(replace_word(use.command, needless, tool.no_cache))
        else:
            fixes.append(add_option(use.command, use.verb, tool.no_cache))
    fix = combine(*fixes)
    if need == "maybe" and made:
        reason = f"line {line} runs code that may read this index"
        return Finding(RULE, message, start, end, fix, "unsafe", reason, tool.cache)
    return Finding(RULE, message, start, end, fix, removes=tool.cache)


_FLOATING = frozenset(("latest", "stable", "stable-slim", "testing", "sid", "unstable", "rolling", "devel", "edge"))
_FIRST_WITH_PIP_6 = {"ubuntu": (16, 4), "debian": (9,), "centos": (7,), "fedora": (22,), "alpine": (3, 3), "rhel": (7,)}
# Official images whose tags do not name a distribution: from these versions on it is Debian 9 or later.
_FIRST_ON_DEBIAN_9 = {
    "node": (10,),
    "golang": (1, 10),
    "ruby": (2, 5),
    "php": (7, 2),
    "openjdk": (10,),
    "rust": (1, 22),
}
_DISTRIBUTION_PIP = re.compile(rb"\bpy(?:thon)?[\d.]*-(?:pip|virtualenv)\b|\bvirtualenv\b")
_NEW_PIP = re.compile(r"pip(?:[=<>~!].*)?")
_NEW_OPTIONS = frozenset(("--break-system-packages", "--root-user-action=ignore", "--prefer-binary", "--use-pep517"))
_OLD = "the pip here may be older than 6.0, which has no --no-cache-dir"


def _may_be_old(run: Run, command: Command) -> str:
    """Why the pip that `command` runs may be older than 6.0; empty where it is not."""
    image = run.stage.image
    if (image is not None and _is_new(image)) or not _NEW_OPTIONS.isdisjoint(command.values()):
        return ""
    chain = _chain(run.stage)
    if (image is None or image.release is None) and not any(
        _DISTRIBUTION_PIP.search(r.instruction.code) for r in chain
    ):
        return ""  # the base image's own pip, and pip 6.0 is of 2014
    for other in chain:
        for earlier in other.script.commands if other.script else ():
            if earlier is command or (other.stage is run.stage and other.at > run.at):
                return _OLD
            if _upgrades_pip(earlier):
                return ""
    return _OLD


def _is_new(image: Image) -> bool:
    """Whether the name of a base image says that its distribution's pip is 6.0 or later."""
    if image.name.rsplit("/", 1)[-1] == "python":
        return True
    if image.release is not None:
        return image.release[1] >= _FIRST_WITH_PIP_6.get(image.release[0], (0,))
    if "/" not in image.name and image.tag in _FLOATING:
        return True
    version = re.match(r"\d+(?:\.\d+)?", image.tag)
    first = _FIRST_ON_DEBIAN_9.get(image.name)
    if version is None or first is None:
        return False
    return tuple(int(part) for part in version[0].split(".")) >= first


def _chain(stage: StageFacts) -> list[Run]:
    """The RUNs of the stages that `stage` is built on, and its own."""
    return [*(_chain(stage.parent) if stage.parent else ()), *stage.runs]


def _upgrades_pip(command: Command) -> bool:
    words = [value or "" for value in command.values()]
    if any("get-pip" in word for word in words) or (command.name.startswith("easy_install") and "pip" in words):
        return command.name not in ("curl", "wget", "rm", "echo")
    from ...optimizer.knowledge.tools import load_tool

    use = use_of(load_tool("pip"), command)
    return use is not None and use.verb.value == "install" and any(_NEW_PIP.fullmatch(word) for word in words)
