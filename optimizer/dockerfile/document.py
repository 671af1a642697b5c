"""A Dockerfile as stages and instructions over the scanner's spans: immutable and lossless.

``bytes(Document.parse(data)) == data`` for every input that BuildKit accepts. Offsets are byte offsets into
the source; lines are 1-based.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from .scanner import DockerfileError, Heredoc, Scanned, scan
from .source import BOM, Source

if TYPE_CHECKING:
    from dockerfile_parse import DockerfileParser

KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER"
    " VOLUME WORKDIR".split()
)
_SPACE = b" \t\n\v\f\r"
_WORD = re.compile(rb"[^\s]+")
_FLAG = re.compile(rb"""--(?:[^\s"']|"[^"]*"|'[^']*')*""")


class Flag(NamedTuple):
    """A builder flag, ``--name=value`` or ``--name``; `start` and `end` span the whole of it."""

    name: str
    value: bytes | None
    start: int
    end: int


class Token(NamedTuple):
    """A word of an instruction's arguments, as it is spelled."""

    text: bytes
    start: int
    end: int


class Instruction:
    """One instruction. `start` is the first byte of its keyword, `end` follows its last byte, heredocs included."""

    def __init__(self, source: Source, scanned: Scanned, index: int) -> None:
        self.source = source
        self.index = index
        self.start = scanned.start
        self.head_end = scanned.head_end
        self.end = scanned.end
        self.line = scanned.line
        self.end_line = scanned.end_line
        self.holes = scanned.holes
        self.heredocs = scanned.heredocs
        #: Where `shell.read_script` keeps its view, so that a text is parsed once.
        self.shell_view: object = None
        #: The joined line with every hole blanked by as many spaces: offsets into it are `start` + offset.
        self.code = _blanked(source.data, scanned)
        word = _WORD.search(self.code)
        spelled = word[0] if word else b""
        self.keyword_end = self.start + (word.end() if word else 0)
        self.keyword = spelled.decode("utf-8", "replace").upper()

    def __repr__(self) -> str:
        return f"<{self.keyword} line {self.line}>"

    @property
    def line_start(self) -> int:
        """The first byte of the instruction's first line."""
        return self.source.line_start(self.start)

    @property
    def line_end(self) -> int:
        """The byte after the newline that ends the instruction."""
        return self.source.line_end(self.end)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The builder flags, in order."""
        return self._flags_and_arguments[0]

    @property
    def args_start(self) -> int:
        """The first byte of the arguments, after keyword and flags."""
        return self._flags_and_arguments[1]

    @property
    def args(self) -> bytes:
        """The arguments, holes blanked, without the white space around them."""
        return self.code[self.args_start - self.start :].rstrip(_SPACE)

    @cached_property
    def _flags_and_arguments(self) -> tuple[tuple[Flag, ...], int]:
        flags: list[Flag] = []
        code = self.code
        pos = self.keyword_end - self.start
        while True:
            while pos < len(code) and code[pos] in _SPACE:
                pos += 1
            found = _FLAG.match(code, pos)
            if not found:
                return tuple(flags), self.start + pos
            pos = found.end()
            if found[0] == b"--":
                continue
            name, equals, value = found[0][2:].partition(b"=")
            flags.append(
                Flag(
                    name.decode("utf-8", "replace"),
                    value if equals else None,
                    self.start + found.start(),
                    self.start + found.end(),
                )
            )

    def flag(self, name: str) -> Flag | None:
        """The last flag called `name`."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    @cached_property
    def json(self) -> tuple[str, ...] | None:
        """The words of a JSON argument list (exec form), or None where the arguments are not one."""
        args = self.args
        if not args.startswith(b"["):
            return None
        import json

        try:
            value: object = json.loads(args)
        except ValueError:
            return None
        if not isinstance(value, list):
            return None
        words: list[str] = []
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            if not isinstance(item, str):
                return None
            words.append(item)
        return tuple(words)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The arguments split at white space, quotes left as they are (a quoted space does not split)."""
        return tuple(
            Token(match[0], self.args_start + match.start(), self.args_start + match.end())
            for match in _TOKEN.finditer(self.args)
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments as words: those of a JSON list, or else the tokens."""
        return self.json or tuple(token.text.decode("utf-8", "replace") for token in self.tokens)

    @property
    def form(self) -> str:
        """``exec`` for a JSON list, else ``shell``."""
        return "shell" if self.json is None else "exec"

    @property
    def normal(self) -> bytes:
        """What the instruction says, in one spelling for every layout: its words, one space apart."""
        return b" ".join([self.keyword.encode("utf-8", "replace"), *self.code.split()[1:]])


_TOKEN = re.compile(rb"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\]|["'\\])+""")


class Stage(NamedTuple):
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
            tuple(Instruction(source, item, index) for index, item in enumerate(scanned.instructions)),
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
        file cuts off, with which dockerfile-parse would lose the instruction. The number of lines stays.
        """
        data = self.source.data
        parts: list[bytes] = []
        at = len(BOM) if data.startswith(BOM) else 0
        for instruction in self.instructions:
            for start, end in instruction.holes:
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

        It is not asked where there cannot be two opinions: in a text of plain lines and plain continuations.
        """
        if self._plain:
            return None
        ours = [(instruction.line, instruction.keyword) for instruction in self.instructions]
        theirs = [
            (item["startline"] + 1, item["instruction"])
            for item in self._peer.structure
            if item["instruction"] != "COMMENT"
        ]
        for mine, other in zip(ours, theirs, strict=False):
            if mine != other:
                return mine[0]
        return None if len(ours) == len(theirs) else self.instructions[-1].line

    @property
    def _plain(self) -> bool:
        """No heredoc, no other escape, no mark, and in no continuation anything but lines that go on."""
        data = self.source.data
        if "escape" in self.directives or data.startswith(BOM) or b"\\\\\n" in data or b"\\\\\r" in data:
            return False
        return not any(
            instruction.heredocs
            or any(data[start - 1] == 10 or start >= instruction.head_end for start, _ in instruction.holes)
            for instruction in self.instructions
        )

    def expanded_bases(self) -> list[str]:
        """The base of every stage with the build arguments' defaults put in, by dockerfile-parse."""
        return list(self._peer.parent_images)

    def comments_above(self, instruction: Instruction) -> tuple[tuple[int, int], ...]:
        """The comment lines that stand directly above `instruction`, no empty line between, top first."""
        found: list[tuple[int, int]] = []
        line_start = instruction.line_start
        for start, end in reversed(self.comments):
            if end > line_start:
                continue
            if self.source.line_end(end) != line_start:
                break
            line_start = self.source.line_start(start)
            found.append((start, end))
        return tuple(reversed(found))


def _blanked(data: bytes, scanned: Scanned) -> bytes:
    if not scanned.holes:
        return data[scanned.start : scanned.head_end]
    parts: list[bytes] = []
    at = scanned.start
    for start, end in scanned.holes:
        if start >= scanned.head_end:
            break
        parts += (data[at:start], b" " * (end - start))
        at = end
    parts.append(data[at : scanned.head_end])
    return b"".join(parts)


_NEED_ARGUMENTS = KEYWORDS - {"CMD", "ENTRYPOINT", "RUN", "SHELL"}
_NAME_VALUE = re.compile(rb"""\s*(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s=])+=""")


def _validate(document: Document) -> None:
    """Refuse what BuildKit refuses after the split into lines; messages in its words where it has them."""
    seen_from = False
    for instruction in document.instructions:
        keyword = instruction.keyword
        if keyword not in KEYWORDS:
            raise DockerfileError(instruction.line, f"unknown instruction: {_brief(keyword)}")
        args = instruction.args
        if keyword in _NEED_ARGUMENTS and not args:
            raise DockerfileError(instruction.line, f"{keyword} requires an argument")
        if keyword == "FROM":
            seen_from = True
            words = instruction.tokens
            if len(words) != 1 and not (len(words) == 3 and words[1].text.upper() == b"AS"):
                raise DockerfileError(instruction.line, "FROM requires either one or three arguments")
        elif not seen_from and keyword != "ARG":
            raise DockerfileError(instruction.line, "no build stage in current context")
        elif keyword in ("ENV", "LABEL"):
            if not _NAME_VALUE.match(args) and len(instruction.tokens) < 2:
                raise DockerfileError(instruction.line, f"{keyword} must have two arguments")
        elif keyword in ("COPY", "ADD"):
            count = len(instruction.json) if instruction.json is not None else len(instruction.tokens)
            if count < 2:
                raise DockerfileError(instruction.line, f"{keyword} requires at least two arguments")
    if not seen_from:
        raise DockerfileError(document.instructions[-1].line, "no build stage in current context")


def _brief(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


__all__ = ["DockerfileError", "Document", "Flag", "Heredoc", "Instruction", "Stage", "Token"]
