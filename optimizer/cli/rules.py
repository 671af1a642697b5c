"""``dfopt rules``: the table of rules."""

from __future__ import annotations

from ..rules.registry import RULES, Rule


def summary(rule: Rule) -> str:
    """The first line of a rule's page."""
    return (rule.load().__doc__ or "").split("\n", 1)[0]


def rules(form: str) -> int:
    """Print the table as ``text`` or ``json``."""
    if form == "json":
        import json

        table = [
            {
                "rule": rule.name,
                "applicability": rule.applicability,
                "default": rule.default,
                "removes": rule.removes,
                "references": list(rule.references),
                "summary": summary(rule),
            }
            for rule in RULES
        ]
        print(json.dumps({"schema": 1, "rules": table}, indent=2))
        return 0
    rows = [
        (
            rule.name,
            rule.applicability + (", off" if not rule.default else ""),
            rule.removes,
            ", ".join(rule.references) or "-",
            summary(rule),
        )
        for rule in RULES
    ]
    header = ("RULE", "SAFETY", "REMOVES", "ANSWERS", "WHAT IT DOES")
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(4)]
    for row in (header, *rows):
        print("  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4])))
    return 0
