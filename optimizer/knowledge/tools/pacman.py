"""pacman, of Arch Linux (manual pacman(8)). Its subcommands are options: ``-S`` installs, ``-Sy`` refreshes."""

import re

from . import Action, Configuration, Index, Tool


def _action(operation: str, operands: tuple[bytes, ...]) -> Action:
    """``-Sy`` alone refreshes, ``-S`` with packages or ``u`` installs, ``-Ss`` and its like read."""
    if operation == "--sync":
        return "install"
    if not operation.startswith("-S"):
        return "other"
    if set(operation) & set("sigl"):
        return "read"
    packages = any(not word.startswith(b"-") for word in operands)
    if packages or "u" in operation:
        return "other" if "c" in operation else "install"
    return "refresh" if "y" in operation else "other"


TOOL = Tool(
    name="pacman",
    configurations=(
        Configuration(
            r"(?:^|/)pacman\.conf$",
            rb"(?im)^\s*(?:CacheDir|DBPath|RootDir)\s*=|file:///var/cache/pacman",
        ),
    ),
    commands=frozenset(("pacman",)),
    action=_action,
    operation=re.compile(r"-[A-Z]\w*|--sync|--query|--remove|--upgrade|--database|--files"),
    value_options=frozenset(("-b", "--dbpath", "-r", "--root", "--cachedir", "--config", "--overwrite", "--ignore")),
    mention=re.compile(rb"\bpacman\b(?![/.-])|\b(?:yay|paru|makepkg|pacstrap)\b"),
    package_index=Index(
        paths=("/var/lib/pacman/sync/**", "/var/cache/pacman/pkg/**"),
        clear="rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*",
        clear_partly="rm -rf /var/cache/pacman/pkg/*",
        cleared_text=re.compile(rb"pacman|^/var(?:/cache)?/?\*?$"),
    ),
)
