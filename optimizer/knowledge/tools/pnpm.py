"""pnpm (manual: pnpm.io, *Settings*, ``cacheDir``). What it installs are hard links into its store: that must stay."""

import re

from . import Tool

TOOL = Tool(
    name="pnpm",
    commands=frozenset(("pnpm",)),
    value_options=frozenset(("-C", "--dir", "--filter", "-F", "--registry", "--loglevel", "--reporter")),
    clear_text=re.compile(rb"pnpm|\.cache\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cache/pnpm",
    cache_fills=frozenset(("install", "i", "add", "update", "up", "fetch", "dlx")),
    cache_without=("--offline", "--prefer-offline", "--lockfile-only"),
    cache_settled=re.compile(
        rb"\.cache\b|pnpm[\w ]* (?:store|cache)|(?i:cache-dir|cachedir|XDG_CACHE)|--(?:prefer-)?offline"
    ),
    cache=("/root/.cache/pnpm/**", "/home/*/.cache/pnpm/**"),
)
