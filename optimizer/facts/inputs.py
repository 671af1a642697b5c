"""What a COPY brings for one RUN alone, which removes it again."""

from __future__ import annotations

import posixpath
import re

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.instruction import Flag
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from ..knowledge.archives import ARCHIVE, PATTERNS, unpacked
from ..knowledge.images import is_official
from .commands import is_of_system, of_command, variables
from .context import local_sources
from .copies import looks_like_a_file
from .effects import commands_of, copy_destination, of_instruction, touched_between
from .paths import SYSTEM_DIRECTORIES, is_private, lies_in, overlap
from .readers import taken_by_a_stage
from .stages import Run, StageFacts, stage_named
from .variables import expanded, expanded_word, normal
from .walks import brought_before, named_path, removals, walks_over


class Input(Record):
    """What `copy` brings to `path` for `runs`, and the ``rm`` that removes it, in `removing`, with that operand.

    `writable` says whether the RUN, which is one then, may change something in it, `doubts` why more may have to do
    with it.
    """

    copy: Instruction
    path: str
    mount: str  # the options of a bind mount that shows the same there
    runs: list[Run]
    removing: Run
    rm: Command
    operand: Word
    writable: bool
    doubts: list[str]


def input_of(stage: StageFacts, at: int) -> Input | None:
    """What the COPY at index `at` brings for one RUN; None where no ``rm`` takes it away again.

    Raises `Refusal` where something else may need it, or there may be more at its place.
    """
    copy = stage.instructions[at]
    path = copy_destination(stage, at)
    if path is None or copy.keyword != "COPY" or copy.heredocs or len(copy.words) != 2 or path in SYSTEM_DIRECTORIES:
        return None
    removal = _removal(stage, at, path)
    if removal is None:
        return None
    removing, rm, operand = removal
    users = [run for run in stage.runs if at < run.at <= removing.at and _touching(run, path, rm)]
    if not users:
        return None
    for index in range(at + 1, removing.at):
        if stage.run_at(index) is None and (reason := _touches(stage, index, path)):
            raise Refusal(f"line {stage.instructions[index].line} may have to do with it: {reason}")
    doubts = _there_before(stage, copy, path)
    uses = [_use(run, path, rm) for run in users]
    if len(users) > 1 and any(writable or unknown for writable, unknown in uses):
        lines = " and ".join(str(run.instruction.line) for run in users[:2])
        raise Refusal(f"lines {lines} may both need what one changes")
    mount, *_ = [_mount(stage, copy, path, run) for run in users]
    writable, unknown = uses[0]
    return Input(copy, path, mount, users, removing, rm, operand, writable, doubts + unknown)


class Wheels(Record):
    """Packages that `copy` brings to `path` for the ``pip install`` of `run`, and that nothing removes."""

    copy: Instruction
    path: str
    mount: str  # the options of a bind mount that shows the same there
    run: Run
    doubts: list[str]


def wheels_of(stage: StageFacts, at: int) -> Wheels | None:
    """The wheels that the COPY at index `at` brings for one RUN; None where that is not its case.

    Raises `Refusal` where something else may need them, or there may be more at their place.
    """
    copy = stage.instructions[at]
    path = copy_destination(stage, at)
    if path is None or copy.heredocs or len(copy.words) != 2 or path in SYSTEM_DIRECTORIES:
        return None
    if not re.search(r"wheel|whl", copy.words[0] + path) or _removal(stage, at, path) is not None:
        return None
    runs = [run for run in stage.runs if run.at > at and (run.script is None or _touching(run, path, None))]
    if not runs or runs[0].script is None:
        return None
    run = runs[0]
    naming = [command for command, _ in _touching(run, path, None) if path.encode() in command.normal]
    if not naming or not all(map(_is_pip, naming)):
        return None
    later = [(stage, index) for index in range(at + 1, run.at)] + run.stage.later(run.at)
    for owner, index in later:
        other = owner.instructions[index]
        if path.encode() in other.raw or (owner.run_at(index) is None and _touches(owner, index, path)):
            raise Refusal(f"line {other.line} may have to do with it")
    if line := taken_by_a_stage(run, path):
        raise Refusal(f"line {line} may take it to another stage")
    doubts = _there_before(stage, copy, path)
    installs = (owner.run_at(index) for owner, index in run.stage.later(run.at))
    for other in installs:
        if other is not None and other.script and any(map(_is_pip, other.script.commands)):
            doubts.append(f"line {other.instruction.line} may install from there as well")
    writable, unknown = _use(run, path, None)
    mount = _mount(stage, copy, path, run) + (",rw" if writable else "")
    return Wheels(copy, path, mount, run, doubts + unknown)


