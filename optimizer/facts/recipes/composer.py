"""The scripts of composer.json: events of an installation, and commands by name (Composer's manual, *Scripts*)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place

_VALUED = frozenset(("-d", "--working-dir", "--timeout", "--ignore-platform-req", "--prefer-install"))
_SCRIPTS_ON = frozenset("install i update u upgrade require r remove rm uninstall create-project dump-autoload dumpautoload reinstall".split())  # fmt: skip # noqa: E501
_RUNS = frozenset(("run-script", "run"))
#: Methods of a library that run nothing but clear caches.
_HARMLESS = ("Illuminate\\Foundation\\ComposerScripts::",)
#: Commands of Composer's own that run no script of the project by themselves.
_OWN = frozenset("about archive audit bump check-platform-reqs clear-cache clearcache cc config depends why diagnose exec fund global help init licenses list outdated prohibits why-not search self-update selfupdate show info status suggests validate browse home".split())  # fmt: skip # noqa: E501
_MOST = 200


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add the scripts that Composer runs."""
    found = options(arguments(command), _VALUED)
    directory = found.value("-d", "--working-dir")
    if directory:
        recipe.directory = place(directory, recipe.directory)
    if not found.operands or found.operands[0] in _OWN - {"exec", "global"}:
        return bool(found.operands)
    verb, operands = found.operands[0], found.operands[1:]
    if verb in ("exec", "global"):
        return False
    if verb in _SCRIPTS_ON and found.has("--no-scripts"):
        return True
    path = place("composer.json", recipe.directory)
    text = recipe.read(path)
    if path is None or text is None:
        recipe.doubt(f"{path or 'composer.json'} is not shown")
        return True
    try:
        package: Any = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        package = None
    if not isinstance(package, dict):
        recipe.doubt(f"{path} cannot be read")
        return True
    scripts: Any = cast("dict[str, Any]", package).get("scripts")
    table = cast("dict[str, Any]", scripts) if isinstance(scripts, dict) else {}
    if verb in _SCRIPTS_ON:
        # Plug-ins have events with names of their own: whatever is named like an event may run.
        names = [name for name in table if re.match(r"(?:pre|post)-|init$|command$", name)]
    elif verb in _RUNS:
        names = operands[:1]
    else:
        names = [verb]
    if any("$" in name for name in names):
        names = list(table)
    _add(names, table, path, recipe, cast("dict[str, Any]", package))
    return True


def _add(names: list[str], table: dict[str, Any], path: str, recipe: Recipe, package: dict[str, Any]) -> None:
    seen: set[str] = set()
    waiting = list(names)
    while waiting and len(seen) < _MOST:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        given: Any = table.get(name)
        lines = cast("list[Any]", given) if isinstance(given, list) else [given]
        for line in lines:
            if not isinstance(line, str):
                continue
            reference = re.match(r"@(\S+)(.*)", line, re.DOTALL)
            if not reference:
                if re.fullmatch(r"[\w\\]+(?:::\w+)?", line) and ("::" in line or "\\" in line):
                    _callback(line, recipe, package)
                else:
                    recipe.shell(line.encode("utf-8", "replace"), path)
            elif reference[1] in ("php", "composer"):
                recipe.shell((reference[1] + reference[2]).encode("utf-8", "replace"), path)
            elif reference[1] == "putenv":
                recipe.shell(f"export{reference[2]}".encode("utf-8", "replace"), path)
            elif reference[1] in table:
                waiting.append(reference[1])
            else:
                recipe.shell(f"composer {reference[1]}{reference[2]}".encode("utf-8", "replace"), path)


def _callback(method: str, recipe: Recipe, package: dict[str, Any]) -> None:
    """Add the file of a PHP class whose method is called, by PSR-4."""
    if method.startswith(_HARMLESS):
        return
    name = method.partition("::")[0].lstrip("\\")
    for key in ("autoload", "autoload-dev"):
        section: Any = package.get(key)
        places: Any = cast("dict[str, Any]", section).get("psr-4") if isinstance(section, dict) else None
        for prefix, stated in (cast("dict[str, Any]", places) if isinstance(places, dict) else {}).items():
            if not name.startswith(prefix):
                continue
            for one in cast("list[Any]", stated) if isinstance(stated, list) else [stated]:
                file = place(f"{one or '.'}/{name[len(prefix) :]}.php".replace("\\", "/"), recipe.directory)
                text = recipe.read(file)
                if file is not None and text is not None:
                    recipe.code(text, file)
                    return
    recipe.doubt(f"the class {name} of composer.json is not shown")
