"""The shell view of a RUN: its commands and how they hang together, as offsets into the source.

What tree-sitter-bash parses is the instruction's code with every continuation, comment line and empty line
blanked by as many spaces, so an offset in the tree is an offset in the file. What cannot be read with
certainty makes the script *opaque*, with the reason; nothing in an opaque script is touched.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from .cached import cached_property
from .commands import Command, Redirection, Unit, Word
from .document import DockerfileError, Document, Instruction
from .plain import PLAIN_WORD, read_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tree_sitter import Node


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
        self.answers: dict[str, Any] = {}  # to what is asked of it again and again

    def of(self, instruction: Instruction) -> Script:
        """The same script for an instruction that says the same in another source, wherever it stands there."""
        same = Script.__new__(Script)
        same.__dict__.update(self.__dict__, instruction=instruction)
        by = instruction.start - self.instruction.start
        if by:
            same.start, same.end = self.start + by, self.end + by
            same.units = tuple(unit.moved(by) for unit in self.units)
            same.commands = tuple(command.moved(by) for command in self.commands)
            same.comments = tuple(start + by for start in self.comments)
            same.__dict__.pop("_sets", None)
            same.answers = {}
        return same

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
            word = word._replace(raw=raw, value=raw.decode() if PLAIN_WORD.fullmatch(raw) else None)
            first, behind = bisect_left(starts, item.start), bisect_left(starts, item.end)
            if first == behind:  # `$(< file)`, or one without a command: it is the one's before
                first = max(first - 1, 0)
                behind = first + 1
                self.opaque = self.opaque or (None if self.commands else "it only redirects")
            inside = self.commands[first:behind]
            for command in inside[-1:] if item.last else inside:
                command.redirections = (*command.redirections, Redirection(item.operator, word))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its commands; that of a Python of any version is ``python``."""
        return frozenset("python" if one.name.startswith("python") else one.name for one in self.commands)

    @cached_property
    def state_changes(self) -> tuple[str, ...]:
        """Names of what changes the shell itself (``cd``, ``export``, ``NAME=``, a function …), wherever it stands."""
        from .state import plain_state_changes, state_changes

        return plain_state_changes(self.commands) if self._tree is None else state_changes(*self._tree)

    @cached_property
    def remembered(self) -> str:
        """What it asks its shell of what was done before it, such as ``$?``; empty where it asks nothing."""
        if self._tree is None or b"$" not in self._tree[1]:
            return ""
        from .state import remembered

        return remembered(*self._tree)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is a list of simple commands and nothing else."""
        return len(self.units) == len(self.commands) and all(unit.kind in _SIMPLE for unit in self.units)

    @cached_property
    def writes_files(self) -> bool:
        """Whether a redirection in it may write a file."""
        return any(command.writes_files for command in self.commands)

    @cached_property
    def only_and(self) -> bool:
        """Whether all units are joined by ``&&``."""
        return all(unit.connector in (b"", b"&&") for unit in self.units) and self.trailer in (b"", b";")

    def unit_at(self, offset: int) -> int | None:
        """The index of the unit that holds the byte at `offset`."""
        at = bisect_right(self.units, offset, key=_start) - 1
        return at if at >= 0 and offset < self.units[at].end else None

    def unit_of(self, command: Command) -> Unit | None:
        """The unit that `command` is, and nothing else."""
        at = self.unit_at(command.start)
        return self.units[at] if at is not None and self.units[at][:2] == (command.start, command.end) else None

    def commands_between(self, start: int, end: int) -> tuple[Command, ...]:
        """The commands that start in the bytes from `start` to `end`."""
        first, last = (bisect_left(self.commands, at, key=_start) for at in (start, end))
        return self.commands[first:last]

    @cached_property
    def last_break(self) -> int:
        """The index of the last unit that anything but ``&&`` joins to the one before it; 0 where there is none."""
        behind = (at for at in range(len(self.units) - 1, 0, -1) if self.units[at].connector != b"&&")
        return next(behind, 0)

    @cached_property
    def _sets(self) -> tuple[Command, ...]:
        return tuple(command for command in self.commands if command.name == "set")

    def errexit(self, before: int | None = None) -> bool | None:
        """Whether ``set -e`` holds at the end, or at the offset `before`; None where that cannot be said."""
        on = any("e" in option[1:] for option in self.interpreter_options if _short(option))
        for command in self._sets:
            if before is not None and command.start >= before:
                break
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


def _start(item: Unit | Command) -> int:
    return item.start


def _short(option: str) -> bool:
    return option.startswith("-") and not option.startswith("--")


def read_script(instruction: Instruction) -> Script | None:
    """The script of a shell-form RUN, or None for any other instruction."""
    if not isinstance(instruction.shell_view, Script):
        instruction.shell_view = _read_script(instruction)
    return instruction.shell_view


Scripts = dict[tuple[bytes, bytes], Script]  # by the escape character, and the spelling of their instruction


def keep_scripts(before: Document, after: Document) -> None:
    """Hand the scripts that have been read in `before` on to the instructions of `after` that say the same."""
    read: Scripts = {}
    collect_scripts(before, read)
    hand_on(read, after)


def collect_scripts(document: Document, read: Scripts) -> None:
    """Add the scripts that have been read in `document` to `read`."""
    for old in document.instructions:
        if isinstance(old.shell_view, Script):
            read[document.escape, old.raw] = old.shell_view


def hand_on(read: Scripts, document: Document) -> None:
    """Give the instructions of `document` the scripts in `read` that say the same."""
    for new in document.instructions:
        same = read.get((document.escape, new.raw)) if new.keyword == "RUN" else None
        if same is not None:
            new.shell_view = same.of(new)


def forget_scripts(document: Document) -> None:
    """Take the scripts off the instructions of `document`, which they know: what knows each other is freed late."""
    for instruction in document.instructions:
        instruction.shell_view = None


def read_text(text: bytes) -> Script | None:
    """A file of shell commands as a script, or None where it cannot be read; its offsets are of no file."""
    name = b"SCRIPT"
    while name in text:
        name += b"_"
    body = text if text.endswith(b"\n") else text + b"\n"
    try:
        document = Document.parse(b"FROM scratch\nRUN <<'%s'\n%s%s\n" % (name, body, name))
    except DockerfileError:
        return None
    script = read_script(document.instructions[-1])
    forget_scripts(document)
    return script


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
        if len(instruction.heredocs) > 1 or not re.fullmatch(_WHOLE_HEREDOC, instruction.args):
            script.opaque = "a heredoc feeds a command"
            return script
        code = instruction.source.data[doc.start : doc.end]
        shebang = re.match(_SHEBANG, code.lstrip(b"\t") if doc.chomp else code)
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


_WHOLE_HEREDOC = rb"""<<-?\s*(?:[\w.-]+|"[^"]*"|'[^']*')"""
_SHEBANG = rb"#!\s*([^\n]*)"
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


