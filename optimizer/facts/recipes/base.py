"""What the readers of recipes share: their answer, the files that they may open, and the words of a command."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ...dockerfile.commands import Command, Word
from ...dockerfile.source import BOM

#: The text of a file of the image by its absolute path; None where it is not shown.
Open = Callable[[str], bytes | None]

_MOST_FILES = 64
_MOST_BYTES = 1 << 20


class Shell(NamedTuple):
    """A shell text that is run; `path` is the file it stands in, empty where it is an operand."""

    text: bytes
    directory: str | None  # absolute directory that it starts in
    path: str


class Code(NamedTuple):
    """A program in another language, of which only literals are known."""

    text: bytes
    directory: str | None
    path: str


class Behind(NamedTuple):
    """What a command runs; `unread` says in words why that is not all, and `reads` names the files that tell it."""

    shells: tuple[Shell, ...] = ()
    codes: tuple[Code, ...] = ()
    reads: tuple[str, ...] = ()
    unread: str = ""


class Recipe:
    """A `Behind` in the making: what is opened through it is noted, and no more than so many files are."""

    def __init__(self, opener: Open, directory: str | None) -> None:
        self.directory = directory
        self.unread = ""
        self._open = opener
        self.entered: set[str] = set()  # files that include others, each read once
        self._texts: dict[str, bytes | None] = {}
        self._shells: dict[Shell, None] = {}
        self._codes: dict[Code, None] = {}

    def read(self, path: str | None) -> bytes | None:
        """The text of the file at `path`, without a byte order mark; None where it is not shown or too much."""
        if path is None or "\0" in path:
            return None
        if path not in self._texts:
            text = self._open(path) if len(self._texts) < _MOST_FILES else None
            self._texts[path] = None if text is None or len(text) > _MOST_BYTES else text.removeprefix(BOM)
        return self._texts[path]

    def first(self, names: Iterable[str], directory: str | None = None) -> tuple[str, bytes] | None:
        """The path and the text of the first of the files `names` that is shown in the directory."""
        for name in names:
            path = place(name, directory or self.directory)
            text = self.read(path)
            if path is not None and text is not None:
                return path, text
        return None

    def shell(self, text: bytes, path: str = "", directory: str | None = None) -> None:
        """Add a shell text that is run in `directory`, or in that of the command."""
        if text.strip():
            self._shells[Shell(text, directory or self.directory, path)] = None

    def code(self, text: bytes, path: str = "", directory: str | None = None) -> None:
        """Add a program that is run in `directory`, or in that of the command."""
        self._codes[Code(text, directory or self.directory, path)] = None

    def doubt(self, reason: str) -> None:
        """Say why what is run is not all known; the first reason stays."""
        self.unread = self.unread or reason

    @property
    def found(self) -> Behind:
        """What has been found so far."""
        reads = tuple(path for path, text in self._texts.items() if text is not None)
        return Behind(tuple(self._shells), tuple(self._codes), reads, self.unread)


def place(name: str, directory: str | None) -> str | None:
    """The absolute path of `name`; None where the directory that it starts from is not known, or `name` is not."""
    if not name or "$" in name or "`" in name or name.startswith("~"):
        return None
    if name.startswith("/"):
        return "/" + posixpath.normpath(name).lstrip("/")
    return posixpath.normpath(posixpath.join(directory, name)) if directory is not None else None


def spelled(word: Word) -> str:
    """What a word says; where an expansion is in it, that stays as it is spelled."""
    return word.value if word.value is not None else word.raw.decode("utf-8", "replace").strip("\"'")


def arguments(command: Command) -> list[str]:
    """The words behind the name of `command`, as `spelled`."""
    return [spelled(word) for word in command.argv[1:]]


def rest(words: Iterable[Word]) -> bytes:
    """The words as a shell text."""
    return b" ".join(word.raw for word in words)


class Options(NamedTuple):
    """The words of a command: options by name in order, operands, and where among the words the first operand is."""

    given: list[tuple[str, str]]
    operands: list[str]
    first: int

    def value(self, *names: str) -> str | None:
        """The last value given to one of the options; None where none is given."""
        return next((value for name, value in reversed(self.given) if name in names), None)

    def has(self, *names: str) -> bool:
        """Whether one of the options is given."""
        return any(name in names for name, _ in self.given)


def options(words: list[str], valued: frozenset[str], *, stop: bool = False) -> Options:
    """Read `words`; options in `valued` take a value. `stop` says that nothing behind an operand is an option."""
    given: list[tuple[str, str]] = []
    operands: list[str] = []
    first = len(words)
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            first = min(first, at)
            return Options(given, operands + words[at:], first)
        if word[:1] != "-" or word == "-":
            first = min(first, at - 1)
            if stop:
                return Options(given, words[first:], first)
            operands.append(word)
            continue
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            if not equals and name in valued and at < len(words):
                value = words[at]
                at += 1
            given.append((name, value))
            continue
        for place_, letter in enumerate(word[1:], 2):
            name = "-" + letter
            if name not in valued:
                given.append((name, ""))
                continue
            value = word[place_:].removeprefix("=")
            if not value and at < len(words):
                value = words[at]
                at += 1
            given.append((name, value))
            break
    return Options(given, operands, first)
