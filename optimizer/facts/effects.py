"""What an instruction, and every command of a RUN, reads and writes, and whether two of them may change places.

*Unknown* is an answer: a command that nobody knows may do anything, and `Paths.unknown` says which it is. The package
index and the caches of tools have a module of their own, `stores`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Script
from ..knowledge.tools import Tool, present
from .commands import DIRECTORY, NOTHING, SHELL, USER, Effects, of_command, redirected, unknown, variables
from .paths import NOWHERE, Paths, below, lies_in, overlap, resolve, spelled, union
from .stages import Run, StageFacts
from .variables import expanded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .programs import Program

#: Instructions that say something of the image and nothing to those behind them.
METADATA = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))

# Variables that a program may heed wherever it reaches for the network, or for its libraries and itself.
_TRANSPORT = r"(?i)proxy|\bapt|path|ssl|\bld_|curl"
# Variables of programs and of the Dockerfile itself, which no package of a distribution heeds when it is installed.
_OWN = (
    r"(?!DPKG|DEB)(?:(?:\w+_)?(?:VERSION|COMMIT|REVISION|SHA\d*(?:SUM)?|MD5|CHECKSUM|URL|PORT)"
    r"|PYTHON(?:UNBUFFERED|DONTWRITEBYTECODE|IOENCODING|HASHSEED|FAULTHANDLER)"
    r"|(?:PIP|NPM_CONFIG|NODE|YARN|POETRY|RAILS|FLASK|DJANGO|APP)_\w+)"
)


def of_run(run: Run, before: int | None = None, since: int | None = None) -> Effects:
    """What a RUN does, or those of its commands that begin before the offset `before` and at or behind `since`."""
    script, instruction = run.script, run.instruction
    if script is None:
        return unknown(f"line {instruction.line}")
    effects = of_mounts(run)
    if script.heredoc or not script.is_plain:  # assignments, conditions and the like name variables too
        effects = effects._replace(names=variables(run.source_text))
    for command, directory in commands_of(run):
        if (before is None or command.start < before) and (since is None or command.start >= since):
            program = _program(run, command, directory)
            if program is not None:
                effects |= redirected(command, directory) | _of_program(program, directory, run.stage.facts.tools)
            else:
                effects |= of_command(command, directory, run.stage.facts.tools)
    return effects._replace(users="makes") if may_make_users(effects) else effects


def may_make_users(effects: Effects) -> bool:
    """Whether what has the effects may make users: who writes their names by hand does so too."""
    return effects.users == "makes" or any(overlap(path, one) for path in _ACCOUNTS for one in effects.writes.below)


# Where names of users and groups stand.
_ACCOUNTS = ("/etc/passwd", "/etc/group")


def _program(run: Run, command: Command, directory: str | None) -> Program | None:
    """The script that `command` starts, where it is shown and certainly still what it was."""
    if "/" not in command.program and not command.program.endswith("sh"):
        return None
    from .programs import started

    program = started(run, command, directory)
    return None if program is None or is_changed(program, run, command) else program


def _of_program(program: Program, directory: str | None, tools: Iterable[Tool]) -> Effects:
    """What a script does that is started in `directory`."""
    names = variables(program.text)
    effects = Effects(below((program.path,)), names=names, heeds=frozenset((DIRECTORY, USER)))
    tools = {*tools, *present(program.text)}
    for command, place in placed(program.script, directory):
        effects |= of_command(command, place, tools)
    return effects


def is_changed(program: Program, run: Run, command: Command) -> bool:
    """Whether something between its COPY and `command`, which is in `run`, may make the script another."""
    stage = run.stage
    for at in range(stage.index_of(program.file.instruction) + 1, run.at):
        other = stage.run_at(at)
        if other is not None:
            if _writes(other, program.path, stage.instructions[at].end):
                return True
        elif of_instruction(stage, at).writes.touches(program.path):
            return True
    return _writes(run, program.path, command.start)


def _writes(run: Run, path: str, before: int) -> bool:
    """Whether a RUN may change what is in the file at `path` before an offset into the Dockerfile."""
    if run.script is None:
        return True
    commands = (one for one in commands_of(run) if one[0].start < before and one[0].name not in _CHANGES_ATTRIBUTES)
    return any(of_command(one, place, run.stage.facts.tools).writes.touches(path) for one, place in commands)


_CHANGES_ATTRIBUTES = frozenset(("chmod", "chown", "chgrp"))


def commands_of(run: Run) -> Sequence[tuple[Command, str | None]]:
    """The commands of a RUN, each with the directory that it runs in; None where that is not certain."""
    if run.placed is None:
        run.placed = tuple(placed(run.script, run.stage.directory(run.at))) if run.script else ()
    return run.placed


def placed(script: Script, directory: str | None) -> Iterator[tuple[Command, str | None]]:
    """The commands of a script that begins in `directory`.

    A ``cd`` behind ``&&`` or ``||`` may not be run, and one before ``||`` may fail: it counts to the end of its list.
    """
    if _MOVES.isdisjoint(script.names):
        yield from ((command, directory) for command in script.commands)
        return
    seen, moved, perhaps = 0, False, False
    for command in script.commands:
        unit = script.unit_at(command.start)
        while unit is not None and seen < unit:
            seen += 1
            connector = script.units[seen].connector
            if connector != b"&&":
                directory = None if perhaps or (moved and connector == b"||") else directory
                moved = perhaps = False
        yield command, directory
        if command.name in _MOVES:
            directory = _changed(command, directory)
            moved, perhaps = True, perhaps or script.units[seen].connector in (b"&&", b"||")


_MOVES = frozenset(("cd", "pushd", "popd"))


def _changed(command: Command, directory: str | None) -> str | None:
    """The working directory after a ``cd``; None where it is not certain, as it is not after one in a branch."""
    operands = command.operands()
    if command.name != "cd" or command.guards or len(operands) != 1 or operands[0].value is None:
        return None
    return resolve(operands[0].value, directory) if operands[0].value != "-" else None


def of_mounts(run: Run) -> Effects:
    """What the builder puts into a RUN from elsewhere."""
    reads = below(mount["target"] for mount in run.mounts if mount["target"].startswith("/"))
    return Effects(reads, reads) if run.mounts else NOTHING


def of_instruction(stage: StageFacts, at: int) -> Effects:
    """What the instruction at index `at` of a stage does."""
    return stage.lineage.once((of_instruction, stage, at), lambda: _of_instruction(stage, at))


def _of_instruction(stage: StageFacts, at: int) -> Effects:
    instruction = stage.instructions[at]
    keyword = instruction.keyword
    run = stage.run_at(at)
    if run is not None:
        return of_run(run)
    names = variables(instruction.args)
    if keyword in METADATA:
        return Effects(names=names)
    if keyword in ("COPY", "ADD"):
        return _of_copy(stage, at, instruction)._replace(names=names)
    if keyword == "WORKDIR":
        path = stage.directory(at + 1)
        made = (path,) if path else ()
        where = NOWHERE if path else Paths(unknown=f"which directory line {instruction.line} makes is not certain")
        return Effects(where, where, made, names=names, holds=DIRECTORY, heeds=frozenset((DIRECTORY,)))
    if keyword == "USER":
        return Effects(users="reads", names=names, holds=USER)
    if keyword == "SHELL":
        return Effects(holds=SHELL)
    if keyword in ("ENV", "ARG"):
        return Effects(names=names, defines=frozenset(_defined(instruction)))
    if keyword == "VOLUME":
        paths = union(spelled(word, "/", f"line {instruction.line}") for word in instruction.words)
        return Effects(paths, paths, tuple(paths.below), names=names)
    return unknown(f"line {instruction.line}")


_PAIR = r"([A-Za-z_]\w*)="


def _defined(instruction: Instruction) -> Iterator[str]:
    text = instruction.args.decode("utf-8", "replace")
    yield from re.findall(_PAIR, text)
    yield text.split(None, 1)[0].partition("=")[0]


def _of_copy(stage: StageFacts, at: int, instruction: Instruction) -> Effects:
    target = copy_destination(stage, at)
    reason = f"where line {instruction.line} copies to is not certain"
    where = below(_written(stage, instruction, target)) if target else Paths(unknown=reason)
    owner = instruction.flag("chown")
    named = owner is not None and not re.fullmatch(_NUMBERS, owner.value or b"")
    relative = not instruction.words[-1].startswith("/")
    heeds = frozenset((DIRECTORY,)) if relative else frozenset[str]()
    users = "makes" if target and _brings_accounts(stage, instruction, target) else "reads" if named else ""
    return Effects(NOWHERE, where, users=users, heeds=heeds)


def _written(stage: StageFacts, instruction: Instruction, target: str) -> list[str]:
    """The paths that a COPY or ADD to `target` writes: below that, or files in it that are certainly no directories."""
    into = instruction.words[-1].endswith("/") or instruction.words[-1] == "." or len(instruction.words) > 2
    names = [word for word in instruction.words[:-1] if into and _is_file(stage, instruction, word)]
    if len(names) < len(instruction.words) - 1:
        return [target]
    return [f"{target.rstrip('/')}/{posixpath.basename(name)}" for name in names]


def _is_file(stage: StageFacts, instruction: Instruction, source: str) -> bool:
    if "$" in source or "*" in source or instruction.keyword != "COPY" or instruction.flag("from"):
        return False
    from ..knowledge.ecosystems import lists_dependencies

    context = stage.facts.context
    entry = context.entry(source) if context is not None else None
    return entry.kind == "file" if entry is not None else lists_dependencies(source)


def _brings_accounts(stage: StageFacts, instruction: Instruction, target: str) -> bool:
    """Whether a COPY or ADD to `target` may bring names of users or groups."""
    above = [path for path in _ACCOUNTS if overlap(path, target)]
    if not above or any(path == target for path in above):
        return bool(above)
    context = stage.facts.context
    if context is None or instruction.flag("from") or instruction.keyword == "ADD":
        return not all("." in word.rpartition("/")[2].strip(".") for word in instruction.words[:-1])
    rests = [path[len(target.rstrip("/")) :] for path in above]
    rests += [path[path.rindex("/") :] for path in above]
    named = any("*" in word or "$" in word for word in instruction.words[:-1])
    return named or any(
        context.entry(word.rstrip("/") + rest) or word.rpartition("/")[2] in ("passwd", "group")
        for word in instruction.words[:-1]
        for rest in rests
    )


_NUMBERS = rb"(?:\d+|root)(?::(?:\d+|root))?"


def copy_destination(stage: StageFacts, at: int) -> str | None:
    """The directory or file that the COPY at index `at` of a stage writes to; None where that is not certain."""
    return stage.once((copy_destination, at), lambda _: _copy_destination(stage, at))


def _copy_destination(stage: StageFacts, at: int) -> str | None:
    word = stage.instructions[at].words[-1]
    if "$" in word:
        word = expanded(stage, at, word) or word
    return None if re.search(r"[$*?\[\"'\\]", word) else resolve(word, stage.directory(at))


def _heeded(names: frozenset[str], effects: Effects) -> str:
    """The first of the variables `names` that what has `effects` may heed without naming it; empty for none."""
    if effects.environment == "all":
        return min(names)
    packages = effects.environment == "packages"
    heeded = (name for name in names if re.search(_TRANSPORT, name) or (packages and not re.fullmatch(_OWN, name)))
    return min(heeded, default="")


def may_swap(first: Effects, second: Effects) -> str | None:
    """Why what has the effects `second` may not come before what has the effects `first`; None where it may."""
    for one, two in ((first, second), (second, first)):
        if one.holds and (one.holds in two.heeds or one.holds == two.holds):
            return f"{one.holds} changes between them"
        if one.users == "makes" and two.users:
            return "one may make a user whom the other needs"
        named = one.defines & (two.names | two.defines)
        if named:
            return f"{min(named)} changes between them"
        if one.defines and two.environment and (heeded := _heeded(one.defines, two)):
            return f"{heeded} may matter to the other"
        if made := next((path for path in one.makes if two.reads.touches(path) or two.writes.touches(path)), None):
            return f"both have to do with {made}"
        if any(lies_in(a, b) or lies_in(b, a) for a in one.makes for b in two.makes):
            return f"both have to do with {one.makes[0]}"
        if reason := one.writes.meets(two.reads | two.writes):
            return f"both have to do with {reason}" if reason.startswith(("/", "files")) else reason
    return None


def may_cross(effects: Effects, stage: StageFacts, between: range) -> str | None:
    """Why what has `effects` may not stand on the other side of the instructions `between`; None where it may."""
    for at in between:
        if reason := may_swap(of_instruction(stage, at), effects):
            return f"line {stage.instructions[at].line} stands between them: {reason}"
    return None


def touched_between(path: str, stage: StageFacts, between: range) -> str | None:
    """Which instruction `between` may have to do with the file at `path`, and why; None where none has."""
    for at in between:
        if reason := of_instruction(stage, at).touches(path):
            return f"line {stage.instructions[at].line} may have to do with it: {reason}"
    return None
