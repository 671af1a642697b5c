"""Reading files that somebody else has put there."""

from __future__ import annotations

import os
import stat


def read_file(path: str) -> bytes:
    """The bytes of the regular file at `path`, or at the end of a link. Raises `OSError`, for anything else too.

    What it is, is asked before it is opened: opening a pipe waits for somebody to write to it, or wakes them up, and
    opening a device may set it going.
    """
    kind = stat.S_IFMT(os.stat(path).st_mode)
    if kind not in (stat.S_IFREG, stat.S_IFDIR):  # a directory refuses in its own words
        raise OSError(0, "not a regular file", path)
    with open(path, "rb") as file:
        return file.read()
