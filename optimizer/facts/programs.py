"""Scripts that a COPY of the stage brings, and a RUN starts: what they run is read, where it is shown."""

from __future__ import annotations

from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Script, read_text
from ..dockerfile.source import BOM
from .context import Context
from .copies import Copied, copied_to
from .paths import resolve
from .stages import Run, StageFacts

_SHELLS = frozenset(("sh", "bash", "dash", "ash"))
_HARMLESS_OPTIONS = frozenset("eux")
_MOST_BYTES = 65536


class Program(Record):
    """A script of the image."""

    path: str  # absolute
    file: Copied
    script: Script
    text: bytes


def started(run: Run, command: Command, directory: str | None) -> Program | None:
    """The script that `command` starts in `directory`, as the COPY brought it; None where it is not shown.

    Whether something has changed it since is another question.
    """
    word = _named(command)
    path = resolve(word, directory) if word else None
    if path is None or run.mounted(path):
        return None
    file = copied_to(path, run, command)
    if file is None or file.doubt or not file.may_be_file:
        return None
    return run.stage.once(("program", path, file.instruction.index), lambda stage: _read(path, file, stage))


def _read(path: str, file: Copied, stage: StageFacts) -> Program | None:
    text = _text(file, stage.facts.context)
    script = read_text(text) if text is not None else None
    return None if script is None or text is None or script.opaque else Program(path, file, script, text)


def _named(command: Command) -> str:
    """How the command spells the file of its script: by a path, or behind the name of a shell."""
    if command.wrappers or command.assignments:
        return ""
    if command.program not in _SHELLS:
        return command.program if "/" in command.program else ""
    for word in command.argv[1:]:
        text = word.value or ""
        if text[:1] != "-":
            return text
        if not text[1:] or not _HARMLESS_OPTIONS.issuperset(text[1:]):
            return ""
    return ""


def _text(file: Copied, context: Context | None) -> bytes | None:
    """The bytes of a script; None where they are not shown, or BuildKit may put something else for a variable."""
    for document in file.instruction.heredocs:
        text = file.instruction.source.data[document.start : document.end]
        return None if document.chomp or (b"$" in text and not document.quoted) else text
    text = context.read(file.source) if context else None
    is_script = text is not None and len(text) <= _MOST_BYTES and b"\0" not in text and b"\r" not in text
    return text if is_script and text is not None and not text.startswith(BOM) else None
