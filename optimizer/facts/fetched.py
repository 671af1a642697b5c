"""Files that a RUN downloads, and what of it or of a later one works with them and may remove them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise, takewhile

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from ..knowledge.archives import ANY, PATTERNS, base_name, file_name, unpacked
from ..knowledge.downloads import ONCE, installer, one_spelling, saved_as
from .effects import commands_of
from .paths import SYSTEM_DIRECTORIES, meets, resolve
from .readers import wanted_again
from .stages import Run, StageFacts
from .variables import expanded
from .walks import named_path


class Fetched(Record):
    """A file that a command of `run` downloads."""

    name: bytes  # as it is spelled, in one spelling
    place: str | None  # the directory that it lies in, as `placed_in` says; None where a variable or the home is in it
    run: Run
    command: Command

    @property
    def pattern(self) -> str | None:
        """The path, with a ``*`` for what is not known of it; None where the directory is not."""
        text = re.sub(r"\$\([^)]*\)|\$\w+|\$\{[^}]*\}", "*", base_name(self.name).decode("utf-8", "replace"))
        return None if self.place is None else self.place.rstrip("/") + "/" + text


class Used(Record):
    """A command that unpacks or installs from a downloaded file, and the word with which it names it."""

    file: Fetched
    run: Run
    command: Command
    word: Word
    removes: bytes  # what the file is called there


#: Begins what stands for a directory that is not known.
UNKNOWN = "/\ufdd0"


def placed_in(run: Run) -> tuple[tuple[Command, str], ...]:
    """The commands of a RUN, each with its directory, or with a name for it that no other unknown one has."""
    return run.stage.once(("placed", run.at), lambda _: tuple(_placed(run)))


def _placed(run: Run) -> Iterator[tuple[Command, str]]:
    moves = 0
    for command, directory in commands_of(run):
        yield command, directory or (f"{UNKNOWN}/{run.at}-{moves}" if moves else UNKNOWN)
        moves += command.name in ("cd", "pushd", "popd")


def downloads_used(stage: StageFacts) -> tuple[Used, ...]:
    """Every command of the stage that unpacks or installs from a file that a RUN of it downloads, and stores."""
    return stage.once("downloads", lambda stage: tuple(_used_in(stage.runs)))


_FETCH = frozenset(("curl", "wget", "aria2c"))
_STORES = frozenset((*_FETCH, "tee"))


def _used_in(runs: Sequence[Run]) -> Iterator[Used]:
    files: list[Fetched] = []
    for run in runs:
        if run.script is None or (not files and _FETCH.isdisjoint(run.script.names)):
            continue
        if any(mount["type"] != "bind" for mount in run.mounts):
            continue
        for command, directory in placed_in(run):
            word = (unpacked(command) or installer(command)) if files else None
            if word is not None:
                name = one_spelling(file_name(word.raw))
                place = _place(name, directory)
                file = next((one for one in reversed(files) if _is_same(one, name, place)), None)
                if file is not None and not _is_renamed(file, word):
                    yield Used(file, run, command, word, word.raw)
            elif files and (word := unpacked(command, patterns=True)):
                pattern = _place(word.raw, directory), base_name(word.raw).decode("utf-8", "replace")
                for file in dict.fromkeys(files):
                    if _is_one_of(file, *pattern) and not _is_renamed(file, word):
                        yield Used(file, run, command, word, _called(file, directory))
            if command.name in _STORES:
                names = map(one_spelling, _stored(run, command))
                files += (Fetched(name, _place(name, directory), run, command) for name in names)


def _stored(run: Run, command: Command) -> list[bytes]:
    """Under which names `command` certainly stores a download."""
    if not {"pipeline", "command_substitution"} & {*command.guards}:
        return saved_as(command)
    if command.name == "tee" and command.guards == ("pipeline",) and run.script:
        operands = command.operands()
        unit = run.script.unit_at(command.start)
        first = next(one for one in run.script.commands if run.script.unit_at(one.start) == unit)
        if first.name in ("curl", "wget") and len(operands) == 1 and not command.has_option("a", "append"):
            return [file_name(operands[0].raw)]
    return []


def _place(name: bytes, directory: str | None) -> str | None:
    """The directory of a file as a script spells it, where that is certain."""
    head, slash, _ = name.decode("utf-8", "replace").rpartition("/")
    if name.startswith((b"$", b"~", b"`")) and not name.startswith(b"$(basename "):
        return None
    return resolve(head or "/", directory) if slash and "~" not in head else directory


def _is_same(file: Fetched, name: bytes, place: str | None) -> bool:
    """Whether what is called `name` further down, in a directory that begins with `place`, certainly is `file`."""
    if file.place is None or place is None:  # a variable or a home that is the same in both
        return file.name == name
    return file.place == place and base_name(file.name) == base_name(name)


def _is_one_of(file: Fetched, place: str | None, pattern: str) -> bool:
    """Whether a pattern of names in the directory `place` means the file."""
    text = base_name(file.name).decode("utf-8", "replace")
    return file.place == place is not None and "(" not in text and fnmatchcase(re.sub(r"\$\w+", "0", text), pattern)


def _called(file: Fetched, directory: str) -> bytes:
    """How a script names the file in `directory`."""
    base = base_name(file.name)
    name = base if file.place == directory else (file.place or "").rstrip("/").encode() + b"/" + base
    return b'"' + name + b'"' if b"$" in name else name


def _is_renamed(file: Fetched, word: Word) -> bool:
    """Whether a variable of the name may have come to something else since it was stored."""
    data = file.run.instruction.source.data
    between = data[file.command.end : word.start]
    names = re.findall(rb"\$\{?(\w+)", file.name)
    return any(re.search(rb"\b" + name + rb"=|read " + name, between) for name in names)


def taken_by(used: Used) -> str:
    """The command in the rest of the RUN that may remove the file, or take it away; empty where none may."""
    behind = (one for one in placed_in(used.run) if one[0].start > used.command.start)
    takers = [command.name for command, directory in behind if may_take(command, directory, used.file.pattern)]
    return next((name for name in takers if name in REMOVERS), takers[0] if takers else "")


def named_again(used: Used) -> bool:
    """Whether something behind names the file, or takes away what matches a pattern, and would fail without it."""
    data, run = used.run.instruction.source.data, used.run
    later = re.sub(rb"\$\{(\w+)\}", rb"$\1", data[used.command.end :])
    base = base_name(used.file.name)
    names = {base, base_name(one_spelling(file_name(used.removes))), *_aliases(base, data[: used.command.start])}
    default = expanded(run.stage, run.at, base.decode("utf-8", "replace"), arguments=True)
    if default is not None:
        names.add(default.encode())
    if any(name in later for name in names) or re.search(ANY, later):
        return True
    others = (stage.run_at(at) for stage, at in run.stage.later(run.at))
    return any(_misses(other, used.file) for other in others if other is not None)


def _aliases(base: bytes, before: bytes) -> Iterator[bytes]:
    """The variables that the text `before` gives the name, or a path or address that ends in it."""
    for match in re.finditer(rb"\b(\w+)(?:=| +)[\"']?(?:[^\s\"'=]*/)?" + re.escape(base) + rb"(?![\w.-])", before):
        yield b"$" + match[1]


def _misses(run: Run, file: Fetched) -> bool:
    """Whether `run` may remove or move the file by a pattern, and fails where nothing matches that."""
    patterns = len(re.findall(PATTERNS, run.source_text))
    if not patterns or run.script is None:
        return patterns > 0
    own = [one for one in placed_in(run) if one[0].name in ("mv", "cp", "rm") and b"*" in one[0].normal]
    return len(own) < patterns or any(
        may_take(command, directory, file.pattern) and not (command.name == "rm" and command.has_option("f", "force"))
        for command, directory in own
    )


#: Commands that remove files, and do nothing else with them.
REMOVERS = frozenset(("rm", "unlink", "shred"))


def wanted(used: Used) -> Iterator[str]:
    """Why something may want the file when the command is done; empty texts do not count."""
    if not unpacked(used.command) and installer(used.command) and not re.search(ONCE, used.file.command.normal):
        yield "what it installs may need it"
    yield wanted_again(used.run, used.command, file_name(used.removes).decode("utf-8", "replace"))
    for command, directory in placed_in(used.run):
        if command.start > used.command.start and _may_read(command, directory, used.file.pattern):
            yield f"`{command.name}` may read it"


def _may_read(command: Command, directory: str, pattern: str | None) -> bool:
    """Whether a word of a command that copies or looks for files may mean the file, by a variable or a pattern."""
    if command.name not in ("cp", "install", "test", "["):
        return False
    texts = [word.raw.decode("utf-8", "replace") for word in command.operands()]
    texts = [text for text in texts if "*" in text] if command.name in ("test", "[") else texts[:-1]
    return any(pattern is None or _may_mean(re.sub("[\"']", "", text), directory, pattern) for text in texts)


def is_optional(file: Fetched) -> bool:
    """Whether the command that downloads the file may not have run, or have failed, where the one behind it runs."""
    units, start = file.run.script.units if file.run.script else (), file.command.start
    return bool({*file.command.guards} - {"pipeline"}) or any(
        unit.start <= start < unit.end and b"||" in (unit.connector, following.connector)
        for unit, following in pairwise(units)
    )


def removal(used: Used) -> tuple[bytes, str]:
    """The command that removes the file right behind the one that used it, and the glob of what is gone."""
    sudo = b"sudo " if used.command.sudo or used.file.command.sudo else b""
    glob = re.sub(r"\$\([^)]*\)|\$\w+", "*", base_name(used.file.name).decode("utf-8", "replace"))
    return sudo + b"rm " + used.removes, "/**/" + glob.replace("**", "*")


_TAKERS = frozenset((*REMOVERS, "find", "mv"))
# Where nobody downloads to.
_NOT_DOWNLOADS = ("/var/lib/", "/var/cache/", "/var/log/", "/root/.cache/", "/usr/share/", "/etc/", "/usr/lib/")
# What find may start that leaves files where they are.
_LEAVE = frozenset(("chmod", "chown", "chgrp", "cp", "strip", "grep", "cat", "ls"))


def may_take(command: Command, directory: str, pattern: str | None) -> bool:
    """Whether `command`, in `directory`, may remove or move what lies at a path that `pattern` stands for.

    None is for a path that is not known at all.
    """
    if command.name not in _TAKERS:
        return False
    words = command.operands()
    if command.name == "find":
        words = list(takewhile(lambda word: not word.raw.startswith((b"-", b"(", b"!", b"\\")), command.argv[1:]))
        if b"-delete" not in command.normal and all(one.name in _LEAVE for one in command.started()):
            return False
    elif command.name == "mv" and not command.has_option("t", "target-directory"):
        words = words[:-1]
    texts = [word.raw.decode("utf-8", "replace").replace('"', "").replace("'", "") for word in words]
    known = pattern is not None and not pattern.startswith(UNKNOWN)
    if not known and command.name != "mv" and texts and all(text.startswith(_NOT_DOWNLOADS) for text in texts):
        return False
    return pattern is None or any(_may_mean(text, directory, pattern) for text in texts or ["."])


def _may_mean(text: str, directory: str, pattern: str) -> bool:
    """Whether a word may mean the path that `pattern` stands for, or a directory above it."""
    text = re.sub(r"\$\{(\w+)\}", r"$\1", text)
    if text.startswith("$") or re.search(r"\$.*/|[~`{?\\]", text):
        return True
    path = resolve(re.sub(r"\$\w+", "*", text), directory) or "/"
    if path.startswith(UNKNOWN) != pattern.startswith(UNKNOWN):
        return True
    return meets(path, pattern)


def added_to(add: Instruction) -> str:
    """Where an ADD of one URL puts what it fetches, as it is spelled."""
    place = add.words[1]
    name = posixpath.basename(re.split("[?#]", add.words[0])[0])
    inside = place.endswith(("/", "/.")) or place in (".", *SYSTEM_DIRECTORIES)
    return posixpath.join(place, name) if inside else place


def user_of_added(stage: StageFacts, at: int) -> Run | None:
    """The first RUN that unpacks or installs from what the ADD of a URL at index `at` fetches."""
    path = resolve(added_to(stage.instructions[at]), stage.directory(at))
    later = (run for run in stage.runs if run.at > at)
    return next((run for run in later if path is not None and _uses(run, path)), None)


def _uses(run: Run, path: str) -> bool:
    used = ((unpacked(command) or installer(command), place) for command, place in commands_of(run))
    return any(word is not None and named_path(word, place) == path for word, place in used)
