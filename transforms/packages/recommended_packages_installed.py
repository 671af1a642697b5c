"""Install what packages need, not what they recommend.

Debian's and Ubuntu's apt installs every recommended package, dnf and zypper every weak dependency: often more than was
asked for. What is left out may be missed at run time, so this is never done without being asked for.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
```

When it stays away: the option, its opposite or a setting in `apt.conf` or `dnf.conf` is there already; yum, whose
version 3 has no weak dependencies; aptitude, which asks what to do instead.

Safety: unsafe. Packages that were installed before may be missing: `git` comes without `less` and `ssh`, `curl`
without `ca-certificates`.

References: hadolint DL3015; apt-get(8), dnf.conf(5), zypper(8); Docker's *Building best practices*.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.tools import Distribution
from ...optimizer.knowledge.uses import Use, uses
from ...optimizer.rules.finding import Finding

RULE = "recommended-packages-installed"

KEEPS = (
    ("FROM debian:12\nRUN echo apt-get install git && apt-get remove -y git\n", (" echo", "")),
    ("FROM centos:7\nRUN yum install -y git\n", ("yum", "apt-get")),
    ("FROM debian:12\nRUN aptitude install -y x\n", ("aptitude install -y", "apt-get -y install")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every install that takes recommended packages along."""
    data = facts.document.source.data
    if b"Install-Recommends" in data or b"install_weak_deps=" in data.replace(b"--setopt=install_weak_deps=", b""):
        return
    for stage in facts.shipping:
        for tool in facts.tools:
            distribution = tool.distribution
            for run in stage.runs if distribution is not None and distribution.only_recommended else ():
                for use in uses(run.script, tool) if run.script and distribution else ():
                    if distribution and _takes_option(use, distribution):
                        yield Finding(
                            RULE,
                            f"{use.command.name} installs recommended packages",
                            use.command.start,
                            use.command.end,
                            add_option(use.command, use.behind_verb(), distribution.only_recommended),
                            "unsafe",
                            "packages that only come by recommendation are no longer installed",
                            changes=("/**",),
                        )


def _takes_option(use: Use, distribution: Distribution) -> bool:
    """Whether it installs without saying a word of what is recommended; aptitude asks what to do instead."""
    if use.verb.value not in distribution.only_recommended_for or use.command.name == "aptitude":
        return False
    words = [word.raw.decode("utf-8", "replace") for word in use.command.argv]
    return not any(like in word for word in words for like in distribution.only_recommended_like)
