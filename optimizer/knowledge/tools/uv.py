"""uv (manual: docs.astral.sh/uv, *Caching*). ``--no-cache`` is an option of every command."""

import re

from . import CLEARED, CacheOption, Configuration, Mounts, Tool

_INSTALLS = frozenset(("install", "sync", "upgrade"))

TOOL = Tool(
    name="uv",
    configurations=(
        Configuration(
            r"(?:^|/)(?:uv|pyproject)\.toml$",
            rb"(?m)^\s*(?:link-mode|cache-dir|offline|no-cache)\s*=",
        ),
    ),
    run_from_cache=rb"\b(?:uvx|uv tool run|uv x)\b",
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
        cleared_by=frozenset(("cache clean", "clean")),
        cleared_text=re.compile(rb"\.cache|/uv\b|^/root/?\*?$"),
    ),
    mounts=Mounts(("/root/.cache/uv",), cleared_by=CLEARED),
)
