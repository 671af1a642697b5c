"""The texts with holes in ``templates``."""

from __future__ import annotations

from typing import Any


def render(name: str, **values: Any) -> str:
    """The template `name` with `values` in its holes, without a newline at its end; a hole left empty is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    package = __name__.split(".optimizer", 1)[0] + ".templates"
    environment = Environment(
        loader=PackageLoader(package, ""), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    return environment.get_template(name).render(**values)
