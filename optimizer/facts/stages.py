"""What holds at each instruction: shell, user, mounts, the base image, which stages ship, who comes later."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence

from ..dockerfile.cached import cached_property
from ..dockerfile.document import Document, Instruction, Stage
from ..dockerfile.edits import Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Script, forget_scripts, read_script
from ..dockerfile.source import Source
from ..knowledge.images import Image, image_named
from ..knowledge.tools import Index, Tool, present
from .paths import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .context import Context

    T = TypeVar("T")


class Shell(Record):
    """What runs a shell-form RUN."""

    posix: bool
    errexit: bool
    starts_up: bool = False  # it reads a file first, which may give it functions


_DEFAULT_SHELL = Shell(posix=True, errexit=False)


class Run:
    """A RUN of a stage, in shell form or not."""

    def __init__(self, instruction: Instruction, stage: StageFacts, at: int) -> None:
        self.instruction = instruction
        self.stage = stage
        self.at = at  # index into the stage's instructions
        self.shell = stage.shell
        self.placed: Sequence[tuple[Command, str | None]] | None = None  # see `effects.commands_of`

    def __repr__(self) -> str:
        return repr(self.instruction)

    @cached_property
    def script(self) -> Script | None:
        """The readable script, or None: exec form, another shell, or opaque."""
        if not self.shell.posix:
            return None
        script = read_script(self.instruction)
        return None if script is None or script.opaque else script

    @cached_property
    def source_text(self) -> bytes:
        """All that the RUN says, the bodies of heredocs included."""
        data = self.instruction.source.data
        return self.instruction.code + b"".join(data[doc.start : doc.end] for doc in self.instruction.heredocs)

    @cached_property
    def errexit(self) -> bool | None:
        """Whether ``set -e`` holds at the end of the script; None where that is unclear."""
        if self.script is None:
            return None
        if self.script.interpreter_options:
            return self.script.errexit()
        within = self.script.errexit()
        return within if within is None else within or self.shell.errexit

    def fails_with(self, command: Command) -> bool:
        """Whether the RUN certainly fails where `command`, a plain one of its top level, does.

        It does not where `||` follows, or `;` or a newline without ``set -e``, which in turn looks at the last of an
        and-list alone (POSIX, 2.8.1 and 2.9.3).
        """
        script = self.script
        at = script.unit_at(command.start) if script else None
        if script is None or at is None or script.units[at].kind != "command" or script.trailer not in (b"", b";"):
            return False
        if script.last_break <= at:
            return True
        behind = script.units[at + 1].connector
        return behind in (b";", b"\n") and (self.shell.errexit or script.errexit(command.start) is True)

    @cached_property
    def mounts(self) -> tuple[dict[str, str], ...]:
        """The ``--mount`` flags as dictionaries; a flag that cannot be read has the type ``?``."""
        found: list[dict[str, str]] = []
        for flag in self.instruction.flags:
            if flag.name != "mount":
                continue
            text = flag.text.strip("\"'")
            fields: dict[str, str] = {"type": "", "target": ""}
            for part in text.split(","):
                key, _, value = part.partition("=")
                fields["target" if key in ("dst", "destination") else key] = value
            if "$" in text or not text:
                fields["type"] = "?"
            found.append(fields)
        return tuple(found)

    def mounted(self, path: str) -> bool:
        """Whether a mount lies over, under or at `path`, or may."""
        for mount in self.mounts:
            target = mount["target"].rstrip("/")
            if mount["type"] in ("secret", "ssh"):
                continue
            if mount["type"] == "?" or not target.startswith("/"):
                return True
            if path == target or path.startswith(target + "/") or target.startswith(path.rstrip("/") + "/"):
                return True
        return False


def mounts_at_home(run: Run) -> list[dict[str, str]]:
    """The mounts of `run` but for those in the home of another user, where no tool has its cache."""
    if not run.mounts:
        return []
    stage, user = run.stage, run.stage.held[run.at].user
    as_root = stage.runs_as_root(run.at)
    unsure = not as_root and (user is None or not re.fullmatch(r"[\w.-]+", user))
    if unsure or re.search(rb"\bHOME[= ]", stage.source.data):
        return list(run.mounts)
    if any(command.wrappers for command in (run.script.commands if run.script else ())):
        return list(run.mounts)  # sudo may have another home
    elsewhere = "/home/" if as_root else "/root"
    return [mount for mount in run.mounts if not mount["target"].startswith(elsewhere)]


def readable(run: Run) -> Script:
    """The script of `run`. Raises `Refusal`."""
    if run.script is None:
        raise Refusal("its commands cannot be read with certainty")
    return run.script


class Held(Record):
    """What holds when an instruction begins, as far as the Dockerfile says it: the working directory and the user."""

    directory: str | None = None  # absolute
    user: str | None = None  # as USER spells it


class StageFacts:
    """A stage, its RUNs, and its place among the others."""

    def __init__(self, facts: Facts, stage: Stage, parent: StageFacts | None, image: Image | None) -> None:
        self.facts = facts
        self.stage = stage
        self.instructions: tuple[Instruction, ...] = stage.instructions
        self.parent = parent  # the stage it is FROM
        self.image = image  # the base image at the root of its chain; None where that is not literal
        self.children: list[StageFacts] = []
        self.ships = False
        self.runs: list[Run] = []
        runs: dict[int, Run] = {}
        self._run_at = runs
        #: The RUN at an index of the stage; None where another instruction is.
        self.run_at: Callable[[int], Run | None] = runs.get
        self.shell = parent.shell if parent else _DEFAULT_SHELL  # at the end of what has been read
        #: What holds at each instruction, and at the end of the stage; it begins as the stage it is FROM ends.
        self.held: list[Held] = [parent.held[-1] if parent else Held(image.directory if image else None)]
        self._answers: dict[Hashable, Any] = {}
        self.lineage: Lineage
        self.begin = 0  # where in the lineage its instructions start
        self.spread = 0  # how many instructions there are its own, and of the stages built on it

    @property
    def source(self) -> Source:
        """The whole Dockerfile."""
        return self.instructions[0].source

    def index_of(self, instruction: Instruction) -> int:
        """The index of an instruction of the stage."""
        return instruction.index - self.instructions[0].index

    def directory(self, at: int) -> str | None:
        """The working directory of instruction `at`; None where the Dockerfile does not say it."""
        return self.held[at].directory

    def runs_as_root(self, at: int) -> bool:
        """Whether instruction `at` runs as root: the USER above it says so, or an official image starts that way."""
        user = self.held[at].user
        if user is None:
            return self.image is not None and "/" not in self.image.name
        return user in ("root", "0", "root:root", "0:0")

    def later(self, at: int) -> list[Place]:
        """Everything that runs on top of instruction `at`: the rest of the stage, then stages FROM it."""
        return self.lineage.places[self.begin + at : self.begin + self.spread]

    def later_where(self, at: int, question: Hashable, holds: Callable[[StageFacts, int], bool]) -> Iterator[Place]:
        """Those of `later` for which `holds` is true: that is asked once of each instruction, for each `question`."""
        return self.lineage.where(question, holds, self.begin + at, self.begin + self.spread)

    def once(self, question: Hashable, make: Callable[[StageFacts], T]) -> T:
        """What `make` says of the stage when `question` is first asked of it."""
        if question not in self._answers:
            self._answers[question] = make(self)
        return self._answers[question]

    def lineage_above(self) -> Iterator[StageFacts]:
        """The stage and those that it is built on, nearest first."""
        stage: StageFacts | None = self
        while stage is not None:
            yield stage
            stage = stage.parent

    def add_run(self, run: Run) -> None:
        """Take in the next of its RUNs."""
        self.runs.append(run)
        self._run_at[run.at] = run


Place = tuple[StageFacts, int]  # a stage, and an index into its instructions


class Lineage:
    """The instructions of all stages but their FROMs, those of a stage before those of the stages FROM it.

    So what runs on top of an instruction stands in one piece behind it.
    """

    def __init__(self, stages: list[StageFacts]) -> None:
        for stage in reversed(stages):
            stage.spread = len(stage.instructions) - 1 + sum(child.spread for child in stage.children)
        at = 0
        for stage in stages:
            stage.lineage = self
            if stage.parent is None:
                stage.begin, at = at, at + stage.spread
            following = stage.begin + len(stage.instructions) - 1
            for child in stage.children:
                child.begin, following = following, following + child.spread
        self.places: list[Place] = [
            (stage, index)
            for stage in sorted(stages, key=lambda stage: stage.begin)
            for index in range(1, len(stage.instructions))
        ]
        self._answers: dict[Hashable, Any] = {}

    def once(self, question: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes when `question` is first asked."""
        if question not in self._answers:
            self._answers[question] = make()
        return self._answers[question]

    def where(
        self, question: Hashable, holds: Callable[[StageFacts, int], bool], begin: int, end: int
    ) -> Iterator[Place]:
        """The places from `begin` to `end` for which `holds` is true, as it was when `question` was first asked."""
        found = self.once(question, lambda: [at for at, place in enumerate(self.places) if holds(*place)])
        at = bisect_left(found, begin)
        while at < len(found) and found[at] < end:
            yield self.places[found[at]]
            at += 1


