"""Pipenv (manual: pipenv.pypa.io, *Configuration*, ``PIPENV_CACHE_DIR``): pip's cache, and one of its own."""

import re

from . import Tool

TOOL = Tool(
    name="pipenv",
    commands=frozenset(("pipenv",)),
    clear_text=re.compile(rb"\.cache\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cache/pip ~/.cache/pipenv",
    cache_fills=frozenset(("install", "sync", "update", "upgrade")),
    cache_without=("--clear",),
    cache_settled=re.compile(rb"PIPENV_CACHE_DIR|PIP_NO_CACHE|PIP_CACHE_DIR|\.cache\b|pip\.conf|pip cache"),
    cache=("/{root,home/*}/.cache/pip/**", "/{root,home/*}/.cache/pipenv/**"),
    mounts=("/root/.cache/pipenv",),
)
