"""Go's build cache, and its module cache: the sources of what a program is built with.

Manuals: cmd/go, *Build and test caching*; Go Modules Reference, *Module cache*. ``go clean -modcache`` came with Go
1.11, like the modules.
"""

import re

from . import Cache, Configuration, Mounts, Tool

TOOL = Tool(
    name="go",
    configurations=(
        Configuration(
            r"(?:^|/)(?:go/env|\.goenv|go\.env)$",
            rb"GOFLAGS|GOMODCACHE|GOPATH|GOCACHE|GOPROXY=off",
        ),
    ),
    commands=frozenset(("go",)),
    value_options=frozenset(("-C",)),
    caches=(
        Cache(
            paths=("/root/.cache/go-build/**", "/home/*/.cache/go-build/**"),
            fills=frozenset(("build", "install", "test", "get", "run", "vet")),
            clear="rm -rf ~/.cache/go-build",
            cleared_by=frozenset(("clean -cache",)),
            cleared_text=re.compile(rb"go-build|\.cache\b|^/root/?\*?$"),
            without=("-n",),
            settled=re.compile(rb"GOCACHE|go-build|go clean -cache|\.cache\b|\bstd\b|golang:1\.\d(?!\d)"),
            read_by=frozenset((b"go",)),
            refilled=True,
        ),
        Cache(
            paths=("/go/pkg/mod/**",),
            fills=frozenset(("build", "install", "get")),
            clear_on=(("golang", "{name} clean -modcache"),),
            cleared_by=frozenset(("clean -modcache",)),
            cleared_text=re.compile(rb"pkg/mod|^/go/?\*?$|^/go/pkg|^/root/?\*?$"),
            without=("-n",),
            settled=re.compile(
                rb"GOPATH|GOMODCACHE|GOFLAGS|GO111MODULE=off|pkg/mod|modcache|mod download|\bvendor\b|\bstd\b"
                rb"|\b(?:dep|glide|govendor|godep) |golang:1\.(?:\d|10)(?!\d)"
            ),
            read_by=frozenset((b"go",)),
            changes=("/go/pkg",),
        ),
    ),
    mounts=Mounts(("/root/.cache/go-build",), cleared_by=re.compile(rb"clean -cache")),
)
