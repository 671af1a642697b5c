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
unknown to it, and the rewrite is unsafe; so it is where a later step, the image's command or a file of the build
context may need the cache.

Safety: the same packages are installed; only the caches are missing.

References: hadolint DL3042; pip documentation, *Caching*; docs.astral.sh/uv, *Caching*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.facts.caches import cache_needed, project_built_at_start, wheel_needed
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.stores import clears_itself_later, removed_later, settled
from ...optimizer.facts.versions import pip_may_be_old
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.tools import CacheOption, Tool, roots
from ...optimizer.knowledge.uses import Use, clears, leaves_cache, uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "download-cache-kept"

KEEPS = (
    ("FROM python:3.12\nRUN pip install flask && rm -rf ~/.cache/pip\n", (" &&", "")),
    ("FROM python:3.12\nRUN pip install flask\nRUN rm -r /root/.cache/pip\n", (" rm", "")),
    ("FROM python:3.12\nRUN echo pip install flask\n", (" echo", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every command that leaves a cache."""
    for stage in facts.shipping:
        for tool in facts.tools:
            option = tool.cache_option
            if option is None or tool.package_index is not None or settled(option.settled, stage):
                continue
            for run in stage.runs:
                leaving = [use for use in uses(run.script, tool) if leaves_cache(use, option)] if run.script else ()
                for use in leaving if leaving and not _is_cleared(run, tool, option) else ():
                    message = f"{tool.name} keeps its cache in this layer"
                    yield attempt(RULE, message, use.command, partial(_without_cache, run, use, option))


def _is_cleared(run: Run, tool: Tool, option: CacheOption) -> bool:
    """Whether the cache lies on a mount, the RUN itself removes it, or a later one fails where there is none."""
    if any(run.mounted(root) for root in roots(option) if "*" not in root):
        return True
    if any(tool.name in mount["target"] or ".cache" in mount["target"] for mount in run.mounts):
        return True
    if any(clears(tool, option, command) for command in (run.script.commands if run.script else ())):
        return True
    # `pip cache purge` of nothing fails in some versions.
    return removed_later(run, tool, option) or clears_itself_later(run, tool, option)


def _without_cache(run: Run, use: Use, option: CacheOption) -> Offer:
    after = use.behind[0] if use.verb.value in option.second else use.verb  # `uv pip install` is one of two words
    doubt = pip_may_be_old(run, use.command) if use.tool.may_be_old else ""
    doubts = [doubt, cache_needed(run, use.tool, option), _built(run, use)]
    return Offer(add_option(use.command, after, option.option), doubts, removes=option.paths)


def _built(run: Run, use: Use) -> str:
    """Why what the command makes may itself lie in the cache: a script's environment, or a wheel built from source."""
    if any(word.split("=")[0] in ("--script", "-s") for word in use.options) and use.tool.name == "uv":
        return "the environment of a script lies in the cache"
    if use.tool.name == "uv" and (line := project_built_at_start(run, use)):
        return f"line {line} may build the project when the image starts, with what lies in the cache"
    return wheel_needed(run, use.command, use.tool)
