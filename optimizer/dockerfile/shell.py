"""The shell view of a RUN: its commands and how they hang together, as offsets into the source.

What tree-sitter-bash parses is the instruction's code with every continuation, comment line and empty line
blanked by as many spaces, so an offset in the tree is an offset in the file. What cannot be read with
certainty makes the script *opaque*, with the reason; nothing in an opaque script is touched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .document import Instruction

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


class Word(NamedTuple):
    """A word of a command: its spelling, and what it says where no expansion is involved."""

    start: int
    end: int
    raw: bytes
    value: str | None


class Redirection(NamedTuple):
    """Where a command reads from or writes to: ``>``, ``>>``, ``<``, ``<<<`` … and the word behind it."""

    operator: str
    target: Word

    @property
    def writes(self) -> bool:
        """Whether a file may be written; ``2>&1`` and the like go where something else goes already."""
        return ">" in self.operator and not (self.operator == ">&" and self.target.raw.isdigit())


class Command:
    """A simple command. `guards` names what stands around it, outermost first: empty at the top level.

    `redirections` are its own and those of the compound commands that it stands in.
    """

    __slots__ = ("argv", "assignments", "end", "guards", "name", "redirections", "start", "words", "wrappers")

    def __init__(
        self, start: int, end: int, words: tuple[Word, ...], assignments: tuple[bytes, ...], guards: tuple[str, ...]
    ) -> None:
        self.start = start
        self.end = end
        self.words = words
        self.assignments = assignments
        self.guards = guards
        self.redirections: tuple[Redirection, ...] = ()
        skip = _wrapper_length(words)
        #: ``sudo``, ``env A=b``, ``time`` … as spelled
        self.wrappers = words[:skip]
        #: the words after the wrappers
        self.argv = words[skip:]
        first = self.argv[0].value if self.argv else None
        #: the base name of what runs, or an empty string where that is not literal
        self.name = first.rsplit("/", 1)[-1] if first else ""

    def __repr__(self) -> str:
        return f"<{self.normal.decode('utf-8', 'replace')}>"

    @property
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
        """The words behind the name but for options and the values of those `valued`; all of those behind ``--``."""
        found: list[Word] = []
        words = iter(self.argv[1:])
        for word in words:
            if word.raw == b"--":
                return [*found, *words]
            if word.value in valued:
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


class Unit(NamedTuple):
    """A member of the script's top-level list: a command, a pipeline, an `if` …"""

    start: int
    end: int
    kind: str  # tree-sitter-bash's name of the node
    connector: bytes  # what joins it to the unit before: && || ; & or a newline; empty for the first
    operator: int  # offset of the connector; -1 for a newline and for the first unit


