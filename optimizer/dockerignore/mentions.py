"""Who speaks of a file of the context: an instruction, a recipe of something that is built, or a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from ..knowledge.ecosystems import FOREIGN, Item
from ..knowledge.mentions import ASKS_GIT, OPENS_DOTENV, PROGRAMS, RECIPES, RUNS_GIT, SHOWS_GIT, SILENT, STARTS_DOTENV
from .dockerfiles import Dockerfile
from .tree import Tree

_DOTENV = ".env"
_SAYS_DOTENV = rb"(?<![\w.-])\.env(?![A-Za-z0-9])"


class Mentions:
    """What `dockerfiles`, and the files of `tree` that say anything, say of others. They are read when first asked."""

    def __init__(self, tree: Tree, dockerfiles: Iterable[Dockerfile]) -> None:
        self._tree = tree
        self._said = [(f"{one.name}:{line}", text) for one in dockerfiles for line, text in one.said]

    def of(self, item: Item, name: str) -> str:
        """Where something speaks of a file called `name`, which is such an item; empty where nothing does."""
        dotenv = name.startswith(_DOTENV)
        stem = next(filter(None, item.name.split("*")))
        word = as_name(stem, opens=item.name.startswith(stem), closes=item.name.endswith(stem))
        if dotenv:  # a program may put the end of the name together
            word = re.compile(_SAYS_DOTENV)
        if where := _first(self._said, re.compile(_SAYS_DOTENV + rb"|" + STARTS_DOTENV) if dotenv else word):
            return where
        if item.kind == "secret":
            if where := _first(self._recipes, word, lambda path: not path.endswith(".go")):
                return where
            return _first(self._texts, self._opening(item, name))
        if item.kind == "aside" and name != ".git":
            return _first(self._texts, as_name(name), lambda path: _is(path, PROGRAMS))
        return ""

    def of_git(self) -> str:
        """Who asks git about the repository. Go stamps what git says where nothing keeps it from it."""
        if where := _first(self._said, re.compile(ASKS_GIT)):
            return where
        for path, text in self._recipes:
            if re.search(ASKS_GIT if not path.endswith(".go") else rb"ReadBuildInfo", text):
                return path
        where = _first(self._texts, re.compile(RUNS_GIT), lambda path: _is(path, PROGRAMS))
        return where or _first(self._texts, re.compile(SHOWS_GIT))

    def _opening(self, item: Item, name: str) -> re.Pattern[bytes]:
        """What a program says that opens the secret: its name, or the end of it as a text of its own."""
        if name.startswith(_DOTENV):
            return re.compile(_SAYS_DOTENV + rb"|" + OPENS_DOTENV)
        ends = re.escape(item.name.removeprefix("*").encode())
        loose = rb"|[\"'`*/]" + ends + rb"\b" if item.name.startswith("*") else b""
        return re.compile(as_name(name).pattern + loose)

    @cached_property
    def _recipes(self) -> list[tuple[str, bytes]]:
        return [(path, self._tree.read(path)) for path in sorted(self._tree.sizes) if _is(path, RECIPES)]

    @cached_property
    def _texts(self) -> list[tuple[str, bytes]]:
        """The files that may say something to a program, but for what is not text."""
        paths = [path for path in sorted(self._tree.sizes) if not _is(path, SILENT) and not _is_for_others(path)]
        texts = ((path, self._tree.read(path)) for path in paths if FOREIGN.isdisjoint(path.split("/")[:-1]))
        return [(path, text) for path, text in texts if text and b"\0" not in text[:1024]]


def _is(path: str, names: str) -> bool:
    *directories, name = path.split("/")
    return bool(re.fullmatch(names, name)) and FOREIGN.isdisjoint(directories)


def _is_for_others(path: str) -> bool:
    """Whether it is for a service that builds elsewhere, or for an editor."""
    return path.startswith((".github/", ".circleci/", ".vscode/", ".idea/", ".devcontainer/", ".husky/"))


def _first(
    texts: Iterable[tuple[str, bytes]], word: re.Pattern[bytes], which: Callable[[str], bool] = lambda _: True
) -> str:
    """The first place whose text has the word; empty where none has it."""
    return next((where for where, text in texts if which(where) and word.search(text)), "")


def as_name(text: str, *, opens: bool = True, closes: bool = True) -> re.Pattern[bytes]:
    """What finds `text` as a name of its own, or as the beginning or the end of one."""
    before, after = rb"(?<![\w.-])" if opens else b"", rb"(?![\w-])" if closes else b""
    return re.compile(before + re.escape(text.encode("utf-8", "surrogateescape")) + after)
