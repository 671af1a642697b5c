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
_WORDS = frozenset(("desc", "description", "summary", "prompt", "version", "sources", "generates", "aliases", "label"))
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
    top = ""
    for indent, key, scalar in _scalars(source):
        if indent == 0:
            top = key
        if top == "includes":
            if scalar and key not in ("dir", "optional", "internal", "flatten", "aliases", "excludes", "includes"):
                _include(scalar, path, recipe, depth)
            continue
        if key == "dir" or key in _WORDS or not scalar.strip():
            continue
        line = re.sub(r"\{\{.*?\}\}", "${made}", scalar, flags=re.DOTALL).encode("utf-8", "replace")
        if key in ("cmd", "cmds", "sh", "defer", "status", "preconditions", "if") or b" " in line:
            recipe.shell(line, path)
            if elsewhere:
                recipe.doubt(f"the tasks of {path} run in directories of their own")
    if re.search(r"(?m)^\s*<<:|[:\-] [&*]\w", source):
        recipe.doubt(f"{path} uses anchors")


def _include(name: str, path: str, recipe: Recipe, depth: int) -> None:
    base = posixpath.dirname(path)
    found = recipe.first((name, *(f"{name}/{one}" for one in _NAMES)), base) if depth < _MOST_DEPTH else None
    if found is None:
        recipe.doubt(f"{path} includes {name}, which is not shown")
    else:
        _file(found[0], found[1], recipe, depth + 1)


def _scalars(source: str) -> Iterator[tuple[int, str, str]]:
    """Indentation, the nearest key and the text of each scalar; an item of a list has the key of the list."""
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
            while keys and keys[-1][0] > outer:
                keys.pop()
        key = keys[-1][1] if keys else ""
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
            yield indent, key, joined
            if rest.startswith(">"):
                yield indent, key, " ".join(joined.split())
            continue
        scalar = " ".join([rest, *(one.strip() for one in body)]).strip()
        if scalar.startswith(("[", "{")):
            for one in re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'|([^\[\]{},\"']+)", scalar):
                text = "".join(cast("tuple[str, ...]", one)).strip()
                inner = _KEY.match(text)
                yield indent, inner[1] if inner else key, text[inner.end() :] if inner else text
            continue
        yield indent if match else indent + 1, key, _unquoted(scalar)


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
