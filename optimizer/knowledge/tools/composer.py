"""Composer, of PHP (manual: getcomposer.org, *Command-line interface*, ``clear-cache``; *Config*, ``cache-dir``)."""

import re

from . import Cache, Configuration, Development, Tool

TOOL = Tool(
    name="composer",
    configurations=(
        Configuration(
            r"(?:^|/)(?:composer|config)\.json$",
            rb"\x22(?:cache-dir|cache-files-dir|cache-vcs-dir|cache-repo-dir|data-dir|home|disable-network)\x22\s*:",
        ),
    ),
    commands=frozenset(("composer", "composer.phar")),
    value_options=frozenset(("-d", "--working-dir")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.composer/cache/**", "/{root,home/*}/.cache/composer/**"),
            fills=frozenset(("install", "update", "require", "create-project", "global")),
            second={"global": frozenset(("add", "require", "install", "update", "upgrade"))},
            clear="{name} clear-cache",
            cleared_by=frozenset(("clear-cache", "clearcache", "cc")),
            cleared_text=re.compile(rb"composer|\.cache\b|^/root/?\*?$"),
            without=("--no-cache", "--dry-run"),
            settled=re.compile(rb"clear-?cache|composer[\w ]* cc\b|COMPOSER_(?:CACHE_DIR|HOME)|\.composer|\.cache\b"),
            changes=("/{root,home/*}/.composer/**", "/{root,home/*}/.cache/composer/**"),
        ),
    ),
    development=Development(
        "--no-dev",
        frozenset(("install",)),
        installs=frozenset(("install",)),
        without=re.compile(rb"--no-dev(?=\s|$)"),
    ),
)
