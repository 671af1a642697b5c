"""What ``packages-removed-in-later-layer`` and ``packages-removed-after-copy`` share: packages that come and go.

A RUN that removes packages, the RUN above that installed them, and what has to move so that the two become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..optimizer.builders import Refusal, append_commands, combine, delete_run, readable
from ..optimizer.context import local_sources
from ..optimizer.document import Instruction
from ..optimizer.facts import Facts, Run
from ..optimizer.joining import join_runs
from ..optimizer.shell import Command
from ..optimizer.transform import Finding, Fix
from .copies import SYSTEM_FOLDERS, is_private, resolve, working_directory
from .node_project import check_unread, project_at
from .ownership import place
from .tools import Use, present, tool, use_of

MOST = 4  # RUNs that are joined: every one of them loses a layer of its own in the build cache
MANAGERS = ("apt", "apk", "dnf", "yum", "microdnf", "tdnf", "zypper")
REMOVES = frozenset(("remove", "purge", "autoremove", "del", "erase", "rm"))
#: Instructions that say something of the image and nothing to a RUN.
METADATA = frozenset(("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER"))


class Removal(NamedTuple):
    """Packages that `runs[0]` installs and `runs[-1]` removes, with the RUNs between the two.

    `above` goes above the first RUN. Where `passes`, the last one leaves what stands right above it where it is.
    `doubt` says what has to be assumed for that.
    """

    runs: list[Run]
    above: list[Instruction]
    passes: bool
    doubt: str = ""

    @property
    def is_costly(self) -> bool:
        """Whether a change of the sources, and not of a list of dependencies alone, installs everything again."""
        copies = [one for one in self.above if one.keyword in ("COPY", "ADD")]
        return not all(_MANIFEST.fullmatch(source) for one in copies for source in local_sources(one) or ("",))


_MANIFEST = re.compile(
    r"(?:.*/)?(?:[\w.-]*requirements[\w.-]*\.(?:txt|in|pip)|package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock"
    r"|pnpm-lock\.yaml|Gemfile(?:\.lock)?|Pipfile(?:\.lock)?|p(?:yproject|oetry|dm)\.(?:toml|lock)|uv\.lock"
    r"|composer\.(?:json|lock)|go\.(?:mod|sum)|Cargo\.(?:toml|lock))"
)


def removals(facts: Facts, rule: str, *, costly: bool) -> Iterator[Finding]:
    """Yield a finding of `rule` for every RUN that removes what another one installed, if it costs that or not."""
    for stage in facts.shipping:
        if not any(present(stage, (*MANAGERS, "npm"))):
            continue
        for run in stage.runs:
            first = _installer(run)
            if first is None or run.at == first.at:
                continue
            message = f"packages that line {first.instruction.line} installs are removed in another layer"
            start, end = run.instruction.start, run.instruction.end
            try:
                removal = _plan(facts, first, run)
                if removal.is_costly != costly:
                    continue
                fix, doubt = _fix(facts, removal)
            except Refusal as refusal:
                if not costly:
                    yield Finding(rule, message, start, end, None, reason=str(refusal))
                continue
            yield Finding(rule, message, start, end, fix, "unsafe" if doubt else "safe", doubt)


def _managed(command: Command) -> Use | None:
    """`command` as a use of a distribution's package manager."""
    name = "apt" if command.name == "aptitude" else re.split(r"[-\d]", command.name)[0]
    return use_of(tool(name), command) if name in MANAGERS else None


def removed(command: Command) -> list[bytes] | None:
    """The packages that a command removes, as spelled; None where it is no removal."""
    use = _managed(command)
    if use is None or use.verb.value not in REMOVES:
        return None
    return [word.raw for word in command.argv[command.argv.index(use.verb) + 1 :] if word.raw[:1] != b"-"]


def only_removes(run: Run) -> bool:
    """Whether all that `run` does is to remove packages, and files by their whole paths, and to clean up."""
    script = run.script
    if script is None or not script.only_and or run.instruction.flags or b">" in run.instruction.code:
        return False
    return len(script.units) == len(script.commands) and all(_takes_away(command) for command in script.commands)


def _takes_away(command: Command) -> bool:
    if removed(command) is not None or is_cleanup(command) or _prunes(command):
        return True
    paths = [word.raw for word in command.argv[1:] if word.raw[:1] != b"-"]
    return command.name == "rm" and all(path.startswith(b"/") for path in paths)


def is_cleanup(command: Command) -> bool:
    """Whether a package manager is told to clean up and nothing else."""
    use = _managed(command)
    return use is not None and use.verb.value in use.tool.clean_subcommands


_DEVELOPMENT = re.compile(rb"--(?:omit=dev|only=prod(?:uction)?|production|omit dev)(?=\s|$)")


def _prunes(command: Command) -> bool:
    """Whether npm is told to remove development dependencies."""
    use = use_of(tool("npm"), command)
    return use is not None and use.verb.value == "prune" and bool(_DEVELOPMENT.search(command.normal))


def _installer(run: Run) -> Run | None:
    """The earliest of the RUNs close above that leaves what `run` removes."""
    packages = _comes_and_goes(run)[1]
    if not packages:
        return None
    near = [other for other in run.stage.runs if other.at < run.at][1 - MOST :]
    return next((other for other in near if not packages.isdisjoint(_comes_and_goes(other)[0])), None)


def _comes_and_goes(run: Run) -> tuple[set[bytes], set[bytes]]:
    """The packages that `run` leaves installed, and those that it removes and had not installed itself."""
    left: set[bytes] = set()
    gone: set[bytes] = set()
    for command in run.script.commands if run.script else ():
        names = _installed(command)
        if command.guards:
            gone -= names
            continue
        left |= names
        taken = {_DEPENDENCIES} if _prunes(command) else set(removed(command) or ())
        gone |= taken - left
        left -= taken
    return left, gone


