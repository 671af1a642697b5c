"""Proof by building: a Dockerfile before and after its rewrites, and what their images differ in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..dockerfile.document import Document, Instruction
from ..facts.stages import Facts, StageFacts
from ..image.compare import Difference, compare
from ..image.globs import matches
from ..image.proof import LayerSize, Proof, Side, Tried, Verdict
from .engines import BuildError, BuildSession

if TYPE_CHECKING:
    from ..image import Image
    from ..rules.engine import Applied, Result


class PatchedBuildError(BuildError):
    """The patched Dockerfile does not build, and the original does."""


class Request(NamedTuple):
    """What to verify beside the build itself."""

    target: str | None = None
    commands: tuple[str, ...] = ()
    control: bool = False


class Verifier:
    """Verifies rewrites of one Dockerfile; the original is built once, however many are asked for.

    Its methods raise `BuildError`, `EngineError`, `ArchiveError` and `OSError`.
    """

    def __init__(self, session: BuildSession, original: bytes, request: Request) -> None:
        self.session = session
        self.original = original
        self.request = request
        self._built: dict[str | None, _Built] = {}
        self._control: dict[str | None, tuple[Difference, ...]] = {}

    def verify(self, result: Result) -> Verdict:
        """Build what `result` patched, and compare."""
        document = Document.parse(self.original)
        return Verdict(tuple(self._prove(result, target) for target in _targets(document, result, self.request.target)))

    def _prove(self, result: Result, target: str | None) -> Proof:
        before = self._before(target)
        control = self._two_builds(target) if self.request.control else None
        after = self._after(result.patched, target)
        findings = [item.finding for item in result.applied]
        comparison = compare(
            before.image,
            after.image,
            removes=[glob for finding in findings for glob in finding.removes],
            changes=[glob for finding in findings for glob in finding.changes],
            volatile=[item.path for item in control or ()],
        )
        shared = _shared(before.image, after.image)
        lines = instructions_of_layers(result.original, before.image, target)
        return Proof(
            target,
            _side(before, shared, lines),
            _side(after, shared, instructions_of_layers(result.patched, after.image, target)),
            comparison,
            _saved_by_rule(result, before.image, after.image, lines),
            tuple(
                Tried(command, *(self.session.run(side.name, command, side.image) for side in (before, after)))
                for command in self.request.commands
            ),
            control,
        )

    def _before(self, target: str | None) -> _Built:
        if target not in self._built:
            self._built[target] = self._build(self.original, "the original Dockerfile", target)
        return self._built[target]

    def _after(self, patched: bytes, target: str | None) -> _Built:
        """Build what was patched. A mirror or the engine may have a bad moment: before blame, it is tried again."""
        try:
            return self._build(patched, "the patched Dockerfile", target)
        except BuildError:
            try:
                return self._build(patched, "the patched Dockerfile", target)
            except BuildError as error:
                raise PatchedBuildError(str(error), error.lines) from error

    def _two_builds(self, target: str | None) -> tuple[Difference, ...]:
        if target not in self._control:
            again = self._build(self.original, "the original Dockerfile again", target)
            self._control[target] = compare(self._before(target).image, again.image).undeclared
        return self._control[target]

    def _build(self, dockerfile: bytes, what: str, target: str | None) -> _Built:
        name, seconds = self.session.build(dockerfile, what, target)
        return _Built(name, seconds, self.session.read(name))


class _Built(NamedTuple):
    name: str
    seconds: float
    image: Image


def _targets(document: Document, result: Result, target: str | None) -> list[str | None]:
    """What to build: what was asked for; else the last stage, and every other that ships and was rewritten."""
    if target is not None:
        return [target]
    stages = Facts(document).stages
    found: list[str | None] = [None]
    seen = _chain(stages[-1])
    for stage in reversed(stages[:-1]):
        if not stage.ships or stage.children or stage in seen:
            continue
        spans = [(stage.instructions[0].start, stage.instructions[-1].end) for stage in _chain(stage)]
        if any(start <= item.start < end for item in result.applied for start, end in spans):
            found.append(stage.stage.name or str(stage.stage.number))
    return found


def _chain(stage: StageFacts) -> list[StageFacts]:
    """The stage and those it is built FROM, lowest first."""
    chain = [stage]
    while chain[0].parent:
        chain.insert(0, chain[0].parent)
    return chain


def _shared(before: Image, after: Image) -> int:
    """How many layers the two have in common, from the base up."""
    number = 0
    for one, other in zip(before.layers, after.layers, strict=False):
        if one.digest != other.digest:
            break
        number += 1
    return number


def _side(built: _Built, shared: int, lines: tuple[Instruction | None, ...]) -> Side:
    layers = [
        LayerSize(
            line.line if line else 0, line.normal.decode("utf-8", "replace") if line else layer.created_by, layer.size
        )
        for layer, line in zip(built.image.layers[shared:], lines[shared:], strict=True)
    ]
    base = sum(layer.size for layer in built.image.layers[:shared])
    return Side(built.image.size, built.seconds, base, tuple(layers))


def instructions_of_layers(dockerfile: bytes, image: Image, target: str | None) -> tuple[Instruction | None, ...]:
    """The instruction that made each layer, found by walking the image's history and the stage from their ends."""
    stages = Facts(Document.parse(dockerfile)).stages
    wanted = stages[-1]
    if target is not None:
        by_name = [stage for stage in stages if target.lower() in (stage.stage.name, str(stage.stage.number))]
        wanted = by_name[-1] if by_name else wanted
    instructions = [item for stage in _chain(wanted) for item in stage.instructions if item.keyword != "FROM"]
    found: list[Instruction | None] = []
    history = image.history
    if len([item for item in history if not item.empty]) != len(image.layers):
        return (None,) * len(image.layers)
    for item in reversed(history):
        last = instructions[-1] if instructions else None
        if last and not _made_by(item.created_by, last):
            instructions.clear()
        instruction = instructions.pop() if instructions else None
        if not item.empty:
            found.append(instruction)
    return tuple(reversed(found))


