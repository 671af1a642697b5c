"""Poetry (manual: python-poetry.org, *Configuration*, ``cache-dir``)."""

import re

from . import CLEARED, Cache, Configuration, Mounts, Tool

TOOL = Tool(
    name="poetry",
    configurations=(Configuration(r"(?:^|/)poetry\.toml$", rb"(?im)cache"),),
    commands=frozenset(("poetry",)),
    value_options=frozenset(("-C", "--directory", "-P", "--project")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cache/pypoetry/artifacts/**", "/{root,home/*}/.cache/pypoetry/cache/**"),
            fills=frozenset(("install", "add", "update", "sync")),
            clear="rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
            cleared_by=frozenset(("cache clear",)),
            cleared_text=re.compile(rb"pypoetry|\.cache\b|^/root/?\*?$"),
            without=("--no-cache", "--dry-run", "--lock"),
            settled=re.compile(
                rb"pypoetry|POETRY_CACHE_DIR|POETRY_NO_CACHE|(?<!no-)cache-dir|poetry[\w ]* cache|\.cache\b"
            ),
        ),
    ),
    mounts=Mounts(("/root/.cache/pypoetry/artifacts", "/root/.cache/pypoetry/cache"), cleared_by=CLEARED),
)
