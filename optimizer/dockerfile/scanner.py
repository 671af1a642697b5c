"""The lines of a Dockerfile as BuildKit reads them.

Follows BuildKit's ``frontend/dockerfile/parser/parser.go`` and ``directives.go``: parser directives, comment
lines, continuations (with comment and empty lines inside them), heredocs, a byte order mark, a file that ends
without a newline. What comes out are spans into the bytes that went in; nothing is rewritten or lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .record import Record, Row
from .source import BOM


class DockerfileError(Exception):
    """A Dockerfile that BuildKit would refuse. `line` is 1-based; `reason` is one line of plain text."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{line}: {reason}")
        self.line = line
        self.reason = reason


class Heredoc(Record):
    """A heredoc: `name` as the terminator line spells it, the span of its body, and its two switches."""

    name: bytes
    start: int  # first byte of the body
    end: int  # first byte of the terminator's line
    chomp: bool  # `<<-`: leading tabs do not count
    quoted: bool  # `<<"EOF"`: nothing in the body is expanded


class Scanned(Row):
    """One instruction: its extent, and the holes in it that are not part of the line BuildKit joins."""

    start: int  # first byte that is not white space
    head_end: int  # end of the joined line, before any heredoc; no line ending
    end: int  # end of the last line, heredocs included; no line ending
    line: int  # 1-based
    end_line: int
    holes: tuple[tuple[int, int], ...]  # continuations with their newline, comment lines, empty lines
    heredocs: tuple[Heredoc, ...]


class Scan(Record):
    instructions: tuple[Scanned, ...]
    comments: tuple[tuple[int, int], ...]  # every comment line, from its `#` to its end, directives left out
    directives: dict[str, bytes]
    escape: bytes


