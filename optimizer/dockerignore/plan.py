"""What a build context holds that no build of it needs, as lines for its ``.dockerignore``.

A line is worth having only if no build can miss what it keeps out. So nothing is kept out that an instruction takes
by name, that might be what a variable names, that git tracks (but for what a repository has for itself), or that the
Dockerfile does not make again; when in doubt it stays in. The paths are relative to the root of the context.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from ..dockerfile.document import Document
from ..dockerfile.shell import Command, read_script
from ..facts.context import Pattern, Taken, ignored_by, steps, taken
from ..facts.files import read_file
from ..knowledge.ecosystems import ASKS_GIT, FOREIGN, RECIPES, WORKSPACES, Item, ecosystems

_READ = 1_000_000  # bytes; what is longer was not written by hand


class KeptOut(NamedTuple):
    """A line of a ``.dockerignore``, and what it keeps out: bytes and number of files, 0 where there is none yet."""

    pattern: str
    section: str
    size: int
    files: int


class LeftIn(NamedTuple):
    """Something that looks useless, and why it may not be."""

    path: str
    why: str


class Plan(NamedTuple):
    """What to add to a ``.dockerignore``; `size` and `files` are the context's as it is, in bytes."""

    added: tuple[KeptOut, ...]
    left: tuple[LeftIn, ...]
    size: int
    files: int


class Tree:
    """The files below `root` that `patterns` let into a build: links as themselves, unreadable directories as empty."""

    def __init__(self, root: str, patterns: Iterable[Pattern] = ()) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}
        self.directories: set[str] = set()
        self._walk(tuple(patterns))

    def _walk(self, patterns: tuple[Pattern, ...]) -> None:
        exceptions = any(pattern.keep for pattern in patterns)
        todo = [""]
        while todo:
            directory = todo.pop()
            try:
                found = list(os.scandir(os.path.join(self.root, directory)))
            except OSError:
                continue
            for entry in found:
                path = f"{directory}/{entry.name}" if directory else entry.name
                out = ignored_by(patterns, path)
                if entry.is_dir(follow_symlinks=False):
                    if not out or exceptions:
                        todo.append(path)
                    if not out:
                        self.directories.add(path)
                elif not out:
                    with suppress(FileNotFoundError):  # it went while we looked
                        self.sizes[path] = entry.stat(follow_symlinks=False).st_size

    def __iter__(self) -> Iterator[str]:
        yield from self.sizes
        yield from self.directories

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(self.sizes.values())

    def by_name(self) -> dict[str, list[str]]:
        """Every path, by its last part."""
        names: dict[str, list[str]] = defaultdict(list)
        for path in self:
            names[path.rpartition("/")[2]].append(path)
        return names

    def remove(self, paths: Iterable[str]) -> tuple[int, int]:
        """Take `paths` and what lies below them out; returns the bytes and the number of files that go."""
        gone = set(paths)
        files = [path for path in self.sizes if not gone.isdisjoint(_up(path))]
        size = sum(self.sizes.pop(path) for path in files)
        self.directories = {path for path in self.directories if gone.isdisjoint(_up(path))}
        return size, len(files)

    def read(self, path: str) -> bytes:
        """The contents of a file, as far as they were written by hand; nothing where it cannot be read."""
        if not 0 < self.sizes.get(path, 0) <= _READ or os.path.islink(os.path.join(self.root, path)):
            return b""
        try:
            return read_file(os.path.join(self.root, path))
        except OSError:
            return b""


def _up(path: str) -> Iterator[str]:
    """`path` and the directories it lies in."""
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


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
                self.said.append((line, text))
            if instruction.keyword in ("RUN", "WORKDIR"):
                self.places.append(text)
            if script := read_script(instruction):
                self._commands[stage] += map(_spoken, script.commands)
            if instruction.flag("from"):
                self._handed_over[stage].append(text)

    def takes_all(self) -> bool:
        """Whether an instruction takes the whole context, so that what is in it matters."""
        return any(item.pattern is None for item in self.taken)

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


class _Claim(NamedTuple):
    """Something that is taken, or let in, by name."""

    pattern: Pattern
    head: str  # as far as it is spelled out
    why: str

    @property
    def literal(self) -> bool:
        return self.head == self.pattern.text


