"""Findings as JSON, schema 1.

Lines and columns are 1-based, columns count UTF-8 bytes, ends are exclusive. The edits of a file are offsets in
bytes into the original; made together they give the patched text. Bytes that are not UTF-8 appear as U+FFFD.
"""

from __future__ import annotations

import json
from typing import Any

from ..dockerfile.source import Source
from ..rules.engine import Applied, Offered, Result
from ..rules.registry import BY_NAME


def findings(results: list[tuple[str, Result]], errors: list[str]) -> str:
    """The findings of every file, applied or not, and the errors, as one JSON document."""
    files = [_file(path, result) for path, result in results]
    return json.dumps({"schema": 1, "files": files, "errors": errors}, indent=2) + "\n"


def _file(path: str, result: Result) -> dict[str, Any]:
    source = Source(result.original)
    listed: list[Applied | Offered] = [*result.applied, *result.offered]
    listed.sort(key=lambda item: (item.start, item.finding.rule))
    return {
        "path": path,
        "changed": result.changed,
        "findings": [_finding(source, item) for item in listed],
        "edits": [
            {"start": edit.start, "end": edit.end, "text": edit.text.decode("utf-8", "replace"), "rules": edit.rules}
            for edit in result.edits
        ],
    }


def _finding(source: Source, item: Applied | Offered) -> dict[str, Any]:
    finding = item.finding
    start, end = source.position(item.start), source.position(max(item.start, item.end))
    return {
        "rule": finding.rule,
        "message": finding.message,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "applicability": finding.applicability,
        "status": "offered" if isinstance(item, Offered) else "applied",
        "why": item.why if isinstance(item, Offered) else "",
        "reason": finding.reason,
        "assumes": finding.assumes,
        "needs_buildkit": finding.needs_buildkit,
        "removes": finding.removes,
        "changes": finding.changes,
        "references": BY_NAME[finding.rule].references,
    }
