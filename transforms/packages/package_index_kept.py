"""Clear the package index in the RUN that fetched it.

`apt-get update` writes 20 to 50 MB of package lists, and dnf, yum, microdnf, tdnf, zypper and pacman keep their
metadata and what they downloaded. A layer holds every file its instruction wrote, so what is not removed in the same
RUN ships for ever.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends \\
    ca-certificates \\
    curl
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends \\
    ca-certificates \\
    curl \\
    && rm -rf /var/lib/apt/lists/*
```

The clean-up joins the end of the RUN so that its exit status stays what it was: with `&&`, or with `;` where
`set -e` is in force and that is how the script is written.

When it stays away: a later RUN, a stage built on this one or an ONBUILD trigger installs from the index without
refreshing it, or removes it with an `rm` that fails where there is nothing; the index lies on a mount; the RUN clears
it already, and does not only seem to (`rm -rf /var/lib/{apt,log}` under a shell that knows no braces); the stage does
not ship; the RUN ends in a way that nothing can follow safely (`|| true`, `exec`, a background process, a shell
comment). Where a later RUN runs a script that the Dockerfile does not show, the rewrite is unsafe: the script may
install packages. So it is where a program that refreshes the index for itself, such as `playwright install
--with-deps`, may not run as root.

Safety: only the index and the cache are missing from the new image. apt-get, apt and dnf fetch them again.

References: hadolint DL3009, DL3032, DL3036, DL3040; Docker's *Building best practices*; apt-get(8), dnf(8),
yum(8), zypper(8), pacman(8).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.caches import in_vain, names_later
from ...optimizer.facts.indexes import later_answer
from ...optimizer.facts.settings import configured
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.indexes import clear_command, left_behind
from ...optimizer.fixes.scripts import append_commands
from ...optimizer.knowledge.tools import Index
from ...optimizer.knowledge.uses import Use
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "package-index-kept"

KEEPS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl || true\n",
        "a failure of its last command is ignored",
    ),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && exec true\n", "it may leave its shell early"),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl # the client\n",
        "a shell comment follows its last command",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that leaves an index behind."""
    for stage in facts.shipping:
        for tool, index in facts.indexes:
            for run in stage.runs if index.clear else ():
                last = left_behind(run, tool, index)
                if last is not None:
                    message = f"the {tool.name} index and cache stay in this layer{in_vain(run, tool, index)}"
                    yield attempt(RULE, message, last.command, partial(_cleared, run, index, last))


def _cleared(run: Run, index: Index, last: Use) -> Offer:
    need, line, assumes = later_answer(run.stage, run.at, last.tool)
    clear = clear_command(run, index, last)
    if index.clear_partly:
        need, assumes = "no", frozenset[str]()
    if need == "yes":
        raise Refusal(f"line {line} needs this index")
    fix = append_commands(run, [clear])
    doubt = f"line {line} runs code that may install from this index" if need == "maybe" else ""
    rights = "it may not run as root" if last.alone and not run.stage.runs_as_root(run.at) else ""
    doubts = [doubt, rights, configured(run.stage, last.tool), names_later(run, last.tool, index)]
    return Offer(fix, doubts, removes=index.paths, assumes=assumes)
