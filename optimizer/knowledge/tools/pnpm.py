"""pnpm (manual: pnpm.io, *Settings*). Its store is what installed packages link to; only its metadata can go."""

import re

from . import Cache, Configuration, Development, Tool

TOOL = Tool(
    name="pnpm",
    configurations=(
        Configuration(
            r"(?:^|/)(?:\.npmrc|npmrc)$",
            rb"(?im)(?:^|[\s'\x22])(?:cache|offline|prefer-offline|store-dir)\s*=(?!\s*false)",
        ),
        Configuration(
            r"(?:^|/)pnpm-workspace\.ya?ml$",
            rb"(?im)^\s*(?:storeDir|cacheDir|offline|preferOffline|enableGlobalVirtualStore)\s*:",
        ),
    ),
    run_from_cache=rb"\b(?:pnpx|pnpm dlx|pnpm exec)\b",
    commands=frozenset(("pnpm",)),
    value_options=frozenset(("-C", "--dir", "--filter", "-F", "--registry", "--loglevel", "--reporter")),
    caches=(
        Cache(
            paths=("/root/.cache/pnpm/**", "/home/*/.cache/pnpm/**"),
            fills=frozenset(("install", "i", "add", "update", "up", "fetch", "dlx")),
            clear="rm -rf ~/.cache/pnpm",
            cleared_text=re.compile(rb"pnpm|\.cache\b|^/root/?\*?$"),
            without=("--offline", "--prefer-offline", "--lockfile-only"),
            settled=re.compile(
                rb"\.cache\b|pnpm[\w ]* (?:store(?! prune)|cache)|(?i:cache-dir|cachedir|XDG_CACHE)"
                rb"|--(?:prefer-)?offline"
            ),
        ),
    ),
    development=Development(
        "--prod",
        installs=frozenset(("install", "i")),
        prunes=frozenset(("prune",)),
        without=re.compile(rb"(?:--prod(?:uction)?|-P)(?=\s|$)"),
    ),
)
