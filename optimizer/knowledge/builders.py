"""Programs that build or install a project: what they are told to do, and that they have nothing to do with users."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command

# They compile, bundle and check what they are given.
_COMPILERS = frozenset(
    (
        "tsc", "vue-tsc", "vite", "webpack", "webpack-cli", "next", "nuxt", "nuxi", "rollup", "esbuild", "tsup", "swc",
        "parcel", "ng", "nest", "react-scripts", "vue-cli-service", "svelte-kit", "astro", "gatsby", "remix", "babel",
        "sass", "postcss", "tailwindcss", "eslint", "prettier", "rimraf", "copyfiles", "cross-env", "prisma", "javac",
        "jar", "gcc", "g++", "cc",
    )
)  # fmt: skip
# Package managers and tools that build, with what they are told of all that they can do.
_TOLD = {
    "pip": rb"install|wheel|download|cache", "pip3": rb"install|wheel|download|cache",
    "npm": rb"ci|install|i|clean-install|cache|prune|run(?:-script)?|rebuild", "yarn": rb"install|run|build|cache",
    "pnpm": rb"install|i|run|build|store|prune", "composer": rb"install|dump-?autoload|clear-?cache",
    "bundle": rb"install|config|clean", "cargo": rb"build|fetch|install", "go": rb"build|install|mod",
    "mvn": rb"[\w:-]+",
}  # fmt: skip
_PYTHON = re.compile(
    rb"python[\d.]* (?:-m pip (?:install|wheel)|(?:\./)?manage\.py (?:collectstatic|compilemessages))\b"
)
#: Those that run scripts of the project.
RUN_SCRIPTS = frozenset(("npm", "yarn", "pnpm"))


def builds(command: Command) -> bool:
    """Whether a command is one of these, and is not run as somebody else."""
    if any(word.raw not in (b"env", b"time", b"exec", b"cross-env") for word in command.wrappers):
        return False
    if command.name in _COMPILERS or _PYTHON.match(command.normal):
        return True
    told, operands = _TOLD.get(command.name), command.operands()
    return told is not None and re.fullmatch(told, operands[0].raw if operands else b"install") is not None
