"""``dfopt explain``: a rule's page."""

from __future__ import annotations

from ..config import similar
from ..transform import BY_NAME, Rule
from .work import complain


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
    from jinja2 import Environment, PackageLoader, StrictUndefined

    package = __name__.split(".optimizer", 1)[0] + ".templates"
    environment = Environment(
        loader=PackageLoader(package, ""), undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False
    )
    summary, _, body = (rule.load().__doc__ or "").partition("\n\n")
    return environment.get_template("rule.md.j2").render(rule=rule, summary=summary, body=body.strip())
