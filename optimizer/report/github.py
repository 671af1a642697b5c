"""One review of a pull request, as GitHub's REST API takes it (*Create a review for a pull request*).

Comments stand on lines that the diff shows; what is about other lines is in the review's body.
"""

from __future__ import annotations

import json
from typing import Any

from ..review.review import Item, Review, Reviewed
from ..rules.finding import Problem
from .markdown import as_bare_diff, code, comment, mark, messages, place, problem_line, row, rules, table
from .plain import heading

MOST = 30  # comments in a request: GitHub answers more of them with a bad gateway, or as spam
CONTINUED = "**dfopt**, continued."
ALREADY = "**dfopt**: another run said this at the same time."
_LIMIT = 60_000  # characters: GitHub refuses a body of more than 65,536, GitLab one of more than a million


def as_github(review: Review) -> str:
    """The body of the request."""
    return json.dumps(payload(review, review.items), indent=2, ensure_ascii=False) + "\n"


def payload(review: Review, items: list[tuple[Reviewed, Item]]) -> dict[str, Any]:
    """A review that says `items` of `review`, as far as one request may."""
    inside = [one for one in items if one[1].hunk]
    outside = [one for one in items if not one[1].hunk]
    text, *more = bodies(review, [*outside, *inside[MOST:]], list(review.errors))
    if more:
        text += "\nThere is more than fits here: `dfopt fix` and `dfopt check` show it.\n"
    made: dict[str, Any] = {"event": "COMMENT", "body": text}
    if review.comparison and review.comparison.head:
        made["commit_id"] = review.comparison.head
    return made | {"comments": [comment_on(*one) for one in inside[:MOST]]}


def comment_on(file: Reviewed, item: Item) -> dict[str, Any]:
    """A comment on the lines of `item`; one line is named once, as the API wants it."""
    lines: dict[str, Any] = {"line": item.last, "side": "RIGHT"}
    if item.first != item.last:
        lines |= {"start_line": item.first, "start_side": "RIGHT"}
    return {"path": file.path, **lines, "body": comment(item)}


def bodies(
    review: Review, outside: list[tuple[Reviewed, Item]], problems: list[Problem], *, continued: bool = False
) -> list[str]:
    """What a review says on no line, in texts that a platform takes.

    It is how much there is, `problems`, and `outside`, of which the diff does not show all lines.
    """
    head = CONTINUED if continued else _head(review)
    lines = [(f"- {problem_line(problem)}\n", f"{mark(problem.key)}\n") for problem in problems]
    parts = [_part(*one) for one in outside]
    texts: list[str] = []
    while lines or parts or not texts:
        text = head
        if lines:
            text += "\n\nThis keeps dfopt from looking at files:\n\n"
            fits = _fitting(lines, _LIMIT - len(text), least=1)
            text += "".join(line for line, _ in lines[:fits]) + "\n" + "".join(key for _, key in lines[:fits])
            lines = lines[fits:]
        # A thing that is too long for what is left of this text stands in the next, which is long enough for any.
        if not lines and (fits := _fitting(parts, _LIMIT - len(text), least=text == head)):
            text += "\n\nAbout lines that cannot be commented on here:\n\n"
            text += table([row for row, _ in parts[:fits]]) + "".join(detail for _, detail in parts[:fits])
            parts = parts[fits:]
        texts.append(text)
        head = CONTINUED
    return texts


def _head(review: Review) -> str:
    unsafe = sum(file.unsafe for file in review.files)
    text = f"**dfopt**: {heading(review)}."
    if unsafe:
        text += f" {unsafe} more that may change what is installed or how it behaves: `dfopt check` lists them."
    return text


def _part(file: Reviewed, item: Item) -> tuple[str, str]:
    """A row of the table, and what stands below it: the change where it is not too long, and the mark."""
    detail = f"\n{mark(item.key)}\n"
    if item.suggestion:
        shown = f"\n{code(place(file, item))}: {messages(item)} ({rules(item)})\n\n{as_bare_diff(file, item)}\n"
        detail = shown + detail if len(shown) < _LIMIT // 2 else detail
    return row(file, item), detail


def _fitting(things: list[tuple[str, str]], room: int, least: int) -> int:
    """How many from the start have room, but at least so many of those that there are."""
    count = 0
    for thing in things:
        room -= sum(map(len, thing))
        if room < 0 and count >= least:
            break
        count += 1
    return count
