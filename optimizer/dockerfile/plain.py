"""Scripts of plain words: simple commands joined by ``&&`` and ``;``, which are read without a parser."""

from __future__ import annotations

import re

from .commands import Command, Unit, Word

#: Bytes that say themselves in any word.
PLAIN_WORD = re.compile(rb"[\w./:=@%+,-]+")
_PLAIN = re.compile(rb"[\w./:=@%+,*\- \t;&]+")
_TOKENS = re.compile(rb"[\w./:=@%+,*-]+|&&|;|&")
_NAME = re.compile(rb"[\w./][\w./+:-]*")
# What is no name of a command: reserved words (POSIX, 2.4), and builtins that tree-sitter-bash parses apart.
_RESERVED = frozenset(
    (
        b"if", b"then", b"else", b"elif", b"fi", b"for", b"while", b"until", b"do", b"done", b"case", b"esac", b"in",
        b"select", b"function", b"coproc", b"time", b"declare", b"typeset", b"export", b"readonly", b"local", b"unset",
        b"unsetenv",
    )
)  # fmt: skip


def read_plain(code: bytes, base: int) -> tuple[tuple[Unit, ...], tuple[Command, ...], bytes] | None:
    """The units, commands and trailing separator of a script at offset `base`; None where it needs the parser.

    They are what the parser would make of it.
    """
    if not _PLAIN.fullmatch(code):
        return None
    units: list[Unit] = []
    commands: list[Command] = []
    words: list[Word] = []
    connector, operator = b"", -1
    for match in _TOKENS.finditer(code):
        text = match[0]
        if text == b"&":
            return None
        if text not in (b"&&", b";"):
            words.append(Word(base + match.start(), base + match.end(), text, text.decode()))
            continue
        if not _add(words, connector, operator, units, commands):
            return None
        words = []
        connector, operator = text, base + match.start()
    if words or connector != b";":
        if not _add(words, connector, operator, units, commands):
            return None
        connector = b""
    return tuple(units), tuple(commands), connector


def _add(words: list[Word], connector: bytes, operator: int, units: list[Unit], commands: list[Command]) -> bool:
    """Add the command of these words to both lists; False where they are no simple command."""
    if not words or not _NAME.fullmatch(words[0].raw) or words[0].raw in _RESERVED:
        return False
    start, end = words[0].start, words[-1].end
    units.append(Unit(start, end, "command", connector, operator))
    commands.append(Command(start, end, tuple(words), (), ()))
    return True
