"""Leave build tools behind in a stage of their own.

Compilers, headers and build systems that a stage installs to build a program ship with it, often ten times as large
as the program. A second stage on a slim base, with the packages that the program needs to run and a COPY of what was
built, leaves them behind. What a program needs is not to be read off a Dockerfile: ``dfopt split`` builds the image,
looks at it, writes the second stage and proves it.

Before:

```dockerfile
FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends gcc make libc6-dev
COPY . /src
RUN make -C /src install
CMD ["tally"]
```

After:

```dockerfile
FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc make libc6-dev
COPY . /src
RUN make -C /src install

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/tally /usr/local/bin/tally
CMD ["tally"]
```

When it stays away: the RUN that installs the tools removes them again; the stage does not ship; what a container
starts is one of the tools.

Safety: manual. Nothing is rewritten; ``dfopt split`` shows the second stage.

References: BuildKit's manual, *Multi-stage builds*.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.packages import managed, removed
from ...optimizer.facts.runtime import started_at_run_time
from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.knowledge.runtime import TOOLCHAINS, only_builds
from ...optimizer.rules.finding import Finding

RULE = "build-tools-shipped"

KEEPS = (
    (
        "FROM alpine:3.20\nRUN apk add --no-cache gcc && make && apk del gcc\n",
        (" && apk del gcc", ""),
    ),
    (
        "FROM debian:12 AS build\nRUN apt-get install -y gcc\nFROM debian:12\nCOPY --from=build /a /a\n",
        (" AS build", ""),
    ),
    ("FROM debian:12\nRUN apt-get install -y curl\n", ("curl", "gcc")),
    ('FROM golang:1.22\nCMD ["go", "run", "."]\n', ('"go", "run", "."', '"/a"')),
)

_REASON = "`dfopt split` shows a second stage without them, and proves it"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every shipping stage whose own RUNs, or whose base image, leave build tools in it."""
    for stage in facts.shipping:
        if stage.children:
            continue
        tools = [(run, name) for run in stage.runs for name in _tools(run)]
        first = stage.instructions[0]
        if tools:
            run = tools[0][0]
            names = ", ".join(dict.fromkeys(name for _, name in tools))
            message = f"tools of the build ship: {names}"
            yield Finding(RULE, message, run.instruction.start, run.instruction.end, None, "manual", _REASON)
        elif stage.parent is None and stage.image and stage.image.name in TOOLCHAINS and not _runs_tool(stage):
            message = f"the whole toolchain of {stage.stage.base} ships"
            yield Finding(RULE, message, first.start, first.end, None, "manual", _REASON)


def _tools(run: Run) -> list[str]:
    """The build tools that a RUN installs, and does not remove."""
    found: list[str] = []
    for command in run.script.commands if run.script else ():
        use = managed(run, command)
        if removed(run, command) is not None:
            return []
        if use is not None and use.action == "install":
            names = (word.value or "" for word in use.operands)
            found += [
                name for name in names if only_builds(name) and name not in ("pip", "python3-pip", "py3-pip", "npm")
            ]
    return found


def _runs_tool(stage: StageFacts) -> bool:
    """Whether a container starts the toolchain itself, or what it starts is not said."""
    name = stage.image.name if stage.image else ""
    words = {"golang": b"go", "rust": b"cargo", "gcc": b"gcc", "maven": b"mvn", "gradle": b"gradle"}
    said = any(one.keyword in ("CMD", "ENTRYPOINT") for one in stage.instructions)
    return not said or any(
        (words.get(name) or name.encode()) in piece.text.split() for piece in started_at_run_time(stage)
    )
