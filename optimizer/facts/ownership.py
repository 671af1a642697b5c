"""Whose a directory is that is given away with all that is in it, and who filled it."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator
from contextlib import suppress

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record, cast
from ..dockerfile.shell import Command, Word
from ..knowledge.images import Image, is_official
from .accounts import of_account
from .commands import of_command
from .context import local_sources
from .copies import operand_path
from .effects import commands_of, copy_destination
from .paths import PATTERN, SYSTEM_DIRECTORIES, lies_in, overlap, resolve
from .stages import Facts, Run, StageFacts
from .variables import expanded_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


class RecursiveChown(Record):
    """What a plain ``chown -R owner directory`` changes.

    `flag` is the value of ``--chown`` that gives copied files the same owner, empty where COPY does so without one.
    `option` is the word with the R, `operand` the one that names the directory.
    """

    flag: str
    directory: str  # absolute
    option: Word
    operand: Word
    keeps_group: bool  # as ``chown app`` does; the one in `flag` is that of what a context brings

    def holds(self, path: str) -> bool:
        """Whether `path`, an absolute one, is the directory or lies in it."""
        return lies_in(path, self.directory)


def recursive_chowns(facts: Facts) -> Iterator[tuple[Run, Command, list[RecursiveChown]]]:
    """Every plain recursive chown in the stages that ship, with those of its directories that it stores only once."""
    for run in (run for stage in facts.shipping for run in stage.runs):
        if run.script is not None:
            for command in run.script.commands:
                once = recursive_chowns_of(run, command) if command.name == "chown" else []
                if once:
                    yield run, command, once


def recursive_chowns_of(run: Run, command: Command) -> list[RecursiveChown]:
    """The same of one chown."""
    chowns = _recursive_chowns(run, command)
    return [one for one in chowns if not any(_stores_again(one, run, *other) for other in commands_of(run))]


def _recursive_chowns(run: Run, command: Command) -> list[RecursiveChown]:
    operands = command.operands()
    options = [word for word in command.argv[1:] if word not in operands]
    if command.guards or command.wrappers or len(options) != 1 or len(operands) < 2:
        return []
    if not run.fails_with(command):  # what is done instead stops the build where it fails
        return []
    flag = _flag(operands[0].value or "") if operands[0].value else _variable_flag(run, operands[0])
    if flag is None or not re.fullmatch(r"-[fcv]*R[fcv]*|--recursive", options[0].value or ""):
        return []
    directories = [(operand_path(word, run) or _behind_cd(run, command, word), word) for word in operands[1:]]
    return [
        RecursiveChown(flag, directory, options[0], word, not re.search(rb"[:.]", operands[0].raw))
        for directory, word in directories
        if directory is not None
        and directory not in SYSTEM_DIRECTORIES
        and not any(other is not word and (path is None or overlap(path, directory)) for path, other in directories)
    ]


def _behind_cd(run: Run, command: Command, word: Word) -> str | None:
    """The path that an operand of a command behind a ``cd`` names; None where that is not certain."""
    directory = next((where for one, where in commands_of(run) if one is command), None)
    if not word.value or word.value.startswith("/") or PATTERN.search(word.value):
        return None
    return resolve(word.value, directory)


def _stores_again(chown: RecursiveChown, run: Run, command: Command, directory: str | None) -> bool:
    """Whether it is a recursive chmod of the directory."""
    recursive = command.name == "chmod" and command.has_option("R", "recursive")
    return recursive and _writes_to(chown, run, command, directory)


def _writes_to(chown: RecursiveChown, run: Run, command: Command, directory: str | None) -> bool:
    """Whether a command of `run` may write to the directory, or change what is in it."""
    if command.name in ("useradd", "adduser"):
        return bool(of_account(command, run.stage, run.at).writes.touches(chown.directory))
    writes = of_command(command, directory, run.stage.facts.tools).writes
    if installs_no_options(run.stage) and lies_in(chown.directory, "/opt"):
        writes = writes._replace(packaged=False)
    return bool(writes.touches(chown.directory))


_NAME = r"[A-Za-z_][\w-]*|\d+"
_OWNER = rf"({_NAME})(?:(:)({_NAME})?)?"
_TWICE = r"([A-Za-z_][\w-]*)\.\1"  # GNU's chown also takes a dot


def _flag(owner: str) -> str | None:
    """The value of ``--chown`` for an owner as chown(1) spells it; None where there is none.

    ``chown app`` leaves the group, root's after a COPY, and ``--chown=app`` does not; ``chown app:`` means app's own
    group, as ``--chown=app`` does, but with a number that is the group of that number.
    """
    if twice := re.fullmatch(_TWICE, owner):
        return f"{twice[1]}:{twice[1]}"
    found = re.fullmatch(_OWNER, owner)
    if found is None:
        return None
    user, colon, group = found.groups()
    if user in ("root", "0") and (group or "root") in ("root", "0"):
        return ""
    if colon and not group:
        return None if user.isdigit() else user
    return f"{user}:{group or ('0' if user.isdigit() else 'root')}"


_VARIABLE = r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})"
_VARIABLES = rf"\"?({_VARIABLE})(?::({_VARIABLE}|{_NAME})?)?\"?"


def _variable_flag(run: Run, word: Word) -> str | None:
    """The value of ``--chown`` for an owner that variables of ENV or ARG say, which nothing in the RUN changes."""
    found = re.fullmatch(_VARIABLES, word.raw.decode("utf-8", "replace"))
    if found is None or expanded_word(run.stage, run.at, word.raw, arguments=True) is None:
        return None
    user, group = found.groups()
    return f"{user}:{group}" if group else None if b":" in word.raw else f"{user}:0"


def takes_owner(instruction: Instruction) -> bool:
    """Whether ``--chown`` would give everything that a COPY or ADD brings that owner, and do nothing else.

    A setuid or setgid bit, which ``--chmod`` may give, is one that chown(2) takes off.
    """
    unpacks = re.search(rb"://|git@|\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b", instruction.code)
    if instruction.flag("chown") or instruction.heredocs or (instruction.keyword == "ADD" and unpacks):
        return False
    return not sets_id(instruction)


def sets_id(instruction: Instruction) -> bool:
    """Whether a COPY gives what it brings a setuid or setgid bit, or a mode that is not spelled in digits."""
    mode = instruction.flag("chmod")
    return mode is not None and not re.fullmatch(rb"0?[0-7]{3}", mode.value or b"")


def _copies_into(run: Run, at: int, chown: RecursiveChown) -> bool | None:
    """Whether the COPY at index `at` of the stage of `run` puts all it brings into the directory.

    None where its place is not certain, or is a directory that the tree lies in.
    """
    target = copy_destination(run.stage, at)
    if target is None or (target != chown.directory and lies_in(chown.directory, target)):
        return None
    return chown.holds(target)


def owned_copy(run: Run, at: int, chown: RecursiveChown) -> bool | None:
    """Whether the COPY at index `at` brings something to the directory; None where that may not get its owner there."""
    inside = _copies_into(run, at, chown)
    copy = run.stage.instructions[at]
    return None if inside and (not takes_owner(copy) or _brings_set_id(run, copy)) else inside


def _brings_set_id(run: Run, copy: Instruction) -> bool:
    """Whether the context has a file for `copy` with a setuid or setgid bit: a chown takes it off, --chown does not."""
    context = run.stage.facts.context
    for source in (local_sources(copy) or ()) if context else ():
        top = os.path.normpath(source.lstrip("/"))
        if context and any(top in (".", path) or path.startswith(top + "/") for path in _with_set_id(context)):
            return True
    return False


def _with_set_id(context: Context) -> list[str]:
    """The files of a context with a setuid or setgid bit, by their paths in it."""
    key = f"set id {context.root}"
    if key not in context.shared:
        found: list[str] = []
        for directory, _, names in os.walk(context.root):
            for name in names:
                path = os.path.join(directory, name)
                with suppress(OSError, ValueError):
                    mode = os.lstat(path).st_mode
                    if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                        found.append(os.path.relpath(path, context.root))
        context.shared[key] = found
    return cast("list[str]", context.shared[key])


def makes_another(run: Run, at: int, chown: RecursiveChown) -> bool:
    """Whether the WORKDIR at index `at` may make a directory in the one that is given away."""
    directory = run.stage.directory(at + 1)
    return directory is None or (chown.holds(directory) and directory != chown.directory)


_PLAIN_MODE = r"0?[0-7]{3}|[ugoa]*[+=-][rwxX]+(?:,[ugoa]*[+=-][rwxX]+)*"


def marks(command: Command) -> bool:
    """Whether a known command gives a file an owner, or what a chown takes off: setuid, setgid, capabilities."""
    if command.name == "chmod":
        operands = command.operands()
        return not operands or re.fullmatch(_PLAIN_MODE, operands[0].raw.decode("utf-8", "replace")) is None
    if command.name == "install":
        return command.has_option("o", "g", "m", "owner", "group", "mode")
    return command.name in ("chown", "chgrp", "setcap", "setfacl", "chattr")


def leaves_owners(run: Run, chown: RecursiveChown, before: int | None = None) -> bool:
    """Whether the commands of `run`, or those in front of offset `before`, certainly put nothing into the directory.

    What they do to what is there must be what any owner allows, and no reason to store it again: what goes away, and a
    mode without the bits that a chown takes off, does not matter.
    """
    if run.script is None or run.mounts:
        return False
    return all(
        _leaves_owners(chown, run, command, directory)
        for command, directory in commands_of(run)
        if before is None or command.start < before
    )


def _leaves_owners(chown: RecursiveChown, run: Run, command: Command, directory: str | None) -> bool:
    if (command.name == "rm" and not command.writes_files) or _made(run, chown, command) is not None:
        return True
    if command.name == "chmod" and not command.writes_files:
        operands = command.operands()
        plain = bool(operands) and re.fullmatch(_PLAIN_MODE, operands[0].raw.decode("utf-8", "replace")) is not None
        return plain and not _stores_again(chown, run, command, directory)
    return not _writes_to(chown, run, command, directory) and not tells_owners(chown, run, command, directory)


def tells_owners(chown: RecursiveChown, run: Run, command: Command, directory: str | None) -> bool:
    """Whether a known command takes the owners of what is in the directory along, or tells them."""
    tells = _TELLS_OWNERS.get(command.name)
    if tells is None or not any(re.search(tells, word.raw) for word in command.argv):
        return False
    if command.name == "ln" and command.has_option("s", "symbolic"):
        return False
    return bool(of_command(command, directory, run.stage.facts.tools).reads.touches(chown.directory))


def made_directories(run: Run, command: Command, directory: str) -> list[str] | None:
    """What a plain ``mkdir`` makes in `directory`; None for any other command."""
    if command.name != "mkdir":
        return None
    return _made(run, RecursiveChown("", directory, command.argv[0], command.argv[0], keeps_group=False), command)


def made_in(run: Run, chown: RecursiveChown, before: int | None = None) -> list[str]:
    """The directories and empty files that `run` makes in the directory, where it puts nothing else there."""
    return [
        path
        for command, _ in commands_of(run)
        if before is None or command.start < before
        for path in _made(run, chown, command) or ()
    ]


def _made(run: Run, chown: RecursiveChown, command: Command) -> list[str] | None:
    """What a plain ``mkdir`` or ``touch`` makes in the directory; None for any other command."""
    if command.name not in ("mkdir", "touch") or command.redirections or not run.fails_with(command):
        return None
    parents = command.name == "mkdir" and command.has_option("p", "parents")
    if not all(
        re.fullmatch(r"-[pv]+|--parents", value or "") for value in command.values() if (value or "-")[:1] == "-"
    ):
        return None
    found: list[str] = []
    for path in (operand_path(word, run) for word in command.operands()):
        if path is None:
            return None
        while chown.holds(path) and path != chown.directory:
            found.insert(0, path)
            path = posixpath.dirname(path) if parents else chown.directory
    return found


# Words with which a command takes the owners of the files that it reads along, or tells them.
_TELLS_OWNERS: dict[str, bytes] = {
    "cp": rb"^-[b-zA-Z]*[apl]|^--(?!recursive|force|verbose|no-clobber|update|no-target|target)",
    "stat": rb"", "ln": rb"", "tree": rb"^-", "test": rb"^-[OG]$",
    "find": rb"^-(?:user|group|uid|gid|no(?:user|group)|printf|f?ls$)",
}  # fmt: skip


def removes(run: Run, chown: RecursiveChown) -> bool:
    """Whether an ``rm`` of `run` may take something out of the directory."""
    return any(
        _writes_to(chown, run, command, directory) for command, directory in commands_of(run) if command.name == "rm"
    )


# What official images have below the directories that programs are put in (their Dockerfiles on GitHub).
_PROGRAMS = r"/(?:app|code|usr/src/app|(?:srv|opt|home)/([\w.-]+))(?:/.*)?"
_THEIRS = r"node|ubuntu|yarn.*|java|.*jdk.*|www"


# What brings packages of others, which may have files in /opt.
_OTHERS = (
    rb"(?i)sources\.list|add-apt|\.repo\b|/etc/apk|config-manager|\b(?:dpkg|rpm) +-|local-?install|copr|--repo|-X +http"
    rb"|\.deb\b|\.rpm\b|\.apk\b|bash -|apt-key|keyring"
)


def installs_no_options(stage: StageFacts) -> bool:
    """Whether all packages of the stage are the distribution's own, which have no files in /opt (FHS, 3.13)."""
    return stage.once("no options", lambda one: is_official(one.image) and not re.search(_OTHERS, one.source.data))


def is_empty_at_first(image: Image | None, directory: str) -> bool:
    """Whether the base image certainly has no file in `directory`."""
    if not is_official(image):
        return False
    found = re.fullmatch(_PROGRAMS, directory)
    return found is not None and not re.fullmatch(_THEIRS, found[1] or "")
