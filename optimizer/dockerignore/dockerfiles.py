"""What a Dockerfile tells of its build context: what it takes, what it makes again, and what it speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ..dockerfile.document import Document, Instruction
from ..dockerfile.shell import Command, read_script
from ..facts.context import Taken, steps, taken


class Dockerfile:
    """A Dockerfile, called `name` in messages, and what it tells of its context.

    `builds` says whether the ``.dockerignore`` in question is its own; else only what it takes by name counts.
    Raises `DockerfileError`.
    """

    def __init__(self, name: str, data: bytes, *, builds: bool = True) -> None:
        self.name = name
        self.builds = builds
        self.document = Document.parse(data)
        self.taken: tuple[Taken, ...] = tuple(taken(self.document))
        self.said: list[tuple[int, bytes]] = []  # line and text of what speaks of files
        self.places: list[bytes] = []  # of what says where something is built
        self._commands: dict[int, list[str]] = defaultdict(list)
        self._handed_over: dict[int, list[bytes]] = defaultdict(list)
        for stage, line, instruction in steps(self.document):
            text = instruction.source.data[instruction.start : instruction.end]
            if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT", "ENV", "ARG", "HEALTHCHECK"):
                self.said.append((line, _without_removals(instruction)))
            if instruction.keyword in ("RUN", "WORKDIR"):
                self.places.append(text)
            if script := read_script(instruction):
                self._commands[stage] += map(_spoken, script.commands)
            if instruction.flag("from"):
                self._handed_over[stage].append(text)

    def runs(self, made: str) -> bool:
        """Whether a command matches the regular expression `made`."""
        return any(re.fullmatch(made, command) for commands in self._commands.values() for command in commands)

    def makes_again(self, made: str, name: str) -> bool:
        """Whether every stage that takes the whole context runs such a command too, or copies `name` from a stage."""
        stages = {item.stage for item in self.taken if item.pattern is None}
        return all(
            any(re.fullmatch(made, command) for one in self._line(stage) for command in self._commands[one])
            or any(name.encode() in text for text in self._handed_over[stage])
            for stage in stages
        )

    def _line(self, stage: int) -> Iterator[int]:
        """The stage and those it is built FROM."""
        yield stage
        base = self.document.stages[stage].base.lower()
        for other in reversed(self.document.stages[:stage]):
            if other.name == base:
                yield from self._line(other.number)
                return


_VALUED = frozenset(
    (
        "--cache", "--cwd", "--dir", "--filter", "--jobs", "--loglevel", "--network-timeout", "--omit", "--prefix",
        "--registry", "--retry", "--workspace", "-C", "-j",
    )
)  # fmt: skip


def _spoken(command: Command) -> str:
    """``npm ci`` for ``npm --prefix web ci --no-audit``: its words without options; empty for what works elsewhere."""
    words = [command.name]
    values = iter(command.values())
    for value in values:
        if value in ("-g", "--global", "--location=global"):
            return ""
        if value in _VALUED:
            next(values, None)
        elif value is None or not value.startswith(("-", "+")):
            words.append(value or "$")
    return " ".join(words)


def _without_removals(instruction: Instruction) -> bytes:
    """The text of an instruction but for every ``rm -f``, which does as well where there is nothing to remove."""
    data, at, parts = instruction.source.data, instruction.start, list[bytes]()
    script = read_script(instruction)
    for command in script.commands if script and not script.opaque else ():
        if command.name == "rm" and command.has_option("f", "force") and "command_substitution" not in command.guards:
            parts.append(data[at : command.start])
            at = command.end
    return b"".join((*parts, data[at : instruction.end]))
