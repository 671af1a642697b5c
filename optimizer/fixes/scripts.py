"""Small builders of fixes: append to a script, put something before it, take some out, delete a RUN, add an option.

They know the shell's rules for what may follow what, and the neighbours' style, so that transforms do no
offset arithmetic. A builder that cannot keep the meaning raises `Refusal`, with the reason in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.shell import Command, Script, Unit, read_text
from ..facts.stages import Run, readable
from ..rules.finding import Fix

WIDE = 100  # a one-line RUN grows to at most this many bytes before it is continued on another line
_COMPOUND = frozenset(
    (
        "if_statement", "for_statement", "c_style_for_statement", "while_statement", "case_statement", "subshell",
        "compound_statement", "function_definition",
    )
)  # fmt: skip
_LEAVES = frozenset(("exit", "exec", "return", "trap"))


def append_commands(run: Run, commands: list[bytes]) -> Fix:
    """Run `commands` after everything else in `run`, if that succeeded, and keep the RUN's exit status."""
    script = readable(run)
    edit = appended(run, script, commands, Style(run.instruction, script))
    return Fix((edit,), adds=tuple(one for command in commands for one in commands_in(command)))


def append_described(run: Run, commands: list[bytes], comments: list[bytes]) -> Fix:
    """The same with comment lines, which describe the first of the commands, on lines of their own before it."""
    script = readable(run)
    style = Style(run.instruction, script)
    style.multiline = True
    edit = appended(run, script, commands, style)
    line, newline, rest = edit.text.partition(style.newline)
    if script.heredoc or not line.endswith(style.escape):
        raise Refusal("there is no line for the comment above it")
    lines = b"".join(comment.strip() + style.newline for comment in comments)
    return Fix((edit._replace(text=line + newline + lines + rest),), adds=tuple(commands))


def appended(run: Run, script: Script, commands: list[bytes], style: Style) -> Edit:
    sign = joiner_at_end(run, script)
    end = script.units[-1].end
    text = b""
    for command in commands:
        if sign == b"&&":
            text += style.and_(command, len(text))
        elif script.heredoc:
            text += style.newline + style.indent + command
        else:
            text += style.semicolon(command)
    return Edit(end, end, text)


def joiner_at_end(run: Run, script: Script) -> bytes:
    """How a command may follow the script: ``&&``, or ``;`` where ``set -e`` stops the script anyway.

    ``x && clean`` has the status of x where x fails. But under ``set -e`` the failures inside a compound x no
    longer stop it once it stands left of ``&&`` (POSIX, 2.8.1), and there ``x; clean`` is right, which in turn
    hides the failure of the first half of ``a && b``, and of ``! a``.
    """
    errexit = run.errexit
    if errexit is None:
        raise Refusal("whether `set -e` holds at its end is unclear")
    if any(command.name in _LEAVES and "subshell" not in command.guards for command in script.commands):
        raise Refusal("it may leave its shell early")
    last = script.units[-1]
    tail = [last]
    for unit, following in zip(reversed(script.units[:-1]), reversed(script.units), strict=False):
        if following.connector not in (b"&&", b"||"):
            break
        tail.append(unit)
    if any(unit.connector == b"||" for unit in tail[:-1]) or (
        len(tail) == len(script.units) and tail[-1].connector == b"||"
    ):
        raise Refusal("a failure of its last command is ignored")
    if any(start > last.start for start in script.comments if not script.heredoc or start < _line_end(script, last)):
        raise Refusal("a shell comment follows its last command")
    if not errexit:
        return b"&&"
    compound = is_compound(script, last)
    if any(unit.kind == "function_definition" for unit in script.units):
        raise Refusal("it calls functions under `set -e`")
    if len(tail) > 1 or last.kind == "negated_command":
        if compound:
            raise Refusal("it ends in a compound command under `set -e`")
        return b"&&"
    if compound and _FORGIVING.search(script.instruction.source.data, last.start, last.end):
        # The status of a list that failed where -e is ignored does not stop the shell either.
        raise Refusal("it ends in a compound command under `set -e`")
    if compound or any(unit.connector in (b";", b"\n") for unit in script.units):
        return b";"
    return b"&&"


_FORGIVING = re.compile(rb"&&|\|\||!")


def _line_end(script: Script, unit: Unit) -> int:
    return script.instruction.source.line_end(unit.end)


def is_compound(script: Script, unit: Unit) -> bool:
    if unit.kind in _COMPOUND:
        return True
    return any(
        unit.start <= command.start < unit.end and not _COMPOUND.isdisjoint(command.guards)
        for command in script.commands
    )


