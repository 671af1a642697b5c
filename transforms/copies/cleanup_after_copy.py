"""Clean up in the stage that files come from.

What a RUN removes from a directory that `COPY --from` brought stays in the layer of the COPY, and what it changes is
stored twice. At the end of the other stage, which is not part of the image, the same commands cost nothing.

Before:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir pandas

FROM python:3.12-slim
COPY --from=build /venv /venv
RUN find /venv -type d -name tests -exec rm -rf {} +
CMD ["/venv/bin/python"]
```

After:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir pandas
RUN find /venv -type d -name tests -exec rm -rf {} +

FROM python:3.12-slim
COPY --from=build /venv /venv
CMD ["/venv/bin/python"]
```

When it stays away: the RUN does anything else than to remove files (`rm`, `find` with `-delete` or `rm`) and to change
modes, by whole paths in that directory, which itself stays as it is; the other stage is another image, ships, is built
on, or something else takes that directory from it; one of the two is not root's there, or has another shell; a variable
in the RUN; a link that the other stage makes is on the way, or it has a volume; something else may have to do with the
directory between the COPY and the RUN, or may have put files there before; the stage does not ship. It is unsafe where
the two stages have other base images, whose `find` may know other options, and where the base image may have files in
the directory.

Safety: the same files, removed or changed in the same way, before they are copied.

References: Docker's *Building best practices*, *Use multi-stage builds*; OCI Image Specification, *Whiteouts*.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.facts.cleanups import changes_file, changes_itself, is_the_same_everywhere, places_taken
from ...optimizer.facts.copies import is_no_directory
from ...optimizer.facts.effects import copy_destination, of_instruction
from ...optimizer.facts.ownership import is_empty_at_first
from ...optimizer.facts.paths import SYSTEM_DIRECTORIES, is_private, lies_in, overlap
from ...optimizer.facts.stages import Facts, Run, StageFacts, readable, stage_named
from ...optimizer.facts.touches import links_to
from ...optimizer.facts.walks import taken_from
from ...optimizer.fixes.scripts import move_run
from ...optimizer.knowledge.images import is_official
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "cleanup-after-copy"

_A = "FROM debian:12 AS a\nRUN x\n"
_B = "FROM debian:12\nCOPY --from=a /opt/x /opt/x\n"
KEEPS = (
    (f"{_A}{_B}RUN rm -rf /opt/x/doc && ldconfig\n", (" && ldconfig", "")),
    (f"{_A}{_B}RUN rm -rf /opt/x/doc\nCOPY --from=a /opt /y\n", "line 6 takes it from there too"),
    (f"{_A}{_B}RUN ls /opt/x\nRUN rm -rf /opt/x/doc\n", "line 5 may have to do with it"),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only removes or changes what a COPY brought from another stage."""
    for stage in facts.shipping:
        brought = [at for at, one in enumerate(stage.instructions) if one.flag("from")]
        for run in stage.runs if brought else ():
            places = places_taken(run)
            for at in reversed(brought) if places else ():
                copy = stage.instructions[at]
                target = _target(stage, at, places) if at < run.at else None
                if target and target not in SYSTEM_DIRECTORIES and all(lies_in(place, target) for place in places):
                    message = f"what line {copy.line} copies is removed or changed in a later layer"
                    yield attempt(RULE, message, run.instruction, partial(_moved, facts, run, at, target))
                    break


def _target(stage: StageFacts, at: int, places: list[str]) -> str | None:
    """Where a COPY puts what it brings, as far as `places` lie there: of a file, its own path."""
    target, words = copy_destination(stage, at), stage.instructions[at].words
    file = posixpath.join(target or "", posixpath.basename(words[0]))
    return file if len(words) == 2 and places == [file] else target


def _moved(facts: Facts, run: Run, at: int, target: str) -> Offer:
    stage, copy = run.stage, run.stage.instructions[at]
    origin = copy.flag("from")
    source = stage_named(stage, origin.text) if origin else None
    if source is None or source.ships or source.children or not source.runs:
        raise Refusal("what it is copied from is not a stage for that alone")
    if len(copy.words) != 2 or re.search(r"[$*?\[\"'\\]", copy.words[0]):
        raise Refusal("where it is in the other stage is not certain")
    if copy.words[1].endswith("/") and not copy.words[0].endswith("/") and not changes_file(run, target):
        raise Refusal("where it is in the other stage is not certain")
    if not (source.runs_as_root(len(source.instructions)) and stage.runs_as_root(run.at)) or source.shell != run.shell:
        raise Refusal("another user, or shell, would run it there")
    place = f"/{copy.words[0].strip('/')}"
    inside = [posixpath.dirname(place + path.removeprefix(target)) for path in places_taken(run) if path != target]
    if any(links_to(source.runs[-1], path) for path in inside):
        raise Refusal("a link on the way leads elsewhere in each image")
    if any(one.keyword == "VOLUME" for owner in source.lineage_above() for one in owner.instructions):
        raise Refusal("what a RUN changes in a volume may be lost")
    for instruction in facts.document.instructions:
        if instruction is not copy and any(overlap(path, place) for path in taken_from(instruction)):
            raise Refusal(f"line {instruction.line} takes it from there too")
    if not changes_file(run, target) and changes_itself(run, target):
        raise Refusal("the directory itself would not be removed, or would not get the mode, where COPY makes it")
    if stage.parent is not None:
        raise Refusal("a stage that this one is built on may have files there")
    for index in range(at + 1, run.at):
        if reason := of_instruction(stage, index).touches(target):
            raise Refusal(f"line {stage.instructions[index].line} may have to do with it: {reason}")
    doubts = list(_doubts(run, at, target))
    if source.image != stage.image and not all(map(is_the_same_everywhere, readable(run).commands)):
        doubts.append("the other image may have another `find`")
    return Offer(move_run(facts.document, run, source.instructions[-1], target, place), doubts)


def _doubts(run: Run, at: int, target: str) -> Iterator[str]:
    """Why there may be other files in the directory, which the RUN removes or changes too."""
    stage = run.stage
    if changes_file(run, target):  # the copy is the only one
        if not is_no_directory(target, stage.image, stage.instructions[at].words[0]):
            yield f"that {target} is a file is an assumption"
        return
    for index in range(1, at):
        if reason := of_instruction(stage, index).writes.touches(target):
            yield f"line {stage.instructions[index].line} may have put files there: {reason}"
    if not (is_empty_at_first(stage.image, target) or (is_official(stage.image) and is_private(target))):
        yield f"files that the base image has in {target} would stay"