def _made_by(created_by: str, instruction: Instruction) -> bool:
    """Whether a line of the history can be that of `instruction`: builders write ``RUN`` out, or as a shell's line."""
    words = created_by.upper().split()
    return instruction.keyword in words[:4] or (instruction.keyword == "RUN" and "#(NOP)" not in words)


def _saved_by_rule(
    result: Result, before: Image, after: Image, lines: tuple[Instruction | None, ...]
) -> tuple[tuple[str, int], ...]:
    """The bytes each rule saved, largest first: by what a finding removes, else by the instruction it rewrote.

    Where several rules had a hand in the same file they are named together; ``""`` is what no rule can be named for.
    """
    applied = [(item, _edited(result, item)) for item in result.applied]
    saved: dict[str, int] = {}
    was, now = before.stored, after.stored
    for path in was.keys() | now.keys():
        sizes = was.get(path, ())
        delta = sum(sizes) - sum(now.get(path, ()))
        if not delta:
            continue
        candidates = [one for one in applied if matches(path, one[0].finding.removes)] or applied
        writers = [line for size, line in zip(sizes, lines, strict=False) if size and line]
        here = [item for item, spans in candidates if any(_touches(spans, line) for line in writers)]
        if not here and candidates is not applied:
            here = [item for item, _ in candidates]
        name = ", ".join(dict.fromkeys(sorted(item.finding.rule for item in here)))
        saved[name] = saved.get(name, 0) + delta
    return tuple(sorted(saved.items(), key=lambda item: (-item[1], item[0])))


def _edited(result: Result, item: Applied) -> list[tuple[int, int]]:
    """Where `item` stands and what its rule edited around there, in offsets into the original."""
    own = [(edit.start, edit.end) for edit in result.edits if item.finding.rule in edit.rules]
    return [(item.start, item.end), *own]


def _touches(spans: Iterable[tuple[int, int]], instruction: Instruction) -> bool:
    return any(start <= instruction.end and instruction.start <= end for start, end in spans)