class Style:
    """How a script breaks its lines, for text that is put beside them."""

    def __init__(self, instruction: Instruction, script: Script) -> None:
        source = instruction.source
        self.source = source
        self.newline = source.newline(instruction.start)
        self.last = script.units[-1]
        self.escape = b"\\" if script.heredoc else _escape(instruction)
        operators = [
            unit.operator for unit in script.units if unit.connector in (b"&&", b"||", b";") and unit.operator >= 0
        ]
        opening = [at for at in operators if source.data[source.line_start(at) : at].strip() == b""]
        starts = [
            unit.start
            for unit in script.units
            if source.data[source.line_start(unit.start) : unit.start].strip() == b""
        ]
        self.leading = bool(opening) or not starts
        broken = not script.heredoc and source.line_of(script.start) != source.line_of(self.last.end)
        self.multiline = broken or bool(opening)
        if opening:
            self.indent = source.indent(opening[-1])
        elif starts:
            self.indent = source.indent(starts[-1])
        elif self.multiline and not script.heredoc:
            self.indent = _second_line_indent(instruction) or b"    "
        else:
            self.indent = source.indent(instruction.start) + b"    "
        self.column = self.last.end - source.line_start(self.last.end)

    def and_(self, command: bytes, already: int = 0) -> bytes:
        """``&& command`` behind the last unit; `already` bytes were put there before."""
        if not self.multiline and self.column + already + len(command) + 4 <= WIDE:
            return b" && " + command
        if self.leading:
            return b" " + self.escape + self.newline + self.indent + b"&& " + command
        return b" && " + self.escape + self.newline + self.indent + command

    def semicolon(self, command: bytes) -> bytes:
        """``; command`` behind the last unit."""
        if not self.multiline and self.column + len(command) + 2 <= WIDE:
            return b"; " + command
        return b"; " + self.escape + self.newline + self.indent + command


def _escape(instruction: Instruction) -> bytes:
    """The continuation character that the instruction uses, else the file's."""
    for start, _ in instruction.holes:
        if instruction.source.data[start : start + 1] in (b"\\", b"`"):
            return instruction.source.data[start : start + 1]
    found = re.match(rb"(?:\xef\xbb\xbf)?(?:#[^\n]*\n)*?#\s*escape\s*=\s*`", instruction.source.data, re.IGNORECASE)
    return b"`" if found else b"\\"


def _second_line_indent(instruction: Instruction) -> bytes:
    source = instruction.source
    for start, end in instruction.holes:
        if source.data[start : start + 1] in (b"\\", b"`") and end < len(source):
            text = source.data[end : source.line_end(end)]
            if text.strip() and not text.lstrip().startswith(b"#"):
                return source.indent(end)
    return b""


def insert_behind(run: Run, command: Command, text: bytes, *, own_line: bool = False) -> Fix:
    """Run `text` right behind `command`, a plain one of the top level or the last of a pipeline, if that succeeded.

    Where asked for it gets a line of its own even in a RUN of one line.
    """
    script = readable(run)
    at = script.unit_at(command.start)
    if at is None or not (_ends_pipeline(script, script.units[at], command) or _is_plain(script.units[at], command)):
        raise Refusal("it stands inside another command")
    if at == len(script.units) - 1:
        return append_commands(run, [text])
    unit, following = script.units[at], script.units[at + 1]
    if unit.connector == b"||" or following.connector == b"||":
        raise Refusal("its failure is ignored")
    if run.errexit is None:
        raise Refusal("whether `set -e` holds is unclear")
    source = run.instruction.source
    newline, same_line = source.newline(unit.start), source.line_of(unit.end) == source.line_of(following.start)
    escape = b"\\" if script.heredoc else _escape(run.instruction)
    if run.errexit and following.connector != b"&&":
        # Under `set -e` the failure of the last of a list stops the script, and that of another does not.
        if unit.connector == b"&&":
            raise Refusal("it ends a list under `set -e`")
        added = newline + source.indent(unit.start) + text if following.connector == b"\n" else b"; " + text
    elif own_line and same_line and not script.heredoc:
        added = b" " + escape + newline + source.indent(run.instruction.start) + b"    && " + text
    elif same_line or following.connector != b"&&":
        added = b" && " + text
    elif source.data[source.line_start(following.operator) : following.operator].strip() == b"":
        added = b" " + escape + newline + source.indent(following.operator) + b"&& " + text
    else:
        added = b" && " + escape + newline + source.indent(following.start) + text
    return Fix((Edit(unit.end, unit.end, added),), adds=commands_in(text))


def _is_plain(unit: Unit, command: Command) -> bool:
    return unit.kind == "command" and not command.guards


