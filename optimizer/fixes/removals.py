"""What ``packages-removed-in-later-layer`` and ``packages-removed-after-copy`` share: packages that come and go.

A RUN that removes packages, the RUN above that installed them, and what has to move so that the two become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command
from ..facts.context import local_sources
from ..facts.order import METADATA, check_order
from ..facts.packages import MANAGERS, installs_project, is_cleanup, managed, removed
from ..facts.stages import Facts, Run
from ..knowledge.tools import load_tool, present, use_of
from ..rules.finding import Finding
from .joining import join_runs

_MOST = 4  # RUNs that are joined: every one of them loses a layer of its own in the build cache


class Removal(NamedTuple):
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
        if not any(present(stage.source.data, (*MANAGERS, "npm"))):
            continue
        for run in stage.runs:
            first = _installer(run)
            if first is None:
                continue
            message = f"packages that line {first.instruction.line} installs are removed in another layer"
            start, end = run.instruction.start, run.instruction.end
            try:
                removal = _plan(facts, first, run)
                if removal.is_costly != costly:
                    continue
                fix = join_runs(facts.document, removal.runs, above=removal.above, below=removal.below)
            except Refusal as refusal:
                if not costly:
                    yield Finding(rule, message, start, end, None, reason=str(refusal))
                continue
            yield Finding(rule, message, start, end, fix, "unsafe" if removal.doubt else "safe", removal.doubt)


def _prunes(command: Command) -> bool:
    """Whether npm is told to remove development dependencies."""
    use = use_of(load_tool("npm"), command)
    return use is not None and use.verb.value == "prune" and bool(_DEVELOPMENT.search(command.normal))


_DEVELOPMENT = re.compile(rb"--(?:omit=dev|only=prod(?:uction)?|production|omit dev)(?=\s|$)")


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
        names = _installed(command)
        if command.guards:
            gone -= names
            continue
        left |= names
        taken = {_DEPENDENCIES} if _prunes(command) else removed(command) or set()
        gone |= taken - left
        left -= taken
    return left, gone


_DEPENDENCIES = b"npm's development dependencies"


def _installed(command: Command) -> set[bytes]:
    """What can be removed again by the name that an install gives it: packages, and groups of ``apk add --virtual``."""
    if installs_project(command):
        return {_DEPENDENCIES}
    use = managed(command)
    if use is None or use.action != "install":
        return set()
    words = (word.raw.strip(b"\"'") for word in command.argv[command.argv.index(use.verb) + 1 :])
    return {word.removeprefix(b"--virtual=") for word in words}


def _plan(facts: Facts, first: Run, run: Run) -> Removal:
    """What has to move. Raises `Refusal` where something stands between the two that may matter."""
    between = list(run.stage.instructions[first.at + 1 : run.at])
    runs = [other for other in run.stage.runs if first.at <= other.at <= run.at]
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
        if other.at < run.stage.instructions.index(instruction)
    ]
    return Removal(runs, above, below, next(filter(None, doubts), ""))


def only_takes_away(run: Run) -> bool:
    """Whether all that `run` does is to remove packages, and files by their whole paths, and to clean up."""
    return run.script is not None and all(
        removed(command) is not None or is_cleanup(command) or command.name == "rm" for command in run.script.commands
    )
