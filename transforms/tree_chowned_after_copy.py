"""Give a copied folder its owner in the COPY.

`RUN chown -R` stores every file below a folder a second time, only to note another owner: an image whose application is
200 MB becomes 200 MB larger. `COPY --chown` gives the files their owner when they are stored. The folder itself may be
older than the COPY, so the `chown` stays for it alone.

Before:

```dockerfile
FROM node:20-slim
RUN mkdir /app
WORKDIR /app
COPY . .
RUN chown -R node:node /app
USER node
```

After:

```dockerfile
FROM node:20-slim
RUN mkdir /app
WORKDIR /app
COPY --chown=node:node . .
RUN chown node:node /app
USER node
```

When it stays away: the owner has no group, or a variable in it; the user may be made after the COPY, by `useradd` or
by a package; something else than COPY may have put files there (a RUN that names the folder or works in it, a VOLUME,
an archive that ADD unpacks, a stage further up); the COPY has an owner already; the stage does not ship. Unless the
folder was just made by a `mkdir` that fails where one is already, the base image may have files there, which would
keep their owner: then it is unsafe.

Safety: the same files with the same owners. Symbolic links may have another owner than before, which nothing reads.

References: BuildKit's Dockerfile reference, *COPY --chown*; chown(1).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..optimizer.builders import combine
from ..optimizer.document import Instruction
from ..optimizer.edits import Edit
from ..optimizer.facts import Facts, Run
from ..optimizer.shell import Command, Word
from ..optimizer.transform import Finding, Fix
from .copies import SYSTEM_FOLDERS, operand_path, resolve, with_flag, working_directory

RULE = "tree-chowned-after-copy"

KEEPS = (
    "FROM node:20\nRUN mkdir /app\nCOPY --chown=node:node . /app/\nRUN chown -R node:node /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN chown -R node /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN chown -R $U:$U /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN useradd app\nRUN chown -R app:app /app\n",
    "FROM node:20\nRUN mkdir /app\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN chown -R node:node /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN cp /x /app/\nRUN chown -R node:node /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN make && chown -R node:node /app\n",
    "FROM node:20\nRUN mkdir /app\nADD x.tar.gz /app/\nRUN chown -R node:node /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN if x; then chown -R node:node /app; fi\n",
    "FROM node:20\nRUN mkdir /app\nVOLUME /app\nCOPY . /app/\nRUN chown -R node:node /app\n",
    "FROM node:20\nRUN chown -R node:node /app\n",
    "FROM node:20 AS a\nRUN mkdir /app\nCOPY . /app/\nRUN chown -R node:node /app\n"
    "FROM node:20\nCOPY --from=a /app /b\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN useradd app && chown -R app:app /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY a /app/\nRUN useradd app\nCOPY b /app/\nRUN chown -R app:app /app\n",
    "FROM debian:12\nRUN mkdir /app\nCOPY a /app/\nRUN apt-get install -y x\nRUN chown -R x:x /app\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /app/\nRUN chown -R node:node /app /srv\n",
    "FROM node:20\nRUN mkdir /app\nCOPY . /\nRUN chown -R node:node /app\n",
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every recursive chown of a folder that COPYs alone have filled."""
    for stage in facts.shipping:
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                target = _target(run, command)
                if target is not None:
                    finding = _finding(run, command, target)
                    if finding is not None:
                        yield finding


class _Target(NamedTuple):
    owner: str
    folder: str  # absolute
    option: Word  # the -R


_OWNER = re.compile(r"([\w.-]+):([\w.-]+)")


def _target(run: Run, command: Command) -> _Target | None:
    """What a plain ``chown -R user:group folder`` changes; None for any other command."""
    words = command.argv[1:]
    if command.name != "chown" or command.guards or command.wrappers or len(words) != 3:
        return None
    option, owner, operand = words
    if option.value not in ("-R", "--recursive") or owner.value is None or not _OWNER.fullmatch(owner.value):
        return None
    folder = operand_path(operand, run)
    if folder is None or folder in SYSTEM_FOLDERS:
        return None
    return _Target(owner.value, folder, option)