def _parse(script: Script, code: bytes) -> None:
    plain = read_plain(code, script.start)
    if plain:
        script.units, script.commands, script.trailer = plain
        return
    from .syntax_tree import Reader, load_parser

    root = load_parser().parse(code).root_node
    if root.has_error:
        script.opaque = "its shell code cannot be read with certainty"
        return
    reader = Reader(script.start, code, script.instruction)
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
    script.comments = tuple(sorted(reader.comments))
    script.keep_tree(root, code)
    if reader.too_deep:
        script.opaque = "its commands are nested too deep"
    elif b"&" in code and re.search(_BACKGROUND, code) and _runs_in_background(root):
        script.opaque = "something runs in the background"
    elif any(unit.kind in _OPAQUE_KINDS for unit in units):
        script.opaque = "its shell code cannot be read with certainty"
    elif not units:
        script.opaque = "it runs nothing"


def _runs_in_background(root: Node) -> bool:
    """Whether a command may go on when the next one starts, wherever it stands."""
    from .state import walk

    return any(node.type == "&" for node in walk(root))


_BACKGROUND = rb"(?<![&<>|])&(?![&>])"
_SIMPLE = frozenset(("command", "negated_command", "declaration_command"))
_SEPARATORS = frozenset((";", "\n", "&", ";;"))
_OPAQUE_KINDS = frozenset(("heredoc_redirect",))


__all__ = ["Command", "Redirection", "Script", "Unit", "Word", "read_script"]
