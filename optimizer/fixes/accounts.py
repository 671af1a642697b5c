"""Make users further up than a Dockerfile does."""

from __future__ import annotations

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.shell import Command
from ..facts.accounts import Maker
from ..facts.stages import Run, readable
from ..rules.finding import Fix
from .scripts import combine, drop_commands, with_comments


def made_above(document: Document, made: list[Maker], below: Instruction, gone: Command | None = None) -> Fix:
    """Put the commands `made` in RUNs of their own right above the instruction `below`.

    `gone` is another command of the last one's RUN that goes away.
    """
    if not made:
        return Fix(())
    text = b"".join(_as_run(document, run, commands, gone) for run, commands in _by_run(made))
    at = with_comments(document, below)[0]
    adds = tuple(maker.command.normal for maker in made)
    return combine(Fix((Edit(at, at, text),), adds=adds), made_away(document, made, gone))


def made_away(document: Document, made: list[Maker], gone: Command | None = None) -> Fix:
    """Take the commands `made` out of their RUNs, and `gone`, another command of the last one's RUN."""
    return combine(
        *(
            drop_commands(document, run, [*commands, *([gone] if gone and gone in readable(run).commands else [])])
            for run, commands in _by_run(made)
        )
    )


def _by_run(made: list[Maker]) -> list[tuple[Run, list[Command]]]:
    runs: dict[int, tuple[Run, list[Command]]] = {}
    for maker in made:
        runs.setdefault(maker.run.at, (maker.run, []))[1].append(maker.command)
    return list(runs.values())


def _as_run(document: Document, run: Run, commands: list[Command], gone: Command | None) -> bytes:
    """The lines of a RUN with `commands` of `run`; with its comments, where it comes with all that it has."""
    script, data = readable(run), document.source.data
    newline = document.source.newline(run.instruction.start)
    left = [unit for unit in script.units if not any(unit.start <= one.start < unit.end for one in commands)]
    above = b""
    if all(gone is not None and unit.start <= gone.start < unit.end for unit in left):
        start, end = with_comments(document, run.instruction)
        if not left:
            return data[start:end] if data[start:end].endswith(b"\n") else data[start:end] + newline
        above = data[start : run.instruction.line_start]
    first, last = (script.unit_at(one.start) for one in (commands[0], commands[-1]))
    if first is None or last is None:
        raise Refusal("it stands inside another command")
    apart = script.units[first : last + 1]
    if len(apart) == len(commands) and all(unit.connector == b"&&" for unit in apart[1:]) and not script.heredoc:
        text = data[apart[0].start : apart[-1].end]
    else:
        text = b" && ".join(data[one.start : one.end] for one in commands)
    if b"#" in text:
        raise Refusal("a comment stands inside its RUN")
    keyword = data[run.instruction.start : run.instruction.start + 3]
    return above + data[run.instruction.line_start : run.instruction.start] + keyword + b" " + text + newline
