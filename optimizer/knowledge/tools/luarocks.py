"""LuaRocks (manual: github.com/luarocks/luarocks, *Config file format*, ``local_cache``)."""

import re

from . import Tool

TOOL = Tool(
    name="luarocks",
    commands=frozenset(("luarocks",)),
    value_options=frozenset(("--server", "--only-server", "--tree", "--lua-dir", "--lua-version")),
    clear_text=re.compile(rb"luarocks|\.cache\b"),
    cache_clear="rm -rf ~/.cache/luarocks",
    cache_fills=frozenset(("install", "make", "build", "download")),
    cache_settled=re.compile(rb"\.cache\b|local_cache|XDG_CACHE"),
    cache=("/root/.cache/luarocks/**", "/home/*/.cache/luarocks/**"),
)