class Script:
    """What a RUN runs. Offsets are offsets into the source."""

    def __init__(self, instruction: Instruction, start: int, end: int, *, heredoc: bool) -> None:
        self.instruction = instruction
        self.start = start
        self.end = end
        self.heredoc = heredoc
        self.opaque: str | None = None  # why nothing may be edited in it
        self.units: tuple[Unit, ...] = ()
        self.commands: tuple[Command, ...] = ()
        self.comments: tuple[int, ...] = ()  # where shell comments start
        self.trailer: bytes = b""  # a separator after the last unit
        self.interpreter_options: tuple[str, ...] = ()  # of a ``#!/bin/sh -e`` line
        self._tree: tuple[Node, bytes] | None = None

    def keep_tree(self, root: Node, code: bytes) -> None:
        """Take the parsed tree of `code`, which the script's text is, and what it tells of redirections."""
        self._tree = root, code
        if b">" not in code and b"<" not in code:
            return
        from .state import redirections

        starts = [command.start - self.start for command in self.commands]
        for item in redirections(root):
            word = Word(self.start + item.target_start, self.start + item.target_end, b"", None)
            raw = code[item.target_start : item.target_end]
            word = word._replace(raw=raw, value=raw.decode() if _PLAIN.fullmatch(raw) else None)
            inside = self.commands[bisect_left(starts, item.start) : bisect_left(starts, item.end)]
            for command in inside[-1:] if item.last else inside:
                command.redirections = (*command.redirections, Redirection(item.operator, word))

    @cached_property
    def state_changes(self) -> tuple[str, ...]:
        """Names of what changes the shell itself (``cd``, ``export``, ``NAME=``, a function …), wherever it stands."""
        if self._tree is None:
            return ()
        from .state import state_changes

        return state_changes(*self._tree)

    @property
    def is_plain(self) -> bool:
        """Whether it is a list of simple commands and nothing else."""
        return len(self.units) == len(self.commands)

    @property
    def writes_files(self) -> bool:
        """Whether a redirection in it may write a file."""
        return any(command.writes_files for command in self.commands)

    @property
    def only_and(self) -> bool:
        """Whether all units are joined by ``&&``."""
        return all(unit.connector in (b"", b"&&") for unit in self.units) and self.trailer in (b"", b";")

    def errexit(self, before: int | None = None) -> bool | None:
        """Whether ``set -e`` holds at the end, or at the offset `before`; None where that cannot be said."""
        on = any("e" in option[1:] for option in self.interpreter_options if _short(option))
        for command in self.commands:
            if command.name != "set" or (before is not None and command.start >= before):
                continue
            values = command.values()
            for at, value in enumerate(values):
                if value is None:
                    return None
                if (value.startswith("+") and "e" in value) or value == "+o":
                    return None
                if (_short(value) and "e" in value) or (value == "errexit" and values[at - 1] == "-o"):
                    if command.guards:
                        return None
                    on = True
        return on


def _short(option: str) -> bool:
    return option.startswith("-") and not option.startswith("--")


def read_script(instruction: Instruction) -> Script | None:
    """The script of a shell-form RUN, or None for any other instruction."""
    if not isinstance(instruction.shell_view, Script):
        instruction.shell_view = _read_script(instruction)
    return instruction.shell_view


def _read_script(instruction: Instruction) -> Script | None:
    if instruction.keyword != "RUN" or instruction.form != "shell" or not instruction.args:
        return None
    if not instruction.heredocs:
        start = instruction.args_start
        script = Script(instruction, start, instruction.head_end, heredoc=False)
        code = instruction.code[start - instruction.start :]
        if _splits_word(instruction):
            script.opaque = "a word is split by a continuation"
            return script
    else:
        doc = instruction.heredocs[0]
        script = Script(instruction, doc.start, doc.end, heredoc=True)
        if len(instruction.heredocs) > 1 or not _WHOLE_HEREDOC.fullmatch(instruction.args):
            script.opaque = "a heredoc feeds a command"
            return script
        code = instruction.source.data[doc.start : doc.end]
        shebang = _SHEBANG.match(code.lstrip(b"\t") if doc.chomp else code)
        if shebang:
            words = shebang[1].decode("utf-8", "replace").split()
            if words and words[0].endswith("/env"):
                words = words[1:]
            if not words or words[0].rsplit("/", 1)[-1] not in ("sh", "bash", "dash", "ash"):
                script.opaque = "the heredoc is not for a shell"
                return script
            script.interpreter_options = tuple(words[1:])
    _parse(script, code)
    return script


_WHOLE_HEREDOC = re.compile(rb"""<<-?\s*(?:[\w.-]+|"[^"]*"|'[^']*')""")
_SHEBANG = re.compile(rb"#!\s*([^\n]*)")
_OPERATOR = b";&|()<>"


def _splits_word(instruction: Instruction) -> bool:
    """Whether a continuation joins two bytes that blanking would keep apart, and that matters."""
    data = instruction.source.data
    before = -1
    for at, (start, end) in enumerate(instruction.holes):
        if start >= instruction.head_end:
            break
        previous_end = instruction.holes[at - 1][1] if at else -1
        if start != previous_end:
            before = data[start - 1]
        if end >= instruction.head_end:
            break
        after = data[end]
        next_start = instruction.holes[at + 1][0] if at + 1 < len(instruction.holes) else -1
        if next_start == end or before in b" \t" or after in b" \t":
            continue
        if (before in _OPERATOR) == (after in _OPERATOR):
            return True
    return False


