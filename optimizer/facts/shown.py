"""The texts of an image's files, as far as a COPY, a heredoc or a redirection of the Dockerfile shows them."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Word
from .effects import commands_of
from .paths import fits, lies_in, resolve
from .stages import Run, StageFacts, stage_named

_MOST = 100  # instructions of a stage that are looked through for a file
_DEEP = 2  # copies of copies within a RUN that are followed
_HIDDEN = b""  # stands for a text that may be anything


def may_show(stage: StageFacts) -> bool:
    """Whether any file of the stage may be shown at all: there is a context, a heredoc, or a file that a RUN prints."""
    return stage.lineage.once("may show", lambda: _may_show(stage))


def _may_show(stage: StageFacts) -> bool:
    facts = stage.facts
    return facts.context is not None or any(
        b">" in one.code or b"<<" in one.code or re.search(rb"\btee\b", one.code) for one in facts.document.instructions
    )


def environment(stage: StageFacts) -> dict[str, str]:
    """The values of the variables that an ENV or ARG of the stage or of those below it spells out; the last of each.

    A value of which a part is not known is left out.
    """
    return stage.once("environment", _environment)


def _environment(stage: StageFacts) -> dict[str, str]:
    known: dict[str, str] = {}
    for owner in reversed(list(stage.lineage_above())):
        for instruction in owner.instructions:
            if instruction.keyword in ("ENV", "ARG"):
                for name, value in _assigned(instruction):
                    known[name] = expanded(value, known)
    return {name: value for name, value in known.items() if "$" not in value}


def _assigned(instruction: Instruction) -> list[tuple[str, str]]:
    """The names and values of an ENV or ARG; ``ENV name value`` is the old spelling of one."""
    words = instruction.words
    if instruction.keyword == "ENV" and words and "=" not in words[0]:
        return [(words[0], " ".join(words[1:]).strip("\"'"))]
    parts = [word.partition("=") for word in words]
    return [(name, value.strip("\"'")) for name, equals, value in parts if equals]


def expanded(text: str, known: Mapping[str, str]) -> str:
    """The text with the values of variables that are known in the place of ``$name`` and ``${name}``."""
    if "$" not in text or not known:
        return text
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: known.get(found[1] or found[2], found[0]), text)


def with_values(command: Command, known: Mapping[str, str], home: str = "") -> Command:
    """The command with the values of variables that are known, in the words that nothing else is open in.

    A word that begins with ``~`` or ``$HOME`` is one in `home`, where that is given.
    """
    words = tuple(_with_value(word, known, home) for word in command.words)
    made = Command(command.start, command.end, words, command.assignments, command.guards)
    made.redirections = command.redirections
    if home:
        made.redirections = tuple(
            one._replace(target=_with_value(one.target, known, home)) for one in made.redirections
        )
    return made


def _with_value(word: Word, known: Mapping[str, str], home: str) -> Word:
    raw = word.raw.decode("utf-8", "replace")
    if home and (word.value is None or raw.startswith("~")):
        raw = re.sub(r'^(?:~|"?\$HOME|"?\$\{HOME\})(?=/|"?$)', home, raw)
    elif word.value is not None:
        return word
    text = expanded(raw, known) if "'" not in raw else "$"
    if "$" in text or "`" in text or re.search(r"[*?\[~]", text):
        return word
    return Word(word.start, word.end, word.raw, text.replace('"', ""))


def text_of(stage: StageFacts, at: int, path: str) -> bytes | None:
    """What is in the file at the absolute `path` before instruction `at` of the stage; None where that is not shown.

    A program that nobody knows is taken to leave the files of the context as they are. What a RUN prints into the file
    is shown as the text of that RUN.
    """
    facts = stage.facts
    if facts.context is None and posixpath.basename(path).encode() not in facts.document.source.data:
        return None  # whatever brings it does not say so
    return stage.once(("text of", at, path), lambda _: _text_of(stage, at, path) or None)


def _text_of(stage: StageFacts, at: int, path: str) -> bytes | None:
    bringing = stage.once("bringing", _bringing)
    end = bisect_left(bringing, at)
    for index in reversed(bringing[max(0, end - _MOST) : end]):
        instruction = stage.instructions[index]
        copies = instruction.keyword in ("COPY", "ADD")
        found = _copied(stage, index, instruction, path) if copies else _written(stage.run_at(index), path, index)
        if found is not None:
            return found
    return text_of(stage.parent, len(stage.parent.instructions), path) if stage.parent else None


_WRITES = rb">|\b(?:tee|sed|mv|cp|ln|install|dd|patch)\b"


def _bringing(stage: StageFacts) -> list[int]:
    """The instructions of a stage that may bring a file, or make another of it."""
    return [
        at
        for at, instruction in enumerate(stage.instructions)
        if instruction.keyword in ("COPY", "ADD")
        or (instruction.keyword == "RUN" and re.search(_WRITES, instruction.code))
    ]


def _copied(stage: StageFacts, at: int, instruction: Instruction, path: str) -> bytes | None:
    """What a COPY makes of the file: its text, `_HIDDEN`, or None where it has nothing to do with it."""
    words = tuple(expanded(word, environment(stage)) for word in instruction.words)
    target = resolve(words[-1].strip("\"'"), stage.directory(at))
    if target is None or "$" in words[-1]:
        return _HIDDEN
    if not lies_in(path, target):
        return None
    inside = posixpath.relpath(path, target) if path != target else ""
    for document in instruction.heredocs:
        if inside in ("", document.name.decode("utf-8", "replace")):
            text = instruction.source.data[document.start : document.end]
            return re.sub(rb"(?m)^\t+", b"", text) if document.chomp else text
    whole = inside == "" or words[-1].endswith("/") or len(words) > 2
    for source in words[:-1]:
        found = _from_source(stage, instruction, source, inside, path, whole=whole)
        if found is not None:
            return found
    return None


def _from_source(
    stage: StageFacts, instruction: Instruction, source: str, inside: str, path: str, *, whole: bool
) -> bytes | None:
    """The text of what lies at `inside` below a target that `source` is copied to; see `_copied`."""
    if instruction.flag("from"):
        return _from_stage(stage, instruction, source, inside, path)
    context = stage.facts.context
    unpacked = instruction.keyword == "ADD" and re.search(r"\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b", source)
    if context is None or unpacked or instruction.flag("parents") or re.search(r"\$|://|^git@|<<", source):
        return _HIDDEN
    names = [source]
    if re.search(r"[*?\[]", source):
        directory, pattern = posixpath.split(source)
        first = inside.partition("/")[0] or posixpath.basename(path)
        names = [posixpath.join(directory, first)] if fits(first, pattern) else []
        if not names and whole:  # what a directory holds that the pattern fits is not looked for
            return None
    for name in names:
        entry = context.entry(name or ".")
        if entry is None:
            continue
        if entry.kind == "directory":
            text = context.read(posixpath.join(name, inside)) if inside else None
        elif inside in ("", posixpath.basename(name)):
            text = context.read(name)
        else:
            text = None
        if text is not None:
            return text
    return None


def _from_stage(stage: StageFacts, instruction: Instruction, source: str, inside: str, path: str) -> bytes | None:
    flag = instruction.flag("from")
    other = stage_named(stage, flag.text) if flag else None
    if other is None:
        return _HIDDEN if source.rstrip("/").rpartition("/")[2] == posixpath.basename(path) else None
    begin = resolve(source, "/") or "/"
    places = [posixpath.join(begin, inside) if inside else begin]
    if posixpath.basename(begin) == inside:
        places.append(begin)
    texts = (text_of(other, len(other.instructions), one) for one in places)
    return next((text for text in texts if text), None)


def _written(run: Run | None, path: str, at: int) -> bytes | None:
    """What a RUN makes of the file: its text, `_HIDDEN` where that is not shown, or None where it leaves it alone."""
    if run is None:
        return None
    name = path.rpartition("/")[2].encode()
    if name not in run.source_text and not run.stage.once(("wide", at), lambda _: re.search(_WIDE, run.source_text)):
        return None
    if run.script is None:
        return b"\n".join(_documents(run)) if name in run.instruction.code else _HIDDEN
    return _made(run, run.stage.once(("writers", at), lambda _: _writers(run)), path, at, _DEEP)


_MOST_WRITERS = 20  # commands of a RUN that are looked through for a file


def _writers(run: Run) -> list[tuple[Command, str | None]]:
    """The last commands of a RUN that may bring or change a file, each with its directory."""
    names = ("tee", "cp", "mv", "ln", "install", *_EDITORS)
    found = [(one, place) for one, place in commands_of(run) if one.name in names or one.writes_files]
    return found[-_MOST_WRITERS:]


_WIDE = rb"[*?\[{]|\s-\w*[rRa]|/\.(?:\s|$)|\$"


def _made(run: Run, before: Sequence[tuple[Command, str | None]], path: str, at: int, deep: int) -> bytes | None:
    """What the commands `before` make of the file, the last of them first; see `_written`."""
    name = posixpath.basename(path).encode()
    for index in range(len(before) - 1, -1, -1):
        command, directory = before[index]
        targets = [one.target.raw for one in command.redirections if one.writes]
        if command.name == "tee":
            targets += [word.raw for word in command.operands()]
        if any(_is_named(target, path, name, directory) for target in targets):
            return _printed(run) or _HIDDEN
        if command.name in ("cp", "mv", "ln", "install"):
            for source in _sources(command, directory, path, environment(run.stage)):
                text = _made(run, before[:index], source, at, deep - 1) if deep else _HIDDEN
                text = text_of(run.stage, at, source) if text is None else text
                if text:
                    return text
        elif command.name in _EDITORS and not _only_line_ends(command) and _edits(command, directory, path, name):
            return _HIDDEN
    return None


_EDITORS = frozenset(("sed", "patch", "dd", "perl", "find", "xargs"))


def _is_named(target: bytes, path: str, name: bytes, directory: str | None) -> bool:
    text = target.strip(b"\"'")
    if directory is None or b"$" in text:
        return text.rpartition(b"/")[2] == name
    return resolve(text.decode("utf-8", "replace"), directory) == path


def _printed(run: Run) -> bytes:
    """What the RUN prints anywhere, by echo, printf or a heredoc, as one text."""
    found = [
        re.sub(rb"\\n", b"\n", (word.value or "").encode() or word.raw.strip(b"\"'"))
        for command in (run.script.commands if run.script else ())
        if command.name in ("echo", "printf")
        for word in command.operands()
    ]
    found += _documents(run)
    return b"\n".join(found)


def _documents(run: Run) -> list[bytes]:
    """The texts of the heredocs of a RUN."""
    data = run.instruction.source.data
    return [data[document.start : document.end] for document in run.instruction.heredocs]


def _sources(command: Command, directory: str | None, path: str, known: Mapping[str, str]) -> list[str]:
    """The files of which a cp, mv, ln or install may make the one at `path`."""
    words = [
        expanded(word.value or word.raw.decode("utf-8", "replace").strip("\"'"), known)
        for word in command.operands(("-m", "-o", "-g", "-S", "--mode"))
    ]
    target = resolve(words[-1], directory) if len(words) > 1 else None
    if target is None or not lies_in(path, target):
        return []
    inside = posixpath.relpath(path, target) if path != target else ""
    found: list[str] = []
    for word in words[:-1]:
        place = resolve(word, directory)
        if place is None:
            continue
        parent, last = posixpath.split(place)
        if not inside:
            found.append(place)
        elif word.endswith(("/.", "/")) or parent == "/" == place:
            found.append(posixpath.join(place, inside))
        elif fits(inside.partition("/")[0], last):
            found.append(posixpath.join(parent, inside))
        else:  # the directory may have been made by the command
            found.append(posixpath.join(place, inside))
    return found


def _edits(command: Command, directory: str | None, path: str, name: bytes) -> bool:
    """Whether an editor may change the file at `path`: it names it, or by a pattern, or whatever lies above it."""
    if command.name in ("sed", "perl") and not re.search(rb"\s(?:-\w*i|--in-place)", command.normal):
        return False
    if command.name in ("find", "xargs") and not re.search(rb"\b(?:sed|perl|patch|dd)\b", command.normal):
        return False
    if command.name == "patch":
        return True
    for word in command.argv[1:]:
        text = word.raw.decode("utf-8", "replace").strip("\"'").rpartition("=")[2]
        place = resolve(text, directory)
        if text.encode().rpartition(b"/")[2] == name or command.name == "xargs":
            return True
        if place is not None and re.search(r"[*?\[]", text) and fits(path, place):
            return True
        if command.name == "find" and place is not None and lies_in(path, place):
            return True
    return False


def _only_line_ends(command: Command) -> bool:
    r"""Whether a sed only takes the ``\r`` from the ends of lines, with which no shell would run a script."""
    scripts = [word.raw.strip(b"\"'") for word in command.argv[1:] if re.match(rb"[\"']?s(.).*\1", word.raw)]
    ends = (b"\\r", b"\\r$", b"^M$", b"\\r\\+$", b"\\r*$")
    return bool(scripts) and all(
        re.fullmatch(rb"s(.)(.*)\1\1g?", one) and one[2:].rstrip(b"g")[:-2] in ends for one in scripts
    )


def mounted_text(run: Run, path: str) -> bytes | None:
    """The text of a file that a bind mount of the RUN brings; `_HIDDEN` where one covers it, None where none does."""
    for mount in run.mounts:
        target = resolve(mount["target"] or mount.get("dst", ""), run.stage.directory(run.at))
        if mount["type"] not in ("bind", "") or target is None or not lies_in(path, target):
            continue
        inside = posixpath.relpath(path, target) if path != target else ""
        source = posixpath.normpath(posixpath.join(mount.get("source", mount.get("src", "")).lstrip("/"), inside))
        if "from" in mount:
            other = next((one for one in run.stage.facts.stages if one.stage.name == mount["from"].lower()), None)
            text = text_of(other, len(other.instructions), "/" + source) if other else None
        else:
            context = run.stage.facts.context
            text = context.read(source) if context else None
        return text or _HIDDEN
    return None


def opened(run: Run, path: str) -> bytes | None:
    """The text of a file as a command of `run` finds it; None where that is not shown."""
    mounted = mounted_text(run, path)
    return text_of(run.stage, run.at + 1, path) if mounted is None else mounted or None


def on_path(stage: StageFacts) -> tuple[str, ...]:
    """The directories in which programs of the stage are looked for, and into which it may have brought some."""
    return stage.once("path", _on_path)


def _on_path(stage: StageFacts) -> tuple[str, ...]:
    found: list[str] = []
    known = environment(stage)
    for owner in stage.lineage_above():
        for instruction in owner.instructions:
            if instruction.keyword == "ENV" and b"PATH" in instruction.args:
                for name, value in _assigned(instruction):
                    places = expanded(value, known).split(":") if name == "PATH" else ()
                    found += (one for one in places if one.startswith("/"))
    found += ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return tuple(directory for directory in found if any(_fills(owner, directory) for owner in stage.lineage_above()))


def _fills(stage: StageFacts, directory: str) -> bool:
    """Whether an instruction of the stage may bring something into a directory."""
    for at in stage.once("bringing", _bringing):
        instruction = stage.instructions[at]
        if instruction.keyword == "RUN":
            if directory.encode() in instruction.code:
                return True
        else:
            target = resolve(instruction.words[-1].strip("\"'"), stage.directory(at))
            if target is None or "$" in target or lies_in(target, directory) or lies_in(directory, target):
                return True
    return False


def is_brought(stage: StageFacts, at: int, name: str) -> bool:
    """Whether a COPY or ADD before instruction `at` names a file of the context like the program `name`."""
    names = stage.once("brought", _brought)
    return names.get(name, at) < at or (
        stage.parent is not None and is_brought(stage.parent, len(stage.parent.instructions), name)
    )


def _brought(stage: StageFacts) -> dict[str, int]:
    """The last parts of what COPY and ADD bring from the context, each with the index of the first that does."""
    found: dict[str, int] = {}
    for at, instruction in enumerate(stage.instructions):
        if instruction.keyword in ("COPY", "ADD") and not instruction.flag("from"):
            for word in instruction.words:
                found.setdefault(posixpath.basename(word.strip("\"'")), at)
    return found


def listed(stage: StageFacts, at: int, directory: str) -> list[str] | None:
    """The absolute paths of what a COPY of the context brings into `directory`; None where that is not shown."""
    context = stage.facts.context
    for index in range(at - 1, 0, -1):
        instruction = stage.instructions[index]
        if instruction.keyword not in ("COPY", "ADD"):
            continue
        target = resolve(instruction.words[-1], stage.directory(index))
        if target is None or not (lies_in(directory, target) or lies_in(target, directory)):
            continue
        if context is None or instruction.flag("from") or len(instruction.words) != 2 or not lies_in(directory, target):
            return None
        inside = posixpath.relpath(directory, target)
        found = context.names(posixpath.normpath(posixpath.join(instruction.words[0], inside)))
        return None if found is None else [posixpath.join(directory, name) for name in found]
    return None
