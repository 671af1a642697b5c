"""Discussions of a merge request, as GitLab's REST API takes them (*Create a new thread in the merge request diff*).

The JSON is a list of requests: those with a position stand on a line of the diff, the last may be a note on the whole.
"""

from __future__ import annotations

import json
from typing import Any

from ..review.git import Comparison
from ..review.review import Item, Review, Reviewed
from .github import bodies
from .markdown import comment

_MOST = 100  # lines that a suggestion may reach above the one that it stands on


def as_gitlab(review: Review) -> str:
    """Every discussion to start."""
    inside, outside = parted(review.items)
    made = [discussion(review.comparison, *one) for one in inside]
    made += [{"body": text} for text in bodies(review, outside, list(review.errors)) if outside or review.errors]
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def parted(items: list[tuple[Reviewed, Item]]) -> tuple[list[tuple[Reviewed, Item]], list[tuple[Reviewed, Item]]]:
    """What can stand on a line of the diff, and what cannot."""
    fits = [bool(item.hunk) and item.last - item.first <= _MOST for _, item in items]
    return (
        [one for one, fit in zip(items, fits, strict=True) if fit],
        [one for one, fit in zip(items, fits, strict=True) if not fit],
    )


def discussion(comparison: Comparison | None, file: Reviewed, item: Item) -> dict[str, Any]:
    """A thread on the last line of `item`, whose suggestion reaches up to the first."""
    position: dict[str, Any] = {
        "position_type": "text",
        "new_path": file.path,
        "old_path": (file.changed.old_path if file.changed else None) or file.path,
        "new_line": item.last,
    }
    if comparison:
        position |= {"base_sha": comparison.base, "start_sha": comparison.start, "head_sha": comparison.head}
    if item.hunk and item.last in item.hunk.old:  # a line that did not change is named on both sides
        position["old_line"] = item.hunk.old[item.last]
    return {"body": comment(item, f"suggestion:-{item.last - item.first}+0"), "position": position}
