"""Whether an instruction may stand before a RUN as well as after it."""

from __future__ import annotations

import re

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command
from ..facts.stages import readable
from ..knowledge.tools import load_tool, use_of
from .copies import SYSTEM_DIRECTORIES, is_private, working_directory
from .node_project import check_unread, project_at
from .ownership import copy_destination
from .packages import installs_project, managed
from .stages import Facts, Run

#: Instructions that say something of the image and nothing to a RUN, which may stand before or after any.
METADATA = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))


def check_order(facts: Facts, run: Run, instruction: Instruction) -> str:
    """Raise `Refusal` unless `instruction`, which follows `run`, may come before it.

    Returns what has to be assumed for that; an empty text where it is certain.
    """
    script = readable(run)
    if instruction.keyword in METADATA:
        return ""
    refusal = Refusal(f"line {instruction.line} stands between them")
    target = _target(run, instruction)
    if target is None or len(script.units) != len(script.commands):
        raise refusal
    if b">" in run.instruction.code or run.instruction.flags:
        raise refusal
    doubts: list[str] = []
    for command in script.commands:
        if installs_project(command) and instruction.keyword != "WORKDIR":
            writes_lock = "ci" not in command.values() and "clean-install" not in command.values()
            project = project_at(run.stage, run.at)
            doubts.append(check_unread(facts.context, project, instruction, target, writes_lock=writes_lock))
        elif not _is_path_independent(command) or _may_name(command, target):
            raise refusal
    return next(filter(None, doubts), "")


def _target(run: Run, instruction: Instruction) -> str | None:
    """What a WORKDIR, COPY or ADD makes, if no package looks there, and if its owner is certain."""
    at = run.stage.instructions.index(instruction)
    if instruction.keyword == "WORKDIR":
        target = working_directory(run.stage, at + 1)
        return target if target in SYSTEM_DIRECTORIES or (target and is_private(target)) else None
    if instruction.keyword not in ("COPY", "ADD") or instruction.heredocs:
        return None
    target = copy_destination(instruction, working_directory(run.stage, at))
    owner = instruction.flag("chown")
    named = owner is not None and not _NUMBERS.fullmatch(owner.value or b"")
    return None if target is None or named or not is_private(target) else target


_NUMBERS = re.compile(rb"(?:\d+|root)(?::(?:\d+|root))?")


def _may_name(command: Command, target: str) -> bool:
    """Whether an operand of `command`, as far as it is spelled out, is `target`, lies in it or around it."""
    for word in command.argv[1:]:
        text = word.raw.decode("utf-8", "replace").strip("\"'")
        path = re.split(r"[*?\[{$\\]", text)[0]
        whole = path if path != text else path.rstrip("/") + "/"
        if path.startswith("/") and (f"{target}/".startswith(whole) or whole.startswith(f"{target}/")):
            return True
    return False


def _is_path_independent(command: Command) -> bool:
    """Whether what `command` does is the same whatever the directory it runs in and the program's files.

    It is for packages that are installed or removed by name, and for files that are named by whole paths.
    """
    if command.wrappers:
        return False
    if command.name in ("rm", "mkdir"):
        return all(word.raw.startswith((b"/", b"-")) for word in command.argv[1:])
    use = managed(command) or use_of(load_tool("pip"), command)
    if use is None or (use.tool.name == "pip" and use.verb.value != "install"):
        return False
    if use.tool.name == "pip" and any(_READS.match(word.raw) for word in command.argv):
        return False
    return not any(word.raw[:1] != b"-" and _FILE.match(word.raw.strip(b"\"'")) for word in command.argv[1:])


_READS = re.compile(rb"-[rect]|--(?:requirement|editable|constraint|find-links|target|prefix|root)")
_FILE = re.compile(rb"\.{1,2}$|~|[^:=]*/|.*(?:\.(?:deb|rpm|apk|whl|gz|zip)\b|\*)")
