"""The commands of a Taskfile (Task's manual, *Taskfile schema*); all of them, whichever task is run.

Only as much of YAML is read as tells the text of scalars; a plain word that is none of a command does no harm.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import cast

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place

_NAMES = ("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml")  # fmt: skip # noqa: E501
_VALUED = frozenset("-d --dir -t --taskfile -o --output -c --concurrency -I --interval --sort".split())
_KEY = re.compile(r"""((?:[^\s'"#:{\[&*!|>-]|-(?!\s)|:(?=\S))[^'"#{\[]*?|"[^"]*"|'[^']*')[ \t]*:(?:[ \t]+|$)""")
_BLOCK = re.compile(r"[|>][+\-\d]*[ \t]*(?:#.*)?$")
#: Keys whose text is no command.
_WORDS = frozenset(
    "desc description summary prompt version sources generates aliases label task deps dir method silent internal run "
    "ignore_error platforms interactive set shopt output interval msg requires watch dotenv for as split begin end "
    "error_only prefix".split()
)
#: Keys whose tables hold no command but below ``sh``.
_TABLES = frozenset(("vars", "env", "sources", "generates", "requires", "for", "output", "matrix"))
_MOST_DEPTH = 8


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add what the tasks of the Taskfile run."""
    found = options(arguments(command), _VALUED)
    if found.has("--version", "--list", "-l", "--list-all", "-a", "--help", "-h", "--init", "-i"):
        return True
    if found.value("-d", "--dir"):
        recipe.directory = place(found.value("-d", "--dir") or "", recipe.directory)
    named = found.value("-t", "--taskfile")
    file = None
    if named:
        file = recipe.first((named,))
        if file:
            recipe.directory = posixpath.dirname(file[0])
    while not named and recipe.directory is not None:
        file = recipe.first(_NAMES)
        if file or recipe.directory == "/":
            break
        recipe.directory = posixpath.dirname(recipe.directory)
    if file is None:
        recipe.doubt("`task` reads a Taskfile that is not shown")
    else:
        _file(file[0], file[1], recipe, 0)
    return True


def _file(path: str, text: bytes, recipe: Recipe, depth: int) -> None:
    source = text.replace(b"\r\n", b"\n").decode("utf-8", "replace")
    elsewhere = bool(re.search(r"(?m)^\s*(?:-\s+)?['\"]?dir['\"]?\s*:", source))
    for keys, scalar in _scalars(source):
        key = keys[-1] if keys else ""
        if keys[:1] == ("includes",):
            if scalar and (len(keys) == 2 or key == "taskfile"):
                _include(scalar, path, recipe, depth)
        elif scalar.strip() and key not in _WORDS and (key == "sh" or not _TABLES.intersection(keys)):
            line = re.sub(r"\{\{.*?\}\}", "${made}", scalar, flags=re.DOTALL)
            recipe.shell(line.encode("utf-8", "replace"), path)
            if elsewhere:
                recipe.doubt(f"the tasks of {path} run in directories of their own")
    if re.search(r"(?m)^\s*<<:|[:\-] [&*]\w", source):
        recipe.doubt(f"{path} uses anchors")


def _include(name: str, path: str, recipe: Recipe, depth: int) -> None:
    base = posixpath.dirname(path)
    found = recipe.first((name, *(f"{name}/{one}" for one in _NAMES)), base) if depth < _MOST_DEPTH else None
    if found is None:
        recipe.doubt(f"{path} includes {name}, which is not shown")
    elif found[0] not in recipe.entered:
        recipe.entered.add(found[0])
        _file(found[0], found[1], recipe, depth + 1)


def _scalars(source: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The keys that each scalar stands below, outermost first, and its text."""
    lines = source.split("\n")
    keys: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        line = lines[at].replace("\t", "  ")
        at += 1
        rest = line.lstrip(" ")
        if not rest or rest.startswith(("#", "---")):
            continue
        indent = len(line) - len(rest)
        outer = indent
        while rest.startswith("- ") or rest == "-":
            rest = rest[1:].lstrip(" ")
            indent = len(line) - len(rest)
        match = _KEY.match(rest)
        if match:
            while keys and keys[-1][0] >= indent:
                keys.pop()
            keys.append((indent, match[1].strip("'\"")))
            rest = rest[match.end() :]
        else:
            while keys and keys[-1][0] > outer:  # an item of a list may stand right below the list's key
                keys.pop()
        chain = tuple(key for _, key in keys)
        body: list[str] = []
        block = _BLOCK.match(rest)
        floor = keys[-1][0] if match and keys else outer
        while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip(" \t")) > floor):
            if not block and (not rest or _KEY.match(lines[at].strip().lstrip("- ")) or lines[at].strip()[:2] == "- "):
                break
            body.append(lines[at])
            at += 1
        if block:
            margin = min((len(one) - len(one.lstrip()) for one in body if one.strip()), default=0)
            joined = "\n".join(one[margin:] for one in body)
            yield chain, joined
            if rest.startswith(">"):
                yield chain, " ".join(joined.split())
            continue
        scalar = " ".join([rest, *(one.strip() for one in body)]).strip()
        if scalar.startswith(("[", "{")):
            for one in re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'|([^\[\]{},\"']+)", scalar):
                text = "".join(cast("tuple[str, ...]", one)).strip()
                inner = _KEY.match(text)
                yield (*chain, inner[1]) if inner else chain, text[inner.end() :] if inner else text
            continue
        yield chain, _unquoted(scalar)


def _unquoted(scalar: str) -> str:
    if scalar[:1] == '"':
        match = re.match(r'"((?:[^"\\]|\\.)*)"', scalar)
        return re.sub(
            r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), match[1] if match else scalar[1:]
        )
    if scalar[:1] == "'":
        match = re.match(r"'((?:[^']|'')*)'", scalar)
        return (match[1] if match else scalar[1:]).replace("''", "'")
    return re.sub(r"[ \t]#.*", "", scalar)
