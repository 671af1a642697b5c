"""What there is to say about a file, line by line: the suggestions, and the findings that have none.

In a review of a change, only what touches the changed lines is said, and a platform takes a comment only where its
diff shows all the lines that the comment is about.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from ..dockerfile.cached import cached_property
from ..dockerfile.diff import diff_of, split_lines
from ..dockerfile.document import Document
from ..dockerfile.record import Record
from ..dockerfile.source import Source
from ..facts.stages import Facts
from ..facts.stores import kept
from ..rules.engine import Applied, Offered, Result
from ..rules.finding import Problem
from ..rules.savings import about, indexes
from .git import Changed, Comparison, Hunk
from .suggest import Suggestion, suggest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .suggest import Refix


class Item(Record):
    """One thing to say about the lines `first` to `last` (1-based, inclusive) of a file.

    With a suggestion, `findings` are those that it answers. `hunk` is the part of the diff that shows all the lines,
    None where there is none. `key` stays the same while the path, these lines and what is said of them do. `saves` is
    about how many bytes smaller the image gets by this alone, None where only a build can tell.
    """

    first: int
    last: int
    findings: tuple[Applied | Offered, ...]
    suggestion: Suggestion | None
    hunk: Hunk | None
    key: str
    saves: int | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules behind it."""
        return tuple(dict.fromkeys(item.finding.rule for item in self.findings))

    @property
    def safe(self) -> bool:
        """Whether it may be accepted without a thought."""
        return self.suggestion is not None and all(item.finding.applicability == "safe" for item in self.findings)


class Reviewed(Record):
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
        return self.diff_of(self.items)

    def diff_of(self, items: Iterable[Item]) -> bytes:
        """The suggestions of some of the items as a unified diff."""
        changes = [change for item in items if item.suggestion for change in item.suggestion.changes]
        return diff_of(self._lines, changes, self.path)

    @cached_property
    def _lines(self) -> list[bytes]:
        return split_lines(self.result.original)


class Review(Record):
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
    refix: Refix,
    changed: Changed | None = None,
    *,
    before: Callable[[], Result | None] = lambda: None,
    everything: bool = False,
    unsafe: bool = True,
) -> Reviewed:
    """What there is to say about the file at `path`.

    `refix` fixes another text as `result` was made. Where `changed` says what a change did to the file, it is what
    the change touched or brought about, unless `everything` is asked for; `before` fixes the file as it was, and gives
    None where that cannot be done. What is offered as unsafe is said too, or only counted.
    """
    document = Document.parse(result.original)
    old = split_lines(result.original)
    scope = None if changed is None or everything else _Scope(document, changed, before)
    savings = _Savings(document, result)
    hunks = changed.hunks if changed else ()
    keys: Counter[str] = Counter()
    items: list[Item] = []
    offered: list[Applied | Offered] = [item for item in result.offered if item.why in ("unsafe", "manual")]
    told: list[tuple[int, int, tuple[Applied | Offered, ...], Suggestion | None]] = [
        (made.first, made.last, made.findings, made) for made in suggest(result, refix, document)
    ]
    told += [(*_lines(document.source, item.start, item.end), (item,), None) for item in offered]
    counted = 0
    for first, last, findings, suggestion in sorted(told, key=lambda item: item[:2]):
        changes = suggestion.changes if suggestion else ()
        lines = [(change.start + 1, max(change.end, change.start + 1)) for change in changes] or [(first, last)]
        if scope and not scope.holds(lines, findings):
            continue
        if suggestion is None and not unsafe and findings[0].finding.applicability == "unsafe":
            counted += 1
            continue
        key = _key(path, findings, old[first - 1 : last], suggestion)
        keys[key] += 1
        key = key if keys[key] == 1 else f"{key}-{keys[key]}"
        hunk = next((hunk for hunk in hunks if hunk.holds(first, last)), None)
        items.append(Item(first, last, findings, suggestion, hunk, key, savings.of(findings)))
    return Reviewed(path, result, tuple(items), changed, counted)