def _ends_pipeline(script: Script, unit: Unit, command: Command) -> bool:
    """Whether `command` is the last of a pipeline, which succeeds if that does."""
    behind = script.commands_between(command.end, unit.end)
    return unit.kind == "pipeline" and command.guards == ("pipeline",) and not behind


def commands_in(text: bytes) -> tuple[bytes, ...]:
    """The commands of a script of one line, those inside its words included, in their normal spelling."""
    script = read_text(text) if b"$(" in text or b"`" in text else None
    return tuple(command.normal for command in script.commands) if script else (text,)


def prepend_command(run: Run, command: bytes, *, own_line: bool = False, wide: bool = False) -> Fix:
    """Run `command` before everything else in `run`, which then fails if the command does.

    It gets a line of its own where asked for and the RUN goes over several, or is too `wide` for one.
    """
    script = readable(run)
    if script.heredoc:
        raise Refusal("its script is a heredoc")
    if not script.only_and:
        raise Refusal("its commands are not all joined by `&&`")
    if run.shell.errexit and is_compound(script, script.units[0]):
        raise Refusal("it starts with a compound command under `set -e`")
    first, style = script.units[0], Style(run.instruction, script)
    sign = b" && "
    if own_line and (wide or style.multiline):
        line = style.escape + style.newline + style.indent
        sign = b" " + line + b"&& " if style.leading else b" && " + line
    text = re.sub(rb"\s*>>?\S+$", b"", command)  # a redirection is no part of the command it belongs to
    return Fix((Edit(first.start, first.start, command + sign),), adds=(text,))


def delete_run(document: Document, run: Run, *, comments: bool = True) -> Fix:
    """Take `run`, its lines and the `comments` directly above it away, and one of two empty lines that would meet."""
    script = readable(run)
    if script.comments:
        raise Refusal("a comment inside it would go with it")
    gone = _deleted(document, run.instruction, comments=comments)
    return Fix((gone,), drops=tuple(command.normal for command in script.commands))


def move_run(document: Document, run: Run, behind: Instruction, old: str, new: str) -> Fix:
    """Put `run` with its comments behind the instruction `behind`, where `new` is what the path `old` is here."""
    script, data = readable(run), document.source.data
    start, end = with_comments(document, run.instruction)
    edits: list[Edit] = []
    adds: list[bytes] = []
    for command in script.commands:
        words = [_renamed(word.raw, old.encode(), new.encode()) for word in command.words]
        adds.append(b" ".join((*command.assignments, *words)))
        edits += [
            Edit(word.start, word.end, text)
            for word, text in zip(command.words, words, strict=True)
            if word.raw != text
        ]
    text = data[start:end]
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start - start] + edit.text + text[edit.end - start :]
    newline = document.source.newline(behind.start)
    text = text if text.endswith(b"\n") else text + newline
    at = behind.line_end
    before = b"" if data.endswith(b"\n", 0, at) else newline
    return combine(delete_run(document, run), Fix((Edit(at, at, before + text),), adds=tuple(adds)))


def _renamed(raw: bytes, old: bytes, new: bytes) -> bytes:
    found = re.match(rb"([\"']?)" + re.escape(old) + rb"(?=/|[\"']?$)", raw)
    return found[1] + new + raw[found.end() :] if found else raw


def delete_instruction(document: Document, instruction: Instruction) -> Fix:
    """Take an instruction other than a RUN and its lines away; a comment above it stays."""
    gone = _deleted(document, instruction, comments=False)
    return Fix((gone,), drops=(instruction.normal,))


def with_comments(document: Document, instruction: Instruction) -> tuple[int, int]:
    """Where the lines of `instruction` start and end, the comments directly above it included."""
    comments = document.comments_above(instruction)
    start = document.source.line_start(comments[0][0]) if comments else instruction.line_start
    return start, instruction.line_end


def _deleted(document: Document, instruction: Instruction, *, comments: bool) -> Edit:
    source = document.source
    data = source.data
    above = document.comments_above(instruction) if comments else ()
    start, end = instruction.line_start, instruction.line_end
    if above:
        start = source.line_start(above[0][0])
    blank_before = start == 0 or not data[source.line_start(start - 1) : start].strip()
    blank_end = source.line_end(end)
    if blank_before and end < len(data) and not data[end:blank_end].strip():
        end = blank_end
    elif end == len(data) and start and not data.endswith(b"\n"):
        # The last line goes: the one before it ends the file, without a newline as this one did.
        start -= 2 if data[start - 2 : start] == b"\r\n" else 1
    return Edit(start, end, b"")


