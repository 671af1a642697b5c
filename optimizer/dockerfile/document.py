"""A Dockerfile as stages and instructions over the scanner's spans: immutable and lossless.

``bytes(Document.parse(data)) == data`` for every input that BuildKit accepts. Offsets are byte offsets into
the source; lines are 1-based.
"""

from __future__ import annotations

from bisect import bisect_left

from .cached import cached_property
from .instruction import Flag, Instruction, Token
from .record import Row
from .scanner import DockerfileError, Heredoc, scan
from .source import BOM, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dockerfile_parse import DockerfileParser

KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER"
    " VOLUME WORKDIR".split()
)


class Stage(Row):
    """A build stage: its FROM and what follows it, up to the next FROM."""

    number: int  # 0-based
    name: str | None  # lower case, as BuildKit compares it
    base: str  # as spelled, build arguments unexpanded
    instructions: tuple[Instruction, ...]  # FROM first


class Document:
    """A parsed Dockerfile."""

    def __init__(
        self, source: Source, instructions: tuple[Instruction, ...], comments: tuple[tuple[int, int], ...]
    ) -> None:
        self.source = source
        self.instructions = instructions
        self.comments = comments
        self.directives: dict[str, bytes] = {}
        self.escape = b"\\"

    @classmethod
    def parse(cls, data: bytes) -> Document:
        """Read `data`. Raises `DockerfileError` for what BuildKit's parser would refuse."""
        source = Source(data)
        scanned = scan(data)
        document = cls(
            source,
            tuple(Instruction(source, item, index, scanned.escape) for index, item in enumerate(scanned.instructions)),
            scanned.comments,
        )
        document.directives = scanned.directives
        document.escape = scanned.escape
        _validate(document)
        return document

    def __bytes__(self) -> bytes:
        parts: list[bytes] = []
        at = 0
        for instruction in self.instructions:
            parts += (self.source.data[at : instruction.start], self.source.data[instruction.start : instruction.end])
            at = instruction.end
        parts.append(self.source.data[at:])
        return b"".join(parts)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in order; global ARGs before the first FROM belong to none."""
        starts = [i for i, instruction in enumerate(self.instructions) if instruction.keyword == "FROM"]
        stages: list[Stage] = []
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(self.instructions)], strict=True)):
            body = self.instructions[start:end]
            words = [token.text.decode("utf-8", "replace") for token in body[0].tokens]
            named = len(words) == 3 and words[1].upper() == "AS"
            stages.append(Stage(number, words[2].lower() if named else None, words[0], body))
        return tuple(stages)

    def _masked(self) -> bytes:
        """The text for dockerfile-parse, which knows no heredoc and no comment or empty line in a continuation.

        Those lines become ``#`` lines, a byte order mark goes, and so does a continuation that the end of the
        file cuts off, with which dockerfile-parse would lose the instruction. An instruction whose keyword is cut
        comes on one line, and ``#`` lines for its others. The number of lines stays.
        """
        data = self.source.data
        parts: list[bytes] = []
        at = len(BOM) if data.startswith(BOM) else 0
        for instruction in self.instructions:
            if instruction.keyword_cut:
                end = self.source.line_end(instruction.head_end)
                lines = data.count(b"\n", instruction.start, end)
                parts += (data[at : instruction.start], instruction.joined, b"\n", b"#\n" * (lines - 1))
                at = end
            for start, end in () if instruction.keyword_cut else instruction.holes:
                if data[start - 1 : start] == b"\n" or start >= instruction.head_end:
                    parts += (data[at:start], b"#\n" if data[start - 1 : start] == b"\n" else b"\n")
                    at = end
            if instruction.heredocs:
                start, end = instruction.heredocs[0].start, self.source.line_end(instruction.end)
                parts += (data[at:start], b"#\n" * (instruction.end_line + 1 - self.source.line_of(start)))
                at = end
        parts += (data[at:], b"\n")
        return b"".join(parts)

    @cached_property
    def _peer(self) -> DockerfileParser:
        """dockerfile-parse's reading of the masked text."""
        from io import BytesIO

        from dockerfile_parse import DockerfileParser

        masked = self._masked()
        try:
            masked.decode("utf-8")
        except UnicodeDecodeError:
            masked = masked.decode("latin-1").encode("utf-8")
        return DockerfileParser(fileobj=BytesIO(masked))  # pyright: ignore[reportArgumentType]

    def disputed(self) -> int | None:
        """The first line where dockerfile-parse sees other instructions than we do; None where we agree.

        It is not asked where there cannot be two opinions: in a text of plain lines and plain continuations. Where it
        cannot read the text at all it has none: that contradicts nobody, and what is made of the text is checked.
        Where it cannot tell a base that may be an earlier stage, who needs what of that stage is anybody's guess.
        """
        untold = next((stage for stage in reversed(self.stages) if "$" in stage.base), None)
        if untold and any(stage.name for stage in self.stages[: untold.number]) and self.expanded_bases is None:
            return untold.instructions[0].line
        if self._plain:
            return None
        ours = [(instruction.line, instruction.keyword) for instruction in self.instructions]
        peer = self._peer
        try:
            theirs = [
                (item["startline"] + 1, item["instruction"])
                for item in peer.structure
                if item["instruction"] != "COMMENT"
            ]
        except Exception:  # noqa: BLE001  # whatever it raises is its opinion
            return None
        for mine, other in zip(ours, theirs, strict=False):
            if mine != other:
                return mine[0]
        return None if len(ours) == len(theirs) else self.instructions[-1].line

    @property
    def _plain(self) -> bool:
        """No heredoc, no other escape, no mark, and in no continuation anything but lines that go on with arguments."""
        data = self.source.data
        if "escape" in self.directives or data.startswith(BOM) or b"\\\\\n" in data or b"\\\\\r" in data:
            return False
        return not any(
            instruction.heredocs
            or instruction.keyword_cut
            or any(data[start - 1] == 10 or start >= instruction.head_end for start, _ in instruction.holes)
            for instruction in self.instructions
        )

    @cached_property
    def expanded_bases(self) -> list[str] | None:
        """The base of every stage with the build arguments' defaults put in, by dockerfile-parse.

        None where it cannot tell: it refuses ``ARG V=1 # note``, which BuildKit takes.
        """
        peer = self._peer
        try:
            return list(peer.parent_images)
        except Exception:  # noqa: BLE001  # whatever it raises is its opinion
            return None

    def instructions_between(self, start: int, end: int) -> tuple[Instruction, ...]:
        """The instructions that an edit of the bytes from `start` to `end` changes."""
        first = bisect_left(self.instructions, start, key=_end)
        last = bisect_left(self.instructions, max(end, start + 1), key=_start)
        return self.instructions[first:last]

    def comments_above(self, instruction: Instruction) -> tuple[tuple[int, int], ...]:
        """The comment lines that stand directly above `instruction`, no empty line between, top first."""
        line_start = instruction.line_start
        last = first = bisect_left(self.comments, (line_start,))
        while first and self.source.line_end(self.comments[first - 1][1]) == line_start:
            first -= 1
            line_start = self.source.line_start(self.comments[first][0])
        return self.comments[first:last]

    def comments_between(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The comment lines that start in the bytes from `start` to `end`."""
        return self.comments[bisect_left(self.comments, (start,)) : bisect_left(self.comments, (end,))]


def _start(instruction: Instruction) -> int:
    return instruction.start


def _end(instruction: Instruction) -> int:
    return instruction.end


_NEED_ARGUMENTS = KEYWORDS - {"CMD", "ENTRYPOINT", "RUN", "SHELL"}


_QUOTES = frozenset(b"\"'\\`")


def _validate(document: Document) -> None:
    """Refuse what BuildKit refuses after the split into lines; messages in its words where it has them."""
    seen_from = False
    for instruction in document.instructions:
        keyword = instruction.keyword
        if keyword not in KEYWORDS:
            raise DockerfileError(instruction.line, f"unknown instruction: {_brief(keyword)}")
        if keyword in _NEED_ARGUMENTS and not instruction.args:
            raise DockerfileError(instruction.line, f"{keyword} requires an argument")
        if keyword == "FROM":
            seen_from = True
            words = instruction.args.split()
            if len(words) != 1 and not (len(words) == 3 and words[1].upper() == b"AS"):
                raise DockerfileError(instruction.line, "FROM requires either one or three arguments")
        elif not seen_from and keyword != "ARG":
            raise DockerfileError(instruction.line, "no build stage in current context")
        elif keyword in ("ENV", "LABEL"):
            args = instruction.args
            # What comes before a quote or an escape is the same however the rest is split.
            first = args.split(None, 1)[0]
            plain = b"=" in first and not _QUOTES.intersection(first[: first.index(b"=")])
            name, equals, _ = (first if plain else instruction.tokens[0].text).partition(b"=")
            if equals and not name:
                raise DockerfileError(instruction.line, f"{keyword} names can not be blank")
            if not equals and len(args.split(None, 1)) < 2:
                raise DockerfileError(instruction.line, f"{keyword} must have two arguments")
        elif keyword in ("COPY", "ADD"):
            count = len(instruction.args.split()) if instruction.json is None else len(instruction.json)
            if count < 2:
                raise DockerfileError(instruction.line, f"{keyword} requires at least two arguments")
    if not seen_from:
        raise DockerfileError(document.instructions[-1].line, "no build stage in current context")


def _brief(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


__all__ = ["DockerfileError", "Document", "Flag", "Heredoc", "Instruction", "Stage", "Token"]
