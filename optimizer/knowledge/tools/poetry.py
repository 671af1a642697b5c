"""Poetry (manual: python-poetry.org, *Configuration*). Virtual environments lie beside its caches."""

import re

from . import Tool

TOOL = Tool(
    name="poetry",
    commands=frozenset(("poetry",)),
    value_options=frozenset(("-C", "--directory", "-P", "--project")),
    clear_text=re.compile(rb"pypoetry|\.cache\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
    cache_fills=frozenset(("install", "add", "update", "sync")),
    cache_without=("--no-cache", "--dry-run", "--lock"),
    cache_settled=re.compile(
        rb"pypoetry|POETRY_CACHE_DIR|POETRY_NO_CACHE|(?<!no-)cache-dir|poetry[\w ]* cache|\.cache\b"
    ),
    cache=(
        "/{root,home/*}/.cache/pypoetry/artifacts/**", "/{root,home/*}/.cache/pypoetry/cache/**",
    ),
    mounts=("/root/.cache/pypoetry/artifacts", "/root/.cache/pypoetry/cache"),
)  # fmt: skip
