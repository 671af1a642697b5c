"""Findings in the words that every format without markup uses, and what to call their weight."""

from __future__ import annotations

from .printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..review.review import Item, Review
    from ..rules.engine import Applied, Offered
    from ..rules.finding import Finding


def sentence(found: Applied | Offered) -> str:
    """Why, and why it is not safe, on one line."""
    finding = found.finding
    text = finding.message[:1].upper() + finding.message[1:]
    if finding.applicability == "unsafe" and finding.reason:
        text += f" (unsafe: {finding.reason})"
    return printable(text + conditions(finding))


def conditions(finding: Finding) -> str:
    """What a finding rests on, in brackets: assumptions by name, and the builder."""
    assumed = f" (assumes {', '.join(finding.assumes)})" if finding.assumes else ""
    return assumed + " (needs BuildKit)" * finding.needs_buildkit


def said(item: Item) -> str:
    """All of it, with what it saves."""
    saves = [f"Saves about {size(item.saves)}"] if item.saves else []
    return ". ".join([*dict.fromkeys(sentence(found) for found in item.findings), *saves]) + "."


def size(number: int) -> str:
    """``19.2 MB``, in powers of a thousand, as docker writes sizes."""
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if abs(value) < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.2f} GB"


def heading(review: Review) -> str:
    """How much there is to say: ``3 suggestions, 1 note``."""
    made = sum(item.suggestion is not None for _, item in review.items)
    notes = len(review.items) - made
    words = [_count(made, "suggestion")] if made or not notes else []
    return ", ".join([*words, *([_count(notes, "note")] if notes else [])])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
