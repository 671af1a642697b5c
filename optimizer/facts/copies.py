"""What ``chmod-after-copy`` and ``chown-after-copy`` share: which file a COPY makes, and what happens to it later."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Word
from .context import Context, Entry, local_sources
from .stages import Facts, Run, StageFacts, readable

SYSTEM_DIRECTORIES = frozenset(
    (
        "/", "/bin", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp",
        "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin",
        "/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/lib", "/var/log", "/var/tmp",
    )
)  # fmt: skip
_ARCHIVE = re.compile(r"\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$")


class Copied(NamedTuple):
    """A file that a COPY or ADD makes."""

    instruction: Instruction
    path: str  # absolute, in the image
    source: str
    entry: Entry | None  # what the context says of it; None where there is no context
    parent_exists: bool  # the directory it goes to is there before


_PRIVATE = re.compile(
    r"/(?:home|tmp|usr/src|usr/local/src)(?:/.*)?|/srv/(?!(?:ftp|http|tftp|www)(?:/|$)).+|/root/[^.].*"
    r"|/(?!(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|snap|srv|sys|tmp|usr|var)(?:/|$)).+"
)


def is_private(path: str) -> bool:
    """Whether `path`, and what lies in it, is where programs are put, and no package has files of its own.

    From the Filesystem Hierarchy Standard, which Debian, Fedora, openSUSE and Alpine follow; /opt is where packages of
    other repositories go.
    """
    return _PRIVATE.fullmatch(path) is not None


def stored_twice(files: list[Copied]) -> int | None:
    """The bytes of files that a later layer stores again; None where the context does not tell them all."""
    sizes = [file.entry.size if file.entry else None for file in files]
    return None if None in sizes else sum(size or 0 for size in sizes)


def copied_files(stage: StageFacts, context: Context | None) -> Iterator[Copied]:
    """The files that single-source COPYs and ADDs of the stage make, as far as their places are certain."""
    directories: set[str] = set(SYSTEM_DIRECTORIES)
    workdir: str | None = None  # unknown until the stage says it
    for at, instruction in enumerate(stage.instructions):
        if instruction.keyword == "WORKDIR":
            workdir = resolve(instruction.args.decode("utf-8", "replace").strip("\"'"), workdir)
            if workdir:
                directories.add(workdir)
        elif instruction.keyword == "RUN":
            run = stage.run_at(at)
            for command in run.script.commands if run and run.script else ():
                if command.name == "mkdir" and not command.guards:
                    directories.update(value for value in command.values() if value and value.startswith("/"))
        elif instruction.keyword in ("COPY", "ADD"):
            copied = _copied(instruction, workdir, directories, context)
            if copied is not None:
                yield copied


def _copied(
    instruction: Instruction, workdir: str | None, directories: set[str], context: Context | None
) -> Copied | None:
    words = instruction.words
    heredoc = bool(instruction.heredocs)
    if len(words) != 2 or re.search(r"[$*?\[\"'\\]", words[1]):
        return None
    sources = local_sources(instruction)
    if heredoc:
        entry: Entry | None = Entry("file", 0o644)
    elif sources is None or instruction.flag("parents"):
        return None
    else:
        entry = context.entry(words[0]) if context else None
        if (context and entry is None) or (instruction.keyword == "ADD" and _ARCHIVE.search(words[0])):
            return None
    target = resolve(words[1], workdir)
    if target is None:
        return None
    if words[1].endswith(("/", "/.")) or words[1] in (".", "./") or target in directories:
        if heredoc:
            return None
        target = posixpath.join(target, posixpath.basename(words[0].rstrip("/")))
    return Copied(instruction, target, words[0], entry, posixpath.dirname(target) in directories)


def resolve(path: str, workdir: str | None) -> str | None:
    """`path` made absolute; None where that takes a variable or an unknown working directory."""
    if "$" in path or not path:
        return None
    if path.startswith("/"):
        return posixpath.normpath(path)
    return posixpath.normpath(posixpath.join(workdir, path)) if workdir else None


def working_directory(stage: StageFacts, at: int) -> str | None:
    """The WORKDIR in force at index `at` of the stage; None where the stage does not say it."""
    workdir: str | None = None
    for instruction in stage.instructions[:at]:
        if instruction.keyword == "WORKDIR":
            workdir = resolve(instruction.args.decode("utf-8", "replace").strip("\"'"), workdir)
    return workdir


def commands_on_copies(facts: Facts, name: str) -> Iterator[tuple[Run, Command, list[Copied]]]:
    """Every plain command called `name` in the stages that ship, with what their COPYs make.

    None whose failure is ignored: what a COPY does instead stops the build where it fails.
    """
    for stage in facts.shipping:
        copied: list[Copied] | None = None
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                if command.name == name and is_plain(command) and run.fails_with(command):
                    if copied is None:
                        copied = list(copied_files(stage, facts.context))
                    yield run, command, copied


def copied_file(word: Word, run: Run, command: Command, copied: list[Copied]) -> Copied | None:
    """The file that an operand of `command` names, where the last COPY made it and nothing touched it since."""
    path = operand_path(word, run)
    for file in reversed(copied):
        if file.path == path and file.instruction.start < command.start:
            directory = file.source.endswith("/") or (word.value or "").endswith("/")
            is_file = file.entry.kind == "file" if file.entry else not directory
            return file if is_file and untouched(file, run, command) else None
    return None


_LOOKS_LIKE_A_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,5}$")


def assumptions(file: Copied) -> list[str]:
    """What has to be assumed of a source that no context shows."""
    if file.entry is None and not _LOOKS_LIKE_A_FILE.search(file.source):
        return [f"that {file.source} is a file is an assumption"]
    return []


def is_plain(command: Command) -> bool:
    """Whether a chmod or chown stands alone and has a mode or owner, operands, and no option anywhere."""
    words = command.argv[1:]
    return not command.guards and len(words) > 1 and not any(word.raw.startswith(b"-") for word in words)


def operand_path(word: Word, run: Run) -> str | None:
    """The absolute path that an operand names; None where that is not certain."""
    if word.value is None or re.search(r"[*?\[{~]", word.value):
        return None
    script = readable(run)
    if not word.value.startswith("/") and any(name in script.state_changes for name in ("cd", "pushd")):
        return None
    return resolve(word.value, working_directory(run.stage, run.at))


def untouched(copied: Copied, run: Run, command: Command) -> bool:
    """Whether nothing between the COPY and `command` can have to do with the file."""
    name = posixpath.basename(copied.path).encode()
    directory = posixpath.dirname(copied.path)
    private = b"" if directory in SYSTEM_DIRECTORIES else directory.encode()
    for instruction in run.stage.instructions[copied.instruction.index - run.stage.instructions[0].index + 1 : run.at]:
        if instruction.keyword == "RUN" and (name in instruction.code or (private and private in instruction.code)):
            return False
        if instruction.heredocs or instruction.keyword in ("SHELL", "VOLUME"):
            return False
        if instruction.keyword in ("COPY", "ADD"):
            words = instruction.words
            target = resolve(words[-1], working_directory(run.stage, run.at))
            if target is None or (copied.path + "/").startswith(target.rstrip("/") + "/"):
                return False
    earlier = [other for other in readable(run).commands if other.start < command.start]
    return not any(
        name in other.normal or other.name in ("useradd", "adduser", "groupadd", "addgroup") for other in earlier
    )
