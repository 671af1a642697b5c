"""``dfopt explain``: a rule's page."""

from __future__ import annotations

from ..rules.config import similar
from ..rules.registry import BY_NAME, Rule
from .runner import complain


def explain(name: str) -> int:
    """Print the page of the rule called `name`; exit code 2 where there is none."""
    rule = BY_NAME.get(name)
    if rule is None:
        complain(f"unknown rule {name!r}{similar(name, tuple(BY_NAME))}")
        return 2
    print(page(rule))
    return 0


def page(rule: Rule) -> str:
    """The rule's page in Markdown, from its module's docstring."""
    from ..report.template import render

    summary, _, body = (rule.load().__doc__ or "").partition("\n\n")
    return render("rule.md.j2", rule=rule, summary=summary, body=body.strip())
