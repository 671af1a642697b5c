"""uv (manual: docs.astral.sh/uv, *Caching*). ``--no-cache`` is an option of every command."""

import re

from . import CLEARED, CacheOption, Mounts, Tool

_INSTALLS = frozenset(("install", "sync", "upgrade"))

TOOL = Tool(
    name="uv",
    commands=frozenset(("uv",)),
    install=frozenset(("sync", "pip", "tool", "add")),
    value_options=frozenset(
        ("--cache-dir", "--directory", "--project", "--config-file", "--python-preference", "--color")
    ),
    cache_option=CacheOption(
        "--no-cache",
        subcommands=frozenset(("sync", "pip", "tool", "add")),
        second={"pip": _INSTALLS, "tool": _INSTALLS},
        paths=("/root/.cache/uv/**", "/home/*/.cache/uv/**"),
        like=("--no-cache", "-n", "--cache-dir", "--dry-run"),
        settled=re.compile(
            rb"UV_NO_CACHE|UV_CACHE_DIR|uv[\w -]* cache\b|\.cache\b|uv\.toml|UV_LINK_MODE|--offline|UV_OFFLINE"
        ),
        cleared_text=re.compile(rb"\.cache|/uv\b|^/root/?\*?$"),
    ),
    mounts=Mounts(("/root/.cache/uv",), cleared_by=CLEARED),
)
