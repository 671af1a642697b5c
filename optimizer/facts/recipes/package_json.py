"""The scripts of package.json: life cycle, and by name. The manuals of npm, Yarn, pnpm and Bun: *scripts*, *run*."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from ...dockerfile.commands import Command
from .base import Options, Recipe, arguments, options, place

_VALUED = frozenset(
    "-C --prefix --cwd --dir -w --workspace --filter -F --omit --include --registry --loglevel --cache "
    "--network-timeout --modules-folder --cache-folder --mutex --network-concurrency --userconfig "
    "--install-strategy --only --fetch-timeout --fetch-retries --node-linker --store-dir --reporter "
    "--script-shell".split()
)
_INSTALLS = frozenset("install i ci clean-install ic isntall install-clean it install-test cit link rebuild rb".split())
_LIFE_CYCLE = (
    "preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies",
    "pnpm:devPreinstall", "prepublishOnly", "prepack", "postpack",
)  # fmt: skip
_PACKS = frozenset(("pack", "publish"))
_BY_NAME = frozenset(("test", "start", "stop", "restart", "t", "tst"))
#: What the package managers do by themselves, and no script's name can stand for it.
_OWN = frozenset(
    "add audit bin bugs cache completion config dedupe deprecate dist-tag docs doctor edit explain find-dupes fund get "
    "help import info init la licenses list ll login logout ls org outdated owner ping pkg prefix prune query remove "
    "rm un uninstall unlink repo root sbom search set set-script shrinkwrap star store team token uninstall unlink "
    "unpublish up update upgrade version versions view whoami why autoclean check policies generate-lock-entry global "
    "self-update env setup deploy fetch patch plugin create upgrade-interactive constraints".split()
)  # fmt: skip
_RUNS_PROGRAM = frozenset(("exec", "x", "dlx", "node"))
_MOST_WORKSPACES = 40


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add the scripts that npm, Yarn, pnpm, Bun or npm-run-all runs."""
    name = "yarn" if command.name == "yarnpkg" else command.name
    words = arguments(command)
    if name in ("run-s", "run-p", "npm-run-all", "npm-run-all2"):
        _named(recipe, [word for word in words if not word.startswith("-")], patterns=True)
        return True
    given = options(words, _VALUED)
    directory = given.value("--prefix", "--cwd", "--dir") or (given.value("-C") if name in ("pnpm", "npm") else None)
    if directory:
        recipe.directory = place(directory, recipe.directory)
    verb, operands = (given.operands[0], given.operands[1:]) if given.operands else ("", [])
    if name == "yarn" and verb in ("workspace", "workspaces", "global"):
        return _yarn_workspaces(recipe, verb, operands)
    if not verb:
        if name not in ("yarn", "bun") or given.has("--version", "-v", "--help", "-h"):
            return False
        verb = "install"
    if "$" in verb or "`" in verb:
        recipe.doubt(f"which script `{name}` runs is not known")
        _every(recipe)
    elif verb in _INSTALLS:
        _install(recipe, name, operands, given)
        if verb in ("it", "install-test", "cit"):
            _named(recipe, ["test"])
    elif verb in _PACKS:
        _scripts(recipe, _LIFE_CYCLE)
    elif verb in _RUNS_PROGRAM:
        return _program(recipe, command, name, verb, operands)
    elif verb in ("run", "run-script", "rum", "urn", "runs"):
        scripts = operands[:1]
        if name == "bun" and scripts and re.search(r"[./]", scripts[0]):
            return _bun_file(recipe, scripts[0])
        _where(recipe, name, given, scripts)
    elif verb in _BY_NAME:
        _where(recipe, name, given, [{"t": "test", "tst": "test"}.get(verb, verb)])
    elif name == "bun" and re.search(r"[./]", verb):
        return _bun_file(recipe, verb)
    elif name == "npm" and verb not in _OWN and recipe.read(place("package.json", recipe.directory)) is None:
        return False
    elif verb in _OWN:
        if verb in ("add", "remove", "rm", "upgrade", "up", "update", "prune", "version", "deploy", "dedupe"):
            _install(recipe, name, [], given)  # an over-approximation: some of them run the hooks of the project
        return True
    elif name != "npm":
        _where(recipe, name, given, [verb])
    return True


