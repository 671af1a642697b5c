"""Show a RUN what it installs from, without storing it.

What a COPY brings for one RUN, which removes it when it is done, stays in the layer of the COPY: wheels that another
stage built, packages, an installer with its files. A bind mount shows it to the RUN, and to nothing else.

Before:

```dockerfile
FROM python:3.12 AS build
RUN pip wheel --no-cache-dir --wheel-dir /wheels numpy

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels numpy && rm -rf /wheels
```

After:

```dockerfile
FROM python:3.12 AS build
RUN pip wheel --no-cache-dir --wheel-dir /wheels numpy

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \\
    pip install --no-cache-dir --no-index --find-links=/wheels numpy
```

Where the RUN changes something in it (`chmod`, a build in its tree), the mount is a writable one, whose changes are
thrown away.

Of `COPY dist/*.whl /tmp/` the directory is mounted, at /mnt/dist, and `pip install /tmp/*.whl` names what is there:
what pip notes of where a package came from is all that differs.

An archive whose name a variable says (`COPY ${SDK}.tar.gz /tmp/`) is mounted by that name.

When it stays away: the COPY has other flags, several sources or another pattern; two RUNs need it, and one changes it;
something else may have to do with its place, or may bring more to there; nothing removes it for certain; a command
moves or links to it, which a mount does not bear; the RUN is a heredoc, or has a mount there; it is not certain to be a
directory; `--builder classic`, which has no mounts; the stage does not ship. It is unsafe where a program that nobody
knows reads it, which may remove it by itself, and where the base image may have something of that name.

Safety: the same commands see the same files; only what was removed was never stored.

References: BuildKit's Dockerfile reference, *RUN --mount=type=bind*; Docker's *Building best practices*, *ADD or COPY*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.inputs import archive_of, input_of, pattern_of
from ...optimizer.facts.stages import Facts, StageFacts
from ...optimizer.fixes.operands import drop_operands, replace_start
from ...optimizer.fixes.scripts import add_run_flags, combine, delete_instruction
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "input-copied"

_FROM = "FROM python:3.12 AS b\nRUN x\nFROM python:3.12\nCOPY --from=b /w /w\n"
KEEPS = (
    (_FROM + "RUN pip install /w\nRUN ls /w && rm -rf /w\n", "lines 5 and 6 may both need what one changes"),
    (_FROM + "RUN pip install /w/*.whl && ln /w/a /b && rm -rf /w\n", "`ln` does with it what a mount does not bear"),
    (_FROM + "RUN pip install /w/*.whl\nCMD rm -rf /w\n", ("\nCMD", " &&")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every COPY of what one RUN needs and removes."""
    if facts.builder == "classic" or b"rm " not in facts.document.source.data:
        return
    for stage in facts.shipping:
        for at, instruction in enumerate(stage.instructions):
            if instruction.keyword == "COPY":
                message = "it is removed again, and stays in the layer that copies it"
                first = instruction.words[0]
                make = _of_a_directory if "*" in first else _archive if "$" in first else _mounted
                finding = attempt(RULE, message, instruction, partial(make, facts, stage, at))
                if finding.reason != _NOTHING:
                    yield finding


_NOTHING = "nothing removes it"


def _of_a_directory(facts: Facts, stage: StageFacts, at: int) -> Offer:
    """Mount the directory that a pattern takes files from, and name them there."""
    found = pattern_of(stage, at)
    if found is None:
        raise Refusal(_NOTHING)
    gone, others = Fix(()), len(found.rm.operands()) - 1
    if found.operand is not None:
        gone, _ = drop_operands(facts.document, found.run, found.rm, [found.operand], others)
    mount = add_run_flags(found.run, f"--mount=type=bind,{found.mount}")
    moved = found.word.raw.decode("utf-8", "replace") != found.spelled
    word = replace_start(found.reader, found.word, found.spelled) if moved else Fix(())
    fix = combine(delete_instruction(facts.document, found.copy), mount, word, gone)
    changes = ("/**/*.dist-info/direct_url.json", "/**/*.dist-info/RECORD") if moved else ()
    return Offer(fix, changes=changes)


def _archive(facts: Facts, stage: StageFacts, at: int) -> Offer:
    """Mount an archive whose name a variable says."""
    found = archive_of(stage, at)
    if found is None:
        raise Refusal(_NOTHING)
    operands = len(found.rm.operands()) - 1
    gone, commented = drop_operands(facts.document, found.removing, found.rm, [found.operand], operands)
    mount = add_run_flags(found.run, f"--mount=type=bind,{found.mount}")
    doubts = ["the comment above it would go with it"] * commented
    if found.by_argument and not facts.expands_mounts:
        doubts.append(
            "builders before Docker 23 put no variable into a mount: `# syntax=docker/dockerfile:1` has one that does"
        )
    return Offer(combine(delete_instruction(facts.document, found.copy), mount, gone), doubts)


def _mounted(facts: Facts, stage: StageFacts, at: int) -> Offer:
    found = input_of(stage, at)
    if found is None:
        raise Refusal(_NOTHING)
    operands = found.rm.operands()
    gone, commented = drop_operands(facts.document, found.removing, found.rm, [found.operand], len(operands) - 1)
    flag = f"--mount=type=bind,{found.mount}{',rw' if found.writable else ''}"
    mounts = [add_run_flags(run, flag) for run in found.runs]
    doubts = [*found.doubts, *["the comment above it would go with it"] * commented]
    return Offer(combine(delete_instruction(facts.document, found.copy), *mounts, gone), doubts)
