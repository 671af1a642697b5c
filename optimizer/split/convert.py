"""From one stage to two: build the original, look, plan, write, build again, prove; mend what the evidence can mend."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from ..build.engines import BuildError, BuildSession
from ..build.verify import instructions_of_layers
from ..dockerfile.document import Document
from ..dockerfile.edits import EditSet
from ..facts.stages import Facts, StageFacts
from ..image import Image
from ..image.proof import Tried
from ..image.root import Root
from ..image.waste import waste
from .evidence import Declined, Evidence
from .gate import stage_to_split
from .kept import Kept
from .layout import lay_out
from .plan import WITHOUT_IMAGE, Plan, make_plan, runtime_base, with_attributes
from .programs import Programs
from .proof import Fault, checks, faults
from .write import write

_MOST_TRIES = 4
_WORTH = 0.95  # of the size without waste: what saves less is not worth a second stage


class Split(NamedTuple):
    """A Dockerfile in two stages, proved; sizes are bytes of all layers."""

    original: bytes
    edits: EditSet
    plan: Plan
    before: int
    after: int
    tried: tuple[Tried, ...]
    checks: tuple[str, ...]  # what the proof looked at, in plain words

    @property
    def patched(self) -> bytes:
        """The Dockerfile in two stages."""
        return self.edits.apply(self.original)


class Request(NamedTuple):
    """What to split for: another base image for the runtime stage, and commands that must do the same."""

    base: str | None = None
    commands: tuple[str, ...] = ()
    slim: bool = False  # a distribution's image even where the program needs none


def convert(session: BuildSession, document: Document, facts: Facts, request: Request) -> Split:
    """Split the last stage of a Dockerfile.

    Raises `Declined` where it stays as it is, and `BuildError`, `EngineError`, `ArchiveError` and `OSError`.
    """
    stage = stage_to_split(facts)
    data = document.source.data
    with ExitStack() as stack:
        name, _ = session.build(data, "the original Dockerfile")
        root = stack.enter_context(session.root(name))
        old = _evidence(data, root)
        programs = Programs(old)
        try:
            programs.follow()
        except Declined as reason:
            raise Declined(str(reason), reason.line or _line_of_start(stage)) from reason
        base = request.base or runtime_base(stage, old, programs, slim=request.slim)
        runtime = None if base == "scratch" else stack.enter_context(_base(session, base, document))
        kept = Kept(stage, old, programs, runtime)
        if base == "scratch" and kept.packages.keys() - WITHOUT_IMAGE and not request.base:
            base = runtime_base(stage, old, programs, slim=True)
            runtime = stack.enter_context(_base(session, base, document))
            kept = Kept(stage, old, programs, runtime)
        plan = make_plan(stage, lay_out(stage), base, old, runtime, kept)
        return _proved(session, document, plan, kept, name, request.commands)


def _proved(
    session: BuildSession, document: Document, plan: Plan, kept: Kept, original: str, commands: tuple[str, ...]
) -> Split:
    """The split that `plan` comes to, mended until nothing is wrong with its image. Raises `Declined`."""
    data, old = document.source.data, kept.evidence
    wrong: list[Fault] = []
    for _ in range(_MOST_TRIES):
        edits = write(document, plan)
        patched = edits.apply(data)
        try:
            name, _ = session.build(patched, "the split Dockerfile")
        except BuildError as error:
            raise Declined(_why_not(error)) from error
        with session.root(name) as root:
            wrong = faults(plan, kept, _evidence(patched, root))
            image = root.image
        if not wrong:
            _check_worth(image, old)
            tried = tuple(_try(session, command, (original, old.root.image), (name, image)) for command in commands)
            if bad := [one.command for one in tried if not one.agrees]:
                raise Declined(f"`{bad[0]}` does not do the same in the new image")
            return Split(data, edits, plan, old.root.image.size, image.size, tried, checks(plan, kept))
        mended = _mend(plan, wrong, old)
        if mended == plan:
            break
        plan = mended
    raise Declined("the new image is not proved: " + "; ".join(fault.what for fault in wrong[:3]))


def _check_worth(image: Image, old: Evidence) -> None:
    """Raise `Declined` where a clean-up alone would save nearly as much as the second stage."""
    before, base = old.root.image, len(old.base.image.layers)
    if image.size > (before.size - waste(before, base).total) * _WORTH:
        raise Declined("next to nothing of a build ships that a clean-up would leave; see `dfopt fix`")


def _line_of_start(stage: StageFacts) -> int:
    """The line that says what a container starts; 0 where none does."""
    lines = {one.keyword: one.line for one in stage.instructions}
    return lines.get("ENTRYPOINT", lines.get("CMD", 0))


def _why_not(error: BuildError) -> str:
    """Why a stage that dfopt wrote does not build."""
    text = "\n".join(error.lines)
    if found := re.search(r"Unable to locate package (\S+)|(\S+) \(no such package\)", text):
        return f"package {found[1] or found[2]} is in no repository that the second stage would know"
    return error.brief


def _evidence(dockerfile: bytes, root: Root) -> Evidence:
    writers = instructions_of_layers(dockerfile, root.image, None)
    own = next((at for at, writer in enumerate(writers) if writer is not None), len(writers))
    if any(writer is None for writer in writers[own:]) or own == len(writers):
        raise Declined("which instruction made which layer cannot be told")
    return Evidence(root, root.below(own), writers)


@contextmanager
def _base(session: BuildSession, base: str, document: Document) -> Generator[Evidence]:
    """The base image of the runtime stage, by itself; its name may hold arguments that stand above the first FROM."""
    arguments = document.source.data[: document.stages[0].instructions[0].start]
    try:
        name, _ = session.build(arguments + f"FROM {base}\n".encode(), f"an image of {base}")
    except BuildError as error:
        raise Declined(f"the base image {base} is not to be had") from error
    with session.root(name) as root:
        yield Evidence(root, root, (None,) * len(root.image.layers))


def _try(session: BuildSession, command: str, before: tuple[str, Image], after: tuple[str, Image]) -> Tried:
    return Tried(command, *(session.run(name, command, image) for name, image in (before, after)))


def _mend(plan: Plan, wrong: list[Fault], old: Evidence) -> Plan:
    """The plan with what the faults ask for; the same plan where they ask for nothing that can be had."""
    packages = {fault.package: fault.what for fault in wrong if fault.package and fault.package not in plan.packages}
    directories = [fault.directory for fault in wrong if fault.directory]
    if not packages and not directories:
        return plan
    return with_attributes(plan._replace(packages=plan.packages | packages), directories, old)