def _bun_file(recipe: Recipe, name: str) -> bool:
    path = place(name, recipe.directory)
    text = recipe.read(path)
    if path is None or text is None:
        recipe.doubt(f"{path or name} is not shown")
    else:
        recipe.code(text, path)
    return True


def _program(recipe: Recipe, command: Command, name: str, verb: str, operands: list[str]) -> bool:
    """What ``npm exec`` and its like start: a program by its name."""
    if verb == "node" and name != "yarn":
        return False
    at = next((n for n, word in enumerate(command.argv) if word.value == verb), 0)
    words = command.argv[at + 1 :]
    while words and words[0].raw.startswith(b"-"):
        words = words[1:]
    if not operands or not words:
        recipe.doubt(f"what `{name} {verb}` runs is not known")
    else:
        recipe.shell(b" ".join([*([b"node"] if verb == "node" else []), *(word.raw for word in words)]))
    return True


def _where(recipe: Recipe, name: str, given: Options, scripts: list[str]) -> None:
    """Run scripts in the packages that the options name."""
    if given.has("--workspace", "-w", "--workspaces", "--ws", "--filter", "-F", "-r", "--recursive") and not (
        name == "pnpm" and given.value("-w") and not given.has("-r", "--recursive", "--filter", "-F")
    ):
        _in_workspaces(recipe, scripts)
    _named(recipe, scripts)


def _named(recipe: Recipe, scripts: list[str], *, patterns: bool = False) -> None:
    """Add the scripts with these names, and what runs before and behind each."""
    if not scripts:
        return
    package = _package(recipe)
    if package is None:
        return
    known = _table(package, "scripts")
    names: list[str] = []
    for script in scripts:
        if "$" in script or "`" in script:
            recipe.doubt("which script of package.json is run is not known")
            names += known
        elif patterns and re.search(r"[*{!?(]", script):
            pattern = script.replace("**", "*").partition(" ")[0]
            names += [one for one in known if fnmatchcase(one, pattern)] if "*" in pattern else list(known)
        else:
            names.append(script.partition(" ")[0] if patterns else script)
    if "restart" in names and "restart" not in known:
        names += ["stop", "start"]
    every = [one for name in names for one in ("pre" + name, name, "post" + name)]
    if "start" in names and "start" not in known:
        recipe.shell(b"node server.js")
    _scripts(recipe, every)


def _every(recipe: Recipe) -> None:
    package = _package(recipe)
    if package is not None:
        _scripts(recipe, _table(package, "scripts"))


def _scripts(recipe: Recipe, names: Iterable[str], directory: str | None = None) -> None:
    """Add scripts of the package in `directory`, or in that of the command."""
    package = _package(recipe, directory)
    if package is None:
        return
    scripts = _table(package, "scripts")
    base = directory or recipe.directory
    for name in names:
        text = scripts.get(name)
        if isinstance(text, str):
            recipe.shell(text.encode("utf-8", "replace"), place("package.json", base) or "", base)


def _install(recipe: Recipe, name: str, operands: list[str], given: Options) -> None:
    """Add what the project's own hooks do when it is installed."""
    if given.has("--ignore-scripts") and given.value("--ignore-scripts") != "false":
        return
    if name == "pnpm" and not given.has("--ignore-pnpmfile"):
        found = recipe.first((".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js"))
        if found:
            recipe.code(found[1], found[0])
    if operands or given.has("-g", "--global"):
        for operand in operands:
            if operand in (".", "..") or operand.startswith(("./", "../", "/", "file:")) or "$" in operand:
                _local(recipe, operand.removeprefix("file:"))
        if not operands:
            _local(recipe, ".")
        return
    _hooks(recipe, recipe.directory)
    _workspaces_hooks(recipe)


def _local(recipe: Recipe, operand: str) -> None:
    path = place(operand, recipe.directory)
    if path is None or re.search(r"\.(?:tgz|tar|tar\.gz)$", path):
        recipe.doubt(f"the hooks of {operand} are not shown")
    else:
        _hooks(recipe, path)


