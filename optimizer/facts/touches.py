"""What happens to a copied file between its COPY and a command that takes it up."""

from __future__ import annotations

import posixpath

from ..dockerfile.shell import Command
from .copies import PLAIN_IMAGES, Copied
from .effects import commands_of, of_instruction, of_run, touched_between
from .paths import SYSTEM_DIRECTORIES, is_private, lies_in, spelled
from .stages import Run


def touched(file: Copied, run: Run, command: Command) -> str | None:
    """What between the COPY and `command`, which is in `run`, may have to do with the file; None where nothing has."""
    stage = run.stage
    reason = touched_between(file.path, stage, range(stage.index_of(file.instruction) + 1, run.at))
    if reason is not None:
        return reason
    earlier = of_run(run, before=command.start)
    return f"its RUN may have to do with it before: {reason}" if (reason := earlier.touches(file.path)) else None


def place_in_use(file: Copied, run: Run, command: Command, place: str) -> str | None:
    """What between the COPY and `command` may have to do with the file, with `place`, or make the directory of that."""
    stage = run.stage
    between = range(stage.index_of(file.instruction) + 1, run.at)
    reason = touched(file, run, command) or touched_between(place, stage, between)
    if reason is not None:
        return reason
    parent = posixpath.dirname(place)
    runs = [other for other in stage.runs if other.at in between]
    made = any(lies_in(parent, path) for other in runs for path in of_run(other).writes.below)
    earlier = of_run(run, before=command.start)
    if made or earlier.touches(place) or earlier.writes.touches(parent):
        return "something before it may make the directory it goes to"
    return None


def there_before(run: Run, file: Copied) -> str:
    """What may have put a file in the place of the copied one before it; empty where nothing may have.

    It comes to light again where the copy does not happen, and the command that took it away stays away too.
    """
    directory, image = posixpath.dirname(file.path), run.stage.image
    private = directory in ("/srv", "/opt") or (directory not in SYSTEM_DIRECTORIES and is_private(file.path))
    empty = private and image is not None and image.name in PLAIN_IMAGES
    if not empty and directory not in ("/tmp", "/var/tmp"):
        return "the base image may have a file there"
    for stage in run.stage.lineage_above():
        for at, instruction in enumerate(stage.instructions):
            if instruction.start >= file.instruction.start:
                break
            if at and of_instruction(stage, at).writes.touches(file.path):
                return f"line {instruction.line} may have put a file there before"
    return ""


def links_to(run: Run, place: str) -> bool:
    """Whether an ``ln`` of the stage, or of one that it is built on, may have made a link at or above `place`."""
    return any(
        lies_in(place, one) if not named.unknown else True
        for stage in run.stage.lineage_above()
        for other in stage.runs
        for command, directory in commands_of(other)
        if command.name == "ln"
        for word in command.operands()[-1:]
        for named in (spelled(word.raw.decode("utf-8", "replace"), directory, "it is not known"),)
        for one in named.below or ("/",)
    )
