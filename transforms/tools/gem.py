"""gem, of RubyGems (manual: RubyGems guides, *Command reference*)."""

from . import Tool

TOOL = Tool(
    name="gem",
    commands=frozenset(("gem",)),
    install=frozenset(("install", "update", "i")),
    value_options=frozenset(("--config-file", "--source", "-s")),
)
