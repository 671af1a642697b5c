"""Unified diffs made from edits: exact, without comparing texts, and such that ``git apply`` takes them.

Lines end at ``\n`` and nowhere else. The rules of a hunk stand behind its second ``@@``.
"""

from __future__ import annotations

from .edits import EditSet
from .record import Record
from .source import Source

_CONTEXT = 3


class Change(Record):
    """Lines `start` to `end` (0-based, exclusive) of the old text become `lines`, by the doing of `rules`."""

    start: int
    end: int
    lines: tuple[bytes, ...]
    rules: tuple[str, ...]
    findings: tuple[int, ...] = ()


def split_lines(data: bytes) -> list[bytes]:
    """`data` in lines, each with its ``\n``; the last may lack it."""
    lines = data.split(b"\n")
    tail = lines.pop()
    return [line + b"\n" for line in lines] + ([tail] if tail else [])


def line_changes(original: bytes, edits: EditSet) -> list[Change]:
    """The edits as replacements of whole lines, as few lines as the edits allow."""
    source = Source(original)
    old = split_lines(original)
    groups: list[tuple[int, int, list[int]]] = []
    for number, edit in enumerate(edits.edits):
        first = min(source.line_of(edit.start) - 1, len(old))
        # An edit that ends at a line's start and removes the newline before it does not touch that line,
        # unless text without a newline at its end runs into it.
        last = source.line_of(edit.end) - 1
        opens = edit.end == source.line_start(edit.end)
        clean = opens and edit.start == source.line_start(edit.start) and (not edit.text or edit.text.endswith(b"\n"))
        end = min(last if clean else last + 1, len(old))
        if groups and first < groups[-1][1]:
            start, _, members = groups.pop()
            members.append(number)
            groups.append((start, end, members))
        else:
            groups.append((first, end, [number]))

    starts = [*source.line_starts[: len(old)], len(original)]
    changes: list[Change] = []
    for first, end, members in groups:
        base = starts[first]
        made = [edits.edits[number] for number in members]
        local = EditSet(edit._replace(start=edit.start - base, end=edit.end - base) for edit in made)
        new = split_lines(local.apply(original[base : starts[end]]))
        same = 0
        while first < end and same < len(new) and old[first] == new[same]:
            first, same = first + 1, same + 1
        del new[:same]
        while first < end and new and old[end - 1] == new[-1]:
            end -= 1
            new.pop()
        if first < end or new:
            rules = dict.fromkeys(rule for edit in made for rule in edit.rules)
            findings = dict.fromkeys(number for edit in made for number in edit.findings)
            changes.append(Change(first, end, tuple(new), tuple(rules), tuple(findings)))
    return changes


def unified_diff(original: bytes, edits: EditSet, path: str, *, new: bool = False) -> bytes:
    """The diff, with ``a/`` and ``b/`` before `path`; a `new` file has none before. Empty when nothing changes."""
    return diff_of(split_lines(original), line_changes(original, edits), path, new=new)


def diff_of(old: list[bytes], changes: list[Change], path: str, *, new: bool = False) -> bytes:
    """As `unified_diff`, of changes, in order, of the lines `old`."""
    changes = _blocks(changes)
    if not changes:
        return b""
    name = path.encode("utf-8", "surrogateescape")
    before = b"/dev/null" if new else _quoted(b"a/" + name)
    out = [b"--- " + before + b"\n", b"+++ " + _quoted(b"b/" + name) + b"\n"]
    shift = 0
    at = 0
    while at < len(changes):
        hunk = [changes[at]]
        at += 1
        while at < len(changes) and changes[at].start - hunk[-1].end <= 2 * _CONTEXT:
            hunk.append(changes[at])
            at += 1
        start = max(hunk[0].start - _CONTEXT, 0)
        end = min(hunk[-1].end + _CONTEXT, len(old))
        body: list[bytes] = []
        line = start
        grown = 0
        for change in hunk:
            body += (b" " + text for text in old[line : change.start])
            body += (b"-" + text for text in old[change.start : change.end])
            body += (b"+" + text for text in change.lines)
            grown += len(change.lines) - (change.end - change.start)
            line = change.end
        body += (b" " + text for text in old[line:end])
        rules = ", ".join(dict.fromkeys(rule for change in hunk for rule in change.rules))
        out.append(
            f"@@ -{_range(start, end - start)} +{_range(start + shift, end - start + grown)} @@ {rules}\n".encode()
        )
        out += (text if text.endswith(b"\n") else text + b"\n\\ No newline at end of file\n" for text in body)
        shift += grown
    return b"".join(out)


def _blocks(changes: list[Change]) -> list[Change]:
    """Neighbouring changes as one, so that what goes is read before what comes."""
    blocks: list[list[Change]] = []
    for change in changes:
        if blocks and blocks[-1][-1].end == change.start:
            blocks[-1].append(change)
        else:
            blocks.append([change])
    return [
        Change(
            block[0].start,
            block[-1].end,
            tuple(line for change in block for line in change.lines),
            tuple(dict.fromkeys(rule for change in block for rule in change.rules)),
        )
        for block in blocks
    ]


def _range(start: int, count: int) -> str:
    """A hunk's range: an empty one names the line before it."""
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _quoted(name: bytes) -> bytes:
    """A file name as git spells it: quoted in C's way where it holds a control character, a quote or a backslash."""
    if all(byte >= 0x20 and byte not in b'"\\\x7f' for byte in name):
        return name + b"\t" if b" " in name else name
    table = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n", 0x09: b"\\t"}
    return b'"' + b"".join(table.get(c) or (bytes((c,)) if 0x20 <= c != 0x7F else b"\\%03o" % c) for c in name) + b'"'