class Facts:
    """A document and what is known of it."""

    def __init__(
        self,
        document: Document,
        context: Context | Callable[[Document], Context | None] | None = None,
        *,
        builder: str = "buildkit",
        all_stages: bool = False,
    ) -> None:
        self.document = document
        self._context = context
        #: ``classic`` too where the Dockerfile names a frontend that may not know BuildKit's newer flags.
        self.builder = builder if _knows_flags(document.directives.get("syntax")) else "classic"
        self.all_stages = all_stages

    @cached_property
    def context(self) -> Context | None:
        """The build context, which is looked for when it is first asked for."""
        return self._context(self.document) if callable(self._context) else self._context

    @property
    def expands_mounts(self) -> bool:
        """Whether the frontend that ``# syntax=`` names certainly puts variables into ``--mount``, as 1.3 does."""
        return _frontend(self.document.directives.get("syntax"), 3)

    @property
    def unpacks(self) -> bool:
        """Whether the frontend that ``# syntax=`` names certainly knows ``ADD --unpack``, as 1.17 does."""
        return _frontend(self.document.directives.get("syntax"), 17)

    @cached_property
    def tools(self) -> tuple[Tool, ...]:
        """The package managers whose word is in the Dockerfile."""
        return present(self.document.source.data)

    @cached_property
    def managers(self) -> frozenset[str]:
        """The commands of those of the tools that manage a distribution's packages."""
        return frozenset[str]().union(*(tool.commands for tool in self.tools if tool.distribution))

    @cached_property
    def indexes(self) -> tuple[tuple[Tool, Index], ...]:
        """Those of the tools that keep a package index, with that."""
        return tuple((tool, tool.package_index) for tool in self.tools if tool.package_index is not None)

    @cached_property
    def stages(self) -> tuple[StageFacts, ...]:
        """All stages, in order."""
        found: list[StageFacts] = []
        names: dict[str, StageFacts] = {}
        bases = self._bases
        for stage, base in zip(self.document.stages, bases, strict=True):
            parent = names.get(base.lower())
            image = parent.image if parent else image_named(base)
            facts = StageFacts(self, stage, parent, image)
            if parent:
                parent.children.append(facts)
            if image and image.windows:
                facts.shell = Shell(posix=False, errexit=False)
            _read_stage(facts)
            found.append(facts)
            if stage.name:
                names[stage.name] = facts
        Lineage(found)
        self._mark_shipping(found, names)
        return tuple(found)

    def close(self) -> None:
        """Let go of everything: nothing may be asked any more.

        Stages, their RUNs and what those run know each other. Left alone, all that waits for the garbage collector,
        and of a thousand files it fills the memory that the next ones could have used again.
        """
        asked: tuple[StageFacts, ...] = self.__dict__.get("stages", ())
        for stage in asked:
            stage.__dict__.clear()
        forget_scripts(self.document)

    def place_of(self, offset: int) -> Place:
        """The instruction that the byte at `offset`, behind the first FROM, is in or behind."""
        stage = self.stages[bisect_right(self.stages, offset, key=_begin) - 1]
        return stage, bisect_right(stage.instructions, offset, key=_start) - 1

    @cached_property
    def shipping(self) -> tuple[StageFacts, ...]:
        """The stages whose layers end up in an image: a clean-up elsewhere is noise."""
        return tuple(stage for stage in self.stages if stage.ships or self.all_stages)

    @cached_property
    def _bases(self) -> list[str]:
        bases = [stage.base for stage in self.document.stages]
        if any("$" in base for base in bases):
            expanded = self.document.expanded_bases
            if expanded is not None and len(expanded) == len(bases):
                bases = [new if "$" in old else old for old, new in zip(bases, expanded, strict=True)]
        return bases

    def _mark_shipping(self, stages: list[StageFacts], names: dict[str, StageFacts]) -> None:
        """What ships: the last stage, every stage that no later one uses, and what those are built FROM."""
        copied: set[StageFacts] = set()
        for facts in stages:
            for instruction in facts.instructions:
                for spelled in re.findall(_FROM_STAGE, instruction.code) if b"from=" in instruction.code else ():
                    name = spelled.decode("utf-8", "replace").lower()
                    source = names.get(name)
                    if source is None and name.isdigit() and int(name) < len(stages):
                        source = stages[int(name)]
                    if source is not None and source is not facts:
                        copied.add(source)
        for facts in reversed(stages):
            unused = facts not in copied and not facts.children
            facts.ships = facts is stages[-1] or unused or any(child.ships for child in facts.children)


