"""The rewrites of a file as suggestions: each replaces whole lines, can be accepted alone, and all of them are the fix.

A code review replaces lines by lines. It takes the line endings of the file for what it puts in and keeps a missing
final newline, as GitHub's and GitLab's suggestions do; a replacement that this cannot express is not `plain`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from ..dockerfile.diff import Change, line_changes, split_lines
from ..rules.engine import Applied, Result


class Suggestion(NamedTuple):
    """Lines `first` to `last` (1-based, inclusive, at least one) become `lines`, each with its line ending.

    Accepting it makes all of `findings` and nothing else. `plain` says that text alone, put in where the lines were,
    does it.
    """

    first: int
    last: int
    lines: tuple[bytes, ...]
    findings: tuple[Applied, ...]
    plain: bool

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
        old = split_lines(data)
        return b"".join((*old[: self.first - 1], *self.lines, *old[self.last :]))


def accept_all(data: bytes, suggestions: tuple[Suggestion, ...]) -> bytes:
    """`data` with all of `suggestions`, in the order of their lines, accepted."""
    for suggestion in reversed(suggestions):
        data = suggestion.accept(data)
    return data


def suggest(result: Result, refix: Callable[[bytes], bytes]) -> tuple[Suggestion, ...]:
    """The suggestions that `result` comes to, in the order of their lines, no two of which overlap.

    `refix` fixes another text as `result` was made: where accepting one suggestion and fixing the rest would not come
    to the same, the suggestions depend on each other and are made one.
    """
    old = split_lines(result.original)
    groups = _apart(old, _of_one_finding(line_changes(result.original, result.edits)))
    made = tuple(_suggestion(old, group, result) for group in groups)
    if len(made) > 1 and any(refix(one.accept(result.original)) != result.patched for one in made):
        made = (_suggestion(old, _merged(old, groups), result),)
    return made


def _of_one_finding(changes: list[Change]) -> list[list[Change]]:
    """The changes, those together that share a finding, and those that lie between them."""
    starts: list[int] = []  # where in the changes each group starts
    first: dict[int, int] = {}  # the first change of each finding
    for number, change in enumerate(changes):
        starts.append(number)
        earliest = min((first.setdefault(finding, number) for finding in change.findings), default=number)
        while starts[-1] > earliest:
            starts.pop()
    return [changes[start:end] for start, end in pairwise([*starts, len(changes)])]


def _apart(old: list[bytes], groups: list[list[Change]]) -> list[Change]:
    """Every group as one change of at least one line, those that would share a line together."""
    apart: list[Change] = []
    for group in groups:
        change = _widened(old, _merged(old, group))
        while apart and apart[-1].end > change.start:
            change = _widened(old, _merged(old, [apart.pop(), *group]))
        apart.append(change)
    return apart


def _merged(old: list[bytes], changes: list[Change]) -> Change:
    """One change for several, with what lies between them."""
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


def _suggestion(old: list[bytes], change: Change, result: Result) -> Suggestion:
    start, end, lines = change.start, change.end, change.lines
    was = old[start:end]
    ending = b"\r\n" if was[0].endswith(b"\r\n") else b"\n"
    plain = all(line.endswith(ending) for line in lines[:-1]) and (
        not lines or (_ending(lines[-1]) == _ending(was[-1]) and _ending(was[-1]) in (ending, b""))
    )
    plain = plain and _is_text(b"".join(lines).replace(b"\r\n", b"\n"))
    return Suggestion(start + 1, end, lines, tuple(result.applied[number] for number in change.findings), plain)


def _ending(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""


def _is_text(data: bytes) -> bool:
    """Whether the bytes survive being sent as a text: UTF-8, and no character that is not seen."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(char in "\t\n" or (ord(char) >= 0x20 and char not in "\x7f\ufeff\u2028\u2029") for char in text)
