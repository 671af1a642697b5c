"""Composer, of PHP (manual: getcomposer.org, *Command-line interface*, ``clear-cache``; *Config*, ``cache-dir``)."""

import re

from . import Tool

TOOL = Tool(
    name="composer",
    commands=frozenset(("composer", "composer.phar")),
    value_options=frozenset(("-d", "--working-dir")),
    clear=frozenset(("clear-cache", "clearcache", "cc")),
    clear_text=re.compile(rb"composer|\.cache\b|^/root/?\*?$"),
    cache_clear="{name} clear-cache",
    cache_fills=frozenset(("install", "update", "require", "create-project", "global")),
    cache_without=("--no-cache", "--dry-run"),
    cache_settled=re.compile(rb"clear-?cache|composer[\w ]* cc\b|COMPOSER_(?:CACHE_DIR|HOME)|\.composer|\.cache\b"),
    cache=(
        "/{root,home/*}/.composer/cache/**", "/{root,home/*}/.cache/composer/**",
    ),
    cache_changes=(
        "/{root,home/*}/.composer/**", "/{root,home/*}/.cache/composer/**",
    ),
)  # fmt: skip