def stage_named(stage: StageFacts, name: str) -> StageFacts | None:
    """The stage above `stage` that a ``--from`` calls by its name or number; None where it is another image."""
    above = stage.facts.stages[: stage.stage.number]
    wanted = name.strip("\"'").lower()
    return next((one for one in above if wanted in ((one.stage.name or "").lower(), str(one.stage.number))), None)


def _knows_flags(syntax: bytes | None) -> bool:
    """Whether the frontend that ``# syntax=`` names certainly knows ``--mount`` and ``--chmod``, as 1.2 does."""
    return syntax is None or _frontend(syntax, 2)


def _frontend(syntax: bytes | None, minor: int) -> bool:
    """Whether ``# syntax=`` names a frontend that is certainly 1.`minor` or later."""
    if syntax is None:
        return False
    name, _, _ = syntax.strip().removeprefix(b"docker.io/").partition(b"@")
    named = re.fullmatch(
        rb"docker/dockerfile(?:-upstream)?(?::(?:(?:latest|labs|master|1)|1\.(\d+)[\w.]*)(?:-\w+)?)?", name
    )
    if named is None or (b"@" in syntax and b":" not in name):
        return False
    return named[1] is None or int(named[1]) >= minor


def _begin(stage: StageFacts) -> int:
    return stage.instructions[0].start


