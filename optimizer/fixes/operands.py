"""Builders that change the words of one command or instruction."""

from __future__ import annotations

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.shell import Command, Word
from ..facts.stages import Run, readable
from ..rules.finding import Fix
from .scripts import combine, delete_run, drop_commands, drop_unit


def with_flag(instruction: Instruction, flag: str) -> Fix:
    """Put a builder flag in front of the arguments of `instruction`. Raises `Refusal`."""
    owner = flag.removeprefix("--chown=")
    if (
        owner != flag
        and instruction.flag("link")
        and not all(part.isdigit() or part == "root" for part in owner.split(":"))
    ):
        raise Refusal("COPY --link resolves no names of users")
    at = instruction.args_start
    words = instruction.normal.split(b" ")
    number = 1 + len(instruction.flags)
    after = b" ".join([*words[:number], flag.encode(), *words[number:]])
    return Fix((Edit(at, at, flag.encode() + b" "),), drops=(instruction.normal,), adds=(after,))


def drop_operands(document: Document, run: Run, command: Command, gone: list[Word], kept: int) -> tuple[Fix, bool]:
    """Take operands away from a command, or the command where none is `kept`, or its RUN where that is all.

    The second value tells whether a comment above the RUN goes too.
    """
    script = readable(run)
    if kept:
        edits: list[Edit] = []
        words = command.words
        for word in gone:
            number = words.index(word)
            before, behind = words[number - 1], words[number + 1] if number + 1 < len(words) else None
            if b"#" in document.source.data[before.end : behind.start if behind else word.end]:
                raise Refusal("a comment stands between its operands")
            last_of_line = behind is not None and b"\n" in document.source.data[word.end : behind.start]
            if behind is not None and last_of_line and before is command.argv[0]:
                edits.append(Edit(word.start, behind.start, b""))  # no line of its own for the command's name
            else:
                edits.append(Edit(before.end, word.end, b""))
        rest = b" ".join((*command.assignments, *(word.raw for word in words if word not in gone)))
        return Fix(tuple(_melted(edits)), drops=(command.normal,), adds=(rest,)), False
    if len(script.units) == 1:
        if run.instruction.flags:
            raise Refusal("its RUN has flags")
        return delete_run(document, run), bool(document.comments_above(run.instruction))
    unit = next((unit for unit in script.units if unit.start == command.start and unit.end == command.end), None)
    if unit is None or script.heredoc:
        raise Refusal("it is no plain member of its list")
    return drop_unit(script, unit), False


def drop_from_all(document: Document, gone: list[tuple[Run, Command, Word]]) -> tuple[Fix, bool]:
    """Take operands away from several commands, a command with its last one, and a RUN with its last command.

    The second value tells whether a comment above a RUN goes too.
    """
    fixes: list[Fix] = []
    commented = False
    for run in dict.fromkeys(run for run, _, _ in gone):
        whole: list[Command] = []
        for command in dict.fromkeys(command for other, command, _ in gone if other is run):
            words = [word for _, other, word in gone if other is command]
            left = len(command.operands(_VALUED)) - len(words) - (command.name in ("chmod", "chown", "chgrp"))
            if left:
                fixes.append(drop_operands(document, run, command, words, left)[0])
            else:
                whole.append(command)
        if whole:
            all_gone = len(whole) == len(readable(run).units)
            commented |= all_gone and bool(document.comments_above(run.instruction))
            fixes.append(drop_commands(document, run, whole))
    return combine(*fixes), commented


_VALUED = frozenset(("-m", "-x", "-d", "-t", "-r"))  # of touch and setfacl


def _melted(edits: list[Edit]) -> list[Edit]:
    """Neighbouring deletions as one."""
    melted: list[Edit] = []
    for edit in edits:
        if melted and melted[-1].end == edit.start:
            melted[-1] = melted[-1]._replace(end=edit.end)
        else:
            melted.append(edit)
    return melted


def add_option(command: Command, after: Word, option: str) -> Fix:
    """Put `option` behind the word `after` of `command`."""
    words: list[bytes] = []
    for word in command.words:
        words.append(word.raw)
        if word is after:
            words.append(option.encode())
    return Fix(
        (Edit(after.end, after.end, b" " + option.encode()),),
        drops=(command.normal,),
        adds=(b" ".join((*command.assignments, *words)),),
    )


def replace_word(command: Command, word: Word, text: str) -> Fix:
    """Spell `word` of `command` as `text`."""
    words = [text.encode() if other is word else other.raw for other in command.words]
    edit = Edit(word.start, word.end, text.encode())
    return Fix((edit,), drops=(command.normal,), adds=(b" ".join((*command.assignments, *words)),))


def replace_start(command: Command, word: Word, text: str) -> Fix:
    """Spell `word` of `command` as `text`, and leave the bytes as they are that both end with."""
    raw, new = word.raw, text.encode()
    kept = 0
    while kept < min(len(raw), len(new)) and raw[-1 - kept] == new[-1 - kept]:
        kept += 1
    words = [new if other is word else other.raw for other in command.words]
    edit = Edit(word.start, word.end - kept, new[: len(new) - kept])
    return Fix((edit,), drops=(command.normal,), adds=(b" ".join((*command.assignments, *words)),))


def without_option(command: Command, option: Word, letter: bytes) -> Fix:
    """Take `letter` out of `option`, or that as a whole where it is a long one or has no other letter."""
    rest = b"" if option.raw.startswith(b"--") else option.raw.replace(letter, b"").removesuffix(b"-")
    words = [rest if word is option else word.raw for word in command.words]
    start = option.start if rest else command.words[command.words.index(option) - 1].end
    after = b" ".join((*command.assignments, *filter(None, words)))
    return Fix((Edit(start, option.end, rest),), drops=(command.normal,), adds=(after,))
