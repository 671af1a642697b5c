"""Comments that tell dfopt to leave something alone.

``# dfopt ignore`` or ``# dfopt ignore=rule,rule  # why`` above an instruction or inside its continuation,
``# dfopt global ignore=rule`` for the file; hadolint's and tally's ``# hadolint ignore=DL3009`` and ``# tally global
ignore=…;reason=…``, and BuildKit's ``# check=skip=…`` directive, for the rules that answer the named ones.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from ..dockerfile.document import Document, Instruction
from .registry import Rule

_COMMENT = rb"(?i)#\s*(dfopt|hadolint|tally)\s+(global\s+)?ignore(?:\s*=\s*([^#]*))?\s*(?:$|#)"


class Suppressions:
    """The suppressing comments of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._everywhere: list[frozenset[str] | None] = []
        #: what stands at each instruction that has such a comment, and where those start
        self._at: list[tuple[Instruction, list[frozenset[str] | None]]] = []
        self._starts: list[int] = []
        data = document.source.data
        if skipped := _skipped(document.directives.get("check", b"")):
            self._everywhere.append(skipped)
        if b"ignore" not in data:
            return
        for start, end in document.comments:
            found = re.match(_COMMENT, data[start:end])
            if not found:
                continue
            tool, everywhere, names = found.groups()
            chosen = None if names is None else _names(names)
            if chosen is None and (everywhere or tool.lower() != b"dfopt"):
                continue
            if everywhere:
                self._everywhere.append(chosen)
                continue
            number = bisect_right(document.instructions, start, key=_end)
            if number == len(document.instructions):
                continue
            target = document.instructions[number]
            if self._at and self._at[-1][0] is target:
                self._at[-1][1].append(chosen)
            else:
                self._at.append((target, [chosen]))
                self._starts.append(target.start)

    def covers(self, rule: Rule, offsets: Iterable[int]) -> bool:
        """Whether a finding of `rule` that looks at or edits the bytes at `offsets` is suppressed."""
        names = {rule.name, *map(_bare, rule.references)}
        if any(chosen and not names.isdisjoint(chosen) for chosen in self._everywhere):
            return True
        return bool(self._at) and any(
            chosen is None or not names.isdisjoint(chosen) for offset in offsets for chosen in self._chosen(offset)
        )

    def _chosen(self, offset: int) -> list[frozenset[str] | None]:
        """What the comments of the instruction at `offset` name, each for itself."""
        at = bisect_right(self._starts, offset) - 1
        return self._at[at][1] if at >= 0 and offset <= self._at[at][0].end else []


def _end(instruction: Instruction) -> int:
    return instruction.end


def _names(text: bytes) -> frozenset[str]:
    listed = text.decode("utf-8", "replace").partition(";")[0]
    return frozenset(_bare(part) for part in re.split(r"[,\s]+", listed) if part)


def _bare(name: str) -> str:
    """The name of a rule without that of the linter, which may be left out: ``hadolint/DL3009``."""
    return name.rpartition("/")[2]


def _skipped(check: bytes) -> frozenset[str]:
    """The names in ``skip=…`` of a check directive (BuildKit, parser directives)."""
    for part in check.decode("utf-8", "replace").split(";"):
        key, _, value = part.strip().partition("=")
        if key.strip().lower() == "skip":
            return _names(value.encode())
    return frozenset()
