"""Install rpm packages without their documentation.

Manuals, READMEs and changelogs of rpm packages are a tenth to a third of what they unpack, and nobody reads them
in a container. The spelling depends on the tool: `--nodocs` for microdnf and dnf 4, `--no-docs` for dnf 5, and
`--setopt=tsflags=nodocs` for yum and wherever the version cannot be told.

Before:

```dockerfile
FROM registry.example/ubi9/ubi-minimal:9.4
RUN microdnf install -y nginx && microdnf clean all
```

After:

```dockerfile
FROM registry.example/ubi9/ubi-minimal:9.4
RUN microdnf install -y --nodocs nginx && microdnf clean all
```

When it stays away: the option or a `tsflags` setting is there already; the file mentions a path of documentation,
which something may read (`/usr/share/doc` holds database schemas of some packages); a manual reader or a package
of documentation is installed; the yum of Enterprise Linux 5, which has no `--setopt`.

Safety: only files that their packages mark as documentation are missing. Licences are not marked so.

References: dnf(8), dnf5(8), microdnf(8), yum.conf(5); Red Hat, *Best practices for building images*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.facts.stages import Facts, Run, StageFacts
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.uses import Use, use_of, uses
from ...optimizer.rules.finding import Finding

RULE = "documentation-installed"

KEEPS = (
    ("FROM fedora:40\nRUN echo dnf install curl\n", (" echo", "")),
    ("FROM fedora:40\nRUN dnf install -y --nodocs curl\n", (" --nodocs", "")),
    ("FROM fedora:41\nRUN dnf install -y --no-docs curl\n", (" --no-docs", "")),
)

_READ = rb"/usr/share/(?:doc|man|info)\b|share/doc/"
_WANTED = rb"man|man-db|man-pages|info|texinfo|.*-docs?(?:-.*)?|.*-man(?:ual)?(?:-.*)?"
_REMOVES = (
    "/usr/share/doc/**",
    "/usr/share/man/**",
    "/usr/share/info/**",
    "/usr/share/gtk-doc/**",
    "/usr/share/help/**",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every install that unpacks documentation."""
    if re.search(_READ, facts.document.source.data):
        return
    for stage in facts.shipping:
        for tool in facts.tools:
            distribution = tool.distribution
            if distribution is None or distribution.no_documentation is None:
                continue
            if _configured(stage):
                return
            for use in (use for run in stage.runs if run.script for use in uses(run.script, tool)):
                option = distribution.no_documentation(use.command.name, stage.image)
                if option and use.verb.value in distribution.documents and not _settled(use):
                    if stage.once("documentation is read", _read_by_a_script):
                        break
                    message = f"{use.command.name} installs documentation"
                    fix = add_option(use.command, use.behind_verb(), option)
                    yield Finding(RULE, message, use.command.start, use.command.end, fix, removes=_REMOVES)


def _read_by_a_script(stage: StageFacts) -> bool:
    """Whether a file of the context, that a RUN or a container of the stage or on top of it starts, reads it."""
    if stage.facts.context is None:
        return False
    from ...optimizer.facts.runtime import started_on_top
    from ...optimizer.facts.started import texts_started_on_top

    texts = (*(piece.text for piece in started_on_top(stage)), *texts_started_on_top(stage))
    return any(re.search(_READ, text) for text in texts)


def _configured(stage: StageFacts) -> bool:
    """Whether anything but an install itself speaks of transaction flags."""

    def other(run: Run) -> bool:
        if b"tsflags" not in run.instruction.code:
            return False
        commands = run.script.commands if run.script else ()
        return not commands or any(
            b"tsflags" in command.normal and not any(use_of(tool, command) for tool in stage.facts.tools)
            for command in commands
        )

    return any(other(run) for run in stage.runs)


def _settled(use: Use) -> bool:
    words = [word.raw for word in use.command.argv]
    return any(b"docs" in word or b"tsflags" in word or re.fullmatch(_WANTED, word) for word in words)
