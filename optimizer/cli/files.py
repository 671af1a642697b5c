"""Which files are meant, and how one is replaced without ever being half written."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import E2BIG, EACCES, EDQUOT, EINVAL, ENODATA, ENOSPC, ENOTSUP, EPERM

from ..dockerfile.source import BOM
from ..facts.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pathspec import GitIgnoreSpec

# Compiled by the first search: a file that is named needs none of it.
_NAME = r"(?is)(?:docker|container)file(?:[._-].+)?|.+\.(?:docker|container)file"
# Templates, documentation and leftovers that carry the name but are no Dockerfiles.
_NOT = (
    r"(?is).*(?:\.(?:j2|jinja2?|tmpl|tpl|template|erb|in|m4|mustache|md|txt|rst|dockerignore|orig|rej|bak|swp|py|sh|lock"
    r"|json|ya?ml|toml)|~)"
)
_SKIPPED_DIRECTORIES = frozenset((".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", "__pycache__"))


def find_files(paths: tuple[str, ...]) -> Iterator[str]:
    """The files that `paths` mean, each once: a file as it is, a directory searched in the order of names.

    What does not exist, and a directory that cannot be listed, is yielded too; reading it makes the error.
    """
    seen: set[tuple[int, int] | str] = set()
    for path in paths or (".",):
        for found in _search(path) if path != "-" and os.path.isdir(path) else (path,):
            try:
                status = os.stat(found)
                # The links of a file with several are several files: replacing one leaves the others as they are.
                one = status.st_nlink == 1
                key: tuple[int, int] | str = (status.st_dev, status.st_ino) if one else os.path.realpath(found)
            except OSError:
                key = found
            if key not in seen:
                seen.add(key)
                yield found


def is_dockerfile_name(name: str) -> bool:
    """Whether a search takes a file of this name, without directories, for a Dockerfile."""
    return re.fullmatch(_NAME, name) is not None and re.fullmatch(_NOT, name) is None


def _search(directory: str) -> Iterator[str]:
    ignored: dict[str, GitIgnoreSpec] = {}
    unreadable: list[OSError] = []
    _read_ignores_above(directory, ignored)
    for here, directories, names in os.walk(directory, onerror=unreadable.append):
        if ".gitignore" in names:
            _read_ignore(here, ignored)
        directories[:] = sorted(
            name
            for name in directories
            if name not in _SKIPPED_DIRECTORIES
            and not (ignored and _is_ignored(os.path.join(here, name) + "/", ignored))
        )
        for name in sorted(names):
            path = os.path.normpath(os.path.join(here, name))
            if is_dockerfile_name(name) and not (ignored and _is_ignored(path, ignored)):
                yield path
    yield from (os.path.normpath(error.filename) for error in unreadable)


def _read_ignores_above(directory: str, ignored: dict[str, GitIgnoreSpec]) -> None:
    """The .gitignore files between the directory and the top of its work tree."""
    above: list[str] = []
    here = os.path.abspath(directory)
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return  # no work tree
        here = parent
        above.append(here)
    for place in above:
        _read_ignore(place, ignored)


def _read_ignore(directory: str, ignored: dict[str, GitIgnoreSpec]) -> None:
    """Add what the directory's .gitignore says; like git, pass over one that cannot be read and lines without sense."""
    from pathspec import GitIgnoreSpec

    try:
        data = read_file(os.path.join(directory, ".gitignore"))
    except OSError:
        return
    patterns: list[Any] = []
    for line in data.removeprefix(BOM).decode("utf-8", "replace").replace("\r\n", "\n").split("\n"):
        with suppress(ValueError, re.error):
            patterns += GitIgnoreSpec.from_lines([line]).patterns
    ignored[os.path.abspath(directory)] = GitIgnoreSpec(patterns)


def _is_ignored(path: str, ignored: dict[str, GitIgnoreSpec]) -> bool:
    """Whether git would ignore `path`: the .gitignore nearest to it that speaks of it decides."""
    full = os.path.abspath(path) + ("/" if path.endswith("/") else "")
    for directory in sorted(ignored, key=len, reverse=True):
        if full.startswith(directory.rstrip("/") + "/"):
            verdict = ignored[directory].check_file(full[len(directory.rstrip("/")) + 1 :]).include
            if verdict is not None:
                return verdict
    return False


def write_file(path: str, data: bytes, old: bytes | None) -> None:
    """Replace the file at `path`, whose bytes were `old`, by `data` at once or not at all; None makes a new one.

    Mode, extended attributes and, where allowed, owner stay, links are followed. Raises `OSError`, also where the file
    is no longer what it was: somebody saved it, replaced it or took it away while dfopt worked on it.
    """

    def check(target: str) -> None:
        if os.path.realpath(path) != target or not _holds(path, old):
            raise OSError(0, "it changed while dfopt worked on it; nothing was written", path)

    _replace(path, data, check)


def write_output(path: str, data: bytes) -> None:
    """Write a report to `path`, whatever was there, at once or not at all; what is no file, such as a device, is
    written to. Raises `OSError`.
    """
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        is_file = True
    if is_file:
        _replace(path, data, lambda _: None)
    else:
        with open(path, "wb") as file:
            file.write(data)


def _holds(path: str, data: bytes | None) -> bool:
    """Whether the file at `path` is one with the bytes `data`; for None, whether nothing is there."""
    if data is None:
        return not os.path.lexists(path)
    try:
        return read_file(path) == data
    except OSError:  # it is no file any more, or not for us
        return False


def _replace(path: str, data: bytes, check: Callable[[str], None]) -> None:
    """Put a new file where `path` leads, after a last call of `check` with that place."""
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
    except FileNotFoundError:
        status = None
    if status and not os.access(target, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    temporary = os.path.join(os.path.dirname(target), f".dfopt-{os.urandom(8).hex()}")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o600 if status else 0o666)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if status:
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                # Only root may give a file away; without that right the file is ours, as an editor would leave it.
                with suppress(PermissionError):
                    os.chown(temporary, status.st_uid, status.st_gid)
            _copy_attributes(target, temporary)
            os.chmod(temporary, stat.S_IMODE(status.st_mode))
        check(target)
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _copy_attributes(source: str, target: str) -> None:
    """Give `target` the extended attributes of `source`, access control lists among them, as far as may be.

    What it has beyond them, as the list that its directory gives to new files, goes.
    """
    if sys.platform != "linux":
        return
    try:
        names = os.listxattr(source)
        more = set(os.listxattr(target)).difference(names)
    except OSError as error:
        if error.errno != ENOTSUP:  # the file system knows of none
            raise
        return
    for name in (*names, *more):
        try:
            if name in more:
                os.removexattr(target, name)
            else:
                os.setxattr(target, name, os.getxattr(source, name))
        except OSError as error:
            # Labels and capabilities are root's to set, a file system may take fewer attributes or less in them than
            # it has, and one may go while we look. An editor would save the text all the same.
            if error.errno not in (EPERM, EACCES, ENOTSUP, EINVAL, ENODATA, ENOSPC, EDQUOT, E2BIG):
                raise
