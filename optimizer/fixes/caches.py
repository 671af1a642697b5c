"""Caches that a RUN fills and leaves behind, and what clears them where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command
from ..facts.caches import cache_needed, clears_here, clears_only, project_built_at_start, wheel_needed
from ..facts.paths import overlap
from ..facts.settings import shown_by_file
from ..facts.stages import Run, StageFacts, mounts_at_home, readable
from ..facts.stores import fills, settled
from ..facts.versions import pip_may_be_old
from ..knowledge.tools import Cache, CacheOption, Tool, roots
from ..knowledge.uses import Use, clears, leaves_cache, may_have_uses, use_of, uses
from ..rules.finding import Fix, Offer
from .operands import add_option
from .scripts import append_commands, append_described, combine, drop_unit, insert_behind


class Filled(Record):
    """A cache, and the last command of a RUN that fills it."""

    tool: Tool
    cache: Cache
    last: Command


class Kept(Record):
    """A cache that an option would have kept away, and the commands of a RUN that go without it; at least one."""

    tool: Tool
    cache: CacheOption
    uses: tuple[Use, ...]

    @property
    def last(self) -> Command:
        return self.uses[-1].command


def filled_caches(stage: StageFacts) -> Iterator[tuple[Run, Filled]]:
    """The caches that RUNs of the stage fill and do not clear or mount; one that goes with another is left out."""
    kept = [(tool, cache) for tool in stage.facts.tools for cache in tool.caches if not settled(cache.settled, stage)]
    for run in stage.runs if kept else ():
        found = [Filled(tool, cache, last) for tool, cache in kept if (last := _last_filling(run, tool, cache))]
        for one in found:
            if not any(other.last.start > one.last.start and _does_as_well(run, one, other) for other in found):
                yield run, one


def left_in(run: Run, caches: Iterable[tuple[Tool, Cache | CacheOption]]) -> list[Filled | Kept]:
    """Those of the `caches` that `run` fills and does not clear or mount."""
    found: list[Filled | Kept] = []
    for tool, cache in caches:
        if isinstance(cache, Cache):
            last = _last_filling(run, tool, cache)
            found += [Filled(tool, cache, last)] if last else ()
        elif uses := leaving(run, tool, cache):
            found.append(Kept(tool, cache, uses))
    return found


def leaving(run: Run, tool: Tool, option: CacheOption) -> tuple[Use, ...]:
    """The commands of `run` that leave a cache which the option would keep away, and which nothing in it clears."""
    found = tuple(use for use in uses(run.script, tool) if leaves_cache(use, option)) if run.script else ()
    targets = [mount["target"].rstrip("/") for mount in mounts_at_home(run) if mount["type"] not in ("secret", "ssh")]
    if any(tool.name in target or ".cache" in target or not target.startswith("/") for target in targets):
        return ()
    if any(overlap(target or "/", root) for target in targets for root in roots(option) if "*" not in root):
        return ()
    cleared = any(clears_here(run, tool, option, command) for command in (run.script.commands if run.script else ()))
    return () if cleared else found


def cleared(run: Run, filled: Filled) -> bytes:
    """The command that clears the cache, as the RUN spells the tool. Raises `Refusal` where it is not known."""
    clear = _clear_command(run, filled.cache)
    if not clear:
        raise Refusal("where this base image has the cache is not known")
    sudo = filled.last.sudo
    check_same_home(filled.last)
    spelled = (b"sudo " if sudo else b"") + filled.last.argv[0].raw
    text = clear.encode().replace(b"{name}", spelled)
    if sudo and b"~" in text:
        raise Refusal("sudo may have another home than the shell")
    return b"sudo " + text if sudo and not text.startswith(b"sudo ") else text


def unsure(run: Run, filled: Filled) -> str:
    """Why nothing is certain to do without the cache; empty where an option or a lock file shows that all is."""
    cache = filled.cache
    words = {word.value for word in filled.last.argv[1:]}
    if not cache.doubt or not cache.doubt_unless.isdisjoint(words):
        return ""
    return "" if cache.doubt_unless_file and shown_by_file(run.stage, cache.doubt_unless_file) else cache.doubt


# Before a command: what leaves the user and the home as they are.
_PLAIN_WRAPPER = re.compile(rb"sudo|-[EHnS]+|--preserve-env|--set-home|env|command|exec|time|nice|\w+=.*")
_HOME = re.compile(rb"(?i)(?:HOME|XDG_\w+|\w*CACHE\w*|\w*USERCONFIG|GO(?:PATH|ENV|FLAGS)|CARGO_HOME)=")


def check_same_home(command: Command) -> None:
    """Raise `Refusal` where the command may have another user or home than what would be put behind it."""
    for word in command.wrappers:
        if not _PLAIN_WRAPPER.fullmatch(word.raw) or _HOME.match(word.raw):
            raise Refusal("it may have the home of another user")
    if any(map(_HOME.match, command.assignments)):
        raise Refusal("a variable before it says where its home or cache is")


def _does_as_well(run: Run, one: Filled, other: Filled) -> bool:
    """Whether what clears the other cache clears this one too, as Bundler's does for gem."""
    mine, its = (set(_clear_command(run, filled.cache).split()) for filled in (one, other))
    return one.cache is not other.cache and bool(mine) and mine <= its


def _clear_command(run: Run, cache: Cache) -> str:
    """What clears the cache on this base image; empty where that is not known."""
    image = run.stage.image
    names = {image.name.rsplit("/", 1)[-1], *(image.release or ())[:1]} if image else set[str]()
    return next((command for name, command in cache.clear_on if name in names), cache.clear)


