"""Annotations of a GitHub Actions run (*Workflow commands for GitHub Actions*): a command on every line."""

from __future__ import annotations

from ..review.review import Item, Review, Reviewed
from ..rules.finding import Problem
from .plain import said
from .printable import printable

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def as_annotations(review: Review) -> str:
    """An error for a file that cannot be read, a warning for what can be accepted at once, a notice for the rest."""
    return "".join([*map(_error, review.errors), *(_annotation(*one) for one in review.items)])


def _error(problem: Problem) -> str:
    line: dict[str, object] = {"line": problem.line} if problem.line else {}
    return _command("error", {"file": problem.path, **line, "title": "dfopt"}, printable(problem.reason))


def _annotation(file: Reviewed, item: Item) -> str:
    properties: dict[str, object] = {
        "file": file.path,
        "line": item.first,
        "endLine": item.last,
        "title": f"dfopt {', '.join(item.rules)}",
    }
    return _command("warning" if item.safe else "notice", properties, said(item))


def _command(name: str, properties: dict[str, object], text: str) -> str:
    named = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in properties.items())
    return f"::{name} {named}::{_escaped(text, _DATA)}\n"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
