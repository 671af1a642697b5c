"""``dfopt init``: set a repository up, so that dfopt runs in its reviews and commits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ..dockerfile.diff import unified_diff
from ..dockerfile.edits import Edit, EditSet
from ..facts.files import read_file
from ..setup.setup_files import KINDS, SetupError, pieces
from .files import write_file
from .runner import Sink, UsageError, complain

#: What tells that a repository uses it.
_SIGNS = {"github": ".github", "gitlab": ".gitlab-ci.yml", "pre-commit": ".pre-commit-config.yaml"}


def init(kinds: tuple[str, ...], directory: str, *, write: bool) -> int:
    """Run the command; the exit code is 0, 2 after an error. Everything that can be written is."""
    chosen = kinds or tuple(kind for kind, sign in _SIGNS.items() if os.path.exists(os.path.join(directory, sign)))
    try:
        if not os.path.isdir(directory):
            raise UsageError(f"{directory}: not a directory")
        if not chosen:
            raise UsageError(f"say what to set up: {', '.join(KINDS)}")
    except UsageError as problem:
        complain(str(problem))
        return 2
    status = 0
    for piece in (piece for kind in chosen for piece in pieces(kind)):
        try:
            _put(os.path.join(directory, piece.path), piece.path, piece.grown, write=write)
        except (SetupError, UnicodeDecodeError) as problem:
            first, *lines = str(problem).splitlines()
            complain(first, tuple(lines))
            status = 2
        except OSError as problem:
            complain(f"{piece.path}: {problem.strerror or problem}")
            status = 2
    return status


def _put(path: str, name: str, grown: Callable[[str | None], str], *, write: bool) -> None:
    """Show or write what becomes of one file."""
    old: bytes | None = None
    if os.path.lexists(path):
        old = read_file(path)
    before = old or b""
    newline = "\r\n" if b"\r\n" in before else "\n"
    known = None if old is None else before.decode("utf-8").replace("\r\n", "\n")
    text = grown(known).replace("\n", newline).encode("utf-8")
    if text == old:
        print(f"{name}: nothing to do", file=sys.stderr)
    elif write:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        write_file(path, text, old)
        print(f"{'wrote' if old is None else 'added to'} {name}")
    else:
        same = next((at for at, pair in enumerate(zip(before, text, strict=False)) if len({*pair}) > 1), len(before))
        edits = EditSet([Edit(same, len(before), text[same:], ("init",))])
        sys.stdout.flush()
        sink = Sink(None)
        sink.write(unified_diff(before, edits, name, new=old is None))
        sink.close()
