"""Go's build cache (manual: cmd/go, *Build and test caching*), which came with Go 1.10."""

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
    cache_settled=re.compile(rb"GOCACHE|go-build|go clean -cache|\.cache\b|\bstd\b|golang:1\.\d(?!\d)"),
    cache_read_by=frozenset((b"go",)),
    cache=("/root/.cache/go-build/**", "/home/*/.cache/go-build/**"),
    mounts=("/root/.cache/go-build",),
)
