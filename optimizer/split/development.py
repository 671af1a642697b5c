"""Packages of a project that only its developers need, taken away at the end of the build stage (npm-prune(1))."""

from __future__ import annotations

import json
import posixpath
import re
from typing import Any, NamedTuple

from .evidence import Evidence
from .programs import Programs


class Prune(NamedTuple):
    """A command for the build stage, and the directory in which files may be gone, or noted otherwise, behind it."""

    command: str
    directory: str


def prune(evidence: Evidence, programs: Programs, kept: dict[str, str]) -> Prune | None:
    """What takes development dependencies of an npm project away; None where there are none, or one may be needed."""
    place = posixpath.join(evidence.directory, "package.json")
    modules = posixpath.join(evidence.directory, "node_modules")
    if programs.interpreted not in ("node", "npm") or evidence.root.entry(f"{modules}/.package-lock.json") is None:
        return None
    try:
        package: dict[str, Any] = json.loads(evidence.root.read(place) or b"{}")
    except json.JSONDecodeError:  # npm could not read it either
        return None
    names: list[str] = [*(package.get("devDependencies") or {})]
    there = [name for name in names if evidence.root.entry(f"{modules}/{name}") is not None]
    if not there or _started(evidence, programs, modules, there) or _imported(evidence, kept, there):
        return None
    return Prune("npm prune --omit=dev", modules)


def _started(evidence: Evidence, programs: Programs, modules: str, names: list[str]) -> bool:
    places = [evidence.root.resolve(f"{modules}/{name}") or "" for name in names]
    return any(path.startswith(place + "/") for path in (*programs.paths, *programs.files) for place in places)


def _imported(evidence: Evidence, kept: dict[str, str], names: list[str]) -> bool:
    """Whether the application's own files that ship speak of one of the packages."""
    wanted = re.compile(rb"[\"'](?:" + b"|".join(re.escape(name.encode()) for name in names) + rb")(?:/[^\"']*)?[\"']")
    return any(
        wanted.search(evidence.root.read(path))
        for path in kept
        if "/node_modules/" not in path
        and path.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"))
    )
