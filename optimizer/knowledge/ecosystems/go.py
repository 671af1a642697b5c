"""Go (Go Modules Reference)."""

from . import Ecosystem, items_of

ECOSYSTEM = Ecosystem(
    "Go",
    ("go.mod",),
    items_of("cache", "__debug_bin*", "cover.out", "coverage.out"),
    manifests=(r"go\.(?:mod|sum)",),
)