def _touches(stage: StageFacts, at: int, path: str) -> str:
    """Why an instruction that is no RUN may have to do with `path`; empty where it has not."""
    copy = stage.instructions[at]
    target = copy_destination(stage, at) if copy.keyword in ("COPY", "ADD") else None
    sources = copy.words[:-1]
    if target is not None and not copy.flag("parents") and all(map(looks_like_a_file, sources)):
        names = {target, *(posixpath.join(target, posixpath.basename(source)) for source in sources)}
        return path if any(lies_in(name, path) or (name != target and overlap(name, path)) for name in names) else ""
    return of_instruction(stage, at).touches(path)


def _removal(stage: StageFacts, at: int, path: str) -> tuple[Run, Command, Word] | None:
    """The first ``rm`` below index `at` that certainly removes all at `path`, with its RUN."""
    found = stage.once("removals", _removals).get(path, ())
    return next((one for one in found if one[0].at > at), None)


def _removals(stage: StageFacts) -> dict[str, list[tuple[Run, Command, Word]]]:
    """What every ``rm`` of a stage certainly removes, by its path."""
    found: dict[str, list[tuple[Run, Command, Word]]] = {}
    for run in stage.runs:
        for command, word, path in removals(run):
            found.setdefault(path, []).append((run, command, word))
    return found


def _touching(run: Run, path: str, rm: Command | None) -> list[tuple[Command, str | None]]:
    """The commands of `run`, but for `rm`, that may have to do with `path`."""
    if run.script is None or run.mounted(path):
        raise Refusal(f"line {run.instruction.line} may have to do with it")
    name = path.encode()
    return [
        (command, directory)
        for command, directory in commands_of(run)
        if command is not rm
        and (
            any(name in word.raw for word in command.argv)
            or of_command(command, directory, run.stage.facts.tools).touches(path)
            or (directory is not None and lies_in(directory, path))
        )
    ]


def _there_before(stage: StageFacts, copy: Instruction, path: str) -> list[str]:
    """Why there may be something at `path` before the COPY, which the ``rm`` removes as well."""
    if stage.parent is not None:
        raise Refusal("a stage that this one is built on may have something there")
    if reason := brought_before(stage, copy, path):
        raise Refusal(reason)
    for at, instruction in enumerate(stage.instructions):
        makes = instruction.keyword == "WORKDIR" and lies_in(stage.directory(at + 1) or path, path)
        if makes or (instruction.keyword == "VOLUME" and of_instruction(stage, at).touches(path)):
            raise Refusal(f"line {instruction.line} makes a directory there")
    if lies_in(path, "/tmp") or (is_official(stage.image) and is_private(path)):
        return []
    return [f"that the base image has nothing at {path} is an assumption"]


# They only read what they are given, or unpack it elsewhere.
_READERS = frozenset(
    (
        "ls", "cat", "test", "[", "find", "tar", "unzip", "dpkg", "rpm", "apt", "apt-get", "apk", "yum", "dnf", "cp",
        "microdnf", "sha256sum", "sha512sum", "md5sum", "grep", "head", "echo", "printf", "install", "du", "gem",
    )
)  # fmt: skip
# They may write beside what they read, and remove or move nothing that they were given.
_COMPILERS = frozenset(("javac", "jar", "gcc", "g++", "cc", "c++"))
_FILES = rb".*(?:\.(?:whl|txt|zip|tar\.gz|tgz|toml|cfg|deb|rpm|apk)\b|\*)[\"']?$|--?[a-z-]+(?:=|$)"


def _is_pip(command: Command) -> bool:
    return command.name in ("pip", "pip3") or re.search(rb"python[\d.]* -m pip ", command.normal) is not None


def _use(run: Run, path: str, rm: Command | None) -> tuple[bool, list[str]]:
    """Whether `run` may change what is at `path`, and why it may do what a mount does not bear. Raises `Refusal`."""
    writable, doubts = False, list[str]()
    removes = rm in (run.script.commands if run.script else ())
    for command, directory in _touching(run, path, rm):
        if rm and removes and command.start > rm.start:
            raise Refusal(f"`{command.name}` may need it after it is removed")
        words = command.argv
        named = [word for at, word in enumerate(words) if path.encode() in word.raw and words[at - 1].raw != b"-f"]
        whole = any(named_path(word, directory) == path for word in named)
        links = command.name in ("ln", "link") or (command.name == "cp" and command.has_option("l", "link"))
        if links or (command.name in ("mv", "rm", "rmdir") and (whole or command.name != "mv")):
            raise Refusal(f"`{command.name}` does with it what a mount does not bear")
        pip = _is_pip(command)
        deletes = command.name == "find" and (command.started() or "-delete" in command.values())
        reads = command.name in _READERS or (pip and all(re.match(_FILES, word.raw) for word in named))
        if reads and not deletes and not command.wrappers and is_of_system(command):
            continue
        writable = True
        known = pip or (command.name in _COMPILERS and not command.wrappers)
        if of_command(command, directory, run.stage.facts.tools).writes.unknown and not known:
            doubts.append(f"`{command.name}` may move or remove it")
    return writable, doubts


