"""``dfopt explain``: a rule's page, or what an assumption says."""

from __future__ import annotations

from ..knowledge.assumptions import ASSUMPTIONS
from ..rules.config import similar
from ..rules.registry import BY_NAME, Rule
from .runner import complain


def explain(name: str) -> int:
    """Print the page of the rule called `name`, or what the assumption says; exit code 2 where there is none."""
    if name in ASSUMPTIONS:
        print(assumption(name))
        return 0
    rule = BY_NAME.get(name)
    if rule is None:
        complain(f"unknown rule {name!r}{similar(name, (*BY_NAME, *ASSUMPTIONS))}")
        return 2
    print(page(rule))
    return 0


def assumption(name: str) -> str:
    """What the assumption says, what comes of it where it is wrong, and how to refuse it, in Markdown."""
    said = ASSUMPTIONS[name]
    others = ",".join(other for other in ASSUMPTIONS if other != name)
    return (
        f"# {name}\n\nAn assumption: {said}.\n\n"
        "It is made only where the files are not shown, and a finding that rests on it names it. Where it is wrong,\n"
        "what installs finds no index and fails; nothing changes in silence.\n\n"
        f"`--assume {others}` makes the others only, `--assume none` none: what rests on it is unsafe then.\n"
        "The key `assume` does the same."
    )


def page(rule: Rule) -> str:
    """The rule's page in Markdown, from its module's docstring."""
    from ..report.template import render

    summary, _, body = (rule.load().__doc__ or "").partition("\n\n")
    return render("rule.md.j2", rule=rule, summary=summary, body=body.strip())
