"""The commands of a shell script: their words, what joins them, and what stands around them."""

from __future__ import annotations

from collections.abc import Container

from .cached import cached_property
from .record import Record, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Word(Row):
    """A word of a command: its spelling, and what it says where no expansion is involved."""

    start: int
    end: int
    raw: bytes
    value: str | None

    def moved(self, by: int) -> Word:
        """The same word `by` bytes further on."""
        return Word(self.start + by, self.end + by, self.raw, self.value)


class Redirection(Record):
    """Where a command reads from or writes to: ``>``, ``>>``, ``<``, ``<<<`` … and the word behind it."""

    operator: str
    target: Word

    @property
    def writes(self) -> bool:
        """Whether a file may be written; ``2>&1`` and the like go where something else goes already."""
        return ">" in self.operator and not (self.operator == ">&" and self.target.raw.isdigit())


# How a mode of chmod begins that takes permissions away; none of its options does.
_MODES = tuple(f"-{letter}".encode() for letter in "rwxXstugo01234567")


class Command:
    """A simple command. `guards` names what stands around it, outermost first: empty at the top level.

    `redirections` are its own and those of the compound commands that it stands in.
    """

    def __init__(
        self, start: int, end: int, words: tuple[Word, ...], assignments: tuple[bytes, ...], guards: tuple[str, ...]
    ) -> None:
        self.start = start
        self.end = end
        self.words = words
        self.assignments = assignments
        self.guards = guards
        self.redirections: tuple[Redirection, ...] = ()
        self.answers: dict[str, Any] = {}  # to what is asked of it again and again
        skip = _wrapper_length(words)
        #: ``sudo``, ``env A=b``, ``time`` … as spelled
        self.wrappers = words[:skip]
        #: the words after the wrappers
        self.argv = words[skip:]
        first = self.argv[0].value if self.argv else None
        #: the base name of what runs, or an empty string where that is not literal
        self.name = first.rsplit("/", 1)[-1] if first else ""

    def moved(self, by: int) -> Command:
        """The same command `by` bytes further on."""
        same = Command.__new__(Command)
        same.start, same.end = self.start + by, self.end + by
        same.words = tuple(word.moved(by) for word in self.words)
        same.assignments, same.guards, same.name = self.assignments, self.guards, self.name
        same.answers = {}
        same.redirections = tuple(one._replace(target=one.target.moved(by)) for one in self.redirections)
        skip = len(self.wrappers)
        same.wrappers, same.argv = same.words[:skip], same.words[skip:]
        return same

    def __repr__(self) -> str:
        return f"<{self.normal.decode('utf-8', 'replace')}>"

    @cached_property
    def normal(self) -> bytes:
        """The command in one spelling for every layout."""
        return b" ".join((*self.assignments, *(word.raw for word in self.words)))

    @property
    def program(self) -> str:
        """What runs, as it is spelled: a name or a path; an empty string where that is not literal."""
        return (self.argv[0].value or "") if self.argv else ""

    def values(self) -> list[str | None]:
        """The values of the words after the command's name."""
        return [word.value for word in self.argv[1:]]

    def operands(self, valued: Container[str | None] = ()) -> list[Word]:
        """The words behind the name but for options and the values of those `valued`; all of those behind ``--``.

        A mode of ``chmod`` that looks like an option (``-x``) is none, and comes first wherever it stands.
        """
        found: list[Word] = []
        words = iter(self.argv[1:])
        for word in words:
            if word.raw == b"--":
                return [*found, *words]
            if self.name == "chmod" and word.raw.startswith(_MODES):
                found.insert(0, word)
            elif word.value in valued:
                next(words, None)
            elif not word.raw.startswith(b"-") or word.raw == b"-":
                found.append(word)
        return found

    def has_option(self, *letters_or_names: str) -> bool:
        """Whether one of the options is there: a letter, also among others behind one dash, or a long name."""
        for word in self.argv[1:]:
            if word.raw == b"--":
                return False
            text = word.value or ""
            if text.startswith("--") and text[2:].partition("=")[0] in letters_or_names:
                return True
            if text[:1] == "-" and text[1:2] != "-" and any(len(one) == 1 and one in text for one in letters_or_names):
                return True
        return False

    @property
    def writes_files(self) -> bool:
        """Whether a redirection of it may write a file."""
        return any(one.writes for one in self.redirections)

    def started(self) -> list[Command]:
        """The commands that its words make it start, without what stands for their operands.

        That is ``rm`` for ``xargs rm`` and for ``find -exec rm {} +``.
        """
        words = self.argv
        if self.name == "xargs":
            at = 1
            while at < len(words) and words[at].raw.startswith(b"-"):
                at += 2 if words[at].value in _XARGS_VALUES else 1
            return [self._of(words[at:])] if at < len(words) else []
        found: list[Command] = []
        if self.name == "find":
            for at, word in enumerate(words):
                if word.value in ("-exec", "-execdir", "-ok", "-okdir"):
                    ends = (
                        n for n, one in enumerate(words) if n > at and one.raw in (b"+", b";", b"\\;", b"';'", b'";"')
                    )
                    found.append(self._of(words[at + 1 : next(ends, len(words))]))
        return found

    def _of(self, words: tuple[Word, ...]) -> Command:
        given = tuple(word for word in words if word.raw != b"{}")
        return Command(given[0].start if given else self.end, self.end, given, (), (*self.guards, self.name))

    @property
    def sudo(self) -> bool:
        """Whether it runs as root by way of a plain ``sudo``."""
        return bool(self.wrappers) and self.wrappers[0].value == "sudo"


class Unit(Row):
    """A member of the script's top-level list: a command, a pipeline, an `if` …"""

    start: int
    end: int
    kind: str  # tree-sitter-bash's name of the node
    connector: bytes  # what joins it to the unit before: && || ; & or a newline; empty for the first
    operator: int  # offset of the connector; -1 for a newline and for the first unit

    def moved(self, by: int) -> Unit:
        """The same unit `by` bytes further on."""
        operator = self.operator if self.operator < 0 else self.operator + by
        return Unit(self.start + by, self.end + by, self.kind, self.connector, operator)


# Options of the wrappers that take the next word as their value.
_WRAPPERS: dict[str, frozenset[str]] = {
    "sudo": frozenset(("-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "--user", "--group")),
    "env": frozenset(("-u", "-C", "-S")),
    "time": frozenset(("-f", "-o")),
    "nice": frozenset(("-n",)),
    "ionice": frozenset(("-c", "-n")),
    "timeout": frozenset(("-s", "-k")),
    "nohup": frozenset(),
    "command": frozenset(),
    "builtin": frozenset(),
    "eatmydata": frozenset(),
    "chronic": frozenset(),
    "stdbuf": frozenset(("-i", "-o", "-e")),
}


_XARGS_VALUES = frozenset(("-I", "-L", "-n", "-P", "-s", "-d", "-E", "-a", "-i"))


def _wrapper_length(words: tuple[Word, ...]) -> int:
    """How many leading words only say how the rest is to be run. 0 where that is unclear."""
    at = 0
    while at < len(words):
        value = words[at].value
        name = value.rsplit("/", 1)[-1] if value else ""
        options = _WRAPPERS.get(name)
        if options is None:
            return at
        at += 1
        durations = 1 if name == "timeout" else 0
        while at < len(words):
            value = words[at].value
            if value is None:
                return 0
            if value in options:
                at += 2
            elif value.startswith("-") or ("=" in value and name in ("sudo", "env")):
                at += 1
            elif durations:
                durations -= 1
                at += 1
            else:
                break
    return min(at, len(words))
