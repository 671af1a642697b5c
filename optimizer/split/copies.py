"""The COPY lines that bring what is kept: directories before single files, and as few lines as a person would write."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..image.archive import Entry
from .evidence import Declined

_MOST_LINES = 24
_MOST_NAMES = 4  # more files of one directory than that are not named one by one

_LIBRARIES = frozenset(("site-packages", "dist-packages", "node_modules", "gems", "specifications"))
_OF_ONE_BUILD = re.compile(r"[-._](?=[0-9a-f]*\d)[0-9a-f]{8,}(?:\.|$)")  # a name with a hash in it


class Copy(NamedTuple):
    """One COPY from the build stage. A directory is brought whole; files go into the directory `target`."""

    sources: tuple[str, ...]
    target: str
    owner: str  # for ``--chown``; empty for root


def copies(
    kept: Iterable[str], files: Mapping[str, Entry], harmless: Mapping[str, Entry], names: Mapping[tuple[int, int], str]
) -> tuple[list[Copy], list[tuple[str, str]]]:
    """The lines that bring the files `kept` out of the original image's `files`, and the links to make, with targets.

    What `harmless` has, the same at the same path, may come along; `names` tells how an owner is spelled. Raises
    `Declined`.
    """
    wanted = set(kept)
    directories = {one for path in wanted for one in _above(path)}
    children: dict[str, list[str]] = {}
    for path in files.keys() - {"/"}:
        children.setdefault(posixpath.dirname(path), []).append(path)
    found = _Lines(wanted, directories, files, harmless, children, names)
    found.visit("/")
    if len(found.lines) > _MOST_LINES:
        shown = ", ".join(line.sources[0] for line in found.lines[:6])
        raise Declined(f"it takes {len(found.lines)} lines to copy what ships, too many to read: {shown}, …")
    return found.lines, found.links


def _above(path: str) -> Iterable[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


class _Lines:
    def __init__(
        self,
        wanted: set[str],
        directories: set[str],
        files: Mapping[str, Entry],
        harmless: Mapping[str, Entry],
        children: Mapping[str, list[str]],
        names: Mapping[tuple[int, int], str],
    ) -> None:
        self.wanted = wanted
        self.directories = directories
        self.files = files
        self.harmless = harmless
        self.children = children
        self.names = names
        self.lines: list[Copy] = []
        self.links: list[tuple[str, str]] = []

    def visit(self, directory: str) -> None:
        """Bring what is wanted below `directory`."""
        here = self.files.get(directory)
        # COPY --chown gives the directory that it makes away too.
        other = here is not None and self._owners(directory) != {(here.user, here.group)}
        apart = other and not any(path in self.wanted for path in self.children.get(directory, ()))
        if directory != "/" and directory not in self.harmless and not apart and self._whole(directory):
            self.lines.append(Copy((directory,), directory, self._owner(self._owners(directory))))
            return
        singles: dict[str, list[str]] = {}
        for path in sorted(self.children.get(directory, ())):
            if path in self.wanted:
                singles.setdefault(self._owner({(self.files[path].user, self.files[path].group)}), []).append(path)
        total = sum(path in self.wanted or path in self.directories for path in self.children.get(directory, ()))
        # The names in a directory of libraries tell their versions.
        many = total > _MOST_NAMES or (total and posixpath.basename(directory) in _LIBRARIES)
        if many and directory in self.harmless and self._whole(directory):
            self.lines.append(Copy((directory,), directory, self._owner(self._owners(directory))))
            return
        for path in sorted(self.children.get(directory, ())):
            if path in self.directories:
                self.visit(path)
        for owner, paths in singles.items():
            # COPY follows a link that it is told to copy: only a directory brings it as it is.
            self.links += [(path, self.files[path].target) for path in paths if self.files[path].kind == "link"]
            paths = [path for path in paths if self.files[path].kind != "link"]
            if not paths:
                continue
            if named := next((path for path in paths if _OF_ONE_BUILD.search(posixpath.basename(path))), None):
                raise Declined(f"{named}: the next build may call it otherwise, so no COPY can name it")
            alone = len(paths) == 1
            self.lines.append(Copy(tuple(paths), paths[0] if alone else directory.rstrip("/") + "/", owner))

    def _whole(self, directory: str) -> bool:
        """Whether all below `directory` ships, or does no harm, and has one owner."""
        for path in self._below(directory):
            entry = self.files[path]
            if path in self.wanted or self.harmless.get(path) == entry:
                continue
            if entry.kind != "directory":
                return False
            if path not in self.directories and not self._holds_nothing(path):
                return False
        return len(self._owners(directory)) == 1

    def _holds_nothing(self, directory: str) -> bool:
        return not any(self.files[path].kind != "directory" for path in self._below(directory))

    def _owners(self, directory: str) -> set[tuple[int, int]]:
        return {(self.files[path].user, self.files[path].group) for path in self._below(directory)}

    def _below(self, directory: str) -> Iterable[str]:
        todo = list(self.children.get(directory, ()))
        while todo:
            path = todo.pop()
            yield path
            todo += self.children.get(path, ())

    def _owner(self, owners: set[tuple[int, int]]) -> str:
        (owner,) = owners
        return "" if owner == (0, 0) else self.names.get(owner, f"{owner[0]}:{owner[1]}")
