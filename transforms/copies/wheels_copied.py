"""Show pip the wheels that another stage built, without storing them.

`COPY --from=build /wheels /wheels` stores the wheels in a layer of its own, and `pip install` what is in them again. A
bind mount shows them to the RUN that installs them, and to nothing else.

Before:

```dockerfile
FROM python:3.12 AS build
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl
```

After:

```dockerfile
FROM python:3.12 AS build
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \\
    pip install --no-cache-dir /wheels/*.whl
```

When it stays away: a RUN removes them, which `input-copied` is about; the directory is not called after wheels; the
COPY has other flags; anything but pip reads them; something else names the directory, brings something to it or takes
it to another stage; the RUN is a heredoc, or has a mount there; `--builder classic`, which has no mounts; the stage
does not ship. It is unsafe where the base image may have something of that name, where the RUN starts a program that
nobody knows or a later one runs pip, and where what a container starts names the directory or is not shown.

Safety: the same packages are installed; only the wheels are missing.

References: BuildKit's Dockerfile reference, *RUN --mount=type=bind*; pip documentation, *pip wheel*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.inputs import wheels_of
from ...optimizer.facts.stages import Facts, StageFacts
from ...optimizer.fixes.scripts import add_run_flags, combine, delete_instruction
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "wheels-copied"

_FROM = "FROM python:3.12 AS b\nRUN x\nFROM python:3.12\nCOPY --from=b /wheels /wheels\n"
KEEPS = (
    (_FROM + "RUN pip install /wheels/*.whl\nRUN pip install /wheels/a.whl\n", "line 6 may have to do with it"),
    (_FROM + "RUN pip install /wheels/*.whl && rm -rf /wheels\n", (" && rm -rf /wheels", "")),
    (_FROM + "RUN pip install /wheels/*.whl && cp -r /wheels /x\n", (" && cp -r /wheels /x", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every COPY of wheels that one RUN installs, and nothing removes."""
    if facts.builder == "classic":
        return
    for stage in facts.shipping:
        for at, instruction in enumerate(stage.instructions):
            if instruction.keyword == "COPY" and instruction.flag("from"):
                message = "the wheels stay in the layer that copies them"
                finding = attempt(RULE, message, instruction, partial(_mounted, facts, stage, at))
                if finding.reason != _OTHER:
                    yield finding


_OTHER = "they are no wheels that pip alone installs"


def _mounted(facts: Facts, stage: StageFacts, at: int) -> Offer:
    found = wheels_of(stage, at)
    if found is None:
        raise Refusal(_OTHER)
    from ...optimizer.facts.runtime import wanted_at_run_time

    mount = add_run_flags(found.run, f"--mount=type=bind,{found.mount}")
    doubts = [*found.doubts, wanted_at_run_time(stage, found.path)]
    return Offer(
        combine(delete_instruction(facts.document, found.copy), mount), doubts, removes=(f"{found.path}/**", found.path)
    )
