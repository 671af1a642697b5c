"""What ``dfopt dockerignore`` writes and says. The JSON is schema 1; sizes are bytes."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, NamedTuple

from ..dockerfile.diff import unified_diff
from ..dockerfile.edits import Edit, EditSet
from ..dockerfile.source import Source
from ..dockerignore.plan import KeptOut, Plan
from .plain import size
from .printable import place, printable
from .template import render


class Written(NamedTuple):
    """A ``.dockerignore``: what it is called, its bytes or None where there is none, and what is to become of it."""

    path: str
    original: bytes | None
    plan: Plan

    @property
    def edits(self) -> EditSet:
        """The lines to add, at the end; nothing that is there is touched."""
        if not self.plan.added:
            return EditSet()
        old = self.original or b""
        if old.strip():
            sections = [("Not needed in the build either", [item.pattern for item in self.plan.added])]
        else:
            sections = [
                (title, [item.pattern for item in items])
                for title, items in groupby(self.plan.added, lambda item: item.section)
            ]
        newline = Source(old).newline(len(old))
        text = render("dockerignore.j2", sections=sections).encode()
        gap = b"" if not old.strip() else b"\n" if old.endswith(b"\n") else b"\n\n"
        return EditSet([Edit(len(old), len(old), (gap + text).replace(b"\n", newline), ("dockerignore",))])

    @property
    def text(self) -> bytes:
        """The whole file with the lines added."""
        return self.edits.apply(self.original or b"")

    @property
    def diff(self) -> bytes:
        """What ``git apply`` takes; empty where nothing changes."""
        return unified_diff(self.original or b"", self.edits, self.path, new=self.original is None)


def summary(files: list[Written]) -> str:
    """What is kept out, largest first, and what is left in, for a terminal."""
    lines: list[str] = []
    for file in files:
        path, plan = printable(place(file.path)), file.plan
        out = _largest(plan)
        saved, count = sum(item.size for item in out), sum(item.files for item in out)
        if not plan.added:
            lines.append(f"{path}: nothing to add; the context is {_amount(plan.size, plan.files)}")
        else:
            rest = _amount(plan.size - saved, plan.files - count)
            lines.append(f"{path}: keeps out {_amount(saved, count)}; {rest} stay")
        lines += [
            f"  {size(item.size):>9}  {_count(item.files):>13}  {printable(item.pattern)}" for item in out if item.files
        ]
        lines += [printable(f"  left in: {item.path} ({item.why})") for item in plan.left]
    return "\n".join(lines) + "\n"


def as_json(files: list[Written]) -> str:
    """The same for programs, with the diffs."""
    return json.dumps({"schema": 1, "files": [_file(file) for file in files]}, indent=2) + "\n"


def _file(file: Written) -> dict[str, Any]:
    return {
        "path": file.path,
        "new": file.original is None,
        "changed": bool(file.plan.added),
        "context": {"size": file.plan.size, "files": file.plan.files},
        "patterns": [item._asdict() for item in _largest(file.plan)],
        "left": [item._asdict() for item in file.plan.left],
        "diff": file.diff.decode("utf-8", "replace"),
    }


def _largest(plan: Plan) -> list[KeptOut]:
    return sorted(plan.added, key=lambda item: (-item.size, -item.files, item.pattern))


def _amount(number: int, files: int) -> str:
    return f"{size(number)} in {_count(files)}"


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files:,} files"
