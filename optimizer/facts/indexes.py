"""Who needs a package index: what a RUN, what it starts, and everything on top of it reads, or may do unseen.

What stands in files that the build shows is read (`recipes`, `shown`). What is not shown may install packages, or is
assumed not to: `knowledge/assumptions.py` names what is assumed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import partial

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.scanner import json_words
from ..dockerfile.shell import read_text
from ..knowledge.assumptions import ASSUMPTIONS, CONTAINERS
from ..knowledge.tools import Tool, roots
from ..knowledge.uses import uses
from .effects import commands_of, placed
from .index_search import MAYBE, NO, Answer, Need, Search
from .paths import lies_in, resolve
from .shown import listed, may_show
from .stages import Lineage, Place, Run, StageFacts
from .stores import uses_in


def index_need(run: Run, tool: Tool) -> Need:
    """Whether `run` needs an index that an earlier layer left; see `index_answer`."""
    return index_answer(run, tool).need


def index_answer(run: Run, tool: Tool) -> Answer:
    """Whether `run` needs an index that an earlier layer left, and what has to be assumed where it does not.

    It does when it, or what it starts, reads one before it refreshes its own, and when it removes one with an rm that
    fails where there is nothing to remove.
    """
    return run.stage.once((index_answer, tool.name, run.at), lambda _: _index_answer(run, tool))


def _index_answer(run: Run, tool: Tool) -> Answer:
    search = Search(tool, run.stage, run.at, run)
    if run.script is not None:
        search.commands(commands_of(run))
    elif run.instruction.json is not None:
        search.exec_form(run.instruction.json)
    else:
        search.text(run.source_text)
    return search.answer()


def later_need(stage: StageFacts, at: int, tool: Tool) -> tuple[Need, int]:
    """Whether anything on top of instruction `at` needs the index it left, and the line of the first that does."""
    need, line, _ = later_answer(stage, at, tool)
    return need, line


def later_answer(stage: StageFacts, at: int, tool: Tool) -> tuple[Need, int, frozenset[str]]:
    """Whether anything on top of instruction `at` needs the index it left, the line of the first that does, and what
    has to be assumed where none does.

    A RUN that refreshes for itself does not end the search: what it makes may be cleared where it stands. Code that
    is not shown may install, but an install of a tool that fetches for itself needs nothing. What takes the index
    along into another stage with COPY --from counts as if it were on top.
    """
    alone = tool.package_index is not None and tool.package_index.fetched_by_install
    takers = stage.lineage.once(("takers", tool.name), lambda: _takers(tool, stage.lineage.places))
    bases = [(stage, at), *takers.get(str(stage.stage.number), ()), *takers.get(stage.stage.name or "", ())]
    if not alone:
        mounting = stage.lineage.once(("mounting", tool.name), lambda: _mounting(tool, stage.lineage.places))
        for name in (str(stage.stage.number), stage.stage.name or ""):
            if name in mounting:
                return "maybe", mounting[name], frozenset()
    spans = [(base.begin + index, base.begin + base.spread) for base, index in bases]
    answers = stage.lineage.once(("answers", tool.name), lambda: _answers(stage.lineage, tool))
    needs: tuple[Need, ...] = ("yes",) if alone else ("yes", "maybe")
    for need in needs:
        for span in spans:
            if (place := _first_in(answers.get(need, ()), *span)) is not None:
                owner, there = stage.lineage.places[place]
                return need, owner.instructions[there].line, frozenset()
    assumed = () if alone else ASSUMPTIONS
    found = (name for name in assumed if any(_first_in(answers.get(name, ()), *span) is not None for span in spans))
    return "no", 0, frozenset(found)


def later_readers(stage: StageFacts, at: int, tool: Tool) -> tuple[list[Run], int, frozenset[str]]:
    """The RUNs on top of instruction `at` that need the index it left, in order; the line of what may install from it
    unseen, 0 where nothing may; and what has to be assumed of the rest. Raises `Refusal` where anything else needs it.
    """
    names = {str(stage.stage.number), stage.stage.name or ""}
    takers = stage.lineage.once(("takers", tool.name), lambda: _takers(tool, stage.lineage.places))
    mounting = stage.lineage.once(("mounting", tool.name), lambda: _mounting(tool, stage.lineage.places))
    if not names.isdisjoint((*takers, *mounting)):
        raise Refusal("another stage takes the index along")
    readers: list[Run] = []
    unseen = 0
    assumed: set[str] = set()
    for owner, index in stage.later(at):
        answer, run, line = answer_at(owner, index, tool), owner.run_at(index), owner.instructions[index].line
        assumed |= answer.assumes
        if answer.need == "yes" and run is None:
            raise Refusal(f"line {line} needs this index")
        if answer.need == "yes" and run is not None:
            readers.append(run)
        elif answer.need == "maybe":
            unseen = unseen or line
    return readers, unseen, frozenset(assumed)


def _answers(lineage: Lineage, tool: Tool) -> dict[str, list[int]]:
    """Where in a lineage something needs the index, or may, and where something is assumed, in order."""
    found: dict[str, list[int]] = {}
    for place, (stage, at) in enumerate(lineage.places):
        answer = answer_at(stage, at, tool)
        for name in () if answer is NO else (answer.need, *answer.assumes):
            found.setdefault(name, []).append(place)
    return found


def _first_in(places: Sequence[int], begin: int, end: int) -> int | None:
    at = bisect_left(places, begin)
    return places[at] if at < len(places) and places[at] < end else None


def answer_at(stage: StageFacts, at: int, tool: Tool) -> Answer:
    """Whether the instruction at index `at` needs the index; one of those that run in a container, at that time."""
    run = stage.run_at(at)
    if run is not None:
        return index_answer(run, tool)
    instruction = stage.instructions[at]
    if instruction.keyword not in ("ONBUILD", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return NO
    return stage.once((answer_at, tool.name, at), lambda _: _container_answer(instruction, tool, stage, at))


def _container_answer(instruction: Instruction, tool: Tool, stage: StageFacts, at: int) -> Answer:
    if mentions_later(instruction, tool, stage):
        return MAYBE
    if instruction.keyword == "ONBUILD":
        return _trigger_answer(instruction, tool, stage)
    if not may_show(stage):
        return Answer("no", frozenset((CONTAINERS,)))
    search = Search(tool, stage, len(stage.instructions))
    for path in _DAEMONS if re.search(rb"supervisord|cron\b", instruction.code) else ():
        for one in _brought_below(stage, path):
            search.source(one)
    words = instruction.json
    text = instruction.args
    if instruction.keyword == "HEALTHCHECK":
        _, cmd, text = text.partition(b"CMD")
        if not cmd:
            return NO
        words = json_words(text.strip())
    if words is None:
        script = read_text(text)
        if script is None or script.opaque:
            search.text(text)
        else:
            search.commands(list(placed(script, stage.directory(at))))
    else:
        if instruction.keyword == "CMD":
            words = (*_entry_point(stage), *words)
        if words:
            search.exec_form(words)
    answer = search.answer()
    return Answer("maybe") if answer.need == "yes" else answer


_DAEMONS = ("/etc/supervisord.conf", "/etc/supervisor", "/etc/supervisor.d", "/etc/cron.d", "/etc/crontab")


def _brought_below(stage: StageFacts, directory: str) -> list[str]:
    """The files that a COPY or ADD names, and brings to `directory` or below it."""
    found: list[str] = []
    for owner in stage.lineage_above():
        for at, instruction in enumerate(owner.instructions):
            if instruction.keyword in ("COPY", "ADD") and len(instruction.words) > 1:
                target = resolve(instruction.words[-1], owner.directory(at))
                if target is not None and lies_in(target, directory):
                    found += (target, *(f"{target}/{word.rpartition('/')[2]}" for word in instruction.words[:-1]))
                    found += listed(stage, len(stage.instructions), target) or ()
    return found


def _trigger_answer(instruction: Instruction, tool: Tool, stage: StageFacts) -> Answer:
    """Whether an ONBUILD starts what needs the index, as far as files of the stage tell it."""
    keyword, _, text = instruction.args.partition(b" ")
    words = json_words(text.strip())
    script = read_text(text) if keyword.upper() == b"RUN" and words is None else None
    search = Search(tool, stage, len(stage.instructions))
    if script is not None and not script.opaque:
        search.commands(list(placed(script, stage.directory(len(stage.instructions) - 1))))
    elif words:
        search.exec_form(words)
    answer = search.answer()
    return Answer("maybe") if answer.need == "yes" else answer


def _entry_point(stage: StageFacts) -> tuple[str, ...]:
    """The words of the last ENTRYPOINT in exec form, which those of CMD are handed to; none where there is none."""
    for owner in stage.lineage_above():
        for instruction in reversed(owner.instructions):
            if instruction.keyword == "ENTRYPOINT":
                return instruction.json or ()
    return ()


def _takers(tool: Tool, everything: Sequence[Place]) -> dict[str, list[Place]]:
    """The COPYs that take the index of another stage along, by the name or number that they call it by."""
    places = roots(tool.package_index) if tool.package_index else ()
    found: dict[str, list[Place]] = {}
    for stage, index in everything:
        instruction = stage.instructions[index]
        flag = instruction.flag("from") if instruction.keyword == "COPY" else None
        if flag is not None:
            sources = [resolve(word, "/") or "/" for word in instruction.words[:-1]]
            if any(lies_in(place, source) for source in sources for place in places):
                found.setdefault(flag.text.lower(), []).append((stage, index))
    return found


def _mounting(tool: Tool, everything: Sequence[Place]) -> dict[str, int]:
    """The stages of which a RUN mounts the index, or what it lies in, and may read it there; with the line of it."""
    places = roots(tool.package_index) if tool.package_index else ()
    found: dict[str, int] = {}
    for stage, index in everything:
        run = stage.run_at(index)
        for mount in run.mounts if run is not None and run.instruction.flags else ():
            if run is None or "from" not in mount:
                continue
            source = resolve(mount.get("source") or mount.get("src") or "/", "/") or "/"
            target = re.escape(mount["target"].rstrip("/").encode())
            whole = re.search(rb"/var\b|/lib/apt|" + target + rb"/?[.*]?(?:\s|$)", _without_flags(run))
            if any(lies_in(source, one) or ((whole or source != "/") and lies_in(one, source)) for one in places):
                found.setdefault(mount["from"].lower(), run.instruction.line)
    return found


def _without_flags(run: Run) -> bytes:
    return re.sub(rb"--mount=\S+", b"", run.source_text)


def mentions_later(instruction: Instruction, tool: Tool, stage: StageFacts) -> bool:
    """Whether an instruction that runs something after the build, or in another one, mentions the tool, or may."""
    if instruction.keyword not in ("ONBUILD", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return False
    if tool.mention.search(instruction.code):
        return True
    return b"$" in instruction.code and stage.once(("variables", tool.name), partial(_is_named_by_variables, tool))


def _is_named_by_variables(tool: Tool, stage: StageFacts) -> bool:
    return any(one.keyword in ("ENV", "ARG") and tool.mention.search(one.code) for one in stage.instructions)


def first_reader(stage: StageFacts, at: int, tool: Tool, assumed: set[str] | None = None) -> Run | None:
    """The first RUN that needs the index refreshed at `at`; None where there is none. `Refusal` where it is unclear.

    To `assumed` is added what has to be assumed of what stands before it.
    """
    assumed = set() if assumed is None else assumed
    alone = tool.package_index is not None and tool.package_index.fetched_by_install
    for index in range(at + 1, len(stage.instructions)):
        instruction = stage.instructions[index]
        run = stage.run_at(index)
        if run is None:
            answer = answer_at(stage, index, tool)
            if answer.need != "no":
                raise Refusal(f"line {instruction.line} may use the index")
            assumed |= answer.assumes
            continue
        need, assumes = index_answer(run, tool)
        assumed |= assumes
        if need == "yes" and not any(use.action in ("install", "read") for use in uses_in(run, tool)):
            raise Refusal(f"line {instruction.line} uses the index")
        if need == "yes":
            return run
        if need == "maybe" and not alone:
            raise Refusal(f"line {instruction.line} runs code that may use the index")
        if run.script and any(use.action == "refresh" and not use.command.guards for use in uses(run.script, tool)):
            if run.script.only_and or run.errexit:
                return None
            raise Refusal(f"line {instruction.line} goes on with the index where its own refresh fails")
    for child in stage.children:
        if first_reader(child, 0, tool, assumed) is not None:
            raise Refusal("a stage built on this one installs from the index")
    return None
