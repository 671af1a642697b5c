"""What a build context holds that no build of it needs, as lines for its ``.dockerignore``.

A line is worth having only if no build can miss what it keeps out. So nothing is kept out that an instruction takes
by name, that might be what a variable names, that git tracks (but for what a repository has for itself), or that the
Dockerfile does not make again; when in doubt it stays in. The paths are relative to the root of the context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..facts.context import Pattern, Taken, ignored_by
from ..knowledge.ecosystems import FOREIGN, WORKSPACES, Item, ecosystems
from .dockerfiles import Dockerfile
from .mentions import Mentions, as_name
from .tree import Tree, with_parents


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
    chooser.tracked = None if tracked is None else frozenset(up for path in tracked for up in with_parents(path))
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
        self.mentions = Mentions(self.tree, self.dockerfiles)
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
        return {up for path in self.tree if claim.pattern.exact.fullmatch(path) for up in with_parents(path)}

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
        return sorted(path for path in found if not any(up in found for up in with_parents(path) if up != path))

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
        if item.kind != "cache" and (where := self.mentions.of(item, name)):
            return f"{where} speaks of it"
        where = self.mentions.of_git() if item.name == ".git" else ""
        return f"{where} may ask git" if where else None

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
        directory = as_name(place.rpartition("/")[2])
        if any(directory.search(text) for one in self.builders for text in one.places):
            return None
        return f"nothing is built in {place}"
