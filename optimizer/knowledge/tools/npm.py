"""npm, of Node.js (manuals npm-install(1), npm-cache(1), *directories*). It has no option that keeps no cache."""

import re

from . import Tool

TOOL = Tool(
    name="npm",
    commands=frozenset(("npm",)),
    value_options=frozenset(
        ("--prefix", "-C", "--registry", "--loglevel", "--userconfig", "--globalconfig", "-w", "--workspace", "--proxy")
    ),
    clear=frozenset(("cache clean", "cache clear", "cache rm")),
    clear_text=re.compile(rb"\.npm\b|^/root/?\*?$|_cacache"),
    cache_clear="{name} cache clean --force",
    cache_fills=frozenset(
        ("install", "i", "in", "isntall", "add", "ci", "clean-install", "install-ci-test", "it", "cit", "install-test",
         "update", "up", "upgrade")
    ),
    cache_without=("--cache", "--offline", "--prefer-offline", "--dry-run", "--package-lock-only"),
    cache_settled=re.compile(rb"npm[\w ]* cache|(?i:npm_config_cache)|\.npm\b|_cacache|--(?:prefer-)?offline"),
    cache=("/root/.npm/**", "/home/*/.npm/**"),
    cache_changes=("/root/.npm/**", "/home/*/.npm/**"),
    mounts=("/root/.npm",),
)  # fmt: skip