class _Scope:
    """What a change touched or brought about."""

    def __init__(self, document: Document, changed: Changed, before: Callable[[], Result | None]) -> None:
        self.document = document
        self.changed = changed
        self.before = before

    def holds(self, lines: list[tuple[int, int]], findings: tuple[Applied | Offered, ...]) -> bool:
        """Whether the change touched these lines or the instructions that the findings are about, or is their cause."""
        hunks = self.changed.hunks
        if any(hunk.touches(*span) for hunk in hunks for span in lines):
            return True
        if any(hunk.touches(*_instruction(self.document, item)) for item in findings for hunk in hunks):
            return True
        return self._known is not None and any(self._place(item) not in self._known for item in findings)

    def _place(self, item: Applied | Offered) -> tuple[str, int | None]:
        return item.finding.rule, self.changed.line_before(self.document.source.line_of(item.start))

    @cached_property
    def _known(self) -> set[tuple[str, int | None]] | None:
        """The rules and lines of what there was to say before the change; None where that is not known."""
        result = self.before()
        if result is None:
            return None
        source = Source(result.original)
        offered = (item for item in result.offered if item.why in ("unsafe", "manual"))
        return {(item.finding.rule, source.line_of(item.start)) for item in (*result.applied, *offered)}


class _Savings:
    """What findings save by themselves: an index that another layer still holds is not saved."""

    def __init__(self, document: Document, result: Result) -> None:
        self.document = document
        self.result = result

    def of(self, findings: tuple[Applied | Offered, ...]) -> int | None:
        """About how many bytes smaller the image gets by these alone; None where only a build can tell."""
        saved: dict[object, int | None] = {}
        shared = {path for item in findings for path in indexes(item.finding)}
        gone = {path for path in shared if self._is_last(path, findings)}
        for item in findings:
            if gone.issuperset(indexes(item.finding)):
                # What removes the same is one saving, as an index refreshed and cleared by two rewrites.
                saved[item.finding.removes or item.start] = about(item.finding)
        return sum(filter(None, saved.values())) or None

    def _is_last(self, path: str, findings: tuple[Applied | Offered, ...]) -> bool:
        """Whether no layer holds the index at `path` where these findings are applied."""
        if self._applied[path] > sum(path in item.finding.removes for item in findings if isinstance(item, Applied)):
            return False
        if isinstance(findings[0], Applied):
            return not any(True for _ in kept(self._patched, path))
        line, _ = _instruction(self.document, findings[0])
        return all(line == run.line for run in kept(self._facts, path))

    @cached_property
    def _applied(self) -> Counter[str]:
        """How many applied findings remove each index."""
        return Counter(path for item in self.result.applied for path in indexes(item.finding))

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self.document)

    @cached_property
    def _patched(self) -> Facts:
        return Facts(Document.parse(self.result.patched))


def _lines(source: Source, start: int, end: int) -> tuple[int, int]:
    """The lines of the bytes from `start` to `end`, the line ending of the last not counted as the next."""
    while end > start and source.data[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return source.line_of(start), source.line_of(max(start, end))


def _instruction(document: Document, item: Applied | Offered) -> tuple[int, int]:
    """The lines of the instruction that a finding is about: a change anywhere in it is a reason to speak."""
    for instruction in document.instructions_between(item.start, item.start):
        if instruction.start <= item.start < instruction.end:
            return _lines(document.source, instruction.start, instruction.end)
    return _lines(document.source, item.start, item.end)


def _key(path: str, findings: tuple[Applied | Offered, ...], old: list[bytes], suggestion: Suggestion | None) -> str:
    rules = ",".join(sorted({item.finding.rule for item in findings}))
    new = b"".join(suggestion.lines) if suggestion else b""
    parts = (path.encode("utf-8", "surrogateescape"), rules.encode(), b"".join(old), new)
    return sha256(b"\0".join(str(len(part)).encode() + b":" + part for part in parts)).hexdigest()[:16]
