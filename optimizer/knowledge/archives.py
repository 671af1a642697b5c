"""What ``archive-kept`` and ``archive-copied`` share: which command unpacks which archive."""

from __future__ import annotations

import re
from itertools import pairwise

from ..dockerfile.shell import Command, Word

_EXTENSIONS = rb"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|deb|rpm|whl|7z)"
ARCHIVE = rb"[\w.$+~@{}/:%=-]*[\w$}-]" + _EXTENSIONS
_SOME = rb"[\w.+~@/:%=-]*\*[\w.+~@:%=*-]*" + _EXTENSIONS


def plain(raw: bytes) -> bytes:
    """A word without quotes around the whole of it."""
    quote, inside = raw[:1], raw[1:-1]
    if quote not in (b'"', b"'") or len(raw) < 2 or raw[-1:] != quote or quote in inside:
        return raw
    return raw if quote == b"'" and b"$" in inside else inside


def file_name(raw: bytes) -> bytes:
    """A word as a file's name: without quotes, and without a leading ``./``."""
    return plain(raw).removeprefix(b"./")


def base_name(path: bytes) -> bytes:
    return path.rsplit(b"/", 1)[-1]


def unpacked(command: Command, *, patterns: bool = False) -> Word | None:
    """The archive that `command` unpacks or installs; with `patterns`, the pattern of its names."""
    if command.name not in _UNPACKERS and not command.name.startswith("python"):
        return None
    words = [plain(word.raw) for word in command.argv[1:]]
    spelled = _SOME if patterns else ARCHIVE
    operands = [word for word in command.argv[1:] if not word.raw.startswith(b"-")]
    archives = [word for word in operands if re.fullmatch(spelled, plain(word.raw))] or _told(command)
    if len(archives) != 1 or archives[0].raw.startswith(b"-"):
        return None
    return archives[0] if _unpacks(command.name, words) else None


def _told(command: Command) -> list[Word]:
    """What the options of ``tar`` say is the archive, whatever its name, or what ``unzip`` is given without an ending.

    What has an ending may be of use as it is: a program of Java is a zip file too.
    """
    words = command.argv[1:]
    if command.name in ("tar", "bsdtar", "gtar"):
        told = [after for word, after in pairwise(words) if re.fullmatch(rb"-?[A-Za-z]*f|--file", word.raw)]
        told += [_value(word) for word in words if word.raw.startswith(b"--file=")]
        return told if len(told) == 1 else []
    named = [word for word in words if not word.raw.startswith(b"-")][:1] if command.name == "unzip" else []
    return [word for word in named if re.fullmatch(rb"[\w/-]+", plain(word.raw))]


def _value(word: Word) -> Word:
    """What stands behind the ``=`` of an option."""
    raw = word.raw.partition(b"=")[2]
    return Word(word.end - len(raw), word.end, raw, word.value and word.value.partition("=")[2])


_INSTALLERS = frozenset(("apt-get", "apt", "yum", "dnf", "microdnf"))
_UNPACKERS = _INSTALLERS | {"tar", "bsdtar", "gtar", "unzip", "gdebi", "dpkg", "rpm", "7z", "7za", "pip", "pip3"}


def _unpacks(name: str, words: list[bytes]) -> bool:
    """Whether the command `name` with these words takes out what is in an archive, and leaves the archive as it is."""
    bundles = [word for word in words if re.fullmatch(rb"-[A-Za-z]+", word)]
    if name in ("tar", "bsdtar", "gtar"):
        if re.fullmatch(rb"[A-Za-z]+", words[0]):
            bundles.append(words[0])
        other = any(set(word) & set(b"crut") for word in bundles) or any(b"--create" in word for word in words)
        return not other and (any(b"x" in word for word in bundles) or bool({b"--extract", b"--get"} & {*words}))
    if name == "unzip":
        return not any(re.search(rb"[lptvzZ]", word) for word in bundles)
    if name == "gdebi":
        return True
    if name == "dpkg":
        return words[0] in (b"-i", b"--install")
    if name == "rpm":
        return re.match(rb"-\w*[iU]", words[0]) is not None
    if name in ("7z", "7za"):
        return words[0] == b"x"
    if name in ("pip", "pip3") or (name.startswith("python") and words[:2] == [b"-m", b"pip"]):
        return b"install" in words[:3] and not {b"-e", b"--editable"} & {*words}
    return name in _INSTALLERS and bool({b"install", b"localinstall"} & {*words})


#: A pattern that means archives.
ANY = rb"\*\S*" + _EXTENSIONS + rb"\b"
#: Patterns that may mean an archive, and an rm that fails where its pattern matches nothing any more.
PATTERNS = rb"\*\S*" + _EXTENSIONS + rb"\b|\b(?:mv|cp)\s+[^\n]*\*|\brm\s+(?!-\w*f)(?:-\w+\s+)?[^\n&;]*\*"