def plan(
    root: str,
    dockerfiles: Iterable[Dockerfile],
    existing: Iterable[tuple[int, Pattern]] | None,
    *,
    name: str = ".dockerignore",
    tracked: Iterable[str] | None = None,
    docker_files: Iterable[str] = (),
) -> Plan:
    """The lines to add to the ``.dockerignore`` called `name` for the context at `root`.

    `existing` are its patterns with their lines, None where there is no such file: a new one also gets the few lines
    that every context should have. `tracked` are the files that git tracks, None where there is no git to ask.
    `docker_files` are the Dockerfiles in the context and the files of patterns that go with them. A file with the lines
    added needs no more: planning again adds nothing.
    """
    patterns = tuple(existing or ())
    chooser = _Chooser(Tree(root, (pattern for _, pattern in patterns)), tuple(dockerfiles))
    chooser.patterns = [pattern for _, pattern in patterns]
    chooser.claims += _exceptions(patterns, name)
    chooser.tracked = None if tracked is None else frozenset(up for path in tracked for up in _up(path))
    chooser.docker_files = frozenset(docker_files)
    size, files = chooser.tree.size, len(chooser.tree.sizes)
    added = chooser.choose(new=existing is None)
    while more := chooser.choose(new=False):  # what is out of sight now may have been a reason for doubt
        added += more
    order = {section.title: at for at, section in enumerate(ecosystems())}
    added.sort(key=lambda item: (order[item.section], item.pattern.removeprefix("**/"), item.pattern))
    return Plan(tuple(added), tuple(LeftIn(*item) for item in sorted(chooser.left.items())), size, files)


def _exceptions(patterns: Iterable[tuple[int, Pattern]], name: str) -> Iterator[_Claim]:
    """What the patterns, with their lines in the file `name`, let in by name."""
    for line, pattern in patterns:
        text = re.sub(r"(?:^|/)\*\*?$", "", pattern.text) if pattern.keep else ""
        if text:  # an exception for everything is none for something
            exception = Pattern("/" + text)
            yield _Claim(exception, Taken(exception, 0, line).head, f"{name}:{line} lets it in")


