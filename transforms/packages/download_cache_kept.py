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

A `pip cache purge` in a later RUN may fail where there is nothing to purge (before pip 21.2), so it goes as well.

When it stays away: the option, `--cache-dir`, `PIP_NO_CACHE_DIR` or a `pip.conf` settles the matter already; the
cache lies on a mount; the RUN removes it, and does not only seem to (`rm -rf "~/.cache"`); something asks `pip cache`
for it or copies it. Where the distribution's own
pip may be older than 6.0 (Ubuntu before 16.04, Debian before 9, or a base image that does not tell), the option may be
unknown to it, and the rewrite is unsafe; so it is where a later step, the image's command or a file of the build
context may need the cache.

Safety: the same packages are installed; only the caches are missing.

References: hadolint DL3042; pip documentation, *Caching*; docs.astral.sh/uv, *Caching*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import in_vain
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.stores import missed_later, settled
from ...optimizer.fixes.caches import leaving, without_cache, without_purges
from ...optimizer.fixes.scripts import combine
from ...optimizer.knowledge.tools import CacheOption
from ...optimizer.knowledge.uses import Use, leaves_cache, uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "download-cache-kept"

KEEPS = (
    ("FROM python:3.12\nRUN pip install flask && rm -rf ~/.cache/pip\n", (" &&", "")),
    ("FROM python:3.12\nRUN pip install flask\nRUN rm -r /root/.cache/pip\n", "line 3 clears the cache, and may fail"),
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
                for use in leaving(run, tool, option):
                    message = f"{tool.name} keeps its cache in this layer{in_vain(run, tool, option)}"
                    yield attempt(RULE, message, use.command, partial(_without_cache, run, use, option))


def _without_cache(run: Run, use: Use, option: CacheOption) -> Offer:
    """The option, and where a later step would fail without a cache, not that step and the option wherever it works."""
    offer = without_cache(run, use, option)
    missed = missed_later(run, use.tool, option)
    if not missed:
        return offer
    stage = run.stage
    gone = [without_purges(other, use.tool, option) for other in missed if other.stage is stage]
    if len(gone) != len(missed):
        raise Refusal(f"line {missed[-1].instruction.line} clears the cache, and may fail where there is none")
    runs = [other for other in stage.runs if other.at <= missed[-1].at]
    offers = [
        without_cache(other, one, option)
        for other in runs
        for one in (uses(other.script, use.tool) if other.script else ())
        if leaves_cache(one, option)
    ]
    doubts = [doubt for one in offers for doubt in one.doubts]
    return offer._replace(fix=combine(*gone, *(one.fix for one in offers)), doubts=doubts, changes=option.paths)
