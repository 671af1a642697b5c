"""What git says has changed: the files, and which of their lines. Nothing but git's own commands is asked."""

from __future__ import annotations

import os
import re
import subprocess

from ..dockerfile.record import Record
from ..facts.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# The user's configuration must not change what a diff looks like.
_PLAIN = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--diff-algorithm=myers",
    "--find-renames",
    "--no-relative",
    "--inter-hunk-context=0",
)
_HUNK = rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@"


class GitError(Exception):
    """Something that git could not do; the text is one line."""


class Hunk(Record):
    """A part of a diff, with its three lines of context; all lines are 1-based.

    `first` to `last` are its lines in the new file, none where `last` is before `first`. `old` has the old file's
    line of each that is in both, `removed` the new file's lines below which some were taken out.
    """

    first: int
    last: int
    old: dict[int, int]
    removed: frozenset[int]

    def touches(self, first: int, last: int) -> bool:
        """Whether the lines `first` to `last` of the new file hold one that is new, or lost one between them."""
        new = any(line not in self.old for line in range(max(first, self.first), min(last, self.last) + 1))
        return new or any(first <= line < last for line in self.removed)

    def holds(self, first: int, last: int) -> bool:
        """Whether the diff shows the lines `first` to `last` of the new file, all of them."""
        return self.first <= first <= last <= self.last


class Changed(Record):
    """A file that is new or changed; `old_path` is its name before, None where there was none."""

    path: str
    old_path: str | None
    hunks: tuple[Hunk, ...]

    def line_before(self, line: int) -> int | None:
        """The old file's line of a line of the new one; None for one that is new."""
        shift = 0
        for hunk in self.hunks:
            if line <= hunk.last:
                return hunk.old.get(line) if line >= hunk.first else line + shift
            if hunk.last in hunk.old:  # every hunk ends with lines that are in both, but for one at the file's end
                shift = hunk.old[hunk.last] - hunk.last
        return line + shift


class Comparison(Record):
    """What `head` changed since it left `base`, in hashes of commits; `head` is None for the work tree.

    `start` is the commit that was named, `base` the common ancestor of it and `head`. Paths are relative to `root`.
    """

    root: str
    start: str
    base: str
    head: str | None
    files: tuple[Changed, ...]

    def read(self, path: str) -> bytes:
        """The contents of a changed file in `head`. Raises `GitError`, and `OSError` for the work tree."""
        if self.head is not None:
            return _git(self.root, "cat-file", "blob", f"{self.head}:{path}")
        return read_file(os.path.join(self.root, path))

    def read_before(self, file: Changed) -> bytes | None:
        """The contents of a changed file in `base`; None where it was not there. Raises `GitError`."""
        return None if file.old_path is None else _git(self.root, "cat-file", "blob", f"{self.base}:{file.old_path}")


def compare(directory: str, base: str, head: str | None, wanted: Callable[[str, str], bool]) -> Comparison:
    """What `head`, or the work tree where it is None, has changed since it branched off `base`.

    Only files that are `wanted` by the root and their path are looked at. Raises `GitError`.
    """
    root = os.fsdecode(_git(directory, "rev-parse", "--show-toplevel")).removesuffix("\n")
    start, tip = _commits(root, base, head or "HEAD")
    try:
        ancestor = start if start == tip else _git(root, "merge-base", start, tip).decode().strip()
    except GitError as error:
        raise GitError(
            f"{base} and {head or 'HEAD'} have no common ancestor here; a shallow clone lacks it (fetch-depth: 0)"
        ) from error
    revisions = (ancestor, tip) if head else (ancestor,)
    files = [
        Changed(path, old, _hunks(root, revisions, path, old))
        for path, old in _names(_git(root, "diff", "--raw", "-z", *_PLAIN, *revisions, "--"))
        if wanted(root, path)
    ]
    if head is None:
        new = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")
        for path in map(os.fsdecode, filter(None, new)):
            if wanted(root, path):
                files.append(_untracked(root, path))
    return Comparison(root, start, ancestor, tip if head else None, tuple(sorted(files, key=lambda file: file.path)))


