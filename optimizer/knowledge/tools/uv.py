"""uv (manual: docs.astral.sh/uv, *Caching*). ``--no-cache`` is an option of every command."""

import re

from . import Tool

TOOL = Tool(
    name="uv",
    commands=frozenset(("uv",)),
    install=frozenset(("sync", "pip", "tool", "add")),
    value_options=frozenset(
        ("--cache-dir", "--directory", "--project", "--config-file", "--python-preference", "--color")
    ),
    fetches_itself=True,
    no_cache="--no-cache",
    no_cache_like=("--no-cache", "-n", "--cache-dir", "--dry-run"),
    no_cache_for=frozenset(("sync", "pip", "tool", "add")),
    no_cache_settled=re.compile(
        rb"UV_NO_CACHE|UV_CACHE_DIR|uv[\w -]* cache\b|\.cache\b|uv\.toml|UV_LINK_MODE|--offline|UV_OFFLINE"
    ),
    clear_text=re.compile(rb"\.cache|/uv\b|^/root/?\*?$"),
    cache=("/root/.cache/uv/**", "/home/*/.cache/uv/**"),
    mounts=("/root/.cache/uv",),
)
