"""How often each named assumption occurs on real repositories, and how often it is wrong where files can be read.

    python bench/assumptions.py LIST

LIST has lines of a Dockerfile, a tab and its build context, relative to its own directory. Every command of a RUN
behind an install of system packages, and whatever a container starts, is asked twice whether it needs the index:
without a context, which says what would be assumed, and with it. It is *read* where the context leaves nothing to
assume of it, *unclear* where what is shown runs something that is not, or names the tool, and the assumption *wrong*
where it installs from an index that it did not refresh. What is unclear or wrong goes to standard error.
"""

# It looks into a search from outside, which nothing else does.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from dfopt.optimizer import DockerfileError
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts import indexes
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.facts.stores import uses_in
from dfopt.optimizer.knowledge.tools import Tool

_ask = indexes.Search._other


class Asked(NamedTuple):
    """A command, or what a container starts, and what came of asking it."""

    where: tuple[int, int, int]  # line of the instruction, place of the command in it, and how often it was asked
    program: str
    need: str
    assumes: frozenset[str]


class Watch:
    """Takes down what comes of every command that a search asks, apart from those that it starts."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str, str, frozenset[str]]] = []
        self.inside = False

    def __call__(self, search: Any, command: Any, *rest: Any) -> None:
        if self.inside:
            _ask(search, command, *rest)
            return
        need, assumes = search._need, search._assumes
        search._need, search._assumes, self.inside = "no", set(), True
        _ask(search, command, *rest)
        self.inside = False
        self.asked.append((command.start, _name(command.program or "?"), search._need, frozenset(search._assumes)))
        search._assumes |= assumes
        search._need = max(need, search._need, key=("no", "maybe", "yes").index)


def _name(program: str) -> str:
    return program.rpartition("/")[2]


def asked(facts: Facts) -> Iterator[Asked]:
    """What is asked of every instruction behind an install, for each tool that has installed."""
    for number, (tool, _) in enumerate(facts.indexes):
        seen: set[tuple[int, int]] = set()
        for stage in facts.stages:
            first = next(
                (one.at for one in stage.runs if any(use.action == "install" for use in uses_in(one, tool))), None
            )
            for owner, at in stage.later(first) if first is not None else ():
                line = owner.instructions[at].line
                if (line, at) not in seen:
                    seen.add((line, at))
                    yield from _instruction(owner, at, tool, line, number)


def _instruction(owner: Any, at: int, tool: Tool, line: int, number: int) -> Iterator[Asked]:
    if owner.run_at(at) is None:
        answer, watch = _watched(lambda: indexes.answer_at(owner, at, tool))
        need = "yes" if any(need == "yes" for _, _, need, _ in watch.asked) else answer.need
        words = owner.instructions[at].json or owner.instructions[at].args.decode("utf-8", "replace").split() or ("?",)
        yield Asked((line, -1, number), _name(words[0]), need, answer.assumes)
        return
    _, watch = _watched(lambda: indexes._index_answer(owner.run_at(at), tool))
    for start, program, need, assumes in watch.asked:
        yield Asked((line, start, number), program, need, assumes)


def _watched(ask: Callable[[], indexes.Answer]) -> tuple[indexes.Answer, Watch]:
    watch = Watch()

    def other(search: Any, command: Any, *rest: Any) -> None:  # a function, so that it is bound as a method is
        watch(search, command, *rest)

    indexes.Search._other = other
    try:
        return ask(), watch
    finally:
        indexes.Search._other = _ask


def main() -> None:
    listed = Path(sys.argv[1])
    lines = dict.fromkeys(line for line in listed.read_text().splitlines() if "\t" in line)
    counts: dict[str, Counter[str]] = {"occurs": Counter(), "read": Counter(), "unclear": Counter(), "wrong": Counter()}
    files: set[str] = set()
    repositories: set[str] = set()
    for line in lines:
        dockerfile, root = (listed.parent / part for part in line.split("\t")[:2])
        try:
            data = dockerfile.read_bytes()
            bare = Facts(Document.parse(data))
            shown = Facts(Document.parse(data), Context(str(root), str(dockerfile)))
            truth = {one.where: one for one in asked(shown)}
            assumed = [one for one in asked(bare) if one.assumes and one.need == "no"]
        except (DockerfileError, OSError) as error:
            print(f"{dockerfile}: {error}", file=sys.stderr)
            continue
        files.add(str(dockerfile))
        repositories.add(line.split("/")[0])
        for one in assumed:
            found = truth.get(one.where)
            for name in one.assumes:
                for key in (name, f"{name}: {one.program}"):
                    counts["occurs"][key] += 1
                    if found is None:
                        continue
                    counts["wrong"][key] += found.need == "yes"
                    counts["unclear"][key] += found.need == "maybe"
                    counts["read"][key] += found.need == "yes" or (found.need == "no" and not found.assumes)
                if found is not None and found.need != "no":
                    print(f"{found.need}: {name}: {dockerfile}:{one.where[0]}: {one.program}", file=sys.stderr)
    print(f"{len(files)} Dockerfiles of {len(repositories)} repositories")
    print("occurs  read unclear wrong")
    for key, occurs in sorted(counts["occurs"].items(), key=lambda one: (one[0].split(":")[0], ":" in one[0], -one[1])):
        if ":" not in key or occurs >= 5 or counts["wrong"][key] or counts["unclear"][key]:
            read, unclear, wrong = (counts[column][key] for column in ("read", "unclear", "wrong"))
            print(f"{occurs:6} {read:5} {unclear:7} {wrong:5}  {'  ' * (':' in key)}{key}")


if __name__ == "__main__":
    main()
