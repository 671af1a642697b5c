"""Put what a tool leaves behind on cache mounts, and take out of a RUN what would empty them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command, Unit, Word
from ..facts.stages import Facts, Run, StageFacts, readable
from ..facts.stores import removed_later
from ..knowledge.tools import Tool
from ..knowledge.uses import Use, stores, use_of, uses
from ..rules.finding import Fix, Offer
from .operands import drop_operands
from .scripts import WIDE, add_run_flags, combine, delete_instruction, drop_units, prepend_command

_ELSEWHERE = re.compile(
    rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|UV_NO_CACHE|UV_CACHE_DIR|(?i:npm_config_cache)|GOCACHE|CARGO_HOME|XDG_CACHE_HOME"
    rb"|maven\.repo\.local|POETRY_CACHE_DIR|POETRY_NO_CACHE|PIPENV_CACHE_DIR|--cache-dir|pip\.conf"
    rb"|(?m:^\s*ENV\s[^\n]*\bHOME\b)"
)


def unmounted(facts: Facts, tool: Tool) -> Iterator[Run]:
    """The RUNs in the stages that ship in which `tool` would write to mounts, if it had them."""
    if facts.builder == "classic" or tool.mounts is None or _ELSEWHERE.search(facts.document.source.data):
        return
    for run in (run for stage in facts.shipping for run in stage.runs):
        if _fills(run, tool) and not any(run.mounted(path) for path in directories(run, tool)):
            yield run


def _fills(run: Run, tool: Tool) -> bool:
    """Whether `run` would write to the mounts."""
    if run.script is None or run.script.heredoc:
        return False
    found = uses(run.script, tool)
    option = tool.cache_option
    if tool.mounts and tool.mounts.keeps_option and option is not None:
        writes = (use for use in found if use.action == "refresh" or use.fetches_index())
        if not any(use.action == "refresh" or option.option not in use.options for use in writes):
            return False
    fills = frozenset[str]().union(*(cache.fills for cache in tool.caches), option.subcommands if option else ())
    return any(use.action == "install" or use.verb.value in fills for use in found)


def directories(run: Run, tool: Tool) -> tuple[str, ...]:
    """Where `tool` has its index and cache on the base image of `run`; empty where that is not certain."""
    mounts, image = tool.mounts, run.stage.image
    if mounts is None:
        return ()
    if mounts.on is not None:
        return mounts.on(image) if image else ()
    in_home = mounts.directories[0].startswith("/root/")
    return () if in_home and not run.stage.runs_as_root(run.at) else mounts.directories


def mounted(facts: Facts, run: Run, tool: Tool) -> Offer:
    """The mounts, and what has to go with them. Raises `Refusal` where something else needs what would lie there."""
    places = directories(run, tool)
    if not places or tool.mounts is None:
        raise Refusal("where this image has its cache is not known")
    check_unshared(facts, run, tool)
    options = ",sharing=locked" if tool.mounts.locked else ""
    flags = [f"--mount=type=cache,target={place}{options}" for place in places]
    # In one order, whichever of the tools comes first.
    fix = combine(*without_cleanups(facts, run, tool), add_run_flags(run, *flags, first=tool.package_index is not None))
    there = tuple(f"{place}/**" for place in places)
    left = tuple(path for store in stores(tool) for path in store.paths)
    before = (tool.mounts.before_changes,) if tool.mounts.before_changes else ()
    return Offer(fix, (), (*there, *left), (*there, *before))


def check_unshared(facts: Facts, run: Run, tool: Tool) -> None:
    """Raise `Refusal` where another instruction removes, reads or copies what would lie on the mounts, or may."""
    places = directories(run, tool)
    if any(removed_later(run, tool, store) for store in stores(tool)):
        raise Refusal("a later step removes the cache and would fail where there is none")
    for owner, index in run.stage.later_where(run.at, ("reads", tool.name), partial(_may_read, tool)):
        raise Refusal(f"line {owner.instructions[index].line} may read the cache")
    if line := run.stage.lineage.once(("copies", places), lambda: _copies(facts, places)):
        raise Refusal(f"line {line} copies from or to the cache")


def _may_read(tool: Tool, stage: StageFacts, at: int) -> bool:
    instruction = stage.instructions[at]
    if instruction.keyword not in ("CMD", "ENTRYPOINT", "ONBUILD"):
        return False
    words = {word.rsplit(b"/", 1)[-1] for word in re.findall(rb"[\w./-]+", instruction.code)}
    return any(not cache.read_by.isdisjoint(words) for cache in tool.caches)


def _copies(facts: Facts, places: tuple[str, ...]) -> int:
    """The line of the first COPY or ADD that names one of the places; 0 where none does."""
    for instruction in facts.document.instructions:
        if instruction.keyword in ("COPY", "ADD") and any(place.encode() in instruction.code for place in places):
            return instruction.line
    return 0


def without_cleanups(facts: Facts, run: Run, tool: Tool) -> list[Fix]:
    """What takes the clean-ups of the mounts, and the options against a cache, out of `run`."""
    script = readable(run)
    places = directories(run, tool)
    fixes: list[Fix] = []
    gone: list[list[Unit]] = []  # what goes as a whole, neighbours together
    for command in script.commands:
        use = use_of(tool, command)
        operands = command.operands()
        needless = list[Word]()
        if use is not None and _clears(use):
            needless = operands
        elif use is not None:
            needless = _options_against_cache(use)
            operands = [*operands, *needless]
        elif command.name == "rm":
            needless = _mounted_paths(operands, places)
        elif any(place.encode() in word.raw for place in places for word in command.argv[1:]):
            raise Refusal(f"`{command.name}` uses {places[0]}")
        elif command.name not in _IGNORE_WHAT_IS_INSIDE:
            _check_above(command, places)
        if not needless:
            continue
        if command.guards:
            raise Refusal("a clean-up stands inside another command")
        if len(needless) < len(operands):
            fixes.append(drop_operands(facts.document, run, command, needless, 1)[0])
            continue
        at = script.unit_at(command.start)
        if at is None or script.unit_of(command) is None:
            raise Refusal("a clean-up stands inside another command")
        if at == 0:
            raise Refusal("it starts with a clean-up")
        if gone and script.units[at - 1] is gone[-1][-1]:
            gone[-1].append(script.units[at])
        else:
            gone.append([script.units[at]])
    return [*fixes, *(drop_units(script, units) for units in gone)]


# Commands that do not look into a directory that they name, or write to it alone.
_IGNORE_WHAT_IS_INSIDE = frozenset(
    "cd mkdir echo printf export test [ ls touch ln curl wget git unzip rmdir tr sed cut".split()
)


def _check_above(command: Command, places: tuple[str, ...]) -> None:
    """Raise `Refusal` where a command may walk over a directory that has a mount in it, and over the mount."""
    operands = command.argv[1:]
    if command.name in ("cp", "mv", "rsync", "install"):
        operands = tuple(command.operands()[:-1])
    elif (
        (command.name in ("chmod", "chown", "chgrp") and not command.has_option("R", "recursive"))
        or (command.name == "tar" and not command.operands())
        or (command.name == "tar" and not (command.has_option("c", "create") or b"c" in operands[0].raw.split(b"=")[0]))
    ):
        return
    for word in operands:
        path = word.raw.decode("utf-8", "replace").strip("\"'")
        path = re.sub(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)", "/root", path)
        prefix = re.split(r"[*?\[{$]", path)[0].rstrip("/")
        if path.startswith("/") and any(f"{place}/".startswith(f"{prefix}/") for place in places):
            raise Refusal(f"`{command.name}` may walk over the mount")


def copied_in(facts: Facts, run: Run, copy: Instruction, source: str, directory: str, *, is_there: bool) -> Fix:
    """Let `run` copy what `copy` brings, all of `source`, from a bind mount to `directory` before all else it does.

    The directory has mode 0755 then, as where COPY or WORKDIR made it.
    """
    entry = facts.context.entry(source) if facts.context else None
    if entry is None or entry.kind != "directory":
        raise Refusal("what is copied is not certainly a directory")
    if not run.stage.runs_as_root(run.at):
        raise Refusal("what is copied is root's, and the RUN is not")
    if b"/mnt" in run.source_text:
        raise Refusal("it has to do with /mnt, where the mount would be")
    path = posixpath.normpath(source).lstrip("/")
    if not re.fullmatch(r"[\w./+@-]+", path + directory):
        raise Refusal("its place cannot be spelled in one word")
    target = f"/mnt/{posixpath.basename(path) if path not in ('.', '') else 'context'}"
    named = f"source={path}," if path not in (".", "") else ""
    commands = [] if is_there else [f"mkdir -p {directory}"]
    commands.append(f"cp -a {target}/. {directory}/")
    if entry.mode != 0o755 or not named:
        commands.append(f"chmod 755 {directory}")
    wide = len(named) + len(target) + sum(map(len, commands)) > WIDE // 2
    before = [prepend_command(run, command.encode(), own_line=True, wide=wide) for command in commands]
    mount = add_run_flags(run, f"--mount=type=bind,{named}target={target}")
    return combine(delete_instruction(facts.document, copy), mount, *before)


def _options_against_cache(use: Use) -> list[Word]:
    option, mounts = use.tool.cache_option, use.tool.mounts
    if option is None or mounts is None or mounts.keeps_option:
        return []
    return [word for word in use.command.argv if word.value == option.option]


def _clears(use: Use) -> bool:
    """Whether all that a command does is to clear the index or cache; ``cargo clean`` and the like clear the build."""
    words = [word.raw for word in use.command.operands()]
    options = [option.encode("utf-8", "surrogateescape") for option in use.options]
    return bool(use.tool.mounts and use.tool.mounts.cleared_by.fullmatch(b" ".join([*words, *options])))


def _mounted_paths(operands: list[Word], places: tuple[str, ...]) -> list[Word]:
    """The operands of an rm that lie on the mounts; `Refusal` where one is above them."""
    gone: list[Word] = []
    for word in operands:
        path = word.raw.decode("utf-8", "replace").strip("\"'").replace("~", "/root", 1)
        prefix = re.split(r"[*?\[{$]", path)[0].rstrip("/")
        if any(f"{prefix}/".startswith(f"{place}/") for place in places):
            gone.append(word)
        elif any(f"{place}/".startswith(f"{prefix}/") for place in places):
            raise Refusal(f"`{word.raw.decode('utf-8', 'replace')}` would empty the mount")
    return gone
