"""What ``packages-removed-in-later-layer`` and ``packages-removed-after-copy`` share: packages that come and go.

A RUN that removes packages, the RUN above that installed them, and what has to move so that the two become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from ..facts.caches import clears_only
from ..facts.commands import Effects, of_command, variables
from ..facts.context import local_sources
from ..facts.effects import METADATA, commands_of, copy_destination, may_swap, of_instruction, of_mounts
from ..facts.packages import is_own_setting, packages_mind, starts_container
from ..facts.paths import NOWHERE, SYSTEM_DIRECTORIES, is_private, lies_in, resolve
from ..facts.stages import Facts, Run, StageFacts
from ..facts.temporary import installers
from ..facts.variables import expanded
from ..knowledge.uses import Use, language_caches, use_of
from ..rules.finding import Finding, Offer, attempt
from .joining import join_runs

_MOST = 10  # RUNs that are joined: every one of them loses a layer of its own in the build cache


class Removal(Record):
    """Packages that `runs[0]` installs and `runs[-1]` removes, with the RUNs between the two.

    Of what stands between them `above` goes above the first RUN, and `below` comes below the last; `leads` are commands
    that stand in for it before one of the RUNs. `doubts` say what has to be assumed for that.
    """

    runs: list[Run]
    above: list[Instruction]
    below: list[Instruction]
    leads: dict[Run, list[bytes]]
    doubts: list[str]

    @property
    def sources(self) -> int:
        """The line of what brings more than lists of dependencies above the installation; 0 where nothing does.

        A change of those, and not of such a list alone, would install everything again.
        """
        from ..knowledge.ecosystems import lists_dependencies

        copies = [one for one in self.above if one.keyword in ("COPY", "ADD")]
        for one in copies:
            if not all(lists_dependencies(source) for source in local_sources(one) or ("",)):
                return one.line
        return 0


def removals(facts: Facts, rule: str, *, costly: bool) -> Iterator[Finding]:
    """Yield a finding of `rule` for every RUN that removes what another one installed, if it costs that or not."""
    if not any(tool.distribution or tool.development or tool.removes for tool in facts.tools):
        return
    for stage in facts.shipping:
        for run in stage.runs:
            found = [_finding(facts, rule, first, run, costly=costly) for first in installers(run)]
            best = next((one for one in found if one.fix is not None), None) or next(iter(found), None)
            if best is not None and (best.fix is not None or not costly):
                yield best


def _finding(facts: Facts, rule: str, first: Run, run: Run, *, costly: bool) -> Finding:
    message = f"packages that line {first.instruction.line} installs are removed in another layer"
    return attempt(rule, message, run.instruction, partial(_joined, facts, first, run, costly=costly))


def _joined(facts: Facts, first: Run, run: Run, *, costly: bool) -> Offer:
    removal = _plan(first, run)
    above, below, leads = removal.above, removal.below, removal.leads
    fix = join_runs(facts.document, removal.runs, above=above, below=below, leads=leads, any_list=True)
    line = removal.sources
    if bool(line) != costly:
        raise Refusal(f"what line {line} copies would come above the packages: packages-removed-after-copy does that")
    return Offer(fix, removal.doubts)


def _plan(first: Run, run: Run) -> Removal:
    """What has to move. Raises `Refusal` where something stands between the two that may matter."""
    stage = run.stage
    runs = [other for other in stage.runs if first.at <= other.at <= run.at]
    if len(runs) > _MOST:
        raise Refusal(f"{len(runs) - 2} RUNs stand between them, which would share one layer of the build cache")
    plan = Removal(runs, [], [], {}, [])
    for at in reversed(range(first.at + 1, run.at)):
        if stage.instructions[at].keyword != "RUN":
            _place(plan, stage, at)
    plan.above.reverse()
    plan.below.reverse()
    return plan


def _place(plan: Removal, stage: StageFacts, at: int) -> None:
    """Put what is no RUN above or below those of `plan`, in which everything behind it has its place already."""
    one = stage.instructions[at]
    before = [other for other in plan.runs if other.at < at]
    behind = [other for other in plan.runs if other.at > at]
    crossed = _crossed(stage, at, plan.above)
    if one.keyword in METADATA and not crossed:
        plan.below.append(one)
        return
    copies = one.keyword in ("COPY", "ADD")
    below = None if crossed else _doubts(behind, one)
    if below == [] and copies:
        plan.below.append(one)
        return
    try:
        above = [doubt for other in before if (doubt := check_order(other, one))]
    except Refusal:
        lead = None if copies or crossed or below == [] else _said_by_commands(stage, at)
        if lead is None and below is None:
            raise
        if lead is not None:
            plan.leads[behind[0]] = [*lead, *plan.leads.get(behind[0], ())]
            below = []
        above = None
    if above is None or (above and below is not None):
        plan.doubts.extend(below or ())
        plan.below.append(one)
    else:
        plan.doubts.extend(above)
        plan.above.append(one)


def _crossed(stage: StageFacts, at: int, above: Iterable[Instruction]) -> bool:
    """Whether one of those that go `above` may not come before what stands at `at`."""
    effects = of_instruction(stage, at)
    return any(may_swap(effects, of_instruction(stage, stage.index_of(one))) for one in above)


def _doubts(runs: Iterable[Run], instruction: Instruction) -> list[str] | None:
    """What has to be assumed for `instruction` to change places with `runs`; None where it may not."""
    try:
        return [doubt for run in runs if (doubt := check_order(run, instruction))]
    except Refusal:
        return None


def _said_by_commands(stage: StageFacts, at: int) -> list[bytes] | None:
    """What a script has to do so that its rest finds what an ENV or WORKDIR says; None where that is not certain."""
    one = stage.instructions[at]
    if one.keyword == "ENV":
        text = one.args.strip()
        if re.match(rb"\w+\s", text):  # the old way, with one name
            text = re.sub(rb"\s+", b"=", text, count=1)
        text = re.sub(rb"\$(?:\w+|\{\w+\})", partial(_value, stage, at), text)
        pairs = [found[0] for found in re.finditer(_PAIR, text)]
        whole = re.sub(_PAIR, b"", text).strip() == b""
        return [b"export " + b" ".join(map(_exported, pairs))] if pairs and whole else None
    directory = stage.directory(at + 1) if one.keyword == "WORKDIR" else None
    if directory is None or re.search(r"[^\w./@+-]", directory):
        return None
    go = b"cd " + directory.encode()
    if directory in SYSTEM_DIRECTORIES:
        return [go]
    # The builder makes it, also where it was there and has been removed since.
    return [b"mkdir -p " + directory.encode(), go] if is_private(directory) and stage.runs_as_root(at) else None


# A value that means the same to the builder and to a shell, of a variable that a shell has no use of its own for.
_PAIR = (
    rb"(?<!\S)(?!(?:LD_|BASH|ENV=|IFS=|PS\d=|SHELL|POSIX|PWD=|OLDPWD=|OPT|E?UID=))[A-Za-z_]\w*="
    rb"(?:\"[^\"\\`$!\n]*\"|[\w./:@%+,-]*)(?!\S)"
    rb"|(?<!\S)PATH=(\"?)(?:[\w./+-]+:)*\$(?:PATH|\{PATH\})(?::[\w./+-]+)*\1(?!\S)"
)


def _value(stage: StageFacts, at: int, found: re.Match[bytes]) -> bytes:
    """What a variable comes to that ENV above index `at` defines; itself where that is not certain."""
    value = expanded(stage, at, found[0].decode())
    return found[0] if value is None else value.encode()


def _exported(pair: bytes) -> bytes:
    """A pair of ENV as a shell takes it, where a value that names a variable is not split."""
    name, _, value = pair.partition(b"=")
    return name + b'="' + value + b'"' if b"$" in value and value[:1] != b'"' else pair


def check_order(run: Run, instruction: Instruction) -> str:
    """Raise `Refusal` unless `run` and `instruction` may change places.

    Returns what has to be assumed for that; an empty text where it is certain.
    """
    stage = run.stage
    at = stage.index_of(instruction)
    moved = of_instruction(stage, at)
    if instruction.keyword in METADATA:
        return ""
    script = run.script
    if script is None or instruction.heredocs:
        raise Refusal(f"line {(run.instruction if script is None else instruction).line} cannot be read with certainty")
    target = copy_destination(stage, at) if instruction.keyword in ("COPY", "ADD") else None
    if not script.is_plain or run.instruction.flags:
        around = of_mounts(run) | Effects(names=variables(run.source_text))
        if reason := _may_swap(around, moved, instruction):
            raise Refusal(reason)
    known = target is not None and not moved.writes.unknown and len(instruction.words) > 1
    places = moved.writes.below if known else frozenset[str]()
    doubts = [_order(run, command, directory, instruction, places) for command, directory in commands_of(run)]
    return next(filter(None, doubts), "")


def _order(run: Run, command: Command, directory: str | None, instruction: Instruction, places: frozenset[str]) -> str:
    """The same for one command of `run`; `places` are what a COPY writes."""
    stage, facts = run.stage, run.stage.facts
    at = stage.index_of(instruction)
    moved, effects = of_instruction(stage, at), of_command(command, directory, facts.tools)
    if instruction.keyword == "WORKDIR":
        path = stage.directory(at + 1)
        if _clears_cache(facts, command) or (path and packages_mind(run, command, (path,)) == ""):
            return ""
    if places:
        apart = all(is_private(path) or path == "/srv" or is_own_setting(stage, path) for path in places)
        if apart and _clears_cache(facts, command):
            return ""
        if command.name == "mkdir" and _makes_what_a_copy_makes(run, command, directory, instruction):
            return ""
        use = _of_language(facts, command)
        if use is not None and all(starts_container(path) for path in places):
            return ""
        if use is not None and (apart or (directory and all(lies_in(path, directory) for path in places))):
            doubt = _check_project(run, use, directory, instruction, copy_destination(stage, at) or "/")
            if doubt and at < run.at:  # it may well be what is installed
                raise Refusal(f"line {instruction.line} stands between them: {doubt}")
            return doubt
        if apart and command.name.startswith(("python", "virtualenv")):
            from ..facts.requirements import check_environment

            if (doubt := check_environment(run, command, directory, instruction, places)) is not None:
                return doubt
        if (doubt := packages_mind(run, command, places)) is not None:
            moved = moved._replace(reads=NOWHERE, writes=NOWHERE, makes=())
            if reason := _may_swap(effects, moved, instruction):
                raise Refusal(reason)
            return doubt
    if reason := _may_swap(effects, moved, instruction):
        raise Refusal(reason)
    return ""


def _makes_what_a_copy_makes(run: Run, command: Command, directory: str | None, copy: Instruction) -> bool:
    """Whether ``mkdir -p`` makes directories as `copy`, of files of the build context, makes those that it needs.

    Both are root's, with mode 755; which of the two comes first is all the same, if the copy gets its name anyway.
    """
    context, sources = run.stage.facts.context, local_sources(copy)
    if context is None or not sources or copy.flags or not run.stage.runs_as_root(run.at):
        return False
    entries = [context.entry(source) for source in sources]
    if any(entry is None or entry.kind != "file" for entry in entries) or (run.script and run.script.state_changes):
        return False
    plain = command.has_option("p", "parents") and not command.has_option("m", "mode") and not command.wrappers
    made = [resolve(word.value or "$", directory) for word in command.operands()]
    target = resolve(copy.words[-1], run.stage.directory(run.stage.index_of(copy)))
    into = copy.words[-1].endswith("/") or len(sources) > 1
    return (
        plain
        and target is not None
        and None not in made
        and (into or not any(lies_in(one or "", target) for one in made))
    )


def _may_swap(effects: Effects, moved: Effects, instruction: Instruction) -> str:
    reason = may_swap(effects, moved)
    return f"line {instruction.line} stands between them: {reason}" if reason else ""


def _of_language(facts: Facts, command: Command) -> Use | None:
    """A command that installs with the tool of a language, or removes what that installed."""
    for tool in facts.tools:
        use = None if tool.distribution or command.guards else use_of(tool, command)
        if use is not None:
            return use if use.verb.value in _INSTALLING or _prunes(use) else None
    return None


_INSTALLING = frozenset(("install", "i", "ci", "clean-install", "add"))


def _prunes(use: Use) -> bool:
    return use.tool.development is not None and use.verb.value in use.tool.development.prunes


def _check_project(run: Run, use: Use, directory: str | None, instruction: Instruction, target: str) -> str:
    """What has to be assumed for a COPY to change places with `use`, in `directory`. Raises `Refusal`."""
    from ..facts.node_project import check_pruned, check_unread, installs_project, project_at
    from ..facts.requirements import check_requirements

    context = run.stage.facts.context
    behind = run.stage.index_of(instruction) > run.at
    if behind and installs_project(use.command):
        writes_lock = "ci" not in use.command.values() and "clean-install" not in use.command.values()
        project = project_at(run.stage, run.at)
        return check_unread(context, project, instruction, target, writes_lock=writes_lock)
    if use.tool.name == "pip":
        return check_requirements(run, use, directory, instruction)
    if use.tool.name == "npm" and _prunes(use) and directory is not None:
        return check_pruned(context, directory, instruction, target)
    return f"what {use.tool.name} does may depend on what is copied"


def _clears_cache(facts: Facts, command: Command) -> bool:
    """Whether a command clears a cache that the same tool filled, and does nothing else."""
    return any(clears_only(tool, cache, command) for tool in facts.tools for cache in language_caches(tool))