def add_run_flags(run: Run, *flags: str, first: bool = False) -> Fix:
    """Give a RUN more builder flags, each on a line of its own where the RUN goes over several.

    They stand behind those that it has, or `first`.
    """
    script = readable(run)
    if script.heredoc:
        raise Refusal("its script is a heredoc")
    instruction = run.instruction
    behind = instruction.args_start
    at = instruction.flags[0].start if first and instruction.flags else behind
    style = Style(instruction, script)
    width = behind - instruction.source.line_start(behind) + sum(map(len, flags)) + script.units[-1].end - behind
    line = style.escape + style.newline + style.indent if style.multiline or width > WIDE else b""
    edits = [Edit(at, at, b"".join(flag.encode() + b" " + line for flag in flags))]
    if at < behind and line and b"\n" not in instruction.source.data[instruction.flags[-1].end : behind]:
        edits.append(Edit(behind, behind, line))
    return Fix(tuple(edits), adds=tuple(b"RUN " + flag.encode() for flag in flags))


def drop_commands(document: Document, run: Run, commands: list[Command]) -> Fix:
    """Take plain `commands` out of `run`, or the RUN with its comments where nothing is left of it."""
    script = readable(run)
    if len(script.units) == len(commands):
        if run.instruction.flags:
            raise Refusal("its RUN has flags")
        return delete_run(document, run)
    if script.heredoc:
        raise Refusal("its script is a heredoc")
    units = [script.unit_of(command) for command in sorted(commands, key=lambda command: command.start)]
    pieces: list[Fix] = []
    rest = [unit for unit in units if unit is not None]
    while rest:
        first = script.units.index(rest[0])
        number = 1
        while number < len(rest) and script.units[first + number] is rest[number] and rest[number].connector == b"&&":
            number += 1
        pieces.append(drop_units(script, rest[:number]))
        rest = rest[number:]
    return combine(*pieces)


def drop_unit(script: Script, unit: Unit) -> Fix:
    """Take `unit`, a plain command, out of its list, with what joins it to the unit behind it."""
    return drop_units(script, [unit])


def drop_units(script: Script, units: list[Unit]) -> Fix:
    """Take neighbouring `units`, plain commands, out of their list, with what joins them to the rest."""
    first = script.unit_at(units[0].start) or 0
    last = first + len(units) - 1
    before = script.units[first - 1] if first else None
    following = script.units[last + 1] if last + 1 < len(script.units) else None
    joined = all(unit.connector == b"&&" for unit in units[1:])
    if following is not None and before is not None and _keeps_the_break(script, before, units, following):
        start, end = before.end, units[-1].end
    elif following is not None:
        start, end = units[0].start, following.start
        # `a && unit; b` must not become `a && b`.
        joined &= b"||" not in (following.connector, units[0].connector)
        joined &= units[0].connector != b"&&" or following.connector == b"&&"
        joined &= following.connector == b"&&" or len(units) == 1
    elif before is not None:
        start, end = before.end, units[-1].end
        joined &= units[0].connector == b"&&" and not script.trailer
    else:
        raise Refusal("nothing would be left of its RUN")
    if not joined:
        raise Refusal("it cannot be taken out of its list")
    if b"#" in script.instruction.source.data[start:end]:
        raise Refusal("a comment stands beside it")
    drops = tuple(command.normal for command in script.commands_between(start, end))
    return Fix((Edit(start, end, b""),), drops=drops)


def _keeps_the_break(script: Script, before: Unit, units: list[Unit], following: Unit) -> bool:
    """Whether the units end a line of an and-list that starts before them, and are better taken off its end."""
    source = script.instruction.source
    ends_a_line = source.line_of(before.end) == source.line_of(units[0].start) < source.line_of(following.start)
    return ends_a_line and units[0].connector == following.connector == b"&&"


def combine(*fixes: Fix) -> Fix:
    """One fix that is all of `fixes`; what one adds and another drops cancels.

    What several of them put at one place comes there in their order.
    """
    from collections import Counter

    drops = Counter(text for fix in fixes for text in fix.drops)
    adds = Counter(text for fix in fixes for text in fix.adds)
    return Fix(
        tuple(_side_by_side(edit for fix in fixes for edit in fix.edits)),
        tuple((drops - adds).elements()),
        tuple((adds - drops).elements()),
    )


def _side_by_side(edits: Iterable[Edit]) -> Iterator[Edit]:
    insertions: dict[int, bytes] = {}
    deletion: Edit | None = None  # what is deleted side by side is deleted at once
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start == edit.end:
            insertions[edit.start] = insertions.get(edit.start, b"") + edit.text
        elif edit.text:
            yield edit
        elif deletion is not None and deletion.end == edit.start:
            deletion = deletion._replace(end=edit.end)
        else:
            if deletion is not None:
                yield deletion
            deletion = edit
    if deletion is not None:
        yield deletion
    yield from (Edit(at, at, text) for at, text in insertions.items())
