"""reviewdog's diagnostics (its ``proto/rdf``), as one document or a line each.

Ranges are whole lines, from the first to the last: reviewdog makes a suggestion of those whose lines are the comment's.
"""

from __future__ import annotations

import json
from typing import Any

from ..review.review import Item, Review, Reviewed
from ..rules.finding import Problem
from .plain import said
from .printable import printable

_SOURCE = {"name": "dfopt"}


def as_rdjson(review: Review) -> str:
    """A ``DiagnosticResult``."""
    diagnostics = _diagnostics(review)
    return json.dumps({"source": _SOURCE, "diagnostics": diagnostics}, indent=2, ensure_ascii=False) + "\n"


def as_rdjsonl(review: Review) -> str:
    """A ``Diagnostic`` on every line."""
    lines = (made | {"source": _SOURCE} for made in _diagnostics(review))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _diagnostics(review: Review) -> list[dict[str, Any]]:
    return [*map(_problem, review.errors), *(_diagnostic(*one) for one in review.items)]


def _problem(problem: Problem) -> dict[str, Any]:
    lines = {"range": {"start": {"line": problem.line}}} if problem.line else {}
    return {
        "message": printable(problem.reason),
        "location": {"path": problem.path, **lines},
        "severity": "ERROR",
    }


def _diagnostic(file: Reviewed, item: Item) -> dict[str, Any]:
    lines = {"start": {"line": item.first}, "end": {"line": item.last}}
    made: dict[str, Any] = {
        "message": said(item),
        "location": {"path": file.path, "range": lines},
        "severity": "WARNING" if item.safe else "INFO",
        "code": {"value": ",".join(item.rules)},
    }
    if item.suggestion and item.suggestion.plain:
        made["suggestions"] = [{"range": lines, "text": item.suggestion.text}]
    return made