_parser: Parser | None = None


def _load_parser() -> Parser:
    """tree-sitter's parser for bash.

    The grammar's extension module is loaded without the package's ``__init__``, which imports
    importlib.resources for query files that are not needed here, at a third of the cold start.
    """
    global _parser  # noqa: PLW0603
    if _parser is None:
        from importlib.machinery import PathFinder
        from importlib.util import module_from_spec

        from tree_sitter import Language, Parser

        package = PathFinder.find_spec("tree_sitter_bash")
        if package is None:
            raise ImportError("tree_sitter_bash is not installed")
        spec = PathFinder.find_spec("tree_sitter_bash._binding", list(package.submodule_search_locations or ()))
        if spec is None or spec.loader is None:
            raise ImportError("tree_sitter_bash has no grammar for this platform")
        grammar: Any = module_from_spec(spec)
        spec.loader.exec_module(grammar)
        capsule: object = grammar.language()
        _parser = Parser(Language(capsule))
    return _parser


def _parse(script: Script, code: bytes) -> None:
    root = _load_parser().parse(code).root_node
    if root.has_error:
        script.opaque = "its shell code cannot be read with certainty"
        return
    reader = _Reader(script.start, code, script.instruction)
    units: list[Unit] = []
    separator, operator = b"", -1
    for node in root.children:
        kind = node.type
        if kind in _SEPARATORS:
            separator, operator = kind.encode(), script.start + node.start_byte
        elif kind == "comment":
            reader.comments.append(script.start + node.start_byte)
        else:
            if units and not separator:
                separator = b"\n"
            reader.flatten(node, separator if units else b"", operator if units else -1, units)
            separator, operator = b"", -1
    script.units = tuple(units)
    script.trailer = b"" if separator == b"\n" else separator
    script.commands = tuple(sorted(reader.commands, key=lambda command: command.start))
    script.comments = tuple(reader.comments)
    script.keep_tree(root, code)
    if any(unit.connector == b"&" for unit in units) or script.trailer == b"&":
        script.opaque = "something runs in the background"
    elif any(unit.kind in _OPAQUE_KINDS for unit in units):
        script.opaque = "its shell code cannot be read with certainty"
    elif not units:
        script.opaque = "it runs nothing"


_SEPARATORS = frozenset((";", "\n", "&", ";;"))
_OPAQUE_KINDS = frozenset(("heredoc_redirect",))
_LITERAL = frozenset(("word", "number"))
# Bytes that say themselves in any word.
_PLAIN = re.compile(rb"[\w./:=@%+,-]+")


