"""pip (manual: pip documentation, *Caching*, *Configuration*). ``--no-cache-dir`` came with pip 6.0."""

import re

from . import Tool

TOOL = Tool(
    name="pip",
    commands=frozenset(("pip", "pip2", "pip3", "python -m pip", *(f"pip3.{n}" for n in range(3, 20)), "pip2.7")),
    install=frozenset(("install", "download", "wheel")),
    value_options=frozenset(
        (
            "--proxy",
            "--cert",
            "--client-cert",
            "--timeout",
            "--retries",
            "--log",
            "--exists-action",
            "--trusted-host",
            "--python",
            "--use-feature",
            "--use-deprecated",
            "--cache-dir",
        )
    ),  # fmt: skip
    fetches_itself=True,
    mention=re.compile(rb"\bpip[0-9.]*\b"),
    no_cache="--no-cache-dir",
    no_cache_like=("--no-cache", "--cache-dir"),
    no_cache_for=frozenset(("install", "download", "wheel")),
    no_cache_settled=re.compile(
        rb"PIP_NO_CACHE_DIR|PIP_CACHE_DIR|PIP_CONFIG_FILE|pip\.conf|pip[\d.]* cache\b"
        rb"|no-cache-dir\s*=|global\.no-cache-dir"
        rb"|(?im:^[ \t]*(?:COPY|ADD)\s[^\n]*\.cache)"
    ),
    clear_text=re.compile(rb"\.cache|/pip\b|^/root/?\*?$"),
    cache=("/root/.cache/pip/**", "/home/*/.cache/pip/**"),
    mounts=("/root/.cache/pip",),
)
