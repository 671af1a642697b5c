"""Edits on bytes: disjoint sets of them, applied at once, and two passes composed into one.

An edit replaces ``[start, end)`` of a text by `text`. Two edits *conflict* when they overlap or touch: which
of two insertions at one place comes first is a question that no position answers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from .record import Row


class Edit(Row):
    """Replace the bytes from `start` to `end` by `text`; `rules` and `findings`, by number, say whose doing it is."""

    start: int
    end: int
    text: bytes
    rules: tuple[str, ...] = ()
    findings: tuple[int, ...] = ()


class Refusal(Exception):
    """An edit that would change what the Dockerfile means, and is not made; the text says why."""


class EditSet:
    """Edits on one text, sorted, no two of which overlap or touch."""

    __slots__ = ("_places", "edits")

    def __init__(self, edits: Iterable[Edit] = ()) -> None:
        """Raise `ValueError` where two edits overlap or touch."""
        self.edits = tuple(sorted(edits))
        self._places: list[int] | None = None
        end = -1
        for edit in self.edits:
            if edit.start <= end or edit.end < edit.start:
                raise ValueError(f"edits overlap or touch at byte {edit.start}")
            end = edit.end

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def __len__(self) -> int:
        return len(self.edits)

    def apply(self, data: bytes) -> bytes:
        """`data` with every edit made."""
        parts: list[bytes] = []
        at = 0
        for edit in self.edits:
            parts += (data[at : edit.start], edit.text)
            at = edit.end
        parts.append(data[at:])
        return b"".join(parts)

    def origin(self, offset: int) -> int:
        """The offset before the edits of the byte at `offset` after them; inside new text, where that was put."""
        if self._places is None:
            self._places = list(self._starts_after())
        at = bisect_right(self._places, offset) - 1
        if at < 0:
            return offset
        edit = self.edits[at]
        behind = offset - self._places[at] - len(edit.text)
        return edit.start if behind < 0 else edit.end + behind

    def made_between(self, start: int, end: int) -> Iterator[int]:
        """The numbers of the findings that made text, or took some away, within the bytes `start` to `end` after it."""
        if self._places is None:
            self._places = list(self._starts_after())
        at = bisect_right(self._places, start)
        if at and self._places[at - 1] + len(self.edits[at - 1].text) > start:
            at -= 1
        while at < len(self.edits) and self._places[at] < end:
            yield from self.edits[at].findings
            at += 1

    def _starts_after(self) -> Iterator[int]:
        """Where in the text that the edits make each of them starts."""
        shift = 0
        for edit in self.edits:
            yield edit.start + shift
            shift += len(edit.text) - (edit.end - edit.start)

    def then(self, later: EditSet, data: bytes) -> EditSet:
        """One set that does to `data` what this set, and then `later` on the text it makes, do."""
        middle = self.apply(data)
        spans: list[tuple[int, int, bool, Edit]] = [(edit.start, edit.end, True, edit) for edit in later.edits]
        for start, edit in zip(self._starts_after(), self.edits, strict=True):
            spans.append((start, start + len(edit.text), False, edit))
        spans.sort(key=lambda span: span[:3])

        composed: list[Edit] = []
        shift = 0  # middle offset - old offset, behind every span seen so far
        at = 0
        while at < len(spans):
            start, end = spans[at][:2]
            group = [spans[at]]
            at += 1
            while at < len(spans) and spans[at][0] <= end:
                end = max(end, spans[at][1])
                group.append(spans[at])
                at += 1
            old_start = start - shift
            shift += sum(len(edit.text) - (edit.end - edit.start) for _, _, is_later, edit in group if not is_later)
            text = EditSet(
                Edit(edit.start - start, edit.end - start, edit.text) for _, _, is_later, edit in group if is_later
            ).apply(middle[start:end])
            rules = tuple(dict.fromkeys(rule for _, _, _, edit in group for rule in edit.rules))
            findings = tuple(dict.fromkeys(number for _, _, _, edit in group for number in edit.findings))
            composed.append(Edit(old_start, end - shift, text, rules, findings))
        return EditSet(edit for edit in composed if data[edit.start : edit.end] != edit.text)