_DIRECTIVE = re.compile(rb"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_HEREDOC = rb"(\d*)<<(-?)[ \t\v\f\r]*([^<]*)\Z"
_BLANK = b" \t\n\v\f\r"
# Go's unicode.IsSpace knows these too; they occur where text was pasted from a web page.
_WIDE_SPACE = rb"(?:\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
_MAY_HEREDOC = rb"(?i)\s*(?:onbuild[ \t\v\f\r]+)?(?:run|copy|add)[ \t\v\f\r]"
_FIRST_WIDE = b"\xc2"  # no white space beyond ASCII starts with less
_LONGEST_LINE = 65535  # bufio.MaxScanTokenSize - 1


def lstrip(text: bytes) -> bytes:
    """`text` without leading white space, in Go's sense of it."""
    text = text.lstrip(_BLANK)
    while text and text[0] >= 0xC2 and (wide := re.match(_WIDE_SPACE, text)):
        text = text[wide.end() :].lstrip(_BLANK)
    return text


def scan(data: bytes) -> Scan:
    """Split `data` into instructions, comments and directives.

    Raises `DockerfileError` where BuildKit's parser would: a directive given twice, a bad escape, an
    unterminated heredoc, an over-long line, no instruction at all.
    """
    escape = b"\\"
    directives: dict[str, bytes] = {}
    in_directives = True
    instructions: list[Scanned] = []
    comments: list[tuple[int, int]] = []
    pos = len(BOM) if data.startswith(BOM) else 0
    size = len(data)
    line = 0

    while pos < size:
        # The first line of an instruction, or a comment, a directive, an empty line.
        eol = data.find(b"\n", pos) + 1 or size
        line += 1
        raw = data[pos:eol].rstrip(b"\r\n")
        if eol - pos > _LONGEST_LINE:
            raise DockerfileError(line, f"line longer than {_LONGEST_LINE} bytes")
        body = raw.lstrip(_BLANK)
        if body[:1] >= _FIRST_WIDE:
            body = lstrip(body)
        start = pos + len(raw) - len(body)
        pos = eol
        if body.startswith(b"#"):
            if in_directives and (found := _DIRECTIVE.match(body)) and found[1].lower() in _KNOWN_DIRECTIVES:
                name = found[1].lower().decode()
                if name in directives:
                    raise DockerfileError(line, f"only one {name} parser directive can be used")
                directives[name] = found[2]
                if name == "escape":
                    escape = found[2]
                    if escape not in (b"\\", b"`"):
                        raise DockerfileError(line, f"invalid escape token {_show(escape)}: it must be ` or \\")
            else:
                in_directives = False
                comments.append((start, start + len(body)))
            continue
        in_directives = False
        if not body:
            continue

        first = line
        holes: list[tuple[int, int]] = []
        head_end = start + len(body)
        cut = _continued(body, escape) if escape in body else -1
        if cut >= 0:
            head_end = start + cut
            holes.append((head_end, eol))
        while cut >= 0 and pos < size:
            eol = data.find(b"\n", pos) + 1 or size
            line += 1
            if eol - pos > _LONGEST_LINE:
                raise DockerfileError(line, f"line longer than {_LONGEST_LINE} bytes")
            raw = data[pos:eol].rstrip(b"\r\n")
            stripped = raw.lstrip(_BLANK)
            if stripped[:1] >= _FIRST_WIDE:
                stripped = lstrip(stripped)
            if stripped.startswith(b"#"):
                comments.append((pos + len(raw) - len(stripped), pos + len(raw)))
                holes.append((pos, eol))
            elif not stripped:
                holes.append((pos, eol))
            else:
                cut = _continued(raw, escape) if escape in raw else -1
                if cut >= 0:
                    head_end = pos + cut
                    holes.append((head_end, eol))
                else:
                    head_end = pos + len(raw)
            pos = eol
        end = max(head_end, start)
        if cut >= 0:  # the file ends in a continuation: its last lines belong to the instruction
            end = size - (len(data) - len(data.rstrip(b"\r\n")))
            end = max(end, head_end)

        heredocs: list[Heredoc] = []
        joined = join(data, start, head_end, holes) if b"<" in data[start:head_end] else b""
        if b"<<" in joined and re.match(_MAY_HEREDOC, joined):
            for name, chomp, quoted in _heredocs(joined):
                body_start = pos
                while True:
                    if pos >= size:
                        raise DockerfileError(first, f"unterminated heredoc {_show(name)}")
                    eol = data.find(b"\n", pos) + 1 or size
                    line += 1
                    text = data[pos:eol].rstrip(b"\r\n")
                    if (text.lstrip(b"\t") if chomp else text) == name:
                        break
                    pos = eol
                heredocs.append(Heredoc(name, body_start, pos, chomp, quoted))
                end = pos + len(text)
                pos = eol
        instructions.append(Scanned(start, head_end, end, first, line, tuple(holes), tuple(heredocs)))

    if not instructions:
        raise DockerfileError(max(line, 1), "file with no instructions")
    return Scan(tuple(instructions), tuple(comments), directives, escape)


_KNOWN_DIRECTIVES = frozenset((b"syntax", b"escape", b"check"))


def _continued(line: bytes, escape: bytes) -> int:
    """The offset of the escape character that continues a line; -1 where none does.

    BuildKit's expression is ``([^\\])\\[ \t]*$|^\\[ \t]*$``.
    """
    text = line.rstrip(b" \t")
    return len(text) - 1 if text[-1:] == escape and text[-2:-1] != escape else -1


def join(data: bytes, start: int, end: int, holes: Iterable[tuple[int, int]]) -> bytes:
    """The line that BuildKit makes of the bytes from `start` to `end`: what is in no hole."""
    parts: list[bytes] = []
    for hole_start, hole_end in holes:
        if hole_start >= end:
            break
        parts.append(data[start:hole_start])
        start = hole_end
    parts.append(data[start:end])
    return b"".join(parts)


def _heredocs(joined: bytes) -> list[tuple[bytes, bool, bool]]:
    """Name, chomp and quoted of every heredoc that BuildKit sees on a joined line."""
    found: list[tuple[bytes, bool, bool]] = []
    if json_words(_arguments(joined)) is not None:
        return found
    for word in _words(joined):
        match = re.match(_HEREDOC, word)
        if not match or not match[3]:
            continue
        names = _words(match[3])
        if len(names) != 1:
            continue
        name = _unquoted(names[0])
        found.append((name, bool(match[2]), name != names[0] and (b"'" in names[0] or b'"' in names[0])))
    return found


def _arguments(joined: bytes) -> bytes:
    parts = joined.split(None, 1)
    if parts and parts[0].lower() == b"onbuild" and len(parts) > 1:
        parts = parts[1].split(None, 1)
    return parts[1].strip() if len(parts) > 1 else b""


def json_words(text: bytes) -> tuple[str, ...] | None:
    """The words of a JSON list of strings; None where `text` is none."""
    if not text.startswith(b"["):
        return None
    if re.fullmatch(_PLAIN_LIST, text):
        return tuple(word.decode() for word in re.findall(rb'"([^"]*)"', text))
    import json

    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):  # what is nested that deep is no list of words
        return None
    if not isinstance(value, list):
        return None
    words: list[str] = []
    for item in value:  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(item, str):
            return None
        words.append(item)
    return tuple(words)


# Words that are spelled out, which is nearly all there are; the rest is the library's.
_PLAIN_LIST = rb'\[[ \t]*"[ !#-\[\]-~]*"[ \t]*(?:,[ \t]*"[ !#-\[\]-~]*"[ \t]*)*\]'
_LEX = rb"""(?s)\\.|'[^']*'|"(?:\\.|[^"\\])*"|\$\{[^}]*\}|\s+|."""


def _words(text: bytes) -> list[bytes]:
    """`text` split at white space that is neither quoted nor escaped nor inside ``${…}``."""
    words: list[bytes] = []
    word: list[bytes] = []
    for token in (*re.findall(_LEX, text), b" "):
        if not token.isspace():
            word.append(token)
        elif word:
            words.append(b"".join(word))
            word = []
    return words


def _unquoted(word: bytes) -> bytes:
    parts: list[bytes] = []
    for token in re.findall(_LEX, word):
        if token[:1] in (b"'", b'"') and len(token) > 1:
            parts.append(token[1:-1])
        elif token[:1] == b"\\" and len(token) > 1:
            parts.append(token[1:])
        else:
            parts.append(token)
    return b"".join(parts)


def _show(text: bytes) -> str:
    return text.decode("utf-8", "replace")
