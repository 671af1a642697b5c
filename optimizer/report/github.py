"""One review of a pull request, as GitHub's REST API takes it (*Create a review for a pull request*).

Comments stand on lines that the diff shows; what is about other lines is in the review's body.
"""

from __future__ import annotations

import json
from typing import Any

from ..review.review import Item, Review, Reviewed
from .markdown import as_bare_diff, code, comment, heading, mark, messages, place, rules, table

_LIMIT = 60_000  # characters: GitHub refuses a body of more than 65,536


def as_github(review: Review) -> str:
    """The body of the request."""
    return json.dumps(payload(review, review.items), indent=2, ensure_ascii=False) + "\n"


def payload(review: Review, items: list[tuple[Reviewed, Item]]) -> dict[str, Any]:
    """A review that says `items` of `review`."""
    comments = [comment_on(file, item) for file, item in items if item.hunk]
    made: dict[str, Any] = {"event": "COMMENT", "body": body(review, [one for one in items if not one[1].hunk])}
    if review.comparison and review.comparison.head:
        made["commit_id"] = review.comparison.head
    return made | {"comments": comments}


def comment_on(file: Reviewed, item: Item) -> dict[str, Any]:
    """A comment on the lines of `item`; one line is named once, as the API wants it."""
    lines: dict[str, Any] = {"line": item.last, "side": "RIGHT"}
    if item.first != item.last:
        lines |= {"start_line": item.first, "start_side": "RIGHT"}
    return {"path": file.path, **lines, "body": comment(item)}


def body(review: Review, outside: list[tuple[Reviewed, Item]]) -> str:
    """The review's own text: how much there is, and `outside`, of which the diff does not show all lines."""
    unsafe = sum(file.unsafe for file in review.files)
    text = f"**dfopt**: {heading(review)}."
    if unsafe:
        text += f" {unsafe} more that may change what is installed or how it behaves: `dfopt check` lists them."
    if not outside:
        return text
    text += "\n\nAbout lines that cannot be commented on here:\n\n" + table(outside)
    for number, (file, item) in enumerate(outside):
        part = f"\n{mark(item.key)}\n"
        if item.suggestion:
            part = (
                f"\n{code(place(file, item))}: {messages(item)} ({rules(item)})\n\n{as_bare_diff(file, item)}\n" + part
            )
        if len(text) + len(part) > _LIMIT:
            return f"{text}\n{len(outside) - number} more are shown by `dfopt fix`.\n"
        text += part
    return text