def _finding(run: Run, command: Command, target: _Target) -> Finding | None:
    filled = _filled(run, command, target)
    if filled is None or not filled.copies:
        return None
    words = [word.raw for word in command.words if word is not target.option]
    before = command.words[command.words.index(target.option) - 1]
    alone = Fix(
        (Edit(before.end, target.option.end, b""),),
        drops=(command.normal,),
        adds=(b" ".join((*command.assignments, *words)),),
    )
    fix = combine(alone, *(with_flag(copy, f"--chown={target.owner}") for copy in filled.copies))
    reasons: list[str] = []
    if not filled.folder_is_new:
        reasons.append(f"files that the base image has in {target.folder} would keep their owner")
        parent = posixpath.dirname(target.folder)
        if parent not in SYSTEM_FOLDERS:
            reasons.append(f"{parent} would get that owner too where COPY makes it")
    message = f"chown stores what was copied to {target.folder} a second time"
    safety = "unsafe" if reasons else "safe"
    return Finding(RULE, message, command.start, command.end, fix, safety, "; ".join(reasons))


class _Filled(NamedTuple):
    """What put files into the folder before the chown."""

    copies: list[Instruction]
    folder_is_new: bool


def _filled(run: Run, command: Command, target: _Target) -> _Filled | None:
    """The COPYs that filled the folder, last first; None where anything else may have, or the user comes too late."""
    stage = run.stage
    numbers = target.owner.replace(":", "").isdigit()
    earlier = [one for one in (run.script.commands if run.script else ()) if one.start < command.start]
    if not all(_is_harmless(one, target) for one in earlier):
        return None
    user_may_be_new = not numbers and any(one.name in _MAKES_USERS for one in earlier)
    copies: list[Instruction] = []
    for at in range(run.at - 1, 0, -1):
        instruction = stage.instructions[at]
        if instruction.keyword in ("COPY", "ADD"):
            place = _place(instruction, working_directory(stage, at))
            if place is None or (target.folder + "/").startswith(place.rstrip("/") + "/") != (place == target.folder):
                return None
            if (place + "/").startswith(target.folder + "/"):
                if user_may_be_new or not _takes_owner(instruction):
                    return None
                copies.append(instruction)
        elif instruction.keyword == "RUN":
            other = stage.run_at(at)
            if other is None or other.script is None or other.mounts:
                return None
            if other.script.only_and and any(_makes(one, target) for one in other.script.commands):
                return _Filled(copies, folder_is_new=True)
            in_folder = ((working_directory(stage, at) or "/") + "/").startswith(target.folder + "/")
            if not all(_is_harmless(one, target, in_folder=in_folder) for one in other.script.commands):
                return None
            user_may_be_new |= not numbers and any(one.name in _MAKES_USERS for one in other.script.commands)
        elif instruction.keyword in ("VOLUME", "SHELL", "ONBUILD"):
            return None
        elif instruction.keyword == "WORKDIR":
            folder = working_directory(stage, at + 1)
            if folder is None or folder.startswith(target.folder + "/"):
                return None
    return _Filled(copies, folder_is_new=False) if stage.parent is None else None


def _takes_owner(instruction: Instruction) -> bool:
    """Whether ``--chown`` would give everything that a COPY or ADD brings that owner."""
    unpacks = re.search(rb"://|git@|\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)\b", instruction.code)
    return not (instruction.flag("chown") or instruction.heredocs or (instruction.keyword == "ADD" and unpacks))


def _place(instruction: Instruction, workdir: str | None) -> str | None:
    """The folder or file that a COPY writes to; None where that is not certain."""
    words = instruction.json or tuple(token.text.decode("utf-8", "replace") for token in instruction.tokens)
    return None if re.search(r"[$*?\[\"'\\]", words[-1]) else resolve(words[-1], workdir)


def _makes(command: Command, target: _Target) -> bool:
    """Whether it is a ``mkdir`` that fails where the folder is there already."""
    return command.name == "mkdir" and not command.guards and command.values() == [target.folder]


_MAKES_USERS = frozenset(
    ("useradd", "adduser", "groupadd", "addgroup", "usermod", "apt-get", "apt", "apk", "dnf", "yum", "microdnf")
)
_HARMLESS = _MAKES_USERS | {"echo", "true"}


def _is_harmless(command: Command, target: _Target, *, in_folder: bool = False) -> bool:
    """Whether a command certainly writes to the system's own folders alone."""
    if target.folder.encode() in command.normal:
        return False
    if command.name == "rm":
        return all((value or "").startswith(("/", "-")) for value in command.values())
    return command.name in _HARMLESS and not (in_folder and command.name == "echo")
