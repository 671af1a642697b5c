"""What npm reads when it installs a project: package.json, the lock file, and what their scripts may look at.

From npm's manuals: npm-ci(1), npm-install(1), *scripts* (life cycle), *package.json*, *package-lock.json*, *npmrc*.
"""

from __future__ import annotations

import json
import posixpath
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, cast

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command
from ..knowledge.ecosystems.node import LIFE_CYCLE, LOCKS, LOOKS_AT_ITSELF, MANIFESTS
from ..knowledge.tools import load_tool
from ..knowledge.uses import use_of
from .context import Context, local_sources
from .effects import copy_destination
from .stages import StageFacts

#: What npm looks for in the directory of a project, and what it writes there.
_READ = (*MANIFESTS, "yarn.lock", ".npmrc", "binding.gyp", "node_modules")


_HARMLESS = frozenset((b"--no-audit", b"--no-fund", b"--ignore-scripts"))


def installs_project(command: Command) -> bool:
    """Whether npm installs what package.json says, development dependencies included."""
    use = use_of(load_tool("npm"), command)
    if use is None or command.guards or use.verb.value not in ("ci", "clean-install", "install", "i"):
        return False
    return all(word is use.verb or word.raw in _HARMLESS for word in command.argv[1:])


class Project(NamedTuple):
    """A directory of the image, the one of the build context that its manifests come from, and their names there."""

    directory: str
    source: str
    names: frozenset[str]


def project_at(stage: StageFacts, at: int) -> Project | None:
    """The project that an npm install at index `at` of the stage installs.

    None where that is not certain, or where more than its manifests is there.
    """
    directory = stage.directory(at)
    found: Project | None = None
    for index, instruction in enumerate(stage.instructions[:at]):
        if instruction.keyword not in ("COPY", "ADD") or directory is None:
            continue
        target = copy_destination(stage, index)
        if target is None:
            return None
        words = instruction.words
        names = frozenset(
            name for name in MANIFESTS for word in words[:-1] if fnmatchcase(name, posixpath.basename(word))
        )
        sources = {posixpath.dirname(posixpath.normpath(word)) for word in words[:-1]}
        plain = all(posixpath.basename(word) in (*MANIFESTS, "package*.json") for word in words[:-1])
        if target == directory and len(sources) == 1 and plain and found is None and not instruction.flag("from"):
            found = Project(directory, sources.pop(), names)
        elif f"{target}/".startswith(f"{directory}/") or f"{directory}/".startswith(f"{target}/"):
            return None
    return found


def check_unread(
    context: Context | None, project: Project | None, copy: Instruction, target: str, *, writes_lock: bool
) -> str:
    """Raise `Refusal` where installing `project` may see what `copy` writes to `target`, a path in the image.

    `writes_lock` says that the installation may change the manifests, as ``npm install`` does and ``npm ci`` does not.
    Returns what has to be assumed to say that it does not; an empty text where it is certain.
    """
    refusal = Refusal(f"npm may read what line {copy.line} copies")
    if project is None:
        raise refusal
    modules = posixpath.join(project.directory, "node_modules")
    if f"{target}/".startswith(f"{modules}/") or project.directory.startswith(f"{target}/"):
        raise refusal
    if context is None:
        return "a script of package.json may read what is copied"
    doubts: list[str] = []
    if target == project.directory:
        if any(_brings(context, copy, name, project) for name in _READ):
            raise refusal
        if writes_lock and any(_brings(context, copy, name, project._replace(names=frozenset())) for name in LOCKS):
            doubts.append(f"npm may change the lock file that line {copy.line} brings")
    if not _is_self_contained(context, project):
        doubts.append(f"a script that npm runs may read what line {copy.line} copies")
    return "; ".join(doubts)


def check_pruned(context: Context | None, directory: str, copy: Instruction, target: str) -> str:
    """Raise `Refusal` where ``npm prune`` in `directory` may see, or take away, what `copy` writes to `target`.

    It reads the manifests and what is installed, and runs no script (npm-prune(1), *scripts*). Returns what has to be
    assumed to say that it does not; an empty text where it is certain.
    """
    modules = posixpath.join(directory, "node_modules")
    if f"{target}/".startswith(f"{modules}/") or directory.startswith(f"{target.rstrip('/')}/"):
        raise Refusal(f"npm may read what line {copy.line} copies")
    if target != directory:
        return ""
    if context is None:
        return "npm may read what is copied"
    if any(_brings(context, copy, name, Project(directory, "", frozenset())) for name in _READ):
        raise Refusal(f"npm may read what line {copy.line} copies")
    return ""


def _brings(context: Context, copy: Instruction, name: str, project: Project) -> bool:
    """Whether `copy` may bring `name` into the directory of the project, other than it is there."""
    sources = local_sources(copy)
    if sources is None:
        return True
    for source in sources:
        entry = context.entry(source)
        if entry is None or entry.kind not in ("file", "directory"):
            return True
        path = posixpath.normpath(posixpath.join(source, name) if entry.kind == "directory" else source)
        if posixpath.basename(path) == name and context.entry(path) is not None:
            there = name in project.names and path == posixpath.normpath(posixpath.join(project.source, name))
            if not there:
                return True
    return False


def _is_self_contained(context: Context, project: Project) -> bool:
    """Whether no script runs when the project is installed, and no dependency is a directory of its own."""
    package, *locks = (
        _read(context, posixpath.join(project.source, name)) if name in project.names else None for name in MANIFESTS
    )
    lock = next(filter(None, locks), None)
    packages: Any = lock.get("packages") if lock else None
    scripts: Any = package.get("scripts", {}) if package else None
    if not (package and isinstance(packages, dict) and isinstance(scripts, dict)) or "workspaces" in package:
        return False
    if not LIFE_CYCLE.isdisjoint(cast("dict[str, Any]", scripts)):
        return False
    return not any(_looks_around(path, item) for path, item in cast("dict[str, Any]", packages).items() if path)


def _looks_around(path: str, package: Any) -> bool:
    """Whether a package of a lock file is a directory of the project, or may run a script when it is installed."""
    if not isinstance(package, dict):
        return True
    fields = cast("dict[str, Any]", package)
    if fields.get("link") or str(fields.get("resolved", "")).startswith("file:"):
        return True
    systems: Any = fields.get("os")
    elsewhere = (
        bool(systems) and isinstance(systems, list) and _FOREIGN.issuperset(map(str, cast("list[Any]", systems)))
    )
    name = path.rpartition("node_modules/")[2]
    return bool(fields.get("hasInstallScript")) and not elsewhere and name not in LOOKS_AT_ITSELF


_FOREIGN = frozenset(("darwin", "win32", "freebsd", "openbsd", "sunos", "aix", "android"))


def _read(context: Context, path: str) -> dict[str, Any] | None:
    """The object in a JSON file of the context; None where there is none."""
    text = context.read(path)
    try:
        found: Any = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None
