"""Paths of an image: who puts files where, and sets of them that say when they are not known."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache

from ..dockerfile.record import Row

#: Directories that every image of a distribution has.
SYSTEM_DIRECTORIES = frozenset(
    (
        "/", "/bin", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp",
        "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin",
        "/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/lib", "/var/log", "/var/tmp",
    )
)  # fmt: skip
_PRIVATE = (
    r"/(?:home|tmp|usr/src|usr/local/src)(?:/.*)?|/srv/(?!(?:ftp|http|tftp|www)(?:/|$)).+|/root/[^.].*"
    r"|/(?!(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|snap|srv|sys|tmp|usr|var)(?:/|$)).+"
)
#: What makes a word of a script mean more than one path, or another one than it spells.
PATTERN = re.compile(r"[*?\[{~]")
_OPENS = re.compile(r"[*?\[{$`\\\"']")


def is_private(path: str) -> bool:
    """Whether `path`, and what lies in it, is where programs are put, and no package has files of its own.

    From the Filesystem Hierarchy Standard, which Debian, Fedora, openSUSE and Alpine follow; /opt is where packages of
    other repositories go.
    """
    return re.fullmatch(_PRIVATE, path) is not None


def resolve(path: str, directory: str | None) -> str | None:
    """`path` made absolute; None where that takes a variable or an unknown working directory."""
    if "$" in path or not path:
        return None
    if path.startswith("/"):
        if "/." not in path and "//" not in path and not path.endswith("/"):
            return path  # as most are spelled
        return posixpath.normpath(path).replace("//", "/")
    return posixpath.normpath(posixpath.join(directory, path)) if directory else None


def lies_in(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies below it; both are absolute."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def overlap(one: str, other: str) -> bool:
    """Whether one of two absolute paths is the other or lies below it."""
    return lies_in(one, other) or lies_in(other, one)


@lru_cache(maxsize=1024)
def parts_of(path: str) -> tuple[str, ...]:
    """The names that a path is made of."""
    return tuple(part for part in posixpath.normpath(path).split("/") if part)


def meets(path: str, root: str) -> bool:
    """Whether a path, which may have patterns in it, may be the directory `root`, above it or in it."""
    pairs = zip(parts_of(path), parts_of(root), strict=False)
    return all(fits(one, other) or fits(other, one) or "$" in one for one, other in pairs)


# What no package has files in: it is the administrator's, or can be made again at any time (the same standard).
_UNPACKAGED = ("/usr/local", "/var/cache", "/var/lib/apt/lists")


class Paths(Row):
    """Where something reads, or writes: below absolute paths, wherever packages have files, or nobody knows where."""

    below: frozenset[str] = frozenset()
    packaged: bool = False  # all that is not `is_private`
    local: bool = False  # /usr/local, which packages of a distribution leave alone and may still look into
    unknown: str = ""  # why it may be anywhere

    def __or__(self, other: Paths) -> Paths:  # pyright: ignore[reportIncompatibleMethodOverride]
        if self is NOWHERE or other is NOWHERE:  # as most commands have it
            return other if self is NOWHERE else self
        return Paths(
            self.below | other.below,
            self.packaged or other.packaged,
            self.local or other.local,
            self.unknown or other.unknown,
        )

    @property
    def nowhere(self) -> bool:
        """Whether it is no path at all."""
        return not (self.below or self.packaged or self.local or self.unknown)

    def touches(self, path: str) -> str:
        """Why `path`, or what lies above or below it, may be one of them; empty where it certainly is none."""
        if any(overlap(path, one) for one in self.below):
            return path
        if self.packaged and not is_private(path) and not any(lies_in(path, one) for one in _UNPACKAGED):
            return f"{path}, where packages may have files"
        if self.local and overlap(path, "/usr/local") and not is_private(path):
            return path
        return self.unknown

    def meets(self, other: Paths) -> str:
        """Why a path may be in both; empty where none is."""
        if self.nowhere or other.nowhere:
            return ""
        for one, two in ((self, other), (other, self)):
            for path in sorted(one.below):  # the reason is the same in every run
                if reason := two.touches(path):
                    return reason
        if self.packaged and other.packaged:
            return "files of packages"
        if self.local and other.local:
            return "files in /usr/local"
        return self.unknown or other.unknown


NOWHERE = Paths()


def fits(name: str, pattern: str) -> bool:
    """As `fnmatch.fnmatchcase`, which is imported, and compiles what it is given, where that is a pattern at all."""
    if PATTERN.search(pattern) is None:
        return name == pattern
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern)


def is_named(name: bytes, text: bytes) -> bool:
    """Whether a file or directory called `name` stands in `text`, and not as a part of another name."""
    return name in text and re.search(rb"(?<![\w.-])" + re.escape(name) + rb"(?![\w-])", text) is not None


def below(paths: Iterable[str]) -> Paths:
    """What lies below absolute `paths`."""
    return Paths(frozenset(paths), False, False, "")  # all of them: it is made quicker


def union(paths: Iterable[Paths]) -> Paths:
    """All of `paths` together."""
    found = NOWHERE
    for one in paths:
        found |= one
    return found


def spelled(text: str, directory: str | None, unknown: str) -> Paths:
    """What a word of a script may name: below the part of it that is spelled out; `unknown` is the reason, if none is.

    `directory` is the one that the command runs in, None where it is not known.
    """
    text = text.strip("\"'")
    head = _OPENS.split(text, maxsplit=1)[0]
    if head != text:  # what comes behind the last slash may be the beginning of any name
        head = head.rpartition("/")[0] + "/" if "/" in head else ""
        if not head and text[:1] in "$`\\\"'~":
            return Paths(unknown=unknown)
    if text.startswith("~"):
        return Paths(unknown=unknown)
    path = resolve(head or ".", directory)
    return Paths(unknown=unknown) if path is None else below((path,))
