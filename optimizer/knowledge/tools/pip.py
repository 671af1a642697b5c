"""pip (manual: pip documentation, *Caching*, *Configuration*). ``--no-cache-dir`` came with pip 6.0."""

import re

from . import CLEARED, CacheOption, Configuration, Mounts, Tool

TOOL = Tool(
    name="pip",
    configurations=(
        Configuration(r"(?:^|/)pip\.(?:conf|ini)$", rb"(?im)cache|find-links|no-index"),
        Configuration(r"requirements[^/]*\.txt$", rb"(?m)^\s*--no-index"),
    ),
    commands=frozenset(("pip", "pip2", "pip3", "python -m pip", *(f"pip3.{n}" for n in range(3, 20)), "pip2.7")),
    install=frozenset(("install", "download", "wheel")),
    removes=frozenset(("uninstall",)),
    value_options=frozenset(
        (
            "--proxy", "--cert", "--client-cert", "--timeout", "--retries", "--log", "--exists-action",
            "--trusted-host", "--python", "--use-feature", "--use-deprecated", "--cache-dir",
        )
    ),
    mention=re.compile(rb"\bpip[0-9.]*\b"),
    names_packages=re.compile(rb"-[rect]|--(?:requirement|editable|constraint|find-links|target|prefix|root)"),
    may_be_old=True,
    cache_option=CacheOption(
        "--no-cache-dir",
        subcommands=frozenset(("install", "download", "wheel")),
        paths=("/root/.cache/pip/**", "/home/*/.cache/pip/**"),
        like=("--no-cache", "--cache-dir"),
        settled=re.compile(
            rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|PIP_CONFIG_FILE|pip\.conf|pip[\d.]* cache\b"
            rb"|no-cache-dir\s*=|global\.no-cache-dir"
            rb"|(?im:^[ \t]*(?:COPY|ADD)\s[^\n]*\.cache)"
        ),
        cleared_by=frozenset(("cache purge",)),
        cleared_text=re.compile(rb"\.cache|/pip\b|^/root/?\*?$"),
        clear_may_fail=True,  # before pip 21.2
    ),
    mounts=Mounts(("/root/.cache/pip",), cleared_by=CLEARED),
)  # fmt: skip
