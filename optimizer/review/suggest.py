"""The rewrites of a file as suggestions: each can be accepted alone, and all of them are the fix.

A code review replaces lines by lines. It takes the line endings of the file for what it puts in and keeps a missing
final newline, as GitHub's and GitLab's suggestions do; a replacement that this cannot express is not `plain`.

Findings that belong together are one suggestion: those that change the same lines, those that change what another made
of an instruction, and those without which another is not found again. The last are found by trial: some suggestions are
accepted, and the rest of the file has to come to the same.
"""

from __future__ import annotations

from itertools import pairwise

from ..dockerfile.diff import Change, line_changes, split_lines
from ..dockerfile.document import Document
from ..dockerfile.record import Record
from ..dockerfile.scanner import DockerfileError
from ..rules.engine import Applied, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Protocol

    class Refix(Protocol):
        """Fixes another text of a file as its result was made; where it comes to `goal`, it need not look further."""

        def __call__(self, text: bytes, *, goal: bytes) -> Result: ...

    Kind = frozenset[tuple[str, tuple[str, ...]]]

_FEW = 8  # suggestions, of which each is tried alone
_MANY = 32  # suggestions, of which only a few neighbours are tried
_NEIGHBOURS = 4
_FAR = (
    128  # suggestions, of which some that stand far apart are tried too: that costs as much as fixing a few lines each
)
_ROUNDS = 4  # of trials, before all that is left is one suggestion


