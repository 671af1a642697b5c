"""What a container of a stage starts: CMD, ENTRYPOINT, HEALTHCHECK, and the scripts behind them that are shown.

More is given than is certainly started: whoever looks for a name in it misses nothing that way. What a package or the
base image brings is not followed, since it knows nothing of the image's own files.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record
from ..dockerfile.shell import read_text
from ..dockerfile.source import BOM
from .copies import looks_like_a_file
from .effects import commands_of, copy_destination
from .paths import is_named, lies_in, resolve
from .stages import Run, StageFacts, stage_named

_MOST_BYTES = 262144
_MOST_PIECES = 64
_MOST_STEPS = 8
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class Piece(Record):
    """A text that is run, or heeded, in a container."""

    text: bytes
    path: str  # of the script, absolute; empty for what the Dockerfile itself says
    line: int  # of the instruction that says or brings it
    unread: str = ""  # why the text of the script is not shown


def started_at_run_time(stage: StageFacts) -> tuple[Piece, ...]:
    """What a container of `stage` starts, its environment, and what ONBUILD runs in the builds on top of it."""
    return stage.once("run time", lambda stage: tuple(_started(stage)))


def started_on_top(stage: StageFacts) -> tuple[Piece, ...]:
    """The same of `stage` and of every stage built on it."""
    found: dict[Piece, None] = {}
    todo = [stage]
    while todo:
        one = todo.pop(0)
        found.update(dict.fromkeys(started_at_run_time(one)))
        todo += one.children
    return tuple(found)


def _started(stage: StageFacts) -> Iterator[Piece]:
    waiting = [Piece(b" ".join(_texts(one)), "", one.line) for one in _said(stage)]
    seen: set[str] = set()
    count = 0
    while waiting:
        piece = waiting.pop(0)
        yield piece
        count += 1
        if count == _MOST_PIECES and waiting:
            yield Piece(b"", "", piece.line, "more scripts start one another than are read")
            return
        for path in _candidates(piece, stage):
            if path not in seen:
                seen.add(path)
                waiting += _shown(path, stage, len(stage.instructions), _MOST_STEPS)


def _said(stage: StageFacts) -> Iterator[Instruction]:
    """The last of the stage's instructions that say what a container starts, and all that set its environment."""
    found: set[str] = set()
    for owner in stage.lineage_above():
        for instruction in reversed(owner.instructions):
            if instruction.keyword in ("ENV", "ONBUILD"):
                yield instruction
            elif instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK") and instruction.keyword not in found:
                found.add(instruction.keyword)
                yield instruction


def _texts(instruction: Instruction) -> Iterator[bytes]:
    data = instruction.source.data
    words = instruction.json
    yield " ".join(words).encode("utf-8", "surrogateescape") if words is not None else instruction.args
    yield from (data[document.start : document.end] for document in instruction.heredocs)


_WORD = re.compile(rb"[^\s\"'`;&|()<>=,:\[\]]+")
_VARIABLE = re.compile(r"^(?:\$\{?\w+[^/]*/)+")


def _candidates(piece: Piece, stage: StageFacts) -> Iterator[str]:
    """The absolute paths that words of a text may name: in PATH, in the working directory, or beside the script."""
    held = stage.held[-1].directory
    places = [held or "/"]
    if piece.path:
        places.append(posixpath.dirname(piece.path))
    for spelled in dict.fromkeys(_words(piece)):
        word = _VARIABLE.sub("", spelled)
        bare = "/" not in spelled
        for place in (*places, *(_search_path(stage) if bare else ())):
            path = resolve(word, place)
            if path is not None and path != "/":
                yield path


def _words(piece: Piece) -> Iterator[str]:
    """The words of a text that may name a file: those with a slash or an ending, and the programs of a script."""
    if not piece.path:
        yield from (word.decode("utf-8", "replace") for word in _WORD.findall(piece.text))
        return
    script = read_text(piece.text) if _is_shell(piece) else None
    for command in script.commands if script else ():
        yield from filter(None, (command.program, *(word.value for word in command.argv[1:3])))
    for found in _WORD.findall(piece.text):
        if b"/" in found or found.endswith((b".sh", b".py", b".js", b".rb", b".pl")):
            yield found.decode("utf-8", "replace")


def _is_shell(piece: Piece) -> bool:
    head = piece.text.split(b"\n", 1)[0]
    return re.search(rb"\b(?:ba|da|a|k|z)?sh\b", head) is not None if head.startswith(b"#!") else True


def _search_path(stage: StageFacts) -> tuple[str, ...]:
    """The directories of PATH: those that an image has, and those that an ENV names."""
    return stage.once("search path", _read_search_path)


def _read_search_path(stage: StageFacts) -> tuple[str, ...]:
    named = [
        part.strip("\"'")
        for owner in stage.lineage_above()
        for one in owner.instructions
        if one.keyword == "ENV" and b"PATH" in one.code
        for part in re.split(r"[\s:=]", one.args.decode("utf-8", "replace"))
    ]
    return (*_PATH, *dict.fromkeys(part for part in named if part.startswith("/")))


