"""Go's build cache (manual: cmd/go, *Build and test caching*). The module cache is the sources: it is left alone."""

import re

from . import Tool

TOOL = Tool(
    name="go",
    commands=frozenset(("go",)),
    value_options=frozenset(("-C",)),
    clear_text=re.compile(rb"go-build|\.cache\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cache/go-build",
    cache_fills=frozenset(("build", "install", "test", "get", "run", "vet")),
    cache_without=("-n",),
    cache_settled=re.compile(rb"GOCACHE|go-build|go clean|\.cache\b|\bstd\b"),
    cache_read_by=frozenset((b"go",)),
    cache=("/root/.cache/go-build/**", "/home/*/.cache/go-build/**"),
    mounts=("/root/.cache/go-build",),
)