class Suggestion(Record):
    """Lines `first` to `last` (1-based, inclusive, at least one) become `lines`, each with its line ending.

    Accepting it makes all of `findings` and nothing else. Of the lines, `changes` are what differs, in order. `plain`
    says that text alone, put in where the lines were, does it.
    """

    first: int
    last: int
    lines: tuple[bytes, ...]
    findings: tuple[Applied, ...]
    plain: bool
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """The new lines without the last line ending, decoded; bytes that are not UTF-8 come as U+FFFD."""
        return b"".join(self.lines).replace(b"\r\n", b"\n").removesuffix(b"\n").decode("utf-8", "replace")

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules behind it."""
        return tuple(dict.fromkeys(item.finding.rule for item in self.findings))

    def accept(self, data: bytes) -> bytes:
        """`data`, of which it was made, with this suggestion accepted."""
        return accept_all(data, (self,))


def accept_all(data: bytes, suggestions: Iterable[Suggestion]) -> bytes:
    """`data` with all of `suggestions`, in the order of their lines, accepted."""
    return _made(split_lines(data), [change for one in suggestions for change in one.changes])


def _made(old: list[bytes], changes: list[Change]) -> bytes:
    """The lines with the changes, which are in order."""
    parts: list[bytes] = []
    at = 0
    for change in changes:
        parts += (*old[at : change.start], *change.lines)
        at = change.end
    return b"".join((*parts, *old[at:]))


def suggest(result: Result, refix: Refix, document: Document | None = None) -> tuple[Suggestion, ...]:
    """The suggestions that `result` comes to, in the order of their lines, no two of which overlap.

    `document` is its original text, where that has been read.
    """
    old = split_lines(result.original)
    trials = _Trials(old, result, refix, document)
    made = by_construction(result)
    for _ in range(_ROUNDS):
        ties = list(trials.ties(made)) if len(made) > 1 else []
        if not ties:
            break
        made = _apart(old, list(_joined(made, ties)))
    else:
        made = [[change for choice in made for change in choice]]
    return tuple(_suggestion(old, choice, result) for choice in made)


def by_construction(result: Result) -> list[list[Change]]:
    """The changes of `result`, those together that belong together by their findings and their lines."""
    old = split_lines(result.original)
    return _apart(old, _together(line_changes(result.original, result.edits), result.applied))


def _together(changes: list[Change], applied: tuple[Applied, ...]) -> list[list[Change]]:
    """The changes, those together that share a finding or follow one another, and those that lie between them."""
    before = list(range(len(applied)))  # for each finding, one of those before it that it goes with, or itself

    def leader(number: int) -> int:
        path = [number]
        while before[path[-1]] != path[-1]:
            path.append(before[path[-1]])
        for one in path:
            before[one] = path[-1]
        return path[-1]

    for number, item in enumerate(applied):
        for one in {leader(other) for other in item.follows}:
            low, high = sorted((one, leader(number)))
            before[high] = low
    starts: list[int] = []  # where in the changes each choice starts
    first: dict[int, int] = {}  # the first change of each leader
    for number, change in enumerate(changes):
        starts.append(number)
        earliest = min((first.setdefault(leader(one), number) for one in change.findings), default=number)
        while starts[-1] > earliest:
            starts.pop()
    return [changes[start:end] for start, end in pairwise([*starts, len(changes)])]


def _apart(old: list[bytes], choices: list[list[Change]]) -> list[list[Change]]:
    """The choices, those together that would share a line."""
    apart: list[list[Change]] = []
    ends: list[int] = []  # of the lines that each replaces
    for choice in choices:
        whole, span = choice, _span(old, choice)
        while ends and ends[-1] > span.start:
            ends.pop()
            whole = [*apart.pop(), *whole]
            span = _span(old, whole)
        apart.append(whole)
        ends.append(span.end)
    return apart


def _joined(choices: list[list[Change]], ties: list[tuple[int, int]]) -> Iterator[list[Change]]:
    """The choices, those from the first to the last of each tie as one."""
    reach = list(range(len(choices)))  # how far what starts here goes at least
    for first, last in ties:
        reach[first] = max(reach[first], last)
    at = 0
    while at < len(choices):
        end = start = at
        while at <= end:
            end = max(end, reach[at])
            at += 1
        yield [change for choice in choices[start : end + 1] for change in choice]


class _Trials:
    """Finds out which choices do not hold without each other."""

    def __init__(self, old: list[bytes], result: Result, refix: Refix, document: Document | None = None) -> None:
        self.old = old
        self.result = result
        self.refix = refix
        self.document = document

    def ties(self, choices: list[list[Change]]) -> Iterator[tuple[int, int]]:
        """The first and the last of those that have to be one; none where every trial comes to the fix."""
        count = len(choices)
        if count > _MANY:
            yield from self.ties_of_many(choices)
        elif count > _FEW:
            yield from self.ties_in(choices, _halves(range(count)))
        else:
            yield from self.ties_in(choices, (frozenset((number,)) for number in range(count)))

    def ties_in(self, choices: list[list[Change]], trials: Iterable[frozenset[int]]) -> Iterator[tuple[int, int]]:
        """What it shows to accept each of these sets of choices first."""
        tried = [(accepted, self.unlike(choices, accepted)) for accepted in trials]
        everyone = frozenset(range(len(choices)))
        for number in everyone:
            # What it does not hold without: those accepted where it was not, or not accepted where it was.
            others = [
                (number in accepted, everyone - accepted if number in accepted else accepted, number in wrong)
                for accepted, wrong in tried
            ]
            for inside in (False, True):
                cleared = frozenset[int]().union(*(them for side, them, bad in others if side == inside and not bad))
                guilty = [them - cleared or them for side, them, bad in others if side == inside and bad]
                common = everyone.intersection(*guilty)
                for suspects in [common] if common and guilty else guilty:
                    nearest = min(suspects - {number}, key=lambda other: abs(other - number))
                    yield min(number, nearest), max(number, nearest)

    def ties_of_many(self, choices: list[list[Change]]) -> Iterator[tuple[int, int]]:
        """What a few neighbours, where the file begins and where it ends, say of all of the same kinds."""
        kinds = [self.kind(choice) for choice in choices]
        document = self.document or Document.parse(self.result.original)
        patterns: set[tuple[Kind, Kind, int]] = set()
        alike = kinds[:_NEIGHBOURS] == kinds[-_NEIGHBOURS:] and len(document.stages) == 1
        for first in (0,) if alike else (0, len(choices) - _NEIGHBOURS):
            text = _part(document, choices[first][0].start, choices[first + _NEIGHBOURS - 1][-1].end)
            result = self.refix(text, goal=b"")
            part = _Trials(split_lines(text), result, self.refix)
            found = by_construction(result)
            if len(found) == _NEIGHBOURS:  # else they are others without the rest of the file
                patterns |= {(kinds[first + a], kinds[first + b], b - a) for a, b in part.ties(found)}
        for one, other, apart in patterns:
            for number in range(len(choices) - apart):
                if (kinds[number], kinds[number + apart]) == (one, other):
                    yield number, number + apart
        if not patterns and len(choices) <= _FAR:  # with patterns there is another round
            yield from self.distant_ties(document, choices, kinds)

    def distant_ties(
        self, document: Document, choices: list[list[Change]], kinds: list[Kind]
    ) -> Iterator[tuple[int, int]]:
        """Those of different kinds, found where of each kind only the first and the last stand in the file."""
        last = {kind: number for number, kind in enumerate(kinds)}
        ends = sorted({*last.values(), *(kinds.index(kind) for kind in last)})
        if len(last) == 1:
            return
        text = _without(document, [choice for number, choice in enumerate(choices) if number not in ends])
        result = self.refix(text, goal=b"")
        found = by_construction(result)
        if len(found) != len(ends):  # they are others without the rest of the file
            return
        numbers = {kind: number for number, kind in enumerate(last)}
        trials = _halves([numbers[kinds[end]] for end in ends])
        for a, b in _Trials(split_lines(text), result, self.refix).ties_in(found, trials):
            one, other = ends[a], ends[b]
            # They may have become neighbours by what is not there: the file itself has the last word.
            if kinds[one] != kinds[other] and any(self.unlike(choices, frozenset((n,))) for n in (one, other)):
                yield one, other

    def kind(self, choice: list[Change]) -> Kind:
        """Its rules, each with what it lets disappear."""
        findings = (self.result.applied[number].finding for change in choice for number in change.findings)
        return frozenset((finding.rule, finding.removes) for finding in findings)

    def unlike(self, choices: list[list[Change]], accepted: frozenset[int]) -> set[int]:
        """The choices that, or beside which something, comes out otherwise where the `accepted` ones are made first."""
        text = _made(self.old, [change for number in sorted(accepted) for change in choices[number]])
        try:
            trial = self.refix(text, goal=self.result.patched)
        except DockerfileError:
            return set(range(len(choices)))
        if trial.patched == self.result.patched:
            return set()
        lines = split_lines(text)
        changes = line_changes(text, trial.edits)
        wrong: set[int] = set()
        at = done = 0

        def becomes(end: int, *, closed: bool) -> list[bytes]:
            """What becomes of the lines up to `end`; `closed` takes what is put in there too."""
            nonlocal at, done
            made: list[bytes] = []
            while done < len(changes) and (
                changes[done].start < end or (closed and changes[done].start == changes[done].end == end)
            ):
                made += (*lines[at : changes[done].start], *changes[done].lines)
                at = changes[done].end
                done += 1
            made += lines[at:end]
            at = max(at, end)
            return made

        behind = end = 0  # the line behind the last choice, in the original, and in the text
        for number, choice in enumerate(choices):
            first, last = choice[0].start, choice[-1].end
            end += first - behind
            if becomes(end, closed=False) != self.old[behind:first]:
                wrong |= {max(number - 1, 0), number}
            new = split_lines(_made(self.old[first:last], [_moved(change, -first) for change in choice]))
            end += len(new) if number in accepted else last - first
            if becomes(end, closed=True) != new:
                wrong.add(number)
            behind = last
        if becomes(len(lines), closed=True) != self.old[behind:]:
            wrong.add(len(choices) - 1)
        return wrong or set(range(len(choices)))


def _part(document: Document, start: int, end: int) -> bytes:
    """The instructions on the lines `start` to `end` (0-based, exclusive) as a Dockerfile: below their FROM."""
    source = document.source
    starts = [*source.line_starts, len(source)]
    inside = document.instructions_between(starts[start], starts[end] - 1)
    stages = [stage for stage in document.stages if stage.instructions[0].index <= inside[0].index]
    head = document.stages[0].instructions[0].start
    base = stages[-1].instructions[0] if stages else inside[0]
    parts = [source.data[:head]]
    if base.index < inside[0].index:
        parts.append(source.data[base.start : source.line_end(base.end)])
    parts.append(source.data[max(inside[0].start, head) : source.line_end(inside[-1].end)])
    return b"".join(parts)


def _without(document: Document, choices: list[list[Change]]) -> bytes:
    """The Dockerfile without the instructions on the lines of these choices."""
    source = document.source
    starts = [*source.line_starts, len(source)]
    parts: list[bytes] = []
    at = 0
    for choice in choices:
        inside = document.instructions_between(starts[choice[0].start], starts[choice[-1].end] - 1)
        if inside and all(instruction.keyword != "FROM" for instruction in inside):
            parts.append(source.data[at : max(at, inside[0].start)])
            at = source.line_end(inside[-1].end)
    return b"".join((*parts, source.data[at:]))


def _halves(numbers: Sequence[int]) -> Iterator[frozenset[int]]:
    """The places of those numbers that have a bit, and of those that have it not, for every bit.

    So of every two that differ, each is there once without the other.
    """
    for bit in range(max(numbers).bit_length()):
        for side in (0, 1):
            yield frozenset(place for place, number in enumerate(numbers) if number >> bit & 1 == side)


def _moved(change: Change, by: int) -> Change:
    return change._replace(start=change.start + by, end=change.end + by)


def _span(old: list[bytes], choice: list[Change]) -> Change:
    """One change of at least one line for all of a choice, with what lies between them."""
    return _widened(old, _merged(old, choice))


def _merged(old: list[bytes], changes: list[Change]) -> Change:
    """One change for several, with what lies between them."""
    if len(changes) == 1:
        return changes[0]
    lines: list[bytes] = []
    at = changes[0].start
    for change in changes:
        lines += (*old[at : change.start], *change.lines)
        at = change.end
    rules = dict.fromkeys(rule for change in changes for rule in change.rules)
    findings = dict.fromkeys(number for change in changes for number in change.findings)
    return Change(changes[0].start, at, tuple(lines), tuple(rules), tuple(findings))


def _widened(old: list[bytes], change: Change) -> Change:
    """The change with a line above it or below it, where it would replace none or leave but empty lines."""
    start, end, lines = change.start, change.end, change.lines
    unended = end == len(old) and end > start and not old[-1].endswith(b"\n")
    if start < end and not unended and (not lines or any(line.strip() for line in lines)):
        return change
    if unended and lines and any(line.strip() for line in lines):
        return change
    if start:
        return change._replace(start=start - 1, lines=(old[start - 1], *lines))
    return change._replace(end=end + 1, lines=(*lines, *old[end : end + 1]))


def _suggestion(old: list[bytes], choice: list[Change], result: Result) -> Suggestion:
    change = _span(old, choice)
    start, end, lines = change.start, change.end, change.lines
    was = old[start:end]
    ending = b"\r\n" if was[0].endswith(b"\r\n") else b"\n"
    plain = all(line.endswith(ending) for line in lines[:-1]) and (
        not lines or (_ending(lines[-1]) == _ending(was[-1]) and _ending(was[-1]) in (ending, b""))
    )
    plain = plain and _is_text(b"".join(lines).replace(b"\r\n", b"\n"))
    findings = tuple(result.applied[number] for number in change.findings)
    return Suggestion(start + 1, end, lines, findings, plain, tuple(choice))


def _ending(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""


def _is_text(data: bytes) -> bool:
    """Whether the bytes survive being sent as a text: UTF-8, and no character that is not seen."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    seen = text.replace("\n", "").replace("\t", "").isprintable()  # quicker, and says it of nearly every text
    return seen or all(char in "\t\n" or (ord(char) >= 0x20 and char not in "\x7f\ufeff\u2028\u2029") for char in text)
