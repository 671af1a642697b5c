"""What there is to say about a file, line by line: the suggestions, and the findings that have none.

In a review of a change, only what touches the changed lines is said, and a platform takes a comment only where its
diff shows all the lines that the comment is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from ..dockerfile.diff import split_lines, unified_diff
from ..dockerfile.document import Document
from ..dockerfile.edits import Edit, EditSet
from ..dockerfile.source import Source
from ..rules.engine import Applied, Offered, Result
from ..rules.finding import Problem
from ..rules.savings import about
from .git import Changed, Comparison, Hunk
from .suggest import Suggestion, suggest


class Item(NamedTuple):
    """One thing to say about the lines `first` to `last` (1-based, inclusive) of a file.

    With a suggestion, `findings` are those that it answers. `hunk` is the part of the diff that shows all the lines,
    None where there is none. `key` stays the same while the path, these lines and what is said of them do.
    """

    first: int
    last: int
    findings: tuple[Applied | Offered, ...]
    suggestion: Suggestion | None
    hunk: Hunk | None
    key: str

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules behind it."""
        return tuple(dict.fromkeys(item.finding.rule for item in self.findings))

    @property
    def safe(self) -> bool:
        """Whether it may be accepted without a thought."""
        return self.suggestion is not None and all(item.finding.applicability == "safe" for item in self.findings)

    @property
    def saves(self) -> int | None:
        """About how many bytes smaller the image gets; None where only a build can tell."""
        # What removes the same is one saving, as an index refreshed and cleared by two rewrites.
        known = {item.finding.removes or item.start: about(item.finding) for item in self.findings}
        return sum(saved for saved in known.values() if saved is not None) or None


class Reviewed(NamedTuple):
    """A file and what there is to say about it, in the order of its lines.

    `changed` is what git says of it, None where nobody asked. `unsafe` counts what only ``--unsafe`` would suggest.
    """

    path: str
    result: Result
    items: tuple[Item, ...]
    changed: Changed | None = None
    unsafe: int = 0

    @property
    def diff(self) -> bytes:
        """The suggestions as a unified diff that ``git apply`` takes."""
        starts = [*Source(self.result.original).line_starts, len(self.result.original)]
        edits: list[Edit] = []
        for made in (item.suggestion for item in self.items if item.suggestion):
            start, end = starts[made.first - 1], starts[min(made.last, len(starts) - 1)]
            edit = Edit(start, end, b"".join(made.lines), made.rules)
            if edits and edits[-1].end == start:  # neighbours are one change
                last = edits.pop()
                edit = Edit(last.start, end, last.text + edit.text, (*last.rules, *made.rules))
            edits.append(edit)
        return unified_diff(self.result.original, EditSet(edits), self.path)


class Review(NamedTuple):
    """All files, and what is wrong with others; `comparison` is None where nothing was compared."""

    files: tuple[Reviewed, ...]
    errors: tuple[Problem, ...] = ()
    comparison: Comparison | None = None

    @property
    def items(self) -> list[tuple[Reviewed, Item]]:
        """Everything there is to say, with its file."""
        return [(file, item) for file in self.files for item in file.items]


def review_file(
    path: str,
    result: Result,
    refix: Callable[[bytes], bytes],
    changed: Changed | None = None,
    *,
    everything: bool = False,
    unsafe: bool = True,
) -> Reviewed:
    """What there is to say about the file at `path`.

    `refix` fixes another text as `result` was made. Where `changed` says what a change did to the file, it is what
    the change touched, unless `everything` is asked for. What is offered as unsafe is said too, or only counted.
    """
    document = Document.parse(result.original)
    source = document.source
    old = split_lines(result.original)
    hunks = changed.hunks if changed else ()
    keys: Counter[str] = Counter()
    items: list[Item] = []
    offered: list[Applied | Offered] = [item for item in result.offered if item.why in ("unsafe", "manual")]
    told: list[tuple[int, int, tuple[Applied | Offered, ...], Suggestion | None]] = [
        (made.first, made.last, made.findings, made) for made in suggest(result, refix)
    ]
    told += [(*_lines(source, item), (item,), None) for item in offered]
    counted = 0
    for first, last, findings, suggestion in sorted(told, key=lambda item: item[:2]):
        spans = [(first, last), *(_instruction(document, item) for item in findings)]
        if changed and not everything and not any(hunk.touches(*span) for hunk in hunks for span in spans):
            continue
        if suggestion is None and not unsafe and findings[0].finding.applicability == "unsafe":
            counted += 1
            continue
        key = _key(path, findings, old[first - 1 : last], suggestion)
        keys[key] += 1
        hunk = next((hunk for hunk in hunks if hunk.holds(first, last)), None)
        items.append(Item(first, last, findings, suggestion, hunk, key if keys[key] == 1 else f"{key}-{keys[key]}"))
    return Reviewed(path, result, tuple(items), changed, counted)


def _lines(source: Source, item: Applied | Offered) -> tuple[int, int]:
    """The lines that a finding is about, the line ending of the last not counted as the next."""
    start, end = item.start, max(item.start, item.end)
    while end > start and source.data[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return source.line_of(start), source.line_of(end)


def _instruction(document: Document, item: Applied | Offered) -> tuple[int, int]:
    """The lines of the instruction that a finding is about: a change anywhere in it is a reason to speak."""
    for instruction in document.instructions:
        if instruction.start <= item.start < instruction.end:
            return _lines(document.source, item._replace(start=instruction.start, end=instruction.end))
    return _lines(document.source, item)


def _key(path: str, findings: tuple[Applied | Offered, ...], old: list[bytes], suggestion: Suggestion | None) -> str:
    rules = ",".join(sorted({item.finding.rule for item in findings}))
    new = b"".join(suggestion.lines) if suggestion else b""
    parts = (path.encode("utf-8", "surrogateescape"), rules.encode(), b"".join(old), new)
    return sha256(b"\0".join(str(len(part)).encode() + b":" + part for part in parts)).hexdigest()[:16]