def _start(instruction: Instruction) -> int:
    return instruction.start


_FROM_STAGE = rb"(?:--from=|\bfrom=)[\"']?([^\s,\"']+)"


def _read_stage(facts: StageFacts) -> None:
    for at, instruction in enumerate(facts.instructions):
        if instruction.keyword == "SHELL":
            facts.shell = _shell(instruction.json)
        elif instruction.keyword == "RUN":
            facts.add_run(Run(instruction, facts, at))
        facts.held.append(_held_behind(facts, at, instruction, facts.held[-1]))


def _held_behind(stage: StageFacts, at: int, instruction: Instruction, held: Held) -> Held:
    if instruction.keyword not in ("WORKDIR", "USER"):
        return held
    text = instruction.args.decode("utf-8", "replace").strip()
    if instruction.keyword == "WORKDIR":
        text = text.strip("\"'")
        if "$" in text:
            from .variables import expanded

            text = expanded(stage, at, text) or text
        return held._replace(directory=resolve(text, held.directory))
    return held._replace(user=text)


def _shell(words: tuple[str, ...] | None) -> Shell:
    """A SHELL instruction's: POSIX when it is a known shell whose last option asks for a command string."""
    if not words or words[0].rsplit("/", 1)[-1] not in ("sh", "bash", "ash", "dash") or "c" not in words[-1]:
        return Shell(posix=False, errexit=False)
    short = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
    return Shell(
        posix=words[-1].startswith("-"),
        errexit="errexit" in words or any("e" in word for word in short),
        starts_up=not _START_UP.isdisjoint(words) or any("l" in word or "i" in word for word in short),
    )


_START_UP = frozenset(("--login", "--rcfile", "--init-file"))
