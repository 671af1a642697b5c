"""Go's module cache, the sources of what a program is built with (manual: Go Modules Reference, *Module cache*).

``go clean -modcache`` came with Go 1.11, like the modules.
"""

import re

from . import Tool

TOOL = Tool(
    name="gomod",
    commands=frozenset(("go",)),
    value_options=frozenset(("-C",)),
    clear=frozenset(("clean -modcache",)),
    clear_text=re.compile(rb"pkg/mod|^/go/?\*?$|^/go/pkg|^/root/?\*?$"),
    cache_clear_on=(("golang", "{name} clean -modcache"),),
    cache_fills=frozenset(("build", "install", "get")),
    cache_without=("-n",),
    cache_settled=re.compile(
        rb"GOPATH|GOMODCACHE|GOFLAGS|GO111MODULE=off|pkg/mod|modcache|mod download|\bvendor\b|\bstd\b"
        rb"|\b(?:dep|glide|govendor|godep) |golang:1\.(?:\d|10)(?!\d)"
    ),
    cache_read_by=frozenset((b"go",)),
    cache=("/go/pkg/mod/**",),
    cache_changes=("/go/pkg",),
)
