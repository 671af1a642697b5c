"""Which commands make the user that files are given to, and whether they may stand further up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from ..knowledge.commands import ACCOUNTS, HOMES, MAKES_ACCOUNTS
from ..knowledge.images import Image
from .commands import Effects, of_command, unknown, variables
from .effects import commands_of, copy_destination, may_make_users, may_swap, of_instruction, of_run
from .packages import managed
from .paths import below, lies_in
from .stages import Run, StageFacts
from .variables import expanded


class Maker(Record):
    """A command that makes a user or a group, in the RUN that it stands in."""

    run: Run
    command: Command


def named(owner: str) -> frozenset[str]:
    """The names in the value of a ``--chown`` that have to be there; root always is, and numbers need no name."""
    return frozenset(part for part in owner.split(":") if part and not part.isdigit() and part != "root")


def makers(run: Run, command: Command, names: frozenset[str], at: int, *, past_builders: bool = False) -> list[Maker]:
    """What makes one of `names` between the instruction at index `at` of the stage and `command`, which is in `run`.

    All of it may stand right above that instruction, in its order. Raises `Refusal` where it may not. With
    `past_builders`, what builds or installs a project is taken to have nothing to do with users.
    """
    if not names:
        return []
    stage = run.stage
    variables_in = variables("".join(names).encode())
    for index in range(at, run.at) if variables_in else ():
        if of_instruction(stage, index).defines & variables_in:
            raise Refusal(f"line {stage.instructions[index].line} says who the owner is")
    past_packages = not variables_in and names <= _there(stage, at)
    candidates = [
        maker
        for other in _between(stage, at, run)
        for maker in _in_run(other, run, command, past_builders=past_builders, past_packages=past_packages)
    ]
    last = max((n for n, maker in enumerate(candidates) if _may_make(maker.command, names)), default=-1)
    chosen = candidates[: last + 1]  # one may name a group that another one has made
    for maker in chosen:
        if reason := _why_not(maker, chosen, at, past_builders=past_builders):
            raise Refusal(reason)
    return chosen


def _between(stage: StageFacts, at: int, run: Run) -> Iterator[Run]:
    """The RUNs from index `at` of the stage to `run`, which make users by commands that do nothing else."""
    for index in range(at, run.at + 1):
        if stage.instructions[index].keyword == "SHELL":
            raise Refusal(f"line {stage.instructions[index].line} stands between them")
        other = stage.run_at(index)
        if other is not None:
            yield other
        elif of_instruction(stage, index).users == "makes":
            raise Refusal(f"line {stage.instructions[index].line} may make the user")


def _there(stage: StageFacts, at: int) -> frozenset[str]:
    """The names of users and groups that are there before the instruction at index `at`, as far as that is certain.

    A package makes its users only where they are not (Debian Policy, 9.2.2), and leaves the others as they are.
    """
    found = set[str](stage.image.accounts if stage.image is not None else ())
    for one in stage.lineage_above():
        for run in one.runs:
            if one is not stage or run.at < at:
                for command, _ in commands_of(run):
                    plain = command.name in _MAKES and run.fails_with(command)
                    found.update(word.value or "" for word in (command.operands(_VALUED)[-1:] if plain else ()))
    return frozenset(found)


def _in_run(run: Run, last: Run, before: Command, *, past_builders: bool, past_packages: bool) -> Iterator[Maker]:
    """The commands of a RUN that make users, up to the command `before` of `last`."""
    end = before.start if run is last else None
    if of_run(run, before=end).users != "makes":
        return
    where = "its RUN" if run is last else f"line {run.instruction.line}"
    if run.script is None or run.mounts:
        raise Refusal(f"{where} may make the user")
    for command, directory in commands_of(run):
        if end is not None and command.start >= end:
            break
        if command.name in ACCOUNTS:
            yield Maker(run, command)
        elif (past_builders and _builds(command)) or (past_packages and managed(run, command) is not None):
            continue
        elif may_make_users(of_command(command, directory, run.stage.facts.tools)):
            raise Refusal(f"{where} may make the user")


def _may_make(command: Command, names: frozenset[str]) -> bool:
    """Whether a command may make one of the names, or change its number: it spells it, or some word is not known."""
    if command.name not in MAKES_ACCOUNTS or (command.name == "usermod" and not command.has_option(*_RENUMBERS)):
        return False
    words = [word.value for word in command.argv[1:]]
    return (
        command.name in _NAMES_ELSEWHERE
        or any("$" in name for name in names)
        or any(word is None or not names.isdisjoint(word.replace("=", ":").split(":")) for word in words)
    )


_NAMES_ELSEWHERE = frozenset(("newusers", "vipw", "vigr"))
# Options of usermod that change the numbers, the name or the home of a user, and what lies in that.
_RENUMBERS = ("u", "g", "d", "l", "m", "uid", "gid", "home", "login", "move-home")
_MAKES = frozenset(("useradd", "adduser", "groupadd", "addgroup"))


def _why_not(maker: Maker, chosen: list[Maker], at: int, *, past_builders: bool) -> str | None:
    """Why `maker` may not go above the instruction at index `at`, with those of `chosen` that come before it."""
    run, command, script = maker.run, maker.command, maker.run.script
    stage = run.stage
    if command.name not in _MAKES:
        return f"`{command.name}` in line {run.instruction.line} may change a user that is there, and files of it"
    if script is None or command.guards or command.redirections or not run.fails_with(command):
        return f"`{command.name}` in line {run.instruction.line} stands inside another command, or may fail"
    if script.state_changes and not set(script.state_changes) <= {"set"}:
        return f"`{script.state_changes[0]}` may matter to `{command.name}`"
    moved = {one.command for one in chosen}
    effects = of_account(command, stage, at)
    for index in range(at, run.at):
        other = stage.run_at(index)
        parts: Iterable[Effects] = (of_instruction(stage, index),)
        if other is not None and (past_builders or any(one.run is other for one in chosen)):
            parts = _of_others(other, moved, None, past_builders=past_builders)
        if _may_bring(stage, index, command.name):
            return f"line {stage.instructions[index].line} may bring another `{command.name}`"
        programs = below(f"{place}/{command.name}" for place in _PLACES if other is not None)
        for part in parts:
            if reason := may_swap(part, effects | Effects(programs)):
                return f"line {stage.instructions[index].line} stands between `{command.name}` and it: {reason}"
    for part in _of_others(run, moved, command.start, past_builders=past_builders):
        if reason := may_swap(part, effects):
            return f"its RUN does something else before `{command.name}`: {reason}"
    return None


def of_account(command: Command, stage: StageFacts, at: int) -> Effects:
    """What a command does that makes a user right above the instruction at index `at` of a stage.

    A home that WORKDIR has made by then is left as it is.
    """
    effects = of_command(command, None, stage.facts.tools)
    named = _named_home(command)
    home = expanded(stage, at, named) if named else _default_home(command)
    if named and home is None:
        return effects | unknown(f"what `{command.name}` makes a home of")
    if home is None:
        return effects
    effects |= Effects(writes=below((home,)))
    if command.name != "useradd" and not (command.name == "adduser" and _is_debian(stage.image)):
        return effects
    made = (
        one.directory(n + 1)
        for one in stage.lineage_above()
        for n, instruction in enumerate(one.instructions)
        if instruction.keyword == "WORKDIR" and (one is not stage or n < at)
    )
    if not any(path is not None and lies_in(path, home) for path in made):
        return effects
    reads, writes = (paths._replace(below=paths.below - {home, HOMES}) for paths in (effects.reads, effects.writes))
    return effects._replace(reads=reads, writes=writes)


_HOME_OPTIONS = ("-d", "--home-dir", "--home", "-h", "-b", "--base-dir")
_BASES = ("-b", "--base-dir")  # what homes lie in
_VALUED = _HOME_OPTIONS + tuple("-c -e -f -g -G -k -K -p -s -u --uid --gid --groups --shell --gecos --ingroup".split())


def _named_home(command: Command) -> str | None:
    """How a command spells the home of the user that it makes; None where it names none."""
    words = command.argv[1:]
    for at, word in enumerate(words):
        text = word.raw.decode("utf-8", "replace")
        name, equals, value = text.partition("=")
        if name in _HOME_OPTIONS:
            following = words[at + 1].raw.decode("utf-8", "replace") if at + 1 < len(words) else ""
            return "$" if name in _BASES else (value if equals else following).strip('"') or "$"
    return None


def _default_home(command: Command) -> str | None:
    """The home of the user that a command makes and names; None where that is not certain."""
    users = command.operands(_VALUED)
    return f"{HOMES}/{users[0].value}" if len(users) == 1 and users[0].value else None


def _is_debian(image: Image | None) -> bool:
    """Whether an image certainly has Debian's adduser, and not that of BusyBox, which sets the mode of a home anew."""
    if image is None or re.search("alpine|busybox", f"{image.name}:{image.tag}"):
        return False
    return image.name.removeprefix("library/") in ("debian", "ubuntu", "python", "node", "ruby", "php", "perl")


