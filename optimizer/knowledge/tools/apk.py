"""apk-tools 2 and 3, of Alpine Linux (manual apk(8), apk-add(8)). ``--no-cache`` came with Alpine 3.3."""

import re

from . import Tool

TOOL = Tool(
    name="apk",
    commands=frozenset(("apk",)),
    refresh=frozenset(("update",)),
    install=frozenset(("add", "upgrade", "fix")),
    read=frozenset(("search", "fetch", "info", "policy", "list", "version", "query")),
    clear=frozenset(),
    value_options=frozenset(
        (
            "-X",
            "--repository",
            "-p",
            "--root",
            "--arch",
            "--keys-dir",
            "--repositories-file",
            "-t",
            "--virtual",
            "--cache-dir",
            "--wait",
            "--cache-max-age",
            "--progress-fd",
            "--timeout",
        )
    ),  # fmt: skip
    yes_options=frozenset(("-q", "--quiet")),
    index_paths=("/var/cache/apk/**", "/etc/apk/cache/**"),
    clear_text=re.compile(rb"cache/\{?apk|/apk/\*|cache/?\*?$|\{[^}]*apk|^/var/?\*?$|/apk$"),
    clean_subcommands=frozenset(),
    mention=re.compile(rb"\bapk\b(?![/.-])"),
    no_cache="--no-cache",
    no_cache_like=("--no-cache", "--cache-dir"),
    no_cache_replaces=frozenset(("-U", "--update", "--update-cache")),
    no_cache_for=frozenset(("add", "upgrade")),
    no_cache_settled=re.compile(rb"setup-apkcache|/etc/apk/cache|ln\s[^\n]*/var/cache/apk"),
    cache=("/var/cache/apk/**",),
    mounts=("/var/cache/apk",),
    mounts_locked=True,
)
