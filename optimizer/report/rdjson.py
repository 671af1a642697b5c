"""reviewdog's diagnostics (its ``proto/rdf``), as one document or a line each.

Ranges are whole lines, from the first to the last: reviewdog makes a suggestion of those whose lines are the comment's.
"""

from __future__ import annotations

import json
from typing import Any

from ..review.review import Item, Review, Reviewed
from .plain import said

_SOURCE = {"name": "dfopt"}


def as_rdjson(review: Review) -> str:
    """A ``DiagnosticResult``."""
    diagnostics = [_diagnostic(*one) for one in review.items]
    return json.dumps({"source": _SOURCE, "diagnostics": diagnostics}, indent=2, ensure_ascii=False) + "\n"


def as_rdjsonl(review: Review) -> str:
    """A ``Diagnostic`` on every line."""
    lines = (_diagnostic(*one) | {"source": _SOURCE} for one in review.items)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


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
