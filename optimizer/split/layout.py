"""Where a stage is cut in two, and which of its lines stand in which of the two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..dockerfile.commands import Command
from ..facts.effects import copy_destination
from ..facts.packages import is_cleanup, removed
from ..facts.paths import lies_in, overlap, resolve
from ..facts.stages import Run, StageFacts
from ..knowledge.runtime import UPDATERS

#: Instructions that only say how a container starts, or describe the image: they are the runtime stage's.
OF_THE_IMAGE = frozenset(("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "VOLUME"))
_MAKE_ACCOUNTS = frozenset(("useradd", "groupadd", "adduser", "addgroup", "usermod", "groupmod"))
_SMALL = frozenset(("chmod", "chown", "mkdir", "ln", "touch"))


class Layout(NamedTuple):
    """The two halves of a stage, as indexes into its instructions and texts for the runtime stage."""

    cut: int  # the first instruction that stands in the runtime stage as it is
    moved: tuple[int, ...]  # above it, those that the runtime stage has instead of the build stage
    repeated: tuple[int, ...]  # above it, those that both have: ENV, ARG
    accounts: tuple[str, ...]  # commands above it that make users, for the runtime stage too
    updates: tuple[str, ...]  # likewise, commands that make files of what others say
    directory: str | None  # the working directory at the cut
    user: str | None  # the user at the cut
    needless: tuple[int, ...] = ()  # right above the cut, clean-ups that a stage which does not ship has no use for


def lay_out(stage: StageFacts) -> Layout:
    """Cut `stage` as high as it can be cut."""
    cut = _cut(stage)
    head = range(1, cut)
    words = stage.instructions
    moved = tuple(at for at in head if words[at].keyword in OF_THE_IMAGE)
    kept_below = [words[at] for at in (*moved, *range(cut, len(words)))]
    settings = [at for at in head if words[at].keyword == "ENV"]
    texts = b"\n".join(one.raw for one in (*kept_below, *(words[at] for at in settings)))
    arguments = [
        at
        for at in head
        if words[at].keyword == "ARG"
        and any(_names(texts, token.text.partition(b"=")[0]) for token in words[at].tokens)
    ]
    held = stage.held[cut]
    said = [at for at in head if words[at].keyword in ("WORKDIR", "USER")]
    return Layout(
        cut,
        moved,
        tuple(sorted([*settings, *arguments])),
        tuple(_commands(stage, head, _MAKE_ACCOUNTS)),
        tuple(_commands(stage, head, frozenset(UPDATERS))),
        held.directory
        if any(words[at].keyword == "WORKDIR" for at in said) and not _goes_elsewhere(stage, cut)
        else None,
        held.user if any(words[at].keyword == "USER" for at in said) else None,
    )


def without_cleanups(stage: StageFacts, layout: Layout, copied: Iterable[str]) -> Layout:
    """The layout without the RUNs at the end of the build stage that only remove packages, or what is not `copied`."""
    trees = tuple(copied)
    found: list[int] = []
    for at in range(layout.cut - 1, 0, -1):
        run = stage.run_at(at)
        if run is not None and _only_removes(run, trees):
            found.append(at)
        elif at not in layout.moved and stage.instructions[at].keyword not in ("ENV", "USER", "WORKDIR"):
            break
    return layout._replace(needless=tuple(reversed(found)))


def _only_removes(run: Run, trees: tuple[str, ...]) -> bool:
    if run.script is None or not run.script.is_plain or run.script.writes_files:
        return False
    for command in run.script.commands:
        if command.name == "rm":
            places = [resolve(word.value or "", run.stage.directory(run.at)) for word in command.operands()]
            if any(place is None or any(overlap(place.rstrip("*"), tree) for tree in trees) for place in places):
                return False
        elif not is_cleanup(run, command) and removed(run, command) is None:
            return False
    return True


def _names(text: bytes, argument: bytes) -> bool:
    return re.search(rb"\$\{?" + re.escape(argument) + rb"\b", text) is not None


def _cut(stage: StageFacts) -> int:
    """The index from which on every instruction does the same on top of the runtime stage's base."""
    brought = _brought_by(stage)
    cut = len(stage.instructions)
    for at in range(len(stage.instructions) - 1, 0, -1):
        instruction = stage.instructions[at]
        if instruction.keyword == "RUN":
            run = stage.run_at(at)
            if run is None or not _is_small(run, brought):
                return cut
        elif instruction.keyword not in OF_THE_IMAGE | {"ADD", "ARG", "COPY", "ENV", "USER", "WORKDIR"}:
            return cut
        cut = at
    return cut


def _brought_by(stage: StageFacts) -> dict[int, str]:
    """Where the instructions that copy put what they bring."""
    return {
        at: target
        for at, instruction in enumerate(stage.instructions)
        if instruction.keyword in ("COPY", "ADD") and (target := copy_destination(stage, at)) is not None
    }


def _is_small(run: Run, brought: dict[int, str]) -> bool:
    """Whether a RUN only makes users and directories, or changes attributes of what stands right above it."""
    if run.script is None or run.instruction.flags or not run.script.only_and or not run.script.is_plain:
        return False
    if run.script.writes_files:
        return False
    near = _right_above(run, brought)
    made: list[str] = []
    for command in run.script.commands:
        if command.name in _MAKE_ACCOUNTS:
            continue
        if command.name not in _SMALL or command.wrappers:
            return False
        places = _operands(command, run)
        if places is None:
            return False
        if command.name == "mkdir":
            made += places
        elif command.name in ("chmod", "chown") and not all(
            place in made or any(place == one or lies_in(place, one) for one in near) for place in places
        ):
            return False
    return True


def _right_above(run: Run, brought: dict[int, str]) -> list[str]:
    """The targets of the copies above a RUN, up to the first RUN that is more than such a small one."""
    found: list[str] = []
    for at in range(run.at - 1, 0, -1):
        instruction = run.stage.instructions[at]
        if at in brought:
            found.append(brought[at])
        elif instruction.keyword == "RUN":
            other = run.stage.run_at(at)
            if (
                other is None
                or other.script is None
                or any(command.name not in _SMALL | _MAKE_ACCOUNTS for command in other.script.commands)
            ):
                break
    return found


def _operands(command: Command, run: Run) -> list[str] | None:
    words = command.operands()
    words = words[1:] if command.name in ("chmod", "chown") else words
    if command.name == "chown" and command.has_option("R", "recursive"):
        return None
    places = [resolve(word.value or "", run.stage.directory(run.at)) for word in words]
    return None if None in places else [place for place in places if place is not None]


def _goes_elsewhere(stage: StageFacts, cut: int) -> bool:
    """Whether the first below the cut that heeds the working directory says another one."""
    for instruction in stage.instructions[cut:]:
        if instruction.keyword not in OF_THE_IMAGE | {"ARG", "ENV", "USER"}:
            return instruction.keyword == "WORKDIR" and instruction.args.startswith(b"/")
    return False


def _commands(stage: StageFacts, head: range, names: frozenset[str]) -> list[str]:
    """The commands above the cut that are called one of `names`, as they are spelled."""
    found: list[str] = []
    for at in head:
        run = stage.run_at(at)
        if run is None or run.script is None:
            continue
        for command in run.script.commands:
            if command.name in names:
                found.append(run.instruction.source.data[command.start : command.end].decode("utf-8", "replace"))
    return found
