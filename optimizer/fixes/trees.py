"""Give a directory away in the instructions that filled it."""

from __future__ import annotations

import re

from ..dockerfile.document import Document
from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.shell import Command
from ..facts.accounts import makers, named
from ..facts.filling import FilledBefore, FilledLast
from ..facts.ownership import RecursiveChown, is_official
from ..facts.stages import Run
from ..facts.variables import expanded_word
from ..rules.finding import Fix
from .accounts import made_above
from .operands import add_option, drop_operands, with_flag
from .scripts import append_commands, combine


def owned_in_each(
    document: Document, run: Run, command: Command, chown: RecursiveChown, filled: FilledLast, before: FilledBefore
) -> tuple[Fix, bool]:
    """Give all that filled the directory its owner where it is stored: COPYs by their flag, each RUN what it wrote.

    A chown of all would store again what has its owner already. The second value tells whether a comment above the
    chown goes too. Raises `Refusal`.
    """
    in_place = filled.last is run
    if in_place and len(command.words) != 4:
        raise Refusal("it changes other directories too")
    first = before.first
    made = makers(run, command, named(chown.flag), run.stage.index_of(first), past_builders=True)
    rest = Fix(()) if in_place else for_what_is_left(command, chown, filled)
    gone = None if in_place or rest.edits else command
    fixes = [made_above(document, made, first, gone)]
    fixes += [with_flag(copy, f"--chown={chown.flag}") for copy in (*before.copies, *filled.copies)]
    for one in (*before.runs, *(() if in_place else (filled.last,))):
        text = of_all(command, chown, one) if one.instruction is first else _of_root(command, chown, one)
        fixes.append(append_commands(one, [text]))
    commented = False
    if in_place:
        fixes.append(_of_root_in_place(command, chown, run))
    elif gone and not (made and made[-1].run is run):
        rest, commented = drop_operands(document, run, command, [], 0)
    return combine(*fixes, rest), commented


def for_what_is_left(command: Command, chown: RecursiveChown, filled: FilledLast) -> Fix:
    """The chown for its other directories, or for what was made in this one since; no edit where it may go."""
    words = [word for word in command.words if word is not chown.operand]
    new = [path.encode() for path in sorted({*filled.made})]
    if len(words) == 3 and not new:
        return Fix(())
    texts = [word.raw for word in words]
    if len(words) == 3:
        plain = b"" if chown.option.raw == b"--recursive" else chown.option.raw.replace(b"R", b"").removesuffix(b"-")
        texts = [plain if word is chown.option else word.raw for word in words]
    text = b" ".join(filter(None, (*texts, *new)))
    edit = Edit(command.words[0].end, command.end, text.removeprefix(command.words[0].raw))
    return Fix((edit,), drops=(command.normal,), adds=(text,))


def of_all(command: Command, chown: RecursiveChown, run: Run) -> bytes:
    """The chown as it comes at the end of `run`."""
    return b" ".join((command.words[0].raw, chown.option.raw, command.operands()[0].raw, _spelled(chown, run)))


def _spelled(chown: RecursiveChown, run: Run) -> bytes:
    """The directory as `run` has to spell it."""
    raw = chown.operand.raw
    same = (chown.operand.value or "").startswith("/") or expanded_word(run.stage, run.at, raw) == chown.directory
    return raw if same else chown.directory.encode()


def _of_root(command: Command, chown: RecursiveChown, run: Run) -> bytes:
    """What gives away all that is root's in the directory, and nothing else, at the end of `run`. Raises `Refusal`."""
    owner, directory = command.operands()[0].raw, _spelled(chown, run)
    if _is_busybox(run):  # its chown has no such option
        return b" ".join((b"find", directory, b"-user root -exec chown -h", owner, b"{} +"))
    return b" ".join((command.words[0].raw, chown.option.raw, b"--from=root", owner, directory))


def _of_root_in_place(command: Command, chown: RecursiveChown, run: Run) -> Fix:
    if not _is_busybox(run):
        return add_option(command, chown.option, "--from=root")
    text = _of_root(command, chown, run)
    return Fix((Edit(command.start, command.end, text),), drops=(command.normal,), adds=(text,))


def _is_busybox(run: Run) -> bool:
    """Whether its commands are those of BusyBox, and not GNU's. Raises `Refusal` where that is not certain."""
    image = run.stage.image
    if image is None or not is_official(image):
        raise Refusal("whether its chown knows --from is not certain")
    return bool(re.search("alpine|busybox", f"{image.name}:{image.tag}"))