_PLACES = ("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin")
_PROGRAMS = r"/|/usr|/usr/local|(?:/usr(?:/local)?)?/s?bin"


def _may_bring(stage: StageFacts, at: int, program: str) -> bool:
    """Whether the COPY or ADD at index `at` may put a program of that name where programs are."""
    copy = stage.instructions[at]
    if copy.keyword not in ("COPY", "ADD"):
        return False
    if any(posixpath.basename(word) == program for word in copy.words):
        return True
    context = stage.facts.context if not copy.flag("from") else None
    entries = [context.entry(word) if context else None for word in copy.words[:-1]]
    directory = any(
        entry.kind == "directory" if entry else word.endswith("/")
        for word, entry in zip(copy.words, entries, strict=False)
    )
    return directory and re.fullmatch(_PROGRAMS, copy_destination(stage, at) or "/") is not None


def _builds(command: Command) -> bool:
    from ..knowledge.builders import builds

    return builds(command)


def _of_others(run: Run, moved: set[Command], before: int | None, *, past_builders: bool) -> Iterator[Effects]:
    """What the commands of `run` do that are not `moved`, or those before an offset."""
    for command, directory in commands_of(run):
        if past_builders and _builds(command):
            continue
        if command not in moved and (before is None or command.start < before):
            yield of_command(command, directory, run.stage.facts.tools)