def is_ancestor(root: str, commit: str) -> bool:
    """Whether what is checked out holds `commit`. Raises `GitError`."""
    run = _run(root, "merge-base", "--is-ancestor", commit, "HEAD")
    if run.returncode > 1:
        raise GitError(_reason(run))
    return run.returncode == 0


def _commits(root: str, *names: str) -> list[str]:
    """The hashes of the commits that are called so. One process tells them all, and takes no name for an option."""
    asked = "".join(f"{name}^{{commit}}\n" for name in names)
    answers = _git(root, "cat-file", "--batch-check", said=os.fsencode(asked)).split(b"\n")
    found: list[str] = []
    for name, answer in zip(names, answers, strict=False):
        words = answer.decode("utf-8", "replace").split(" ")
        if "\n" in name or len(words) != 3 or words[1] != "commit":  # HASH commit SIZE, else NAME missing
            raise GitError(f"{name}: no such commit here; a shallow clone may lack it (fetch-depth: 0)")
        found.append(words[0])
    return found


def _names(raw: bytes) -> list[tuple[str, str | None]]:
    """The new and the old path of every regular file that is there afterwards, from ``git diff --raw -z``."""
    found: list[tuple[str, str | None]] = []
    fields = iter(raw.split(b"\0"))
    for about in fields:
        if not about:
            break
        mode, status = about.split()[1], about.split()[4]
        old = os.fsdecode(next(fields))
        path = os.fsdecode(next(fields)) if status[:1] in b"RC" else old
        if mode.startswith(b"100"):
            found.append((path, None if status == b"A" else old))
    return found


def _hunks(root: str, revisions: tuple[str, ...], path: str, old: str | None) -> tuple[Hunk, ...]:
    paths = (path,) if old in (None, path) else (old, path)
    diff = _git(root, "--literal-pathspecs", "diff", "--text", "--unified=3", *_PLAIN, *revisions, "--", *paths)
    return _parse(diff.split(b"\n"), path)


def _parse(lines: list[bytes], path: str) -> tuple[Hunk, ...]:
    """The hunks of a diff of one file."""
    hunks: list[Hunk] = []
    at = 0
    while at < len(lines):
        head = re.match(_HUNK, lines[at])
        at += 1
        if head is None:
            continue
        old_line, new_line = int(head[1]), int(head[3])
        old_left, new_left = int(head[2] or 1), int(head[4] or 1)
        old_line += not old_left  # an empty range names the line before it
        new_line += not new_left
        first = new_line
        old: dict[int, int] = {}
        removed: set[int] = set()
        while old_left or new_left:
            mark = lines[at][:1] if at < len(lines) else b""
            at += 1
            if mark == b"+":
                new_line, new_left = new_line + 1, new_left - 1
            elif mark == b"-":
                removed.add(new_line - 1)
                old_line, old_left = old_line + 1, old_left - 1
            elif mark == b" ":
                old[new_line] = old_line
                old_line, old_left = old_line + 1, old_left - 1
                new_line, new_left = new_line + 1, new_left - 1
            elif mark != b"\\":
                raise GitError(f"{path}: git's diff ends in the middle of a hunk")
        hunks.append(Hunk(first, new_line - 1, old, frozenset(removed)))
    return tuple(hunks)


def _untracked(root: str, path: str) -> Changed:
    """A file that git does not know: every line of it is new."""
    try:
        data = read_file(os.path.join(root, path))
    except OSError as error:
        raise GitError(f"{path}: {error.strerror or error}") from error
    count = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return Changed(path, None, (Hunk(1, count, {}, frozenset()),))


def _git(directory: str, *arguments: str, said: bytes = b"") -> bytes:
    run = _run(directory, *arguments, said=said)
    if run.returncode:
        raise GitError(_reason(run))
    return run.stdout


def _run(directory: str, *arguments: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", "-C", directory, "-c", "diff.suppressBlankEmpty=false", *arguments],
            capture_output=True,
            check=False,
            env=environment,
            input=said,
        )
    except OSError as error:
        raise GitError(f"git: {error.strerror or error}") from error


def _reason(run: subprocess.CompletedProcess[bytes]) -> str:
    lines = run.stderr.decode("utf-8", "replace").strip().splitlines()
    return (lines[0] if lines else f"git ends with {run.returncode}").removeprefix("fatal: ")
