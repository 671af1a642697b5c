"""LuaRocks (manual: github.com/luarocks/luarocks/wiki, *Config file format*, ``local_cache``)."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="luarocks",
    commands=frozenset(("luarocks",)),
    value_options=frozenset(("--server", "--only-server", "--tree", "--lua-dir", "--lua-version")),
    caches=(
        Cache(
            paths=("/root/.cache/luarocks/**", "/home/*/.cache/luarocks/**"),
            fills=frozenset(("install", "make", "build", "download")),
            clear="rm -rf ~/.cache/luarocks",
            cleared_text=re.compile(rb"luarocks|\.cache\b"),
            settled=re.compile(rb"\.cache\b|local_cache|XDG_CACHE"),
        ),
    ),
)
