"""The recipes of a justfile (just's manual); all of them, and the backticks of its variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place
from .shell import interpreter_of, script

_VALUED = frozenset("-f --justfile -d --working-directory --shell --shell-arg --set --color --dotenv-path --dotenv-filename --chooser".split())  # fmt: skip # noqa: E501
_NAMES = ("justfile", "Justfile", ".justfile", "JUSTFILE")
_HEADER = re.compile(r"@?([\w-]+)(?=[ \t:])[^:=\n]*(?:=[^:=\n]*)*:(?!=)(.*)")
_IMPORT = re.compile(r"(?:import|mod)(\??)[ \t]+(?:([\w-]+)[ \t]*)?(?:(['\"])(.*?)\3)?")
_MOST_DEPTH = 8


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add what the recipes of the justfile run."""
    found = options(arguments(command), _VALUED)
    if found.has("--version", "--list", "-l", "--summary", "--help", "-V"):
        return True
    named = found.value("-f", "--justfile")
    file = None
    if named:
        path = place(named, recipe.directory)
        text = recipe.read(path)
        file = (path, text) if path is not None and text is not None else None
        recipe.directory = posixpath.dirname(path) if path else None
        work = found.value("-d", "--working-directory")
        recipe.directory = place(work, recipe.directory) if work else recipe.directory
    else:
        while recipe.directory is not None and file is None:
            file = recipe.first(_NAMES)
            if file or recipe.directory == "/":
                break
            recipe.directory = posixpath.dirname(recipe.directory)
    if file is None:
        recipe.doubt("`just` reads a justfile that is not shown")
    else:
        _file(file[0], file[1], recipe, 0)
    return True


def _file(path: str, text: bytes, recipe: Recipe, depth: int) -> None:
    lines = text.replace(b"\r\n", b"\n").decode("utf-8", "replace").split("\n")
    shell = next((one for one in lines if re.match(r"set[ \t]+shell[ \t]*:=", one)), "")
    foreign = bool(shell) and not re.search(r"\b(?:ba|da|a|k|z)?sh\b", shell)
    body: list[str] = []
    inside = False
    for line in [*lines, "end"]:
        if inside and (line[:1] in (" ", "\t") or not line.strip()):
            body.append(line)
            continue
        if inside:
            _body(body, path, recipe, foreign=foreign)
            body, inside = [], False
        imported = _IMPORT.match(line)
        if imported and (imported[4] or line.startswith("mod")):
            _import(imported, path, recipe, depth)
            continue
        for one in re.findall(r"```(.*?)```|`([^`\n]+)`", line):
            recipe.shell(_filled(one[0] or one[1]), path)
        for one in re.findall(r"shell\(\s*(['\"])(.*?)\1", line):
            recipe.shell(_filled(one[1]), path)
        inside = bool(_HEADER.match(line))


def _import(match: re.Match[str], path: str, recipe: Recipe, depth: int) -> None:
    base = posixpath.dirname(path)
    name = match[2] or ""
    candidates = (
        [match[4]] if match[4] else [f"{name}.just", f"{name}/mod.just", f"{name}/justfile", f"{name}/.justfile"]
    )
    found = recipe.first(candidates, base) if depth < _MOST_DEPTH else None
    if found is None:
        recipe.doubt(f"{path} imports {match[4] or name}, which is not shown")
    elif found[0] not in recipe.entered:
        recipe.entered.add(found[0])
        _file(found[0], found[1], recipe, depth + 1)


def _body(lines: list[str], path: str, recipe: Recipe, *, foreign: bool) -> None:
    margin = min((len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0)
    text = "\n".join(one[margin:] for one in lines).strip("\n")
    if text.startswith("#!"):
        filled = _filled(text)
        if interpreter_of(text.partition("\n")[0][2:]) in ("sh", "bash"):
            recipe.shell(filled, path)
        else:
            script(path, filled, recipe)
        return
    for line in re.sub(r"\\\n[ \t]*", " ", text).split("\n"):
        filled = _filled(re.sub(r"^[ \t]*[@-]{0,2}", "", line))
        if foreign:
            recipe.code(filled, path)
        elif not filled.startswith(b"#"):
            recipe.shell(filled, path)


def _filled(text: str) -> bytes:
    return re.sub(r"\{\{(?!\{).*?\}\}", "${made}", text).encode("utf-8", "replace")
