"""Do not upgrade pip in a layer of its own image.

The base image brings a pip; `pip install --upgrade pip` stores a second one, some 10 MB, and a different one from one
month to the next. The official Python images release with a current pip; where another version is needed, say which.

Before:

```dockerfile
FROM python:3.12-slim
RUN pip install --upgrade pip && pip install --no-cache-dir flask
```

After:

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
```

When it stays away: pip is upgraded to a version that is given, or in a virtual environment; the base image is not an
official Python image, whose pip may be too old; the stage does not ship.

Safety: unsafe. A requirement may need the newer pip.

References: the description of the official Python image; pip documentation, *Upgrading pip*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.operands import drop_operands
from ...optimizer.knowledge.tools import load_tool
from ...optimizer.knowledge.uses import Use, uses
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "pip-upgraded"

KEEPS = (
    ("FROM python:3.12\nRUN pip install --upgrade pip==24.0\n", ("pip==24.0", "pip")),
    ("FROM python:3.12\nRUN pip install --upgrade flask\n", ("flask", "pip")),
    ("FROM debian:12\nRUN pip install --upgrade pip\n", ("debian:12", "python:3.12")),
)


_CHANGED = (
    "/usr/local/lib/python*/*-packages/pip/**",
    "/usr/local/lib/python*/*-packages/pip-*/**",
    "/usr/local/bin/pip*",
    "/root/.cache/pip/**",
)
_SECOND = 11_000_000  # bytes of a pip with its compiled modules, of versions 23 to 26: 11 to 12 MB


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every upgrade of pip to whatever is newest."""
    for stage in facts.shipping:
        if stage.image is None or stage.image.name != "python":
            continue
        for run in stage.runs:
            for use in uses(run.script, load_tool("pip")) if run.script else ():
                argv = use.command.argv
                words = {word.value for word in argv[argv.index(use.verb) :]}
                elsewhere = "/" in use.command.program
                if use.verb.value == "install" and "pip" in words and words & {"-U", "--upgrade"} and not elsewhere:
                    message = "a second pip is stored beside the first"
                    yield attempt(RULE, message, use.command, partial(_kept, facts, run, use))


def _kept(facts: Facts, run: Run, use: Use) -> Offer:
    """The pip of the base image as it is."""
    pips = [word for word in use.operands if word.value == "pip"]
    fix, commented = drop_operands(facts.document, run, use.command, pips, len(use.operands) - len(pips))
    doubts = ["whether a requirement needs the newer pip is for a test to say"]
    doubts += ["the comment above it would go with it"] if commented else []
    return Offer(fix, doubts, changes=_CHANGED, removes=_CHANGED, saves=_SECOND)
