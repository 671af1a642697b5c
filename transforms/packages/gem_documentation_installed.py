"""Install Ruby gems without their documentation.

`gem install` generates `ri` and HTML documentation for every gem, which takes longer than the installation and is
often larger than the gem. `--no-document` leaves it out.

Before:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*
RUN gem install fpm
```

After:

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*
RUN gem install --no-document fpm
```

When it stays away: an option or a `gemrc` settles the matter already, as in the official `ruby` images; the file reads
the documentation. Where the RubyGems here may be older than 2.0, which has no such option (Ubuntu before 16.04, Debian
before 8, Enterprise Linux before 7, or a base image that does not tell), the rewrite is unsafe.

Safety: only generated documentation is missing.

References: RubyGems guides, *Command reference*, `gem install`; RubyGems 2.0 release notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.facts.stages import Facts, StageFacts
from ...optimizer.fixes.operands import add_option
from ...optimizer.knowledge.tools import load_tool
from ...optimizer.knowledge.uses import uses
from ...optimizer.rules.finding import Finding

RULE = "gem-documentation-installed"

KEEPS = (
    ("FROM debian:12\nRUN echo gem install fpm\n", (" echo", "")),
    ("FROM debian:12\nRUN gem install -N fpm\n", ("-N fpm", "x")),
    ("FROM debian:12\nRUN gem install --no-document fpm\n", (" --no-document", "")),
)

_SETTLED = re.compile(rb"gemrc|-document|\bri\s|\brdoc\b|/doc/")
_OPTIONS = ("-N", "--no-doc", "--doc")
_FIRST = {"ubuntu": (16, 4), "debian": (8,), "centos": (7,), "rhel": (7,), "fedora": (19,), "alpine": (3, 3)}
_REMOVES = ("/**/gems/**/doc/**", "/**/gems/doc/**", "/usr/local/bundle/doc/**", "/**/gems/**/ri/**")


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every `gem install` that generates documentation."""
    if _SETTLED.search(facts.document.source.data):
        return
    for stage in facts.shipping:
        if stage.image is not None and stage.image.name.rsplit("/", 1)[-1] in ("ruby", "jruby"):
            continue
        for run in stage.runs:
            for use in uses(run.script, load_tool("gem")) if run.script else ():
                if use.action != "install" or any(option.startswith(_OPTIONS) for option in use.options):
                    continue
                fix = add_option(use.command, use.verb, "--no-document")
                reason = "" if _is_new(stage) else "the gem here may be older than 2.0, which has no --no-document"
                safety = "unsafe" if reason else "safe"
                start, end = use.command.start, use.command.end
                yield Finding(RULE, "gem generates documentation", start, end, fix, safety, reason, _REMOVES)


def _is_new(stage: StageFacts) -> bool:
    image = stage.image
    if image is None:
        return False
    if image.release is not None:
        return image.release[1] >= _FIRST.get(image.release[0], ())
    return image.name in _FIRST and not re.search(r"\d", image.tag)