def _hooks(recipe: Recipe, directory: str | None) -> None:
    package = _package(recipe, directory)
    if package is None:
        return
    _scripts(recipe, _LIFE_CYCLE, directory)
    scripts = _table(package, "scripts")
    if not scripts.keys() & {"install", "preinstall"} and recipe.read(place("binding.gyp", directory)) is not None:
        recipe.shell(b"node-gyp rebuild", "", directory)


def _workspaces_hooks(recipe: Recipe) -> None:
    for directory in _workspaces(recipe):
        _hooks(recipe, directory)


def _in_workspaces(recipe: Recipe, scripts: list[str]) -> None:
    every = [one for name in scripts for one in ("pre" + name, name, "post" + name)]
    for directory in _workspaces(recipe):
        _scripts(recipe, every, directory)


def _workspaces(recipe: Recipe) -> list[str]:
    """The directories of the packages below the root: as they are spelled, or as a lock file lists them."""
    package = _package(recipe)
    if package is None:
        return []
    stated: Any = package.get("workspaces")
    if isinstance(stated, dict):
        stated = cast("dict[str, Any]", stated).get("packages")
    names = [str(one) for one in cast("list[Any]", stated)] if isinstance(stated, list) else []
    listed = recipe.first(("pnpm-workspace.yaml",))
    if listed:
        names += [one.strip("'\"") for one in re.findall(r"(?m)^\s*-\s*(\S+)", listed[1].decode("utf-8", "replace"))]
    if not names:
        return []
    found = [name for name in names if not re.search(r"[*?{\[!]", name)]
    if len(found) < len(names):
        locked = _locked(recipe)
        if not locked:
            recipe.doubt(f"the workspaces {' '.join(names)} of package.json are not listed")
        found += locked
    if len(found) > _MOST_WORKSPACES:
        recipe.doubt("package.json has too many workspaces")
    places = [place(name, recipe.directory) for name in dict.fromkeys(found[:_MOST_WORKSPACES])]
    return [one for one in places if one is not None and one != recipe.directory]


def _locked(recipe: Recipe) -> list[str]:
    """The workspaces that a lock file names."""
    found = recipe.first(("package-lock.json", "npm-shrinkwrap.json"))
    if found:
        packages = _table(_object(found[1]) or {}, "packages")
        return [name for name in packages if name and not re.search(r"(?:^|/)node_modules/", name)]
    found = recipe.first(("pnpm-lock.yaml",))
    if found:
        _, _, importers = found[1].decode("utf-8", "replace").partition("\nimporters:\n")
        block = re.match(r"(?:[ \t]+.*\n|\s*\n)*", importers)
        return re.findall(r"(?m)^ {2}['\"]?([^\s'\"].*?)['\"]?:\s*$", block[0] if block else "")
    found = recipe.first(("yarn.lock",))
    if found:
        return re.findall(r"@workspace:([^\",\s]+)", found[1].decode("utf-8", "replace"))
    return []


def _yarn_workspaces(recipe: Recipe, verb: str, operands: list[str]) -> bool:
    if verb == "global":
        return False
    if verb == "workspaces" and operands[:1] == ["focus"]:
        _hooks(recipe, recipe.directory)
        _workspaces_hooks(recipe)
        return True
    # Whatever the words behind it name may be a script.
    _in_workspaces(recipe, [word for word in operands if not word.startswith("-")])
    return True


def _package(recipe: Recipe, directory: str | None = None) -> dict[str, Any] | None:
    """The object in package.json; None, and a reason in the recipe, where it cannot be read."""
    base = directory or recipe.directory
    path = place("package.json", base)
    text = recipe.read(path)
    if path is None or text is None:
        recipe.doubt(f"{path or 'package.json'} is not shown")
        return None
    package = _object(text)
    if package is None:
        recipe.doubt(f"{path} cannot be read")
    return package


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found: Any = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _table(package: dict[str, Any], name: str) -> dict[str, Any]:
    found: Any = package.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
