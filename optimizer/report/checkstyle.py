"""Checkstyle's XML, which many tools read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ..dockerfile.source import Source
from ..review.review import Review
from .plain import sentence


def as_checkstyle(review: Review) -> str:
    """An ``error`` for every finding, below its ``file``."""
    root = ET.Element("checkstyle", version="4.3")
    for file in review.files:
        source = Source(file.result.original)
        element = ET.SubElement(root, "file", name=_valid(file.path))
        for found in (found for item in file.items for found in item.findings):
            line, column = source.position(found.start)
            ET.SubElement(
                element,
                "error",
                line=str(line),
                column=str(column),
                severity="warning" if found.finding.applicability == "safe" else "info",
                message=_valid(sentence(found)),
                source=f"dfopt.{found.finding.rule}",
            )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _valid(text: str) -> str:
    """`text` without what XML 1.0 cannot say (its section 2.2, *Characters*)."""
    return re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