def _last_filling(run: Run, tool: Tool, cache: Cache) -> Command | None:
    """The last command of `run` that fills the cache, where nothing clears or mounts it."""
    if run.script is None or any(_may_hold(mount, tool, cache) for mount in mounts_at_home(run)):
        return None
    if not may_have_uses(run.script, tool) or (cache.since and not _is_kept(run, cache.since)):
        return None
    last = next((command for command in reversed(run.script.commands) if fills(tool, cache, command)), None)
    if last is None or any(
        one.start > last.start and clears_here(run, tool, cache, one) for one in run.script.commands
    ):
        return None
    return last


def _is_kept(run: Run, since: re.Pattern[bytes]) -> bool:
    """Whether `run`, or one that it is built on, has the command from which on the cache is kept."""
    runs = (
        other
        for owner in run.stage.lineage_above()
        for other in owner.runs
        if owner is not run.stage or other.at <= run.at
    )
    return any(since.search(other.instruction.code) for other in runs)


def _may_hold(mount: dict[str, str], tool: Tool, cache: Cache) -> bool:
    """Whether a mount may hold the cache: it lies over it or in it, or is called like it."""
    target = mount["target"].rstrip("/") or "/"
    if mount["type"] in ("bind", "secret", "ssh"):
        return False
    if mount["type"] == "?" or not target.startswith("/") or tool.name in target or "cache" in target.split("/")[-1]:
        return True
    return any(overlap(target, re.split(r"[*{]", path)[0].rstrip("/") or "/") for path in cache.paths)


def without_cache(run: Run, use: Use, option: CacheOption) -> Offer:
    """The command with the option that keeps no cache, and why something may miss it."""
    after = use.behind[0] if use.verb.value in option.second else use.verb  # `uv pip install` is one of two words
    doubt = pip_may_be_old(run, use.command) if use.tool.may_be_old else ""
    doubts = [doubt, cache_needed(run, use.tool, option), _built(run, use)]
    return Offer(add_option(use.command, after, option.option), doubts, removes=option.paths)


def without_purges(run: Run, tool: Tool, option: CacheOption) -> Fix:
    """`run` without the commands of the tool that clear the cache, which may fail where there is none."""
    script = readable(run)
    own = [one for one in script.commands if clears(tool, option, one) and use_of(tool, one)]
    units = [script.unit_of(command) for command in own]
    if None in units:
        raise Refusal("the step that clears the cache stands inside another command")
    if not own or len(own) == len(script.units):
        raise Refusal(f"line {run.instruction.line} clears the cache, and may fail where there is none")
    return combine(*(drop_unit(script, unit) for unit in units if unit))


def _built(run: Run, use: Use) -> str:
    """Why what the command makes may itself lie in the cache: a script's environment, or a wheel built from source."""
    if any(word.split("=")[0] in ("--script", "-s") for word in use.options) and use.tool.name == "uv":
        return "the environment of a script lies in the cache"
    if use.tool.name == "uv" and (line := project_built_at_start(run, use)):
        return f"line {line} may build the project when the image starts, with what lies in the cache"
    return wheel_needed(run, use.command, use.tool)


def differs(filled: Sequence[Filled | Kept]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is gone where the caches are cleared, and what may differ."""
    paths = tuple(dict.fromkeys(path for one in filled for path in one.cache.paths))
    changes = (path for one in filled if isinstance(one, Filled) for path in one.cache.changes)
    return paths, tuple(dict.fromkeys((*paths, *changes)))


def is_all(run: Run, filled: Sequence[Filled | Kept]) -> bool:
    """Whether every command of `run` clears the caches that are `filled` and nothing else."""
    return all(any(clears_only(one.tool, one.cache, command) for one in filled) for command in readable(run).commands)


_SAYS_WHERE = rb"(?i)HOME|XDG|CACHE|CONFIG|PREFIX|OFFLINE"


def put_behind(maker: Run, filled: Sequence[Filled | Kept], commands: list[bytes], comments: list[bytes]) -> Fix:
    """Run `commands` behind the one of `maker` that filled the caches last, or with `comments` at its end."""
    if comments:
        return append_described(maker, commands, comments)
    if any(isinstance(one, Filled) and one.cache.read_by for one in filled):
        return append_commands(maker, commands)
    last = max((one.last for one in filled), key=lambda one: one.start)
    return insert_behind(maker, last, b" && ".join(commands))._replace(adds=tuple(commands))


def needed_between(maker: Run, run: Run, filled: Sequence[Filled | Kept]) -> str:
    """Why something between `maker`, which filled the caches, and the clean-up `run` may need them; else empty.

    Raises `Refusal` unless the clean-up would do the same behind `maker`.
    """
    stage = run.stage
    if not is_all(run, filled):
        raise Refusal("it removes more than the cache")
    if stage.held[run.at].user != stage.held[maker.at].user:
        raise Refusal(f"line {run.instruction.line} runs as another user")
    if run.shell != maker.shell:
        raise Refusal("the two run in different ways")
    for other in stage.instructions[maker.at + 1 : run.at]:
        if other.keyword in ("ENV", "ARG", "SHELL") and re.search(_SAYS_WHERE, other.code):
            raise Refusal(f"line {other.line} may say where the cache is")
    for one in filled:
        check_same_home(one.last)
        if any(command.sudo != one.last.sudo for command in readable(run).commands):
            raise Refusal("one of them runs as another user")
        if settled(one.cache.settled, stage):
            raise Refusal("something in the file says what the cache is for")
    doubts = [unsure(maker, one) for one in filled if isinstance(one, Filled)]
    return "; ".join(filter(None, (*doubts, *(cache_needed(maker, one.tool, one.cache) for one in filled))))
