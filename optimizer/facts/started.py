"""The texts of the scripts and programs that a RUN starts, as far as the Dockerfile and its context show them."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerfile.shell import Command, read_text
from .effects import commands_of, placed
from .shown import environment, may_show, opened
from .stages import Run, StageFacts

_MOST_TEXTS = 100


def texts_started(run: Run, behind: int = -1) -> tuple[bytes, ...]:
    """What the commands of `run` start that stands in files, and what those start; in no certain order.

    Only commands that begin behind the offset `behind` are asked.
    """
    question = ("texts started", run.at, behind)
    return run.stage.once(question, lambda _: tuple(_texts(run, behind)) if may_show(run.stage) else ())


def texts_started_on_top(stage: StageFacts) -> Iterator[bytes]:
    """The same of every RUN of the stage and of those built on it."""
    for owner, at in stage.later(0):
        run = owner.run_at(at)
        if run is not None:
            yield from texts_started(run)


def _texts(run: Run, begin: int) -> Iterator[bytes]:
    from .recipes import behind

    known = environment(run.stage)
    todo: list[tuple[Command, str | None]] = [one for one in commands_of(run) if one[0].start > begin]
    seen: set[bytes] = set()
    while todo and len(seen) < _MOST_TEXTS:
        command, directory = todo.pop()
        found = behind(command, directory, lambda path: opened(run, path), known)
        for shell in found.shells if found else ():
            if shell.text not in seen:
                seen.add(shell.text)
                yield shell.text
                script = read_text(shell.text)
                todo += placed(script, shell.directory) if script else ()
        yield from (code.text for code in found.codes) if found else ()
