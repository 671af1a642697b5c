"""SARIF 2.1.0 (OASIS), with a fix wherever there is a suggestion. Columns count UTF-16 code units, and are 1-based."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..dockerfile.source import Source
from ..review.review import Item, Review, Reviewed
from ..rules.engine import Applied, Offered
from ..rules.finding import Problem
from ..rules.registry import BY_NAME
from .plain import sentence
from .printable import printable

_HOME = "https://pypi.org/project/dfopt/"
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(review: Review) -> str:
    """A log with one run."""
    names = list(dict.fromkeys(rule for _, item in review.items for rule in item.rules))
    run = {
        "tool": {
            "driver": {
                "name": "dfopt",
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": [_rule(name) for name in names],
            }
        },
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": not review.errors,
                "toolExecutionNotifications": [_notification(problem) for problem in review.errors],
            }
        ],
        "results": [
            _result(file, source, item, found, names, number)
            for file in review.files
            for source in [Source(file.result.original)]
            for item in file.items
            for number, found in enumerate(item.findings)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _notification(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(problem.path)}
    if problem.line:
        place["region"] = {"startLine": problem.line}
    message = {"text": printable(problem.text)}
    return {"level": "error", "message": message, "locations": [{"physicalLocation": place}]}


def _rule(name: str) -> dict[str, Any]:
    rule = BY_NAME[name]
    title, _, page = (rule.load().__doc__ or "").partition("\n\n")
    return {
        "id": name,
        "shortDescription": {"text": title},
        "helpUri": f"{_HOME}#{name}",
        "help": {"text": page.strip(), "markdown": page.strip()},
        "defaultConfiguration": {"level": "warning" if rule.applicability == "safe" else "note"},
    }


def _result(
    file: Reviewed, source: Source, item: Item, found: Applied | Offered, names: list[str], number: int
) -> dict[str, Any]:
    artifact = _artifact(file.path)
    result: dict[str, Any] = {
        "ruleId": found.finding.rule,
        "ruleIndex": names.index(found.finding.rule),
        "level": "warning" if found.finding.applicability == "safe" else "note",
        "message": {"text": sentence(found) + "."},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": _place(source, file, item, found)}}
        ],
        "partialFingerprints": {"dfopt/v1": f"{item.key}:{number}"},
    }
    made = item.suggestion
    if made and number == 0:  # one fix answers all findings of the suggestion
        starts = source.line_starts
        start, end = starts[made.first - 1], starts[made.last] if made.last < len(starts) else len(source.data)
        replacement = {
            "deletedRegion": _region(source, start, end),
            "insertedContent": {"text": b"".join(made.lines).decode("utf-8", "replace")},
        }
        change = {"artifactLocation": artifact, "replacements": [replacement]}
        if made.plain:
            result["fixes"] = [{"description": {"text": sentence(found) + "."}, "artifactChanges": [change]}]
    return result


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, safe="/", errors="surrogateescape")}


def _place(source: Source, file: Reviewed, item: Item, found: Applied | Offered) -> dict[str, int]:
    """The finding, where it is on the line that the fix touches and the change made; else that line.

    Code scanning shows in a pull request what begins on a line of its diff.
    """
    hunks = file.changed.hunks if file.changed else ()
    lines = range(item.first, item.last + 1)
    line = next((line for line in lines if any(hunk.touches(line, line) for hunk in hunks)), item.first)
    if source.line_of(found.start) == line:
        return _region(source, found.start, found.end)
    return _region(source, source.line_starts[line - 1], source.line_starts[line - 1] + len(source.line_text(line)))


def _region(source: Source, start: int, end: int) -> dict[str, int]:
    region: dict[str, int] = {}
    for prefix, offset in (("start", start), ("end", max(start, end))):
        line, _ = source.position(offset)
        before = source.data[source.line_starts[line - 1] : offset].decode("utf-8", "replace")
        region |= {f"{prefix}Line": line, f"{prefix}Column": len(before.encode("utf-16-le")) // 2 + 1}
    return region
