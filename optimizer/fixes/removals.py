"""What ``packages-removed-in-later-layer`` and ``packages-removed-after-copy`` share: packages that come and go.

A RUN that removes packages, the RUN above that installed them, and what has to move so that the two become one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from ..facts.caches import clears_only
from ..facts.commands import of_command
from ..facts.context import local_sources
from ..facts.effects import METADATA, commands_of, copy_destination, may_swap, of_instruction
from ..facts.node_project import check_unread, installs_project, project_at
from ..facts.packages import is_cleanup, managed, removed
from ..facts.paths import is_private
from ..facts.stages import Facts, Run, readable
from ..knowledge.uses import language_caches, use_of
from ..rules.finding import Finding, Offer, attempt
from .joining import join_runs

_MOST = 4  # RUNs that are joined: every one of them loses a layer of its own in the build cache


class Removal(Record):
    """Packages that `runs[0]` installs and `runs[-1]` removes, with the RUNs between the two.

    Of what stands between them `above` goes above the first RUN, and `below` comes below the last. `doubt` says what
    has to be assumed for that.
    """

    runs: list[Run]
    above: list[Instruction]
    below: list[Instruction]
    doubt: str = ""

    @property
    def is_costly(self) -> bool:
        """Whether a change of the sources, and not of a list of dependencies alone, installs everything again."""
        from ..knowledge.ecosystems import lists_dependencies

        copies = [one for one in self.above if one.keyword in ("COPY", "ADD")]
        return not all(lists_dependencies(source) for one in copies for source in local_sources(one) or ("",))


def removals(facts: Facts, rule: str, *, costly: bool) -> Iterator[Finding]:
    """Yield a finding of `rule` for every RUN that removes what another one installed, if it costs that or not."""
    if not any(tool.distribution or tool.development for tool in facts.tools):
        return
    for stage in facts.shipping:
        for run in stage.runs:
            first = _installer(run)
            if first is None:
                continue
            message = f"packages that line {first.instruction.line} installs are removed in another layer"
            finding = attempt(rule, message, run.instruction, partial(_joined, facts, first, run, costly=costly))
            if finding.reason != _OTHER and (finding.fix is not None or not costly):
                yield finding


_OTHER = "it is for the other rule"


def _joined(facts: Facts, first: Run, run: Run, *, costly: bool) -> Offer:
    removal = _plan(facts, first, run)
    if removal.is_costly != costly:
        raise Refusal(_OTHER)
    fix = join_runs(facts.document, removal.runs, above=removal.above, below=removal.below)
    return Offer(fix, [removal.doubt])


def _prunes(run: Run, command: Command) -> bool:
    """Whether a tool is told to remove development dependencies."""
    for tool in run.stage.facts.tools:
        use = use_of(tool, command) if tool.development else None
        if use is not None and tool.development and tool.development.prunes.search(command.normal):
            return True
    return False


def _installer(run: Run) -> Run | None:
    """The earliest of the RUNs close above that leaves what `run` removes."""
    packages = _comes_and_goes(run)[1]
    if not packages:
        return None
    near = [other for other in run.stage.runs if other.at < run.at][1 - _MOST :]
    return next((other for other in near if not packages.isdisjoint(_comes_and_goes(other)[0])), None)


def _comes_and_goes(run: Run) -> tuple[set[bytes], set[bytes]]:
    """The packages that `run` leaves installed, and those that it removes and had not installed itself."""
    left: set[bytes] = set()
    gone: set[bytes] = set()
    for command in run.script.commands if run.script else ():
        names = _installed(run, command)
        if command.guards:
            gone -= names
            continue
        left |= names
        taken = {_DEPENDENCIES} if _prunes(run, command) else removed(run, command) or set()
        gone |= taken - left
        left -= taken
    return left, gone


_DEPENDENCIES = b"npm's development dependencies"


def _installed(run: Run, command: Command) -> set[bytes]:
    """What can be removed again by the name that an install gives it: packages, and groups of ``apk add --virtual``."""
    if installs_project(command):
        return {_DEPENDENCIES}
    use = managed(run, command)
    if use is None or use.action != "install":
        return set()
    return {word.raw.strip(b"\"'").removeprefix(b"--virtual=") for word in use.behind}


def _plan(facts: Facts, first: Run, run: Run) -> Removal:
    """What has to move. Raises `Refusal` where something stands between the two that may matter."""
    stage = run.stage
    between = list(stage.instructions[first.at + 1 : run.at])
    runs = [other for other in stage.runs if first.at <= other.at <= run.at]
    kept = len(between)
    while kept and between[kept - 1].keyword != "RUN":
        kept -= 1
    below = between[kept:] if only_takes_away(run) else []
    try:
        for instruction in below:
            check_order(facts, run, instruction)
    except Refusal:
        below = []
    below = [one for one in between if one.keyword in METADATA or one in below]
    above = [one for one in between if one.keyword != "RUN" and one not in below]
    doubts = [
        check_order(facts, other, instruction)
        for instruction in above
        for other in runs
        if other.at < stage.index_of(instruction)
    ]
    return Removal(runs, above, below, next(filter(None, doubts), ""))


def check_order(facts: Facts, run: Run, instruction: Instruction) -> str:
    """Raise `Refusal` unless `instruction`, which follows `run`, may come before it.

    Returns what has to be assumed for that; an empty text where it is certain.
    """
    script = readable(run)
    stage = run.stage
    at = stage.index_of(instruction)
    moved = of_instruction(stage, at)
    if instruction.keyword in METADATA:
        return ""
    if not script.is_plain or run.instruction.flags or instruction.heredocs:
        raise Refusal(f"line {instruction.line} stands between them")
    doubts: list[str] = []
    for command, directory in commands_of(run):
        target = copy_destination(stage, at) if instruction.keyword in ("COPY", "ADD") else None
        apart = target is not None and (is_private(target) or target == "/srv")
        place = stage.directory(at + 1) if instruction.keyword == "WORKDIR" else None if instruction.flags else target
        if installs_project(command) and target is not None and apart:
            writes_lock = "ci" not in command.values() and "clean-install" not in command.values()
            project = project_at(stage, run.at)
            doubts.append(check_unread(facts.context, project, instruction, target, writes_lock=writes_lock))
        elif ((apart or instruction.keyword == "WORKDIR") and _clears_cache(facts, command)) or _leaves_alone(
            run, command, place
        ):
            continue
        elif reason := may_swap(of_command(command, directory, facts.tools), moved):
            raise Refusal(f"line {instruction.line} stands between them: {reason}")
    return next(filter(None, doubts), "")


def _clears_cache(facts: Facts, command: Command) -> bool:
    """Whether a command clears a cache that the same tool filled, and does nothing else."""
    return any(clears_only(tool, cache, command) for tool in facts.tools for cache in language_caches(tool))


def _leaves_alone(run: Run, command: Command, path: str | None) -> bool:
    """Whether packages that are installed by name have nothing to do with the directory `path` in /opt.

    A distribution has no files there (Filesystem Hierarchy Standard), and others' packages are called like theirs.
    """
    use = managed(run, command)
    if use is None or use.action != "install" or path is None or not path.startswith("/opt/"):
        return False
    name = path.split("/")[2].lower()
    names = [(word.value or "").lower().partition("=")[0] for word in use.operands]
    return all(one and "/" not in one and ".deb" not in one and name not in one and one not in name for one in names)


def only_takes_away(run: Run) -> bool:
    """Whether all that `run` does is to remove packages, and files by their whole paths, and to clean up."""
    return run.script is not None and all(
        removed(run, command) is not None or is_cleanup(run, command) or command.name == "rm"
        for command in run.script.commands
    )