def _mount(stage: StageFacts, copy: Instruction, path: str, run: Run) -> str:
    """The options of a bind mount that shows at `path` what `copy` brings there. Raises `Refusal`."""
    source, origin = copy.words[0], copy.flag("from")
    if any(flag.name != "from" for flag in copy.flags):
        raise Refusal("a mount knows no flags of the COPY")
    if re.search(r"[$*?\[\"'\\,\s]", source + path) or (origin and re.search(rb"[$,\"']", origin.value or b"$")):
        raise Refusal("its source is not spelled out")
    slash = copy.words[1].endswith("/") or copy.words[1] in (".", "./")
    context = stage.facts.context if origin is None else None
    entry = context.entry(source) if context else None
    inside = source[-1:] != "/" and f"{path}/{posixpath.basename(source)}".encode() in run.source_text
    if entry.kind not in ("directory", "file")[: 1 if slash else 2] if entry else (context or (slash and inside)):
        raise Refusal("what is copied is not certainly a directory")
    if origin is not None:
        return f"from={_name_of(stage, origin)},source={posixpath.normpath('/' + source.lstrip('/'))},target={path}"
    if local_sources(copy) is None:
        raise Refusal("its source is not spelled out")
    place = posixpath.normpath(source).lstrip("/")
    return f"target={path}" if place in ("", ".") else f"source={place},target={path}"


def _name_of(stage: StageFacts, origin: Flag) -> str:
    """How a mount calls what a ``--from`` means: it takes no number of a stage, as COPY does. Raises `Refusal`."""
    name = origin.text
    source = stage_named(stage, name)
    if name.isdigit() and source is not None:
        if source.stage.name is None:
            raise Refusal("a mount takes nothing from a stage without a name")
        return source.stage.name
    return name


class Pattern(Record):
    """What `copy` brings by a pattern for `run` alone, where `word` of `reader` names it and `operand` of `rm` does.

    The rm may stay where it removes all that lies there.
    """

    copy: Instruction
    mount: str  # the options of a bind mount of the directory that it comes from
    run: Run
    reader: Command
    word: Word
    spelled: str  # what `word` has to be then
    rm: Command
    operand: Word | None


def pattern_of(stage: StageFacts, at: int) -> Pattern | None:
    """What the COPY at index `at` brings by a pattern for the RUN right behind it; None where that is not its case.

    Raises `Refusal` where other files may match, or something else may need them.
    """
    copy = stage.instructions[at]
    path = copy_destination(stage, at)
    found = re.fullmatch(r"(?:\./|/)?([\w.-][\w./-]*)/([\w.-]*\*[\w.-]*(\.\w+))", copy.words[0])
    if path is None or found is None or copy.keyword != "COPY" or len(copy.words) != 2:
        return None
    directory, pattern, ending = found.groups()
    run = next((run for run in stage.runs if run.at > at), None)
    if run is None or run.script is None:
        return None
    whole, everything = (f"{path.rstrip('/')}/{name}" for name in (pattern, "*"))
    named = [
        (command, word)
        for command, where in commands_of(run)
        for word in command.argv[1:]
        if word.raw.decode("utf-8", "replace") in (whole, pattern if where == path else "")
        or (
            command.name == "rm"
            and (named_path(word, where) == path or word.raw.decode("utf-8", "replace") == everything)
        )
    ]
    removals = [(command, word) for command, word in named if command.name == "rm" and run.fails_with(command)]
    if len(removals) != 1 or not 1 < len(named) <= 2:
        return None
    (reader, given), (rm, operand) = sorted(named, key=lambda one: one[0] is removals[0][0])
    if reader.name not in ("pip", "pip3", "dpkg", "rpm", "apt", "apt-get", "apk", "yum", "dnf", "gem", "ls"):
        raise Refusal(f"`{reader.name}` may do with it what a mount does not bear")
    _check_alone(stage, at, run, ending)
    place = f"/mnt/{posixpath.basename(directory)}"
    if named_path(operand, None) == path and given.raw.decode() == whole:
        place = path
        if run.source_text.count(path.encode()) != 2 or _there_before(stage, copy, path):
            raise Refusal("there may be more than that")
    elif b"/mnt" in run.source_text:
        raise Refusal("it has to do with /mnt, where the mount would be")
    origin = copy.flag("from")
    if any(flag.name != "from" for flag in copy.flags) or (origin and re.search(rb"[$,\"']", origin.value or b"$")):
        raise Refusal("a mount knows no flags of the COPY")
    name = f"from={_name_of(stage, origin)},source=/{directory}" if origin else f"source={directory}"
    kept = operand.raw.decode("utf-8", "replace") == everything
    shown = f"{name},target={place}"
    return Pattern(copy, shown, run, reader, given, f"{place}/{pattern}", rm, None if kept else operand)


