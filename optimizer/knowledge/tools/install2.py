"""install2.r and its kin, of littler, in the rocker images of R (manual: littler's examples)."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="littler",
    commands=frozenset(("install2.r", "installBioc.r", "installGithub.r", "installRub.r")),
    value_options=frozenset(("-n", "--ncpus", "-r", "--repos", "-l", "--libloc", "-d", "--deps")),
    caches=(
        Cache(
            paths=("/tmp/downloaded_packages/**",),
            fills=frozenset(("*",)),
            clear="rm -rf /tmp/downloaded_packages",
            cleared_text=re.compile(rb"downloaded_packages|^/tmp/?\*?$|Rtmp"),
            without=("--help", "-h", "--usage"),
            settled=re.compile(rb"downloaded_packages"),
        ),
    ),
)
