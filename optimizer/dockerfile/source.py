"""The bytes of a Dockerfile, and where its lines are.

Everything inside dfopt is a byte offset into a :class:`Source`; lines and columns are made at the edge,
when something is shown to a person or written in a format that counts them. Nothing is decoded that is
not edited, so a byte that is not UTF-8 survives.
"""

from __future__ import annotations

from bisect import bisect_right

from .record import Record

BOM = b"\xef\xbb\xbf"


class Position(Record):
    """A place as people count it: 1-based line, 1-based column in UTF-8 bytes."""

    line: int
    column: int


class Source:
    """Immutable bytes with an index of line starts."""

    __slots__ = ("_starts", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts: list[int] | None = None

    def __len__(self) -> int:
        return len(self.data)

    @property
    def line_starts(self) -> list[int]:
        """The offset of the first byte of every line; a line ends at ``\\n`` and nowhere else."""
        if self._starts is None:
            starts = [0]
            find = self.data.find
            at = find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = find(b"\n", at + 1)
            self._starts = starts
        return self._starts

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds the byte at `offset` (the end of the data is on the last line)."""
        return bisect_right(self.line_starts, offset)

    def position(self, offset: int) -> Position:
        """Line and column of `offset`, both 1-based, the column in bytes."""
        line = self.line_of(offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line_start(self, offset: int) -> int:
        """The offset of the first byte of the line that holds `offset`."""
        return self.data.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The offset after the newline that ends the line holding `offset`, or the end of the data."""
        at = self.data.find(b"\n", offset)
        return len(self.data) if at < 0 else at + 1

    def line_text(self, line: int) -> bytes:
        """The bytes of a 1-based line, without its line ending."""
        starts = self.line_starts
        end = starts[line] if line < len(starts) else len(self.data)
        return self.data[starts[line - 1] : end].rstrip(b"\r\n")

    def indent(self, offset: int) -> bytes:
        """The blanks that open the line holding `offset`."""
        start = self.line_start(offset)
        end = start
        while end < len(self.data) and self.data[end] in b" \t":
            end += 1
        return self.data[start:end]

    def newline(self, near: int = 0) -> bytes:
        """The line ending in use around `near`: that of its own line, else of the line before, else ``\\n``."""
        at = self.data.find(b"\n", near)
        if at < 0:
            at = self.data.rfind(b"\n", 0, near)
        return b"\r\n" if at > 0 and self.data[at - 1 : at] == b"\r" else b"\n"
