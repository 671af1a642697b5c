"""Bower (manual: bower.io, *API*, ``cache clean``; *Configuration*, ``storage.packages``)."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="bower",
    configurations=(Configuration(r"(?:^|/)\.bowerrc$", rb"\x22storage\x22"),),
    commands=frozenset(("bower",)),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cache/bower/**",),
            fills=frozenset(("install", "i", "update")),
            clear="rm -rf ~/.cache/bower",
            cleared_by=frozenset(("cache clean",)),
            cleared_text=re.compile(rb"bower|\.cache\b|^/root/?\*?$"),
            without=("--offline", "-o", "--help", "-h"),
            settled=re.compile(rb"bower[\w -]* cache\b|\.cache\b|XDG_CACHE|--offline|bower_storage"),
        ),
    ),
)
