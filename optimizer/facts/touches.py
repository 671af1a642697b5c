"""What happens to a copied file between its COPY and a command that takes it up."""

from __future__ import annotations

import posixpath

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command, Word
from .commands import variables
from .copies import PLAIN_IMAGES, Copied, looks_like_a_file, operand_path
from .effects import METADATA, commands_of, of_instruction, of_run, touched_between
from .paths import SYSTEM_DIRECTORIES, is_private, lies_in, spelled
from .stages import Run
from .variables import normal


def touched(file: Copied, run: Run, command: Command) -> str | None:
    """What between the COPY and `command`, which is in `run`, may have to do with the file; None where nothing has."""
    stage = run.stage
    if file.spelling:
        return _moved_along(file, run, command)
    reason = touched_between(file.path, stage, range(stage.index_of(file.instruction) + 1, run.at))
    if reason is not None:
        return reason
    earlier = of_run(run, before=command.start)
    return f"its RUN may have to do with it before: {reason}" if (reason := earlier.touches(file.path)) else None


def attributes_changed(file: Copied, run: Run, command: Command) -> list[tuple[Run, Command, Word]]:
    """The operands that name the file between its COPY and `command` where only its mode, owner or time is changed.

    Raises `Refusal` where anything else may have to do with the file.
    """
    found: list[tuple[Run, Command, Word]] = []
    stage = run.stage
    for at in range(stage.index_of(file.instruction) + 1, run.at + 1):
        other = stage.run_at(at)
        if other is None or other.script is None:
            if reason := of_instruction(stage, at).touches(file.path):
                raise Refusal(f"line {stage.instructions[at].line} may have to do with it: {reason}")
            continue
        where = "its RUN" if other is run else f"line {other.instruction.line}"
        if other.mounted(file.path):
            raise Refusal(f"{where} may have to do with it")
        for one, _ in commands_of(other):
            if one.start >= command.start and other is run:
                break
            named = [word for word in one.operands(_VALUED) if operand_path(word, other) == file.path]
            plain = one.name in _ATTRIBUTES and not one.wrappers and not one.redirections and other.fails_with(one)
            if plain and len(named) == 1:
                found.append((other, one, named[0]))
            elif reason := of_run(other, before=one.start + 1, since=one.start).touches(file.path):
                raise Refusal(f"{where} may have to do with it{' before' * (other is run)}: {reason}")
    return found


_ATTRIBUTES = frozenset(("touch", "chmod", "chown", "chgrp", "setfacl"))
_VALUED = frozenset(("-m", "-x", "-d", "-t", "-r"))  # options of touch and setfacl


def _moved_along(file: Copied, run: Run, command: Command) -> str | None:
    """What may have to do with a file between, wherever the value of an ARG puts it."""
    stage = run.stage
    for at in range(stage.index_of(file.instruction) + 1, run.at):
        instruction = stage.instructions[at]
        if instruction.keyword in METADATA or (
            instruction.keyword in ("COPY", "ADD") and _is_another(file, run, instruction)
        ):
            continue
        effects = of_instruction(stage, at)
        if not (effects.reads.nowhere and effects.writes.nowhere) or effects.defines & variables(
            file.spelling.encode()
        ):
            return f"line {instruction.line} may have to do with it: {file.spelling}"
    earlier = of_run(run, before=command.start)
    if earlier.reads.nowhere and earlier.writes.nowhere:
        return None
    return f"its RUN may have to do with it before: {file.spelling}"


def _is_another(file: Copied, run: Run, instruction: Instruction) -> bool:
    """Whether a COPY puts other files beside it, wherever that is."""
    context = run.stage.facts.context
    directory, name = posixpath.split(file.spelling)
    place = normal(instruction.words[-1])
    inside = place == directory + "/" or posixpath.dirname(place) == directory
    for word in instruction.words[:-1]:
        entry = context.entry(word) if context else None
        if not (entry.kind == "file" if entry else looks_like_a_file(word)) or posixpath.basename(word) == name:
            return False
    return inside and posixpath.basename(place) != name


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
    directory, image = file.path.rpartition("/")[0], run.stage.image
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
