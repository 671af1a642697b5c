"""pipx (manual: pipx.pypa.io), which installs with pip."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="pipx",
    commands=frozenset(("pipx",)),
    value_options=frozenset(("--python", "--pip-args", "--index-url", "-i", "--suffix")),
    caches=(
        Cache(
            paths=("/root/.cache/pip/**", "/home/*/.cache/pip/**"),
            fills=frozenset(("install", "inject", "upgrade", "upgrade-all", "reinstall", "install-all", "run")),
            clear="rm -rf ~/.cache/pip",
            cleared_text=re.compile(rb"\.cache\b|/pip\b|^/root/?\*?$"),
            settled=re.compile(
                rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|PIP_CONFIG_FILE|pip\.conf|pip[\d.]* cache\b|\.cache\b"
                rb"|pip-args[^\n]*cache"
            ),
        ),
    ),
)
