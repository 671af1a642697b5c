"""Whose a directory is that is given away with all that is in it, and who filled it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Word
from ..knowledge.images import Image
from .copies import SYSTEM_DIRECTORIES, operand_path, resolve, working_directory
from .stages import Facts, Run


class RecursiveChown(NamedTuple):
    """What a plain ``chown -R owner directory`` changes.

    `flag` is the value of ``--chown`` that gives copied files the same owner, empty where COPY does so without one.
    `option` is the word with the R, `operand` the one that names the directory.
    """

    flag: str
    directory: str  # absolute
    option: Word
    operand: Word

    @property
    def by_name(self) -> bool:
        """Whether the owner is named, and has to be there; root always is."""
        return bool(self.flag) and not self.flag.replace(":", "").isdigit()

    def holds(self, path: str) -> bool:
        """Whether `path`, an absolute one, is the directory or lies in it."""
        return (path.rstrip("/") + "/").startswith(self.directory + "/")


def recursive_chowns(facts: Facts) -> Iterator[tuple[Run, Command, RecursiveChown]]:
    """Every plain recursive chown of a directory in the stages that ship, if its RUN stores that only once."""
    for run in (run for stage in facts.shipping for run in stage.runs):
        if run.script is not None:
            for command in run.script.commands:
                chown = _recursive_chown(run, command) if command.name == "chown" else None
                if chown is not None and not any(_stores_again(other, chown) for other in run.script.commands):
                    yield run, command, chown


def _recursive_chown(run: Run, command: Command) -> RecursiveChown | None:
    words = command.argv[1:]
    options = [word for word in words if word.raw.startswith(b"-")]
    operands = [word for word in words if word not in options]
    if command.guards or command.wrappers or len(options) != 1 or len(operands) != 2:
        return None
    if not run.fails_with(command):  # what is done instead stops the build where it fails
        return None
    directory = operand_path(operands[1], run)
    flag = _flag(operands[0].value or "")
    if flag is None or directory is None or directory in SYSTEM_DIRECTORIES:
        return None
    if not re.fullmatch(r"-[fcv]*R[fcv]*|--recursive", options[0].value or ""):
        return None
    return RecursiveChown(flag, directory, options[0], operands[1])


def _stores_again(command: Command, chown: RecursiveChown) -> bool:
    """Whether it is a recursive chmod of the directory."""
    words = [word.raw for word in command.argv[1:]]
    if command.name != "chmod" or not any(re.match(rb"-\w*R|--recursive", word) for word in words):
        return False
    return any(not word.startswith((b"-", b"/")) or _may_lie_in(word, chown) for word in words[1:])


_NAME = r"[A-Za-z_][\w-]*|\d+"
_OWNER = re.compile(rf"({_NAME})(?:(:)({_NAME})?)?")
_TWICE = re.compile(r"([A-Za-z_][\w-]*)\.\1")  # GNU's chown also takes a dot


def _flag(owner: str) -> str | None:
    """The value of ``--chown`` for an owner as chown(1) spells it; None where there is none.

    ``chown app`` leaves the group, root's after a COPY, and ``--chown=app`` does not; ``chown app:`` means app's own
    group, as ``--chown=app`` does, but with a number that is the group of that number.
    """
    if twice := _TWICE.fullmatch(owner):
        return f"{twice[1]}:{twice[1]}"
    found = _OWNER.fullmatch(owner)
    if found is None:
        return None
    user, colon, group = found.groups()
    if user in ("root", "0") and (group or "root") in ("root", "0"):
        return ""
    if colon and not group:
        return None if user.isdigit() else user
    return f"{user}:{group or ('0' if user.isdigit() else 'root')}"


def takes_owner(instruction: Instruction) -> bool:
    """Whether ``--chown`` would give everything that a COPY or ADD brings that owner."""
    unpacks = re.search(rb"://|git@|\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b", instruction.code)
    return not (instruction.flag("chown") or instruction.heredocs or (instruction.keyword == "ADD" and unpacks))


def copy_destination(instruction: Instruction, workdir: str | None) -> str | None:
    """The directory or file that a COPY writes to; None where that is not certain."""
    words = instruction.words
    return None if re.search(r"[$*?\[\"'\\]", words[-1]) else resolve(words[-1], workdir)


def copies_into(run: Run, at: int, chown: RecursiveChown) -> bool | None:
    """Whether the COPY at index `at` of the stage of `run` puts all it brings into the directory.

    None where its place is not certain, or is a directory that the tree lies in.
    """
    target = copy_destination(run.stage.instructions[at], working_directory(run.stage, at))
    if target is None or (target != chown.directory and chown.directory.startswith(target.rstrip("/") + "/")):
        return None
    return chown.holds(target)


_MAKES_USERS = frozenset(
    ("useradd", "adduser", "groupadd", "addgroup", "usermod", "apt-get", "apt", "apk", "dnf", "yum", "microdnf")
)
_PLAIN_MODE = re.compile(r"0?[0-7]{3}|[ugoa]*[+=-][rwxX]+(?:,[ugoa]*[+=-][rwxX]+)*")


def makes_users(run: Run, before: int | None = None) -> bool:
    """Whether a command of `run`, or one in front of offset `before`, may make the user who gets a directory."""
    commands = run.script.commands if run.script else ()
    return any(one.name in _MAKES_USERS for one in commands if before is None or one.start < before)


def leaves_owners(run: Run, chown: RecursiveChown, before: int | None = None) -> bool:
    """Whether the commands of `run`, or those in front of offset `before`, certainly put nothing into the directory.

    What they do to what is there must be what any owner allows, and no reason to store it again: what goes away, and a
    mode without the bits that a chown takes off, does not matter.
    """
    script = run.script
    if script is None or run.mounts:
        return False
    end = script.end if before is None else before
    written = _REDIRECTION.findall(run.instruction.source.data[script.start : end])
    if any(not path.startswith((b"&", b"/")) or _may_lie_in(path, chown) for path in written):
        return False
    return all(_leaves_owners(one, chown) for one in script.commands if one.start < end)


_REDIRECTION = re.compile(rb">[>|]?\s*([^\s;|)]*)")
_ABROAD = frozenset(("mkdir", "touch", "chown", "chgrp", "ln", "mv", "cp"))  # where all their paths lie elsewhere


def _leaves_owners(command: Command, chown: RecursiveChown) -> bool:
    if command.name == "rm":
        return True
    words = [word.raw for word in command.argv[1:] if not word.raw.startswith(b"-")]
    if command.name == "chmod":
        plain = bool(words) and bool(_PLAIN_MODE.fullmatch(words[0].decode("utf-8", "replace")))
        return plain and not _stores_again(command, chown)
    if chown.directory.encode() in command.normal:
        return False
    if command.name in _ABROAD:
        paths = words[1:] if command.name in ("chown", "chgrp") else words
        return all(path.startswith(b"/") and not _may_lie_in(path, chown) for path in paths)
    return command.name in _MAKES_USERS or command.name in ("echo", "true")


def removes(run: Run, chown: RecursiveChown) -> bool:
    """Whether an ``rm`` of `run` may take something out of the directory."""
    return any(
        not path.startswith(b"/") or _may_lie_in(path, chown)
        for command in (run.script.commands if run.script else ())
        if command.name == "rm"
        for path in (word.raw for word in command.argv[1:])
        if not path.startswith(b"-")
    )


def _may_lie_in(path: bytes, chown: RecursiveChown) -> bool:
    """Whether a path as a script spells it may be that of the directory or of something in it."""
    return bool(re.search(rb"[$*?\[{`\"'\\]|\.\.", path)) or chown.holds(path.decode("utf-8", "replace"))


# Official images, and what they have below the directories that programs are put in (their Dockerfiles on GitHub).
_OFFICIAL = frozenset(
    (
        "debian", "ubuntu", "alpine", "python", "node", "golang", "ruby", "rust", "php", "perl", "nginx", "httpd",
        "buildpack-deps", "openjdk", "eclipse-temurin", "amazoncorretto", "maven",
    )
)  # fmt: skip
_PROGRAMS = re.compile(r"/(?:app|code|usr/src/app|(?:srv|opt|home)/([\w.-]+))(?:/.*)?")
_THEIRS = re.compile(r"node|ubuntu|yarn.*|java|.*jdk.*|www")


def is_empty_at_first(image: Image | None, directory: str) -> bool:
    """Whether the base image certainly has no file in `directory`."""
    if image is None or image.name.removeprefix("library/") not in _OFFICIAL or "onbuild" in image.tag:
        return False
    found = _PROGRAMS.fullmatch(directory)
    return found is not None and not _THEIRS.fullmatch(found[1] or "")
