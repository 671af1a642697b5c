"""The files of a build context, as a ``.dockerignore`` lets them in."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ..facts.context import Pattern, ignored_by
from ..facts.files import read_file

_READ = 1_000_000  # bytes; what is longer was not written by hand


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
        files = [path for path in self.sizes if not gone.isdisjoint(with_parents(path))]
        size = sum(self.sizes.pop(path) for path in files)
        self.directories = {path for path in self.directories if gone.isdisjoint(with_parents(path))}
        return size, len(files)

    def read(self, path: str) -> bytes:
        """The contents of a file, as far as they were written by hand; nothing where it cannot be read."""
        if not 0 < self.sizes.get(path, 0) <= _READ or os.path.islink(os.path.join(self.root, path)):
            return b""
        try:
            return read_file(os.path.join(self.root, path))
        except OSError:
            return b""


def with_parents(path: str) -> Iterator[str]:
    """`path` and the directories it lies in."""
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
