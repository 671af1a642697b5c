"""The ecosystems that programs are written in, as data: what lists their dependencies, what a build makes again.

Every module but `repository` describes one; together their items say what lies in build contexts and is of no use
there. Five kinds of items, by what must hold before something is kept out:

- ``cache``: a tool writes it again at will, and nothing but that tool reads it.
- ``aside``: belongs to a repository, not to what is built from it. Only at the root.
- ``output``: a command of the Dockerfile makes it again.
- ``environment``: of use only where it was made; the Dockerfile does not speak of it, or it makes its own.
- ``secret``: the Dockerfile and the scripts beside it do not speak of it.

Whatever it is, an instruction that takes it by name keeps it in; so does git where it tracks it, except for ``aside``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import NamedTuple


class Item(NamedTuple):
    """Files or directories; the regular expressions are for commands without their options."""

    name: str  # a glob for the last part of a path; with a slash in it, a path from the root
    kind: str
    made: str = ""  # the commands that make it again
    beside: tuple[str, ...] = ()  # one of these lies beside it
    holds: str = ""  # a file in the directory that shows what it is
    private_key: bool = False  # only where the file holds one: a certificate is no secret
    untracked: bool = False  # only where git is there to say that it is not a source: the name is a common one
    always: bool = False  # goes into every new file
    only_new: bool = False  # and into no other


class Ecosystem(NamedTuple):
    """What belongs to a language, there when one of the marker files is; `title` is the comment above its items.

    `manifests` are regular expressions for the names of the files that list dependencies.
    """

    title: str
    markers: tuple[str, ...]
    items: tuple[Item, ...]
    manifests: tuple[str, ...] = ()


def items_of(kind: str, *names: str) -> tuple[Item, ...]:
    """An item of the kind for each name."""
    return tuple(Item(name, kind) for name in names)


def outputs(made: str, beside: tuple[str, ...], *names: str) -> tuple[Item, ...]:
    """An item for each name that the commands `made` make again."""
    return tuple(Item(name, "output", made, beside) for name in names)


_LANGUAGES = ("node", "python", "go", "java", "rust", "ruby", "php")


@cache
def ecosystems() -> tuple[Ecosystem, ...]:
    """All of them, in the order in which a ``.dockerignore`` has their sections."""
    repository = import_module(".repository", __name__)
    first: tuple[Ecosystem, ...] = repository.FIRST
    last: tuple[Ecosystem, ...] = repository.LAST
    return (*first, *(_load(name) for name in _LANGUAGES), *last)


def _load(name: str) -> Ecosystem:
    found: Ecosystem = import_module(f".{name}", __name__).ECOSYSTEM
    return found


def lists_dependencies(path: str) -> bool:
    """Whether the file at `path` is one that lists dependencies, by its name."""
    name = path.rpartition("/")[2]
    return any(re.fullmatch(one, name) for language in _LANGUAGES for one in _load(language).manifests)


#: Directories of other people's files, in which nothing is looked for that must be certain.
FOREIGN = frozenset((".git", ".tox", ".venv", "node_modules", "site-packages", "vendor", "venv"))

#: What says, in a file at the root, that a build there makes the outputs of the directories below too.
WORKSPACES: dict[str, bytes] = {
    "package.json": b'"workspaces"',
    "pnpm-workspace.yaml": b"packages",
    "pom.xml": b"<modules>",
    "settings.gradle": b"include",
    "settings.gradle.kts": b"include",
}
