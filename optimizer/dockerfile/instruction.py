"""One instruction of a Dockerfile: its keyword, flags and arguments as BuildKit reads them, and where they stand.

BuildKit reads the line that it joins of all that is in no hole, so a continuation may cut a keyword, a flag or a word.
`code` is for what needs offsets and no word that is cut; all else is read from the joined line.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from .cached import cached_property
from .record import Record, Row
from .scanner import Scanned, join, json_words
from .source import Source

_SPACE = b" \t\n\v\f\r"
_WORD = re.compile(rb"[^\s]+")
_FLAG = re.compile(rb"""--(?:\\.|[^\s"'\\]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|["'].*|\\\Z)*""")
# What has names and values is split with regard to quotes and to the escape character; all else at white space.
_QUOTING = frozenset(("ARG", "ENV", "LABEL"))


class Flag(Record):
    """A builder flag, ``--name=value`` or ``--name``; `start` and `end` span the whole of it."""

    name: str
    value: bytes | None
    start: int
    end: int

    @property
    def text(self) -> str:
        """The value as text; empty where there is none."""
        return (self.value or b"").decode("utf-8", "replace")


class Token(Row):
    """A word of an instruction's arguments, as it is spelled but for a continuation in it."""

    text: bytes
    start: int
    end: int


class Instruction:
    """One instruction. `start` is the first byte of its keyword, `end` follows its last byte, heredocs included."""

    def __init__(self, source: Source, scanned: Scanned, index: int, escape: bytes = b"\\") -> None:
        self.source = source
        self.index = index
        self.escape = escape
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
        #: Whether the keyword is not all that its line starts with, because of a continuation.
        self.keyword_cut = self.start + len(spelled) != self.keyword_end
        if self.holes and source.data.startswith(escape, self.keyword_end):
            self.keyword_cut = True
            word = _WORD.search(self.joined)
            spelled = word[0] if word else b""
            self.keyword_end = self._place_behind(word.end() if word else 0)
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
    def joined(self) -> bytes:
        """The line that BuildKit makes of the instruction, without heredocs."""
        return join(self.source.data, self.start, self.head_end, self.holes) if self.holes else self.code

    @cached_property
    def _parts(self) -> tuple[list[int], list[int]]:
        """Where the parts that are joined start: in the joined line, and in the source."""
        starts, places = [0], [self.start]
        for start, end in self.holes:
            if start >= self.head_end:
                break
            if start > places[-1]:
                starts.append(starts[-1] + start - places[-1])
                places.append(end)
            else:
                places[-1] = end
        return starts, places

    def _place(self, offset: int) -> int:
        """The place in the source of what stands at `offset` of the joined line."""
        if not self.holes:
            return self.start + offset
        starts, places = self._parts
        part = bisect_right(starts, offset) - 1
        return min(places[part] + offset - starts[part], self.head_end)

    def _place_behind(self, offset: int) -> int:
        """The place in the source of the end, at `offset` of the joined line, of what stands there."""
        return self._place(offset - 1) + 1 if offset else self.start

    @cached_property
    def raw(self) -> bytes:
        """All its bytes, the bodies of heredocs included."""
        return self.source.data[self.start : self.end]

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The builder flags, in order."""
        return self._flags_and_arguments[0]

    @cached_property
    def args_start(self) -> int:
        """The first byte of the arguments, after keyword and flags."""
        return self._place(self._flags_and_arguments[1])

    @cached_property
    def args(self) -> bytes:
        """The arguments as BuildKit joins them, without the white space around them."""
        return self.joined[self._flags_and_arguments[1] :].rstrip(_SPACE)

    @cached_property
    def _flags_and_arguments(self) -> tuple[tuple[Flag, ...], int]:
        """The flags, and where in the joined line the arguments start."""
        flags: list[Flag] = []
        line = self.joined
        word = _WORD.search(line)
        pos = word.end() if word else 0
        more = True
        while True:
            pos = len(line) - len(line[pos:].lstrip(_SPACE))
            found = _FLAG.match(line, pos) if more and line.startswith(b"--", pos) else None
            if not found:
                return tuple(flags), pos
            pos = found.end()
            if found[0] == b"--":
                more = False
                continue
            name, equals, value = found[0][2:].partition(b"=")
            flags.append(
                Flag(
                    name.decode("utf-8", "replace"),
                    value if equals else None,
                    self._place(found.start()),
                    self._place_behind(found.end()),
                )
            )

    def flag(self, name: str) -> Flag | None:
        """The last flag called `name`."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None) if self.flags else None

    @cached_property
    def json(self) -> tuple[str, ...] | None:
        """The words of a JSON argument list (exec form), or None where the arguments are not one."""
        return json_words(self.args)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The arguments split as BuildKit splits them, quotes left as they are."""
        first = self._flags_and_arguments[1]
        return tuple(
            Token(match[0], self._place(first + match.start()), self._place_behind(first + match.end()))
            for match in self._word.finditer(self.args)
        )

    @property
    def _word(self) -> re.Pattern[bytes]:
        """What a word of the arguments looks like."""
        return re.compile(_QUOTED_WORD % {b"e": re.escape(self.escape)}) if self.keyword in _QUOTING else _WORD

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The arguments as words: those of a JSON list, or else the tokens."""
        return self.json or tuple([word.decode("utf-8", "replace") for word in self._word.findall(self.args)])

    @property
    def form(self) -> str:
        """``exec`` for a JSON list, else ``shell``."""
        return "shell" if self.json is None else "exec"

    @property
    def normal(self) -> bytes:
        """What the instruction says, in one spelling for every layout: its words, one space apart."""
        return b" ".join([self.keyword.encode("utf-8", "replace"), *self.joined.split()[1:]])


_QUOTED_WORD = rb"""(?:"(?:%(e)s.|[^"%(e)s])*"|'[^']*'|%(e)s.|[^\s"'%(e)s]|["'%(e)s])+"""


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