def _check_alone(stage: StageFacts, at: int, run: Run, ending: str) -> None:
    """Raise `Refusal` where anything else may bring, or need, files with that ending."""
    text = run.source_text.count(ending.encode())
    for index, instruction in enumerate(stage.instructions):
        other = instruction.keyword in ("COPY", "ADD") and index != at and index < run.at
        sources = instruction.words[:-1] if other else ()
        if instruction.keyword == "RUN" and index < run.at and ending.encode() in instruction.raw:
            raise Refusal(f"line {instruction.line} may bring such files too")
        if any(not looks_like_a_file(source) or source.endswith(ending) for source in sources):
            raise Refusal(f"line {instruction.line} may bring such files too")
    if stage.parent is not None or text > 2:
        raise Refusal("other files may match")


class Archive(Record):
    """An archive whose name a variable says: `copy` brings it, `run` unpacks it, and `rm` of `removing` removes it."""

    copy: Instruction
    mount: str  # the options of a bind mount
    run: Run
    removing: Run
    rm: Command
    operand: Word
    by_argument: bool  # whether a builder has to put the variable into the mount


def archive_of(stage: StageFacts, at: int) -> Archive | None:
    """The archive that the COPY at index `at` brings for the RUN behind it; None where that is not its case.

    Raises `Refusal` where something else may need it.
    """
    copy = stage.instructions[at]
    source, place = copy.words[0], copy.words[-1]
    if (
        len(copy.words) != 2
        or copy.flags
        or copy.json
        or not re.fullmatch(r"[\w./@+-]*(?:\$\{?\w+\}?[\w./@+-]*)+", source)
    ):
        return None
    spelled = normal(place)
    spelled = posixpath.join(spelled, normal(posixpath.basename(source))) if spelled.endswith("/") else spelled
    path = expanded(stage, at, spelled, arguments=True)
    name = posixpath.basename(spelled)
    if path is None or not path.startswith("/") or not re.fullmatch(ARCHIVE, path.encode()) or "$" not in name:
        return None
    run = next((run for run in stage.runs if run.at > at), None)
    found = [
        (other, command, word) for other in stage.runs if other.at > at for command, word in _naming(other, spelled)
    ]
    removals = [one for one in found if one[1].name == "rm" and one[0].fails_with(one[1])]
    unpacks = [one for one in found if one[0] is run and unpacked(one[1]) is one[2]]
    if run is None or len(found) != 2 or len(removals) != 1 or len(unpacks) != 1:
        return None
    text = normal(stage.source.data[copy.end :].decode("utf-8", "replace"))
    if text.count(name) != 2 or re.search(PATTERNS, stage.source.data[copy.end :]):
        raise Refusal("something else names it")
    names = variables(spelled.encode())
    for index in range(at + 1, removals[0][0].at):
        if of_instruction(stage, index).defines & names:
            raise Refusal(f"line {stage.instructions[index].line} changes its name")
    if reason := touched_between(path, stage, range(at + 1, run.at)):
        raise Refusal(reason)
    if run.mounted(path) or walks_over(run, path):
        raise Refusal("its RUN may change what lies around it")
    if reason := brought_before(stage, copy, path):
        raise Refusal(reason)
    constant = expanded(stage, at, source), expanded(stage, at, spelled)
    by_argument = None in constant
    origin, target = (source, place.rstrip("/") + "/" + posixpath.basename(source) if place.endswith("/") else place)
    if not by_argument:
        origin, target = constant[0] or "", constant[1] or ""
    return Archive(copy, f"source={origin.lstrip('./')},target={target}", run, *removals[0], by_argument)


def _naming(run: Run, spelled: str) -> list[tuple[Command, Word]]:
    """The commands of `run` with a word that means the path `spelled`, whatever its variables come to."""
    return [
        (command, word)
        for command, _ in commands_of(run)
        for word in command.argv[1:]
        if normal(word.raw.decode("utf-8", "replace")) == spelled
        and expanded_word(run.stage, run.at, word.raw, arguments=True) is not None
    ]
