"""Globs over the paths of an image: ``*`` and ``?`` stop at a slash, ``**`` does not, ``{a,b}`` is either."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs matches `path`."""
    return any(_pattern(glob).fullmatch(path) for glob in globs)


def holds(directory: str, globs: Iterable[str]) -> bool:
    """Whether what one of the globs matches can lie below `directory`."""
    depth = directory.count("/") if directory != "/" else 0
    for plain in (one for glob in globs for one in _without_braces(glob)):
        parts = plain.split("/")
        head = parts[: depth + 1]
        if "**" in head:
            head = head[: head.index("**") + 1]
        elif len(parts) <= depth + 1:
            continue
        if _pattern("/".join(head)).fullmatch(directory):
            return True
    return False


@cache
def _without_braces(glob: str) -> tuple[str, ...]:
    head, opening, rest = glob.partition("{")
    if not opening:
        return (glob,)
    choices, _, tail = rest.partition("}")
    return tuple(head + choice + end for choice in choices.split(",") for end in _without_braces(tail))


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    known = {"/**/": "/(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    parts = re.findall(r"/\*\*/|\*\*|.", glob, re.DOTALL)
    return re.compile("".join(known.get(part) or re.escape(part) for part in parts), re.DOTALL)
