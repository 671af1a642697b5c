"""GitLab's Code Quality report: a JSON list with the fields that its documentation names."""

from __future__ import annotations

import json
from typing import Any

from ..review.review import Review
from .plain import said
from .printable import printable


def as_codequality(review: Review) -> str:
    """An issue for everything there is to say, and for what is wrong with a file."""
    issues: list[dict[str, Any]] = [
        {
            "description": printable(problem.reason),
            "check_name": "dfopt",
            "fingerprint": problem.key,
            "severity": "major",
            "location": {"path": problem.path, "lines": {"begin": problem.line or 1}},
        }
        for problem in review.errors
    ]
    issues += [
        {
            "description": said(item),
            "check_name": ",".join(item.rules),
            "fingerprint": item.key,
            "severity": "minor" if item.safe else "info",
            "location": {"path": file.path, "lines": {"begin": item.first, "end": item.last}},
        }
        for file, item in review.items
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
