"""Yarn 1 (manual: classic.yarnpkg.com, *yarn cache*). Yarn 2 and later run programs from their cache: not this tool."""

import re

from . import Tool

TOOL = Tool(
    name="yarn",
    commands=frozenset(("yarn", "yarnpkg")),
    value_options=frozenset(("--cwd", "--registry", "--modules-folder", "--network-timeout", "--network-concurrency")),
    clear=frozenset(("cache clean",)),
    clear_text=re.compile(rb"\.cache\b|yarn|^/root/?\*?$"),
    cache_clear="{name} cache clean",
    cache_fills=frozenset(("", "install", "add", "global", "upgrade")),
    cache_without=("--cache-folder", "--offline", "--prefer-offline"),
    cache_settled=re.compile(rb"yarn[\w ]* cache|YARN_CACHE_FOLDER|\.cache\b|offline|\.yarn|corepack|berry"),
    cache=("/usr/local/share/.cache/**", "/root/.cache/yarn/**", "/home/*/.cache/yarn/**"),
    cache_changes=("/usr/local/share/.cache/**", "/root/.cache/yarn/**", "/home/*/.cache/yarn/**"),
)
