"""apk-tools 2 and 3, of Alpine Linux (manual apk(8), apk-add(8)). ``--no-cache`` came with Alpine 3.3."""

import re

from . import CacheOption, Configuration, Distribution, Index, Mounts, Tool

_CLEARED = re.compile(rb"cache/\{?apk|/apk/\*|cache/?\*?$|\{[^}]*apk|^/var/?\*?$|/apk$")

TOOL = Tool(
    name="apk",
    configurations=(
        Configuration(r"(?:^|/)etc/apk/(?:config|cache)$", rb"(?i)cache|no-network"),
    ),
    commands=frozenset(("apk",)),
    install=frozenset(("add", "upgrade", "fix")),
    value_options=frozenset(
        (
            "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--repositories-file", "-t", "--virtual",
            "--cache-dir", "--wait", "--cache-max-age", "--progress-fd", "--timeout",
        )
    ),
    yes_options=frozenset(("-q", "--quiet")),
    mention=re.compile(rb"\bapk\b(?![/.-])"),
    package_index=Index(
        paths=("/var/cache/apk/**", "/etc/apk/cache/**"),
        refresh=frozenset(("update",)),
        read=frozenset("search fetch info policy list version query".split()),
        cleared_text=_CLEARED,
    ),
    cache_option=CacheOption(
        "--no-cache",
        subcommands=frozenset(("add", "upgrade")),
        paths=("/var/cache/apk/**",),
        like=("--no-cache", "--cache-dir"),
        replaces=frozenset(("-U", "--update", "--update-cache")),
        not_with=("--root", "-p", "--initdb", "--no-network"),
        not_for=".apk",
        settled=re.compile(rb"setup-apkcache|/etc/apk/cache|ln\s[^\n]*/var/cache/apk"),
        cleared_text=_CLEARED,
    ),
    mounts=Mounts(
        ("/var/cache/apk",), locked=True, keeps_option=True,
    ),
    distribution=Distribution(upgrades=frozenset(("upgrade",)), removes=frozenset(("del",))),
)  # fmt: skip