class _Reader:
    """One walk over a tree."""

    def __init__(self, base: int, code: bytes, instruction: Instruction) -> None:
        self.base = base
        self.code = code
        self.commands: list[Command] = []
        self.comments: list[int] = []
        self.holes = [(start - base, end - base) for start, end in instruction.holes if start >= base]

    def flatten(self, node: Node, connector: bytes, operator: int, units: list[Unit]) -> None:
        """Add the members of an and-or list; ``&&`` and ``||`` bind alike and to the left (POSIX, 2.9.3)."""
        kind = node.type
        if kind == "list":
            left, sign, right = (child for child in node.children if child.type != "comment")
            self.flatten(left, connector, operator, units)
            self.flatten(right, sign.type.encode(), self.base + sign.start_byte, units)
            return
        if kind == "redirected_statement" and node.children[0].type == "list":
            # tree-sitter-bash hangs `a && b >f` as `(a && b) >f`; the shell redirects b alone.
            self.flatten(node.children[0], connector, operator, units)
            units[-1] = units[-1]._replace(end=self.base + node.end_byte)
            for child in node.children[1:]:
                self.walk(child, ())
            return
        inner = node.children[0] if kind == "redirected_statement" else node
        # `! a | b` negates the pipeline (POSIX, 2.9.2); tree-sitter-bash hangs the `!` on its first command.
        negated = self.code.startswith(b"!", node.start_byte)
        name = "negated_command" if negated else inner.type
        units.append(Unit(self.base + node.start_byte, self.base + node.end_byte, name, connector, operator))
        self.walk(node, ())

    def walk(self, node: Node, guards: tuple[str, ...]) -> None:
        """Collect the simple commands below `node`."""
        kind = node.type
        if kind == "command":
            self.command(node, guards)
            return
        if kind == "comment":
            self.comments.append(self.base + node.start_byte)
            return
        if kind == "list" and any(child.type == "||" for child in node.children):
            guards = (*guards, "||")
        elif kind in _GUARDS:
            guards = (*guards, kind)
        if kind == "declaration_command":
            self.plain(node, guards)
        for child in node.named_children:
            self.walk(child, guards)

    def plain(self, node: Node, guards: tuple[str, ...]) -> None:
        """``export A=b`` and its like, as commands of literal words."""
        words = [self.word(child) for child in node.children]
        self.commands.append(Command(self.base + node.start_byte, self.base + node.end_byte, tuple(words), (), guards))

    def command(self, node: Node, guards: tuple[str, ...]) -> None:
        words: list[Word] = []
        assignments: list[bytes] = []
        for child in node.children:
            kind = child.type
            if kind == "command_name":
                words.append(self.word(child.children[0] if child.children else child))
                if child.children and child.children[0].type not in _LITERAL:
                    self.walk(child.children[0], (*guards, "word"))
            elif kind == "variable_assignment":
                assignments.append(self.code[child.start_byte : child.end_byte])
                self.walk(child, (*guards, "word"))
            elif kind in ("file_redirect", "herestring_redirect", "heredoc_redirect"):
                self.walk(child, (*guards, "word"))
            else:
                words.append(self.word(child))
                if kind not in _LITERAL:
                    self.walk(child, (*guards, "word"))
        start, end = self.base + node.start_byte, self.base + node.end_byte
        self.commands.append(Command(start, end, tuple(words), tuple(assignments), guards))

    def word(self, node: Node) -> Word:
        start, end = node.start_byte, node.end_byte
        raw = self.code[start:end]
        if _PLAIN.fullmatch(raw):
            return Word(self.base + start, self.base + end, raw, raw.decode())
        value = None
        # Blanks in a word are quoted, escaped, or a continuation that was blanked: then its text is not known.
        if b"  " not in raw or not any(start < hole_end and hole_start < end for hole_start, hole_end in self.holes):
            literal = self.literal(node)
            value = None if literal is None else literal.decode("utf-8", "surrogateescape")
        return Word(self.base + start, self.base + end, raw, value)

    def literal(self, node: Node) -> bytes | None:
        kind = node.type
        raw = self.code[node.start_byte : node.end_byte]
        if kind in _LITERAL or not node.is_named:
            return None if b"\\" in raw or b"$" in raw else raw
        if kind == "raw_string":
            return None if b"*" in raw or b"?" in raw else raw[1:-1]
        if kind == "string":
            if any(child.type != "string_content" for child in node.named_children) or b"\\" in raw or b"*" in raw:
                return None
            return raw[1:-1]
        if kind == "concatenation":
            parts = [self.literal(child) for child in node.children]
            return None if any(part is None for part in parts) else b"".join(part for part in parts if part)
        return None


_GUARDS = frozenset(
    (
        "if_statement", "for_statement", "c_style_for_statement", "while_statement", "case_statement", "subshell",
        "compound_statement", "pipeline", "negated_command", "function_definition", "command_substitution",
        "process_substitution", "elif_clause", "else_clause",
    )
)  # fmt: skip

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
