"""Annotations of a GitHub Actions run (*Workflow commands for GitHub Actions*): a command on every line."""

from __future__ import annotations

from ..review.review import Item, Review, Reviewed
from .plain import said

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def as_annotations(review: Review) -> str:
    """A warning for what can be accepted without a thought, a notice for the rest."""
    return "".join(_annotation(*one) for one in review.items)


def _annotation(file: Reviewed, item: Item) -> str:
    properties = {
        "file": file.path,
        "line": item.first,
        "endLine": item.last,
        "title": f"dfopt {', '.join(item.rules)}",
    }
    named = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in properties.items())
    return f"::{'warning' if item.safe else 'notice'} {named}::{_escaped(said(item), _DATA)}\n"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
