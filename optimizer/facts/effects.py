"""What an instruction, and every command of a RUN, reads and writes, and whether two of them may change places.

*Unknown* is an answer: a command that nobody knows may do anything, and `Paths.unknown` says which it is. The package
index and the caches of tools have a module of their own, `stores`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command, Script, Word
from ..knowledge.commands import COMMANDS, HOMES, Does, Which
from ..knowledge.tools import Tool, present
from ..knowledge.uses import Use, use_of
from .paths import NOWHERE, Paths, below, lies_in, resolve, spelled
from .stages import Run, StageFacts

if TYPE_CHECKING:
    from .programs import Program

#: Instructions that say something of the image and nothing to those behind them.
METADATA = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))

_DEVICES = "/dev"
_NAME = re.compile(r"\$\{?(\w+)")
# Variables that a program may heed wherever it reaches for the network, or for its libraries and itself.
_TRANSPORT = re.compile(r"proxy|\bapt|path|ssl|\bld_|curl", re.IGNORECASE)


class Effects(NamedTuple):
    """What something reads, writes and needs."""

    reads: Paths = NOWHERE
    writes: Paths = NOWHERE
    makes: tuple[str, ...] = ()  # directories that it makes where they are not there
    users: Literal["", "reads", "makes"] = ""  # the users and groups of the image
    names: frozenset[str] = frozenset()  # variables that its text names
    environment: Literal["", "transport", "all"] = ""  # variables that it may heed without naming them
    defines: frozenset[str] = frozenset()  # variables that those behind it see
    holds: str = ""  # what it changes for those behind it: the working directory, the user, the shell
    heeds: frozenset[str] = frozenset()  # what of that matters to it
    network: bool = False
    processes: str = ""  # the command that may leave something running, or mind what runs

    def __or__(self, other: Effects) -> Effects:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Effects(
            self.reads | other.reads,
            self.writes | other.writes,
            self.makes + other.makes,
            "makes" if "makes" in (self.users, other.users) else self.users or other.users,
            self.names | other.names,
            "all" if "all" in (self.environment, other.environment) else self.environment or other.environment,
            self.defines | other.defines,
            self.holds or other.holds,
            self.heeds | other.heeds,
            self.network or other.network,
            self.processes or other.processes,
        )

    def touches(self, path: str) -> str:
        """Why it may read, change or make the file or directory at `path`, or something in it; empty if it cannot."""
        if any(lies_in(made, path) for made in self.makes):
            return path
        return self.reads.touches(path) or self.writes.touches(path)


NOTHING = Effects()
DIRECTORY, _USER, _SHELL = "the working directory", "the user", "the shell"


def unknown(name: str) -> Effects:
    """The effects of something that nobody knows; `name` says what, in words."""
    anywhere = Paths(unknown=f"{name} may do anything")
    return Effects(anywhere, anywhere, (), "makes", frozenset(), "all", heeds=_ALL, network=True, processes=name)


_ALL = frozenset((DIRECTORY, _USER, _SHELL))


def of_command(command: Command, directory: str | None, tools: Iterable[Tool]) -> Effects:
    """What a command does that runs in `directory`, None for one that is not known."""
    if any(_ELSEWHERE.match(word.raw) for word in command.wrappers):
        directory = None
    effects = _redirected(command, directory)
    effects = effects._replace(names=frozenset(_NAME.findall(command.normal.decode("utf-8", "replace"))))
    started = command.started()
    if command.name == "xargs":  # its operands come from elsewhere
        return effects | unknown(f"`xargs {started[0].name if started else ''}`".replace(" `", "`"))
    use = next((use for tool in tools if (use := use_of(tool, command)) is not None), None)
    if use is not None:
        return effects | _of_use(use, directory)
    does = COMMANDS.get(command.name)
    elsewhere = "/" in command.program and not command.program.startswith(_SYSTEM_PROGRAMS)
    if does is None or elsewhere:
        return effects | unknown(f"`{_shown(command)}`")
    effects |= _of_known(command, does, directory)
    if command.name == "find":
        harmless = not started and not any(word.value in _CHANGES for word in command.argv)
        for one in started:
            effects |= of_command(one, directory, tools)
        return effects._replace(writes=NOWHERE) if harmless else effects
    return effects


_ELSEWHERE = re.compile(rb"-[CDi]|--chdir|--login")  # options of env and sudo
_SYSTEM_PROGRAMS = ("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/")
_CHANGES = frozenset(("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls"))


def _shown(command: Command) -> str:
    return (command.argv[0].raw if command.argv else command.normal).decode("utf-8", "replace")


def _redirected(command: Command, directory: str | None) -> Effects:
    reads = writes = NOWHERE
    heeds = frozenset[str]()
    for one in command.redirections:
        if one.operator == "<<<" or (one.operator in (">&", "<&") and one.target.raw.isdigit()):
            continue
        path = _path(one.target, directory, command)
        if path.below and all(lies_in(each, _DEVICES) for each in path.below):
            continue
        if one.writes:
            writes |= path
        else:
            reads |= path
        if not one.target.raw.startswith(b"/"):
            heeds = frozenset((DIRECTORY,))
    return Effects(reads, writes, heeds=heeds)


def _path(word: Word, directory: str | None, command: Command) -> Paths:
    text = word.value if word.value is not None else word.raw.decode("utf-8", "replace")
    return spelled(text, directory, f"what `{_shown(command)}` names is not certain")


def _of_known(command: Command, does: Does, directory: str | None) -> Effects:
    """The effects of a command that `COMMANDS` describes."""
    operands = named = _named(command, does)
    if not (does.skip_unless and command.has_option(*does.skip_unless)):
        operands = operands[does.skip :]
    paths = [_path(word, directory, command) for word in operands]
    into, asked = (_values(command, options, directory) for options in (does.into, does.files))
    beside = NOWHERE if does == Does() else _beside(command, named if does.reads or does.writes else [])
    here = spelled(".", directory, f"the directory that `{_shown(command)}` runs in is not known")
    reads, writes = (_union(_which(paths, which)) for which in (does.reads, does.writes))
    if does.writes_if and not command.has_option(*does.writes_if):
        writes = NOWHERE
    works_here = _works_here(command, does, operands)
    if works_here:
        reads, writes = reads | here, writes | here
    if does.places:
        reads, writes = reads | below(does.places), writes | below(does.places)
    if does.packaged:
        reads, writes = reads | Paths(packaged=True, local=True), writes | Paths(packaged=True)
    if does.users == "makes" and not does.packaged:  # homes, and what is put there
        homes = (word for word in command.argv[1:] if b"/" in word.raw)
        writes |= below((HOMES,)) | _union(_path(word, directory, command) for word in homes)
    relative = works_here or any(not word.raw.startswith((b"/", b"'/", b'"/')) for word in operands)
    return Effects(
        reads | asked | beside,
        writes | into | (beside if does.writes or does.into or does.places or does.packaged else NOWHERE),
        users=does.users,
        environment="all" if does.packaged else "transport" if does.network else "",
        heeds=frozenset((DIRECTORY, _USER)) if relative else frozenset((_USER,)),
        network=does.network,
    )


def _beside(command: Command, named: list[Word]) -> Paths:
    """Paths that are spelled out in other words than those that are `named`: in options, or in the text of a script."""
    if command.name == "sed" and any(_SED_FILE.search(word.raw) for word in command.argv[1:]):
        return Paths(unknown="`sed` may read and write files that its script names")
    texts = (word.raw for word in command.argv[1:] if word not in named and b"://" not in word.raw)
    return below(path for text in texts for path in _ABSOLUTE.findall(text.decode("utf-8", "replace")))


_ABSOLUTE = re.compile(r"(?:^-\w+|(?<![\w./$}\])*?-]))(/[\w.+@-][\w.+@/-]*)")
_SED_FILE = re.compile(rb"(?:^['\"]?|[;{}\n/|,#\d$])\s*[rRwW][ \t]+[\w./$]")


def _named(command: Command, does: Does) -> list[Word]:
    """The operands of a command that name files."""
    operands = command.operands(does.valued | does.into)
    if command.name == "find":  # an expression follows the places
        words = command.argv[1:]
        at = next((n for n, word in enumerate(words) if word.raw.startswith((b"-", b"(", b"!", b"\\"))), len(words))
        return list(words[:at])
    if command.name in ("git", "curl", "wget"):  # what comes from elsewhere is no file of the image
        if command.name != "git":
            return []
        cloned = operands[1:2] if operands and operands[0].raw == b"clone" else []
        return [word for word in operands if b"://" not in word.raw and b"git@" not in word.raw and word not in cloned]
    return operands


def _works_here(command: Command, does: Does, operands: list[Word]) -> bool:
    """Whether the working directory is read or written for itself."""
    if command.name == "ln" and len(operands) == 1:
        return True
    if not does.in_directory or (does.directory_alone and operands):
        return False
    if does.directory_if and not command.has_option(*does.directory_if):
        return False
    return not (does.directory_unless and command.has_option(*does.directory_unless))


def _which(paths: list[Paths], which: Which) -> list[Paths]:
    if which == "but-last" and len(paths) == 1:  # the last one is given by an option, or is not there
        return paths
    return {
        "": [], "all": paths, "first": paths[:1], "last": paths[-1:], "but-last": paths[:-1], "but-first": paths[1:],
    }[which]  # fmt: skip


def _union(paths: Iterable[Paths]) -> Paths:
    found = NOWHERE
    for one in paths:
        found |= one
    return found


def _values(command: Command, options: frozenset[str], directory: str | None) -> Paths:
    """The paths that options name: ``-o FILE``, ``-oFILE``, ``--output=FILE``, also behind other letters."""
    found = NOWHERE
    words = command.argv
    for at, word in enumerate(words[1:], 1):
        raw = word.raw.decode("utf-8", "replace")
        name, equals, value = raw.partition("=")
        if name in options:
            following = words[at + 1] if at + 1 < len(words) else None
            if equals:
                found |= spelled(value, directory, f"what `{_shown(command)}` names is not certain")
            elif following is not None:
                found |= _path(following, directory, command)
        elif raw.startswith("-") and not raw.startswith("--"):
            letter = next((one[1] for one in options if len(one) == 2 and one[1] in raw[1:]), "")
            rest = raw.partition(letter)[2] if letter else ""
            if letter and rest:
                found |= spelled(rest, directory, f"what `{_shown(command)}` names is not certain")
            elif letter and at + 1 < len(words):
                found |= _path(words[at + 1], directory, command)
    return found


def _of_use(use: Use, directory: str | None) -> Effects:
    """The effects of a package manager."""
    index = use.tool.package_index
    if use.tool.distribution is None and not (use.tool.names_packages and use.action == "install"):
        return unknown(f"`{_shown(use.command)}`")
    if use.tool.names_packages and any(use.tool.names_packages.match(word.raw) for word in use.command.argv):
        return unknown(f"`{_shown(use.command)}`")
    files = [word for word in use.command.argv[1:] if _FILE.match(word.raw.strip(b"\"'")) and word.raw[:1] != b"-"]
    reads = Paths(packaged=True, local=True) | _union(_path(word, directory, use.command) for word in files)
    heeds = frozenset((_USER, DIRECTORY)) if files else frozenset((_USER,))
    if use.action == "refresh" and index is not None:
        writes = below(path.removesuffix("/**") for path in index.paths)
        return Effects(_ASKED, writes, environment="transport", heeds=heeds, network=True)
    distribution = use.tool.distribution
    if distribution is not None and index is not None and use.verb.value in distribution.cleans - distribution.removes:
        places = ("/var/cache", *(path.removesuffix("/**") for path in index.paths))
        return Effects(below((*places, *distribution.cleans_as_told)), below(places), heeds=heeds)
    makes: Literal["", "makes"] = "makes" if distribution else ""
    kept = (path.removesuffix("/**") for path in index.paths) if index else ()
    writes = Paths(packaged=True, local=distribution is None) | below((*kept, *(("/var/cache",) if index else ())))
    return Effects(reads, writes, users=makes, environment="all", heeds=heeds, network=True)


# Where a refresh looks: at the sources and their keys, and at what it is made of itself.
_ASKED = below(
    (
        "/etc", "/var/lib/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/cache", "/usr/lib", "/usr/share", "/usr/bin",
        "/usr/sbin", "/lib", "/bin", "/sbin",
    )
)  # fmt: skip
# An operand of a package manager that is a file, and not the name of a package.
_FILE = re.compile(rb"\.{1,2}$|~|[^:=]*/|.*(?:\.(?:deb|rpm|apk|whl|gz|zip)\b|\*)")


def of_run(run: Run, before: int | None = None, since: int | None = None) -> Effects:
    """What a RUN does, or those of its commands that begin before the offset `before` and at or behind `since`."""
    script, instruction = run.script, run.instruction
    if script is None:
        return unknown(f"line {instruction.line}")
    effects = _of_mounts(run)
    if script.heredoc or not script.is_plain:  # assignments, conditions and the like name variables too
        text = run.source_text.decode("utf-8", "replace")
        effects = effects._replace(names=frozenset(_NAME.findall(text)))
    for command, directory in commands_of(run):
        if (before is None or command.start < before) and (since is None or command.start >= since):
            program = _program(run, command, directory)
            if program is not None:
                effects |= _redirected(command, directory) | _of_program(program, directory, run.stage.facts.tools)
            else:
                effects |= of_command(command, directory, run.stage.facts.tools)
    return effects


def _program(run: Run, command: Command, directory: str | None) -> Program | None:
    """The script that `command` starts, where it is shown and certainly still what it was."""
    if "/" not in command.program and not command.program.endswith("sh"):
        return None
    from .programs import started

    program = started(run, command, directory)
    return None if program is None or _is_changed(program, run, command) else program


def _of_program(program: Program, directory: str | None, tools: Iterable[Tool]) -> Effects:
    """What a script does that is started in `directory`."""
    names = frozenset(_NAME.findall(program.text.decode("utf-8", "replace")))
    effects = Effects(below((program.path,)), names=names, heeds=frozenset((DIRECTORY, _USER)))
    tools = {*tools, *present(program.text)}
    for command, place in _placed(program.script, directory):
        effects |= of_command(command, place, tools)
    return effects


def _is_changed(program: Program, run: Run, command: Command) -> bool:
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


def commands_of(run: Run) -> Iterator[tuple[Command, str | None]]:
    """The commands of a RUN, each with the directory that it runs in; None where that is not certain."""
    return _placed(run.script, run.stage.directory(run.at)) if run.script else iter(())


def _placed(script: Script, directory: str | None) -> Iterator[tuple[Command, str | None]]:
    """The commands of a script that begins in `directory`.

    A ``cd`` behind ``&&`` or ``||`` may not be run, and one before ``||`` may fail: it counts to the end of its list.
    """
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
        if command.name in ("cd", "pushd", "popd"):
            directory = _changed(command, directory)
            moved, perhaps = True, perhaps or script.units[seen].connector in (b"&&", b"||")


def _changed(command: Command, directory: str | None) -> str | None:
    """The working directory after a ``cd``; None where it is not certain, as it is not after one in a branch."""
    operands = command.operands()
    if command.name != "cd" or command.guards or len(operands) != 1 or operands[0].value is None:
        return None
    return resolve(operands[0].value, directory) if operands[0].value != "-" else None


def _of_mounts(run: Run) -> Effects:
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
    names = frozenset(_NAME.findall(instruction.args.decode("utf-8", "replace")))
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
        return Effects(users="reads", names=names, holds=_USER)
    if keyword == "SHELL":
        return Effects(holds=_SHELL)
    if keyword in ("ENV", "ARG"):
        return Effects(names=names, defines=frozenset(_defined(instruction)))
    if keyword == "VOLUME":
        paths = _union(spelled(word, "/", f"line {instruction.line}") for word in instruction.words)
        return Effects(paths, paths, tuple(paths.below), names=names)
    return unknown(f"line {instruction.line}")


_PAIR = re.compile(r"([A-Za-z_]\w*)=")


def _defined(instruction: Instruction) -> Iterator[str]:
    text = instruction.args.decode("utf-8", "replace")
    yield from _PAIR.findall(text)
    yield text.split(None, 1)[0].partition("=")[0]


def _of_copy(stage: StageFacts, at: int, instruction: Instruction) -> Effects:
    target = copy_destination(instruction, stage.directory(at))
    where = below((target,)) if target else Paths(unknown=f"where line {instruction.line} copies to is not certain")
    owner = instruction.flag("chown")
    named = owner is not None and not _NUMBERS.fullmatch(owner.value or b"")
    relative = not instruction.words[-1].startswith("/")
    heeds = frozenset((DIRECTORY,)) if relative else frozenset[str]()
    return Effects(NOWHERE, where, users="reads" if named else "", heeds=heeds)


_NUMBERS = re.compile(rb"(?:\d+|root)(?::(?:\d+|root))?")


def copy_destination(instruction: Instruction, directory: str | None) -> str | None:
    """The directory or file that a COPY writes to; None where that is not certain."""
    words = instruction.words
    return None if re.search(r"[$*?\[\"'\\]", words[-1]) else resolve(words[-1], directory)


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
        if one.defines and (two.environment == "all" or (two.environment and any(map(_TRANSPORT.search, one.defines)))):
            return f"{min(one.defines)} may matter to the other"
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
