"""Tell pip and uv to keep no cache.

pip stores every wheel it downloads or builds below `~/.cache/pip`, and uv below `~/.cache/uv`. Nothing reads them again
in the image. `pip install --no-cache-dir` and `uv sync --no-cache` never write them.

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
cache lies on a mount; the RUN removes it; something asks `pip cache` for it or copies it. Where the distribution's own
pip may be older than 6.0 (Ubuntu before 16.04, Debian before 9, or a base image that does not tell), the option may be
unknown to it, and the rewrite is unsafe.

Safety: the same packages are installed; only the caches are missing.

References: hadolint DL3042; pip documentation, *Caching*; docs.astral.sh/uv, *Caching*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.stores import cleared_later, removed_later, settled
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.images import Image
from ...optimizer.knowledge.tools import CacheOption, load_tool
from ...optimizer.knowledge.uses import Use, clears, leaves_cache, use_of, uses
from ...optimizer.rules.finding import Finding, Offer, attempt

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
    "FROM python:3.12\nRUN echo pip install flask\n",
    "FROM python:3.12\nRUN sh -c 'pip install flask'\n",
    "FROM python:3.12\nRUN xargs pip install < list.txt\n",
    "FROM python:3.12\nRUN uv pip install --no-cache flask && pipx install black && pip list\n",
    "FROM python:3.12\nENV UV_NO_CACHE=1\nRUN uv sync\n",
    "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/uv uv sync\n",
    "FROM python:3.12\nRUN uv pip list && uv tool list && uv venv\n",
    'FROM python:3.12\nRUN ["pip", "install", "flask"]\n',
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every command that leaves a cache."""
    for stage in facts.shipping:
        for tool in facts.tools:
            option = tool.cache_option
            if option is None or tool.package_index is not None or settled(option.settled, stage):
                continue
            for run in stage.runs:
                for use in uses(run.script, tool) if run.script else ():
                    if leaves_cache(use, option) and not _is_cleared(run, use, option):
                        message = f"{tool.name} keeps its cache in this layer"
                        yield attempt(RULE, message, use.command, partial(_without_cache, run, use, option))


def _is_cleared(run: Run, use: Use, option: CacheOption) -> bool:
    """Whether the cache lies on a mount, the RUN itself removes it, or a later one fails where there is none."""
    tool = use.tool
    if any(run.mounted(path.removesuffix("/**")) for path in option.paths if "*" not in path[:-2]):
        return True
    if any(tool.name in mount["target"] or ".cache" in mount["target"] for mount in run.mounts):
        return True
    if any(clears(tool, option, command) for command in (run.script.commands if run.script else ())):
        return True
    # `pip cache purge` of nothing fails in some versions.
    later = (command for _, command in cleared_later(run, tool, option))
    return removed_later(run, tool, option) or any(use_of(tool, command) for command in later)


def _without_cache(run: Run, use: Use, option: CacheOption) -> Offer:
    after = use.behind[0] if use.verb.value in option.second else use.verb  # `uv pip install` is one of two words
    doubt = _may_be_old(run, use.command) if use.tool.may_be_old else ""
    return Offer(add_option(use.command, after, option.option), [doubt], removes=option.paths)


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
    chain = run.stage.chain()
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


def _upgrades_pip(command: Command) -> bool:
    words = [value or "" for value in command.values()]
    if any("get-pip" in word for word in words) or (command.name.startswith("easy_install") and "pip" in words):
        return command.name not in ("curl", "wget", "rm", "echo")

    use = use_of(load_tool("pip"), command)
    return use is not None and use.verb.value == "install" and any(_NEW_PIP.fullmatch(word) for word in words)
