"""Ship the slim variant of a base image.

The full variants of official images are there to build in: they hold compilers, version control and the headers of
dozens of libraries, several hundred megabytes that a program seldom needs to run. The slim variant has the same
interpreter. Whether something needs the rest is for a person, and a test, to say.

Before:

```dockerfile
FROM python:3.12
CMD ["python", "-m", "app"]
```

After:

```dockerfile
FROM python:3.12-slim
CMD ["python", "-m", "app"]
```

When it stays away: the image has no slim variant, or this is one; the stage does not ship; the base is named by a
variable or a digest.

Safety: manual. Nothing is rewritten.

References: the descriptions of the official images, *Image Variants*; tally prefer-slim.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...optimizer.facts.stages import Facts
from ...optimizer.knowledge.images import slim_variant
from ...optimizer.rules.finding import Finding

RULE = "base-image-full"

KEEPS = (
    ("FROM python:3.12-slim\n", ("python:3.12-slim", "python:3.12")),
    ("FROM team/python:3.12\n", ("team/python:3.12", "python:3.12")),
    ("FROM python:3.12-alpine\n", ("python:3.12-alpine", "python:3.12")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every stage that ships and is built FROM a full variant."""
    for stage in facts.shipping:
        image, base = stage.image, stage.stage.base
        slim = slim_variant(image) if image is not None and stage.parent is None and "@" not in base else None
        if slim is None:
            continue
        start, end = stage.instructions[0].start, stage.instructions[0].end
        message = f"{base} is the full variant; {slim} may do"
        yield Finding(
            RULE, message, start, end, None, "manual", "whether something needs the rest is for a test to say"
        )
