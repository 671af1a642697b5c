"""Checkstyle's XML, which many tools read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ..dockerfile.source import Source
from ..review.review import Review
from .plain import sentence
from .printable import printable


def as_checkstyle(review: Review) -> str:
    """An ``error`` for every finding and for what is wrong with a file, below its ``file``."""
    root = ET.Element("checkstyle", version="4.3")
    for problem in review.errors:
        element = ET.SubElement(root, "file", name=_valid(problem.path))
        line = {"line": str(problem.line)} if problem.line else {}
        ET.SubElement(
            element, "error", line, severity="error", message=_valid(printable(problem.reason)), source="dfopt"
        )
    for file in review.files:
        source = Source(file.result.original)
        element = ET.SubElement(root, "file", name=_valid(file.path))
        for first, found in ((item.first, found) for item in file.items for found in item.findings):
            line, column = source.position(found.start)
            ET.SubElement(
                element,
                "error",
                # The line that the other formats name; a finding may begin on another.
                {"line": str(first)} | ({"column": str(column)} if line == first else {}),
                severity="warning" if found.finding.applicability == "safe" else "info",
                message=_valid(sentence(found)),
                source=f"dfopt.{found.finding.rule}",
            )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _valid(text: str) -> str:
    """`text` without what XML 1.0 cannot say (its section 2.2, *Characters*)."""
    return re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
