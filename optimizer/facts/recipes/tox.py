"""The commands of tox: tox.ini, setup.cfg and pyproject.toml; those of all environments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place

_VALUED = frozenset("-c --conf -e --workdir --root -x --override -p --result-json --index-url".split())
_SECTION = re.compile(r"\[([^\]]*)\]")
_COMMANDS = re.compile(r"(commands(?:_pre|_post)?|list_dependencies_command|install_command)[ \t]*=[ \t]*(.*)")


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add what tox runs, and the build of the project that it installs."""
    words = arguments(command)
    found = options(words[: words.index("--")] if "--" in words else words, _VALUED)
    named = found.value("-c", "--conf")
    file = recipe.first((named,) if named else ("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml"))
    if file is None:
        recipe.doubt("`tox` reads a tox.ini that is not shown")
        return True
    path, text = file
    source = text.replace(b"\r\n", b"\n").decode("utf-8", "replace")
    if path.endswith(".toml"):
        _toml(source, path, recipe)
    else:
        _ini(source, path, recipe)
    if not re.search(r"(?mi)^\s*(?:skipsdist|no_package|skip_install)\s*=\s*true", source):
        for name in ("setup.py", "pyproject.toml"):
            build = recipe.read(place(name, recipe.directory))
            if build is not None:
                recipe.code(build, place(name, recipe.directory) or "")
    return True


def _ini(source: str, path: str, recipe: Recipe) -> None:
    if re.search(r"(?m)^requires\s*=", source):
        recipe.doubt(f"{path} asks for plug-ins")
    value: list[str] = []
    inside = False
    for line in [*source.split("\n"), "[end]"]:
        if inside and (line[:1] in (" ", "\t") or not line.strip()):
            value.append(line)
            continue
        if inside:
            _commands("\n".join(value), path, recipe)
            inside = False
        match = _COMMANDS.match(line)
        if match and not _SECTION.match(line):
            value, inside = [match[2]], True
            if re.search(r"changedir\s*=", source):
                recipe.doubt(f"{path} changes the directory")


def _commands(value: str, path: str, recipe: Recipe) -> None:
    for line in re.sub(r"\\\n\s*", " ", value).split("\n"):
        bare = re.sub(r"^\s*(?:[\w{},!-]+:\s+)?[-!\s]*", "", line)
        if bare.startswith("#"):
            continue
        bare = bare.replace("{toxinidir}", recipe.directory or "${toxinidir}").replace("{envpython}", "python")
        recipe.shell(re.sub(r"\{[^{}]*\}", "${made}", bare).encode("utf-8", "replace"), path)


def _toml(source: str, path: str, recipe: Recipe) -> None:
    import tomllib

    try:
        found: Any = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError):
        recipe.doubt(f"{path} cannot be read")
        return
    if path.endswith("pyproject.toml"):
        tool: Any = found.get("tool")
        found = cast("dict[str, Any]", tool).get("tox") if isinstance(tool, dict) else None
        if not isinstance(found, dict):
            recipe.doubt("`tox` reads a tox.ini that is not shown")
            return
    _walk(cast("dict[str, Any]", found), path, recipe)


def _walk(table: dict[str, Any], path: str, recipe: Recipe) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _walk(cast("dict[str, Any]", value), path, recipe)
        elif key == "legacy_tox_ini" and isinstance(value, str):
            _ini(value, path, recipe)
        elif key.startswith("commands") and isinstance(value, list):
            for line in cast("list[Any]", value):
                words = cast("list[Any]", line) if isinstance(line, list) else [line]
                _commands(" ".join(str(word) for word in words), path, recipe)
