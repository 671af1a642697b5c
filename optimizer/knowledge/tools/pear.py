"""pear, of PHP: see `pecl`."""

from . import Tool
from .pecl import CACHE

TOOL = Tool(
    name="pear",
    commands=frozenset(("pear",)),
    value_options=frozenset(("-d", "-D", "-c", "-C")),
    caches=(CACHE,),
)