_DEPENDENCIES = b"npm's development dependencies"


def _installed(command: Command) -> set[bytes]:
    """What can be removed again by the name that an install gives it: packages, and groups of ``apk add --virtual``."""
    if _installs_project(command):
        return {_DEPENDENCIES}
    use = _managed(command)
    if use is None or use.action != "install":
        return set()
    words = (word.raw.strip(b"\"'") for word in command.argv[command.argv.index(use.verb) + 1 :])
    return {word.removeprefix(b"--virtual=") for word in words}


def _installs_project(command: Command) -> bool:
    """Whether npm installs what package.json says, development dependencies included."""
    use = use_of(tool("npm"), command)
    if use is None or use.verb.value not in ("ci", "clean-install", "install", "i"):
        return False
    options = [word.raw for word in command.argv[1:] if word is not use.verb]
    return not command.guards and all(
        option in (b"--no-audit", b"--no-fund", b"--ignore-scripts") for option in options
    )


def _plan(facts: Facts, first: Run, run: Run) -> Removal:
    """What has to move. Raises `Refusal` where something stands between the two that may matter."""
    between = list(run.stage.instructions[first.at + 1 : run.at])
    runs = [other for other in run.stage.runs if first.at <= other.at <= run.at]
    kept = len(between)
    while kept and between[kept - 1].keyword != "RUN":
        kept -= 1
    passes = kept < len(between) and only_removes(run)
    passes = passes and all(_leaves_alone(run, instruction) for instruction in between[kept:])
    above = [one for one in (between[:kept] if passes else between) if one.keyword != "RUN"]
    doubts = [
        _check_order(facts, other, instruction)
        for instruction in above
        for other in runs
        if other.at < run.stage.instructions.index(instruction)
    ]
    return Removal(runs, above, passes, next(filter(None, doubts), ""))


def _fix(facts: Facts, removal: Removal) -> tuple[Fix, str]:
    """The rewrite, and why it is not safe, if so. Raises `Refusal`."""
    runs = removal.runs
    if not removal.passes:
        return join_runs(facts.document, runs, above=removal.above), removal.doubt
    last = readable(runs[-1])
    if runs[-1].shell != runs[-2].shell:
        raise Refusal("they run in different ways")
    then = [command.normal for command in last.commands]
    if len(runs) > 2:
        moved = join_runs(facts.document, runs[:-1], then, above=removal.above)
    elif runs[0].instruction.flags:
        raise Refusal("they have flags")
    else:
        moved = append_commands(runs[0], then)
    commented = facts.document.comments_above(runs[-1].instruction)
    lost = "the comment above it would go with it" if commented else ""
    return combine(moved, delete_run(facts.document, runs[-1])), lost or removal.doubt


def _leaves_alone(run: Run, instruction: Instruction) -> bool:
    """Whether `run`, which only removes, may come before `instruction` as well as after it."""
    if instruction.keyword in METADATA:
        return True
    if run.script is None or any(map(_prunes, run.script.commands)):
        return False
    target = _target(run, instruction)
    return target is not None and not any(_may_name(command, target) for command in run.script.commands)


def _target(run: Run, instruction: Instruction) -> str | None:
    """What a WORKDIR, COPY or ADD makes, if no package looks there, and if its owner is certain."""
    at = run.stage.instructions.index(instruction)
    workdir = working_directory(run.stage, at)
    if instruction.keyword == "WORKDIR":
        target = resolve(instruction.args.decode("utf-8", "replace").strip("\"'"), workdir)
        return target if target in SYSTEM_FOLDERS or (target and is_private(target)) else None
    if instruction.keyword not in ("COPY", "ADD") or instruction.heredocs:
        return None
    target = place(instruction, workdir)
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


def _check_order(facts: Facts, run: Run, instruction: Instruction) -> str:
    """Raise `Refusal` unless `instruction` may come before `run`; return what must be assumed for that, if anything."""
    script = readable(run)
    if instruction.keyword in METADATA:
        return ""
    refusal = Refusal(f"line {instruction.line} stands between them")
    if len(script.units) != len(script.commands) or b">" in run.instruction.code or run.instruction.flags:
        raise refusal
    doubt = ""
    target = _target(run, instruction)
    if target is None:
        raise refusal
    for command in script.commands:
        if _installs_project(command) and instruction.keyword != "WORKDIR":
            doubt = check_unread(facts.context, project_at(run.stage, run.at), instruction, target)
        elif not _minds_nothing(command) or _may_name(command, target):
            raise refusal
    return doubt


def _minds_nothing(command: Command) -> bool:
    """Whether what `command` does is the same whatever the folder it runs in and the program's files.

    It is for packages that are installed by name, and for files that are named by whole paths.
    """
    if command.wrappers:
        return False
    if command.name in ("rm", "mkdir"):
        return all(word.raw.startswith((b"/", b"-")) for word in command.argv[1:])
    use = _managed(command) or use_of(tool("pip"), command)
    if use is None or use.verb.value not in use.tool.refresh | use.tool.install | use.tool.clean_subcommands:
        return False
    if use.tool.name == "pip" and any(_READS.match(word.raw) for word in command.argv):
        return False
    return not any(word.raw[:1] != b"-" and _FILE.match(word.raw.strip(b"\"'")) for word in command.argv[1:])


_READS = re.compile(rb"-[rect]|--(?:requirement|editable|constraint|find-links|target|prefix|root)")
_FILE = re.compile(rb"\.{1,2}$|~|[^:=]*/|.*(?:\.(?:deb|rpm|apk|whl|gz|zip)\b|\*)")
