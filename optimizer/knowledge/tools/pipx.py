"""pipx (manual: pipx.pypa.io). Its pip fills pip's cache; it would note an option against that in every environment."""

import re

from . import Tool

TOOL = Tool(
    name="pipx",
    commands=frozenset(("pipx",)),
    value_options=frozenset(("--python", "--pip-args", "--index-url", "-i", "--suffix")),
    clear_text=re.compile(rb"\.cache\b|/pip\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cache/pip",
    cache_fills=frozenset(("install", "inject", "upgrade", "upgrade-all", "reinstall", "install-all", "run")),
    cache_settled=re.compile(
        rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|PIP_CONFIG_FILE|pip\.conf|pip[\d.]* cache\b|\.cache\b|pip-args[^\n]*cache"
    ),
    cache=("/root/.cache/pip/**", "/home/*/.cache/pip/**"),
)
