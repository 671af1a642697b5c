"""Pipenv (manual: pipenv.pypa.io, *Configuration*)."""

import re

from . import CLEARED, Cache, Mounts, Tool

TOOL = Tool(
    name="pipenv",
    commands=frozenset(("pipenv",)),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cache/pip/**", "/{root,home/*}/.cache/pipenv/**"),
            fills=frozenset(("install", "sync", "update", "upgrade")),
            clear="rm -rf ~/.cache/pip ~/.cache/pipenv",
            cleared_text=re.compile(rb"\.cache\b|^/root/?\*?$"),
            without=("--clear",),
            settled=re.compile(rb"PIPENV_CACHE_DIR|PIP_NO_CACHE|PIP_CACHE_DIR|\.cache\b|pip\.conf|pip cache"),
        ),
    ),
    mounts=Mounts(("/root/.cache/pipenv",), cleared_by=CLEARED),
)
