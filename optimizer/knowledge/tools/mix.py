"""Hex, with which Elixir's mix fetches (manual: hex.pm, *mix hex.config*): archives, and a copy of its registry."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="mix",
    commands=frozenset(("mix",)),
    caches=(
        Cache(
            paths=("/{root,home/*}/.hex/packages/**", "/{root,home/*}/.hex/cache.ets"),
            fills=frozenset(("deps.get", "deps.update")),
            clear="rm -rf ~/.hex/packages ~/.hex/cache.ets",
            cleared_text=re.compile(rb"\.hex\b|^/root/?\*?$"),
            settled=re.compile(rb"HEX_(?:HOME|OFFLINE)|MIX_XDG|\.hex\b"),
        ),
    ),
)