class _Chooser:
    """Chooses lines for the files in `tree`, from which it takes what they keep out."""

    def __init__(self, tree: Tree, dockerfiles: tuple[Dockerfile, ...]) -> None:
        self.tree = tree
        self.dockerfiles = dockerfiles
        self.builders = tuple(item for item in dockerfiles if item.builds)
        self.claims = [
            _Claim(item.pattern, item.head, f"{dockerfile.name}:{item.line} names it or a directory it lies in")
            for dockerfile in dockerfiles
            for item in dockerfile.taken
            if item.pattern
        ]
        self.patterns: list[Pattern] = []  # what keeps out what is not in the tree
        self.tracked: frozenset[str] | None = None  # by git, with the directories they lie in
        self.docker_files: frozenset[str] = frozenset()
        self.left: dict[str, str] = {}

    def choose(self, *, new: bool) -> list[KeptOut]:
        """Lines for what is in the tree now; a `new` file also gets those that every context should have."""
        self.left = {}
        self.names = self.tree.by_name()
        self.texts = {path: self.tree.read(path) for path in self.tree.sizes if _is_recipe(path)}
        self.touched = [self._touched(claim) for claim in self.claims]
        self.workspace = any(sign in self.tree.read(path) for path, sign in WORKSPACES.items())
        chosen: list[KeptOut] = []
        for section in ecosystems():
            if section.markers and not any(self._own(self._named(marker)) for marker in section.markers):
                continue
            for item in section.items:
                found = self._found(item)
                if (found and (new or not item.only_new)) or (new and item.always):
                    lines = self._lines(item, found, always=new and item.always)
                    chosen += (KeptOut(line, section.title, *self.tree.remove(hits)) for line, hits in lines)
                    self.patterns += (Pattern(line) for line, _ in lines)
        return chosen

    def _touched(self, claim: _Claim) -> set[str]:
        """What a claim that is not spelled out takes, and the directories it lies in."""
        if claim.literal:
            return set()
        return {up for path in self.tree if claim.pattern.exact.fullmatch(path) for up in _up(path)}

    def _named(self, glob: str) -> list[str]:
        """The paths whose last part, or, where there is a slash in it, the whole of which `glob` matches."""
        if "*" not in glob and "/" not in glob:
            return [path for path in self.names.get(glob, ()) if self._there(path)]
        expression = Pattern("/" + glob).exact
        if "/" in glob:
            return [path for path in self.tree if expression.fullmatch(path)]
        found = (paths for name, paths in self.names.items() if expression.fullmatch(name))
        return [path for paths in found for path in paths if self._there(path)]

    def _there(self, path: str) -> bool:
        return path in self.tree.sizes or path in self.tree.directories

    def _own(self, paths: Iterable[str]) -> list[str]:
        return [path for path in paths if FOREIGN.isdisjoint(path.split("/")[:-1])]

    def _found(self, item: Item) -> list[str]:
        """What the item's name matches, in order, without what lies below something else that it matches."""
        found = set(self._named(item.name))
        if item.kind == "aside":
            found = {path for path in found if "/" not in path}
        return sorted(path for path in found if not any(up in found for up in _up(path) if up != path))

    def _lines(self, item: Item, found: list[str], *, always: bool) -> list[tuple[str, list[str]]]:
        """Patterns for what may be kept out of `found`, each with what it matches there."""
        own = found if item.kind == "cache" or "/" in item.name else self._own(found)
        kept: list[str] = []
        for path in own:
            why = self._why_not(item, path)
            if why is None:
                kept.append(path)
            elif why:
                self.left[path] = why
        if always and not found and not ignored_by(self.patterns, item.name) and self._why_not(item, item.name) is None:
            kept = found = [item.name]
        deep = item.kind == "cache" and "/" not in item.name
        glob = f"**/{item.name}" if deep or any("/" in path for path in kept if "/" not in item.name) else item.name
        if kept and kept == found and not self._reaches_further(glob):
            return [(glob, kept)]
        # No escape is the same for all builders: what needs one stays in.
        return [(path, [path]) for path in kept if re.fullmatch(r"[\w.@+~,=-][\w./@+~,= -]*[\w./@+~,=-]", path)]

    def _reaches_further(self, glob: str) -> bool:
        """Whether `glob` would also keep out what is taken by name, should it appear."""
        pattern = Pattern(glob)
        last = Pattern("/" + pattern.text.rpartition("/")[2])
        example = last.text.replace("*", "x")
        for claim in self.claims:
            if claim.head and pattern.below.fullmatch(claim.head):
                return True
            end = claim.pattern.text.rpartition("/")[2]
            if not claim.literal and (
                Pattern("/" + end).exact.fullmatch(example) or last.exact.fullmatch(end.replace("*", "x"))
            ):
                return True
        return False

    def _why_not(self, item: Item, path: str) -> str | None:
        """None where `path` may be kept out; else the reason, which is empty where it is not what the item means."""
        place, _, name = path.rpartition("/")
        near = f"{place}/" if place else ""
        if item.beside and not any(near + other in self.tree.sizes for other in item.beside):
            return ""
        if item.holds and f"{path}/{item.holds}" not in self.tree.sizes:
            return ""
        if item.private_key and b"PRIVATE KEY-----" not in self.tree.read(path):
            return ""
        if re.match(r"(?i).*dockerfile|containerfile", name) and path not in self.docker_files:
            return ""
        for claim, touched in zip(self.claims, self.touched, strict=True):
            expression = claim.pattern.exact if item.kind == "cache" else claim.pattern.below
            if claim.head == path or claim.head.startswith(path + "/") or expression.fullmatch(path) or path in touched:
                return claim.why
        if item.kind != "aside" and self.tracked is not None and path in self.tracked:
            return "git tracks it"
        if item.untracked and self.tracked is None:
            return "it may hold sources"
        if item.kind == "output":
            return self._why_not_made(item, place, name)
        if item.kind == "environment" and self._made(item, name):
            return None
        if item.kind != "cache" and (where := self._spoken_of(item)):
            return f"{where} speaks of it"
        return self._why_git() if item.name == ".git" else None

    def _made(self, item: Item, name: str) -> bool:
        return any(one.runs(item.made) for one in self.builders) and all(
            one.makes_again(item.made, name) for one in self.builders
        )

    def _why_not_made(self, item: Item, place: str, name: str) -> str | None:
        for one in self.builders:
            if not one.makes_again(item.made, name):
                return f"{one.name} does not make it again"
        if not self._made(item, name):
            return "no Dockerfile makes it again"
        if not place or "/" in item.name or self.workspace:
            return None
        directory = _word(place.rpartition("/")[2])
        if any(directory.search(text) for one in self.builders for text in one.places):
            return None
        return f"nothing is built in {place}"

    def _spoken_of(self, item: Item) -> str:
        """Where an instruction, or for a secret also a script, speaks of the item; empty where none does."""
        stem = next(filter(None, item.name.split("*")))
        word = _word(stem, opens=item.name.startswith(stem), closes=item.name.endswith(stem))
        for one in self.dockerfiles:
            for line, text in one.said:
                if word.search(text):
                    return f"{one.name}:{line}"
        if item.kind != "secret":
            return ""
        texts = ((path, text) for path, text in sorted(self.texts.items()) if not path.endswith(".go"))
        return next((path for path, text in texts if word.search(text)), "")

    def _why_git(self) -> str | None:
        """Who asks git about the repository during a build. Go stamps what git says where nothing keeps it from it."""
        for one in self.dockerfiles:
            for line, text in one.said:
                if re.search(ASKS_GIT, text):
                    return f"{one.name}:{line} may ask git"
        for path, text in sorted(self.texts.items()):
            if re.search(ASKS_GIT if not path.endswith(".go") else rb"ReadBuildInfo", text):
                return f"{path} may ask git"
        return None


def _is_recipe(path: str) -> bool:
    *directories, name = path.split("/")
    return bool(re.fullmatch(RECIPES, name)) and FOREIGN.isdisjoint(directories)


def _word(text: str, *, opens: bool = True, closes: bool = True) -> re.Pattern[bytes]:
    """What finds `text` as a name of its own, or as the beginning or the end of one."""
    before, after = rb"(?<![\w.-])" if opens else b"", rb"(?![\w-])" if closes else b""
    return re.compile(before + re.escape(text.encode("utf-8", "surrogateescape")) + after)
