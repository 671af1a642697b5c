"""Runners whose file is a program, as invoke's and rake's, and those that start a command in an environment."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, cast

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place, rest, spelled

_FILES = {
    "inv": ("tasks.py", "tasks/__init__.py"),
    "invoke": ("tasks.py", "tasks/__init__.py"),
    "fab": ("fabfile.py", "fabfile/__init__.py"),
    "rake": ("Rakefile", "rakefile", "Rakefile.rb", "rakefile.rb"),
}
#: Options of a runner, before the command that it starts, which take a value.
_VALUED = frozenset(
    "-C --directory -P --project -p --python --with --extra --group --env-file --gemfile --package -e -f".split()
)


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add the program of the tasks, or the command behind ``exec`` or ``run``."""
    if command.name in _FILES:
        _tasks(command, recipe)
        return True
    words = list(command.argv[1:])
    if command.name not in ("npx", "bunx", "dotenv"):
        while words and words[0].raw.startswith(b"-"):
            words = words[2 if spelled(words[0]) in _VALUED else 1 :]
        if not words or words[0].value not in ("exec", "run"):
            return False
        words = words[1:]
    while words and words[0].raw.startswith(b"-") and words[0].raw != b"--":
        option, equals, value = spelled(words[0]).partition("=")
        if option in ("--directory", "-C"):
            value = value or (spelled(words[1]) if len(words) > 1 else "")
            recipe.directory = place(value, recipe.directory)
        words = words[2 if option in _VALUED and not equals else 1 :]
    if words[:1] and words[0].raw == b"--":
        words = words[1:]
    if not words:
        recipe.doubt(f"what `{command.name}` starts is not known")
    elif command.name in ("npx", "bunx") and "/" not in spelled(words[0]) and words[0].value not in _KNOWN:
        return False
    else:
        name = spelled(words[0])
        if command.name in ("pipenv", "pdm", "rye", "hatch") and _script(command.name, name, recipe):
            return True
        if name.endswith(".py") and command.name in ("uv", "rye", "pdm"):
            recipe.shell(b"python " + rest(words))
        else:
            recipe.shell(rest(words))
    return True


#: What npx may be asked to start that has a reader of its own.
_KNOWN = frozenset("npm yarn pnpm run-s run-p npm-run-all node bun task just".split())


def _tasks(command: Command, recipe: Recipe) -> None:
    found = options(arguments(command), frozenset("-f --rakefile -c --collection -r --search-root -e --execute -I -C --directory".split()))  # fmt: skip # noqa: E501
    for name, value in found.given:
        if name in ("-C", "--directory", "--search-root") and value and command.name != "rake":
            recipe.directory = place(value, recipe.directory)
        elif name in ("-e", "--execute"):
            recipe.code(value.encode("utf-8", "replace"))
    named = found.value("-f", "--rakefile", "-c", "--collection")
    names = _FILES[command.name]
    if named:
        names = (named, f"{named}.py", f"{named}/__init__.py")
    directory = recipe.directory
    file = None
    while directory is not None:
        file = recipe.first(names, directory)
        if file or directory == "/" or named:
            break
        directory = posixpath.dirname(directory)
    if file is None:
        recipe.doubt(f"`{command.name}` reads a {names[0]} that is not shown")
        return
    recipe.code(file[1], file[0], directory)
    if b"import" in file[1] or b"require" in file[1] or b"load" in file[1] or file[0].endswith("__init__.py"):
        recipe.doubt(f"{file[0]} loads other files")


def _script(runner: str, name: str, recipe: Recipe) -> bool:
    """Add a script that the project's file gives a name; False where it gives none to it."""
    import tomllib

    file = recipe.first(("Pipfile",) if runner == "pipenv" else ("pyproject.toml",))
    if file is None:
        return False
    try:
        found: Any = tomllib.loads(file[1].decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        recipe.doubt(f"{file[0]} cannot be read")
        return True
    keys = ("scripts",) if runner == "pipenv" else ("tool", runner, "scripts")
    for key in keys:
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    script: Any = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    if script is None:
        return False
    if isinstance(script, str):
        recipe.shell(script.encode("utf-8", "replace"), file[0])
    else:
        for line in _strings(script):
            recipe.shell(line.encode("utf-8", "replace"), file[0])
    return True


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        inner = [one for item in cast("list[Any]", value) for one in _strings(item)]
        return [" ".join(inner), *inner]
    return (
        [one for item in cast("dict[str, Any]", value).values() for one in _strings(item)]
        if isinstance(value, dict)
        else []
    )
