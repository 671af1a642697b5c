"""The packages that apt keeps once docker-clean of the official Debian and Ubuntu images has been removed.

Manual apt-get(8), *clean*. docker-clean removes them behind every installation, and apt's own caches of the index.
"""

import re

from . import Cache, Tool
from .apt import TOOL as APT

TOOL = Tool(
    name="apt-get",
    commands=APT.commands,
    install=APT.install,
    value_options=APT.value_options,
    caches=(
        Cache(
            paths=("/var/cache/apt/**",),
            fills=APT.install,
            clear="apt-get clean",
            cleared_by=frozenset(("clean", "dist-clean", "distclean")),
            cleared_text=re.compile(rb"var/cache(?:/apt|/?\*?$)|^/var/?\*?$"),
            without=("--download-only", "-d", "--no-download", "--simulate", "-s", "--print-uris"),
            settled=re.compile(rb"--(?:no-download|download-only)|\s-[a-z]*d[a-z]*\s+install|apt/archives"),
            since=re.compile(rb"(?:\b(?:rm|mv|truncate|sed)\b[^;&|]*|>\s*[^\s;&|]*)docker-clean"),
            follows_configuration=True,
        ),
    ),
)
