"""pacman, of Arch Linux (manual pacman(8)). Its operations are options: ``-Sy`` refreshes, ``-S`` installs."""

import re

from . import Tool

TOOL = Tool(
    name="pacman",
    commands=frozenset(("pacman",)),
    operation=re.compile(r"-[A-Z]\w*|--sync|--query|--remove|--upgrade|--database|--files"),
    value_options=frozenset(("-b", "--dbpath", "-r", "--root", "--cachedir", "--config", "--overwrite", "--ignore")),
    index_paths=("/var/lib/pacman/sync/**", "/var/cache/pacman/pkg/**"),
    clear_command="rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*",
    clear_partly="rm -rf /var/cache/pacman/pkg/*",
    clear_text=re.compile(rb"pacman|^/var(?:/cache)?/?\*?$"),
    mention=re.compile(rb"\bpacman\b(?![/.-])|\b(?:yay|paru|makepkg|pacstrap)\b"),
)