def _shown(path: str, stage: StageFacts, before: int, steps: int) -> list[Piece]:
    """The texts that may stand in the file at `path` before instruction `before` of a stage; none if none is its own.

    Every instruction that may have written the file counts, not only the last.
    """
    found: list[Piece] = []
    if not steps:
        return [Piece(b"", path, stage.instructions[0].line, f"where {path} comes from is not followed that far")]
    for at in range(before - 1, 0, -1):
        instruction = stage.instructions[at]
        run = stage.run_at(at)
        if run is not None:
            found += _written(path, run, steps)
        elif instruction.keyword in ("COPY", "ADD"):
            found += _brought(path, stage, at, steps)
    return found + (_shown(path, stage.parent, len(stage.parent.instructions), steps - 1) if stage.parent else [])


def _brought(path: str, stage: StageFacts, at: int, steps: int) -> list[Piece]:
    """What a COPY or ADD may bring to `path`."""
    instruction = stage.instructions[at]
    target = copy_destination(stage, at)
    if target is None or not lies_in(path, target):
        return []
    data, rest = instruction.source.data, posixpath.relpath(path, target)
    if instruction.heredocs:
        bodies = [data[document.start : document.end] for document in instruction.heredocs]
        return [Piece(body, path, instruction.line) for body in bodies]
    found: list[Piece] = []
    for source in instruction.words[:-1]:
        inner = posixpath.normpath(posixpath.join("/", source, rest)) if rest != "." else posixpath.join("/", source)
        names = [posixpath.normpath(inner)]
        first, _, below = rest.partition("/")
        if first == posixpath.basename(source.rstrip("/")):  # the file went into a directory
            names.append(posixpath.normpath(posixpath.join("/", source, below)))
        elif re.search(r"[*?\[]", source):
            names.append(posixpath.join("/", posixpath.dirname(source), rest))
        for name in dict.fromkeys(names):
            found += _from_source(name, path, stage, instruction, steps)
    return list(dict.fromkeys(found))


def _from_source(name: str, path: str, stage: StageFacts, instruction: Instruction, steps: int) -> list[Piece]:
    origin = instruction.flag("from")
    if origin is not None:
        other = stage_named(stage, origin.text)
        return _shown(name, other, len(other.instructions), steps - 1) if other else []
    context = stage.facts.context
    if context is None:
        certain = any(posixpath.normpath("/" + word) == name for word in instruction.words[:-1])
        hidden = certain or looks_like_a_file(path) or _SCRIPT.search(posixpath.basename(path))
        return [Piece(b"", path, instruction.line, f"{path} is not shown")] if hidden else []
    entry = context.entry(name)
    if entry is None or entry.kind == "directory":
        return []
    text = context.read(name) if entry.size is not None and entry.size <= _MOST_BYTES else None
    if text is None or b"\0" in text:
        return [Piece(b"", path, instruction.line, f"{path} cannot be read")]
    return [Piece(text.removeprefix(BOM), path, instruction.line)]


# What a script is often called that lies in a directory which no context shows.
_SCRIPT = re.compile(r"entry|start|run|boot|serve|init")


def _written(path: str, run: Run, steps: int) -> list[Piece]:
    """What a RUN may write to the file at `path`, or put there from elsewhere."""
    if not is_named(posixpath.basename(path).encode(), run.source_text):
        return []
    if run.script is None:  # it may write that file
        return [Piece(run.source_text, path, run.instruction.line)]
    found: list[Piece] = []
    data, instruction = run.instruction.source.data, run.instruction
    for command, directory in commands_of(run):
        targets = [one.target for one in command.redirections if one.writes]
        copies = command.name in ("cp", "mv", "ln", "install", "tee")
        targets += command.operands() if copies else []
        places = [resolve(word.value or "", directory) for word in targets]
        moved = copies and any(one is not None and lies_in(path, one) for one in places)
        if path not in places and not moved:
            continue
        at = run.script.unit_at(command.start)
        unit = run.script.units[at] if at is not None else command
        text = data[unit.start : unit.end] + b"".join(data[one.start : one.end] for one in instruction.heredocs)
        found.append(Piece(text.replace(b"\\n", b"\n"), path, instruction.line))
        for one in places if copies else ():
            if one is not None and one != path:
                found += _shown(one, run.stage, run.at, steps - 1)
    return found


def wanted_at_run_time(stage: StageFacts, path: str) -> str:
    """Why a container of `stage`, or of one on top of it, may look for the file at `path`; empty where none does.

    A text wants it that has its name, all of its directory, or a pattern there.
    """
    directory, _, name = path.rpartition("/")
    words = [rb"(?<![\w.-])" + re.escape(name.encode())]
    if directory.count("/") > 1 or directory not in ("", "/tmp", "/root", stage.held[-1].directory):
        words.append(rb"(?<![\w.-])" + re.escape(directory.encode()) + rb"/?(?![\w./-])")
    words.append(re.escape(directory.encode()) + rb"/[^\s\"'/]*[*?$]")
    wanted = re.compile(b"|".join(words))
    for piece in started_on_top(stage):
        if piece.path != path and (piece.unread or wanted.search(piece.text)):
            named = piece.path or f"line {piece.line}"
            return piece.unread or f"{named} may look for it in a container"
    return ""
