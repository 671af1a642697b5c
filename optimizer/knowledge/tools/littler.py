"""install2.r and its like, of R's littler package (manual: rocker-project.org, *Extending images*).

``install.packages`` itself downloads to the session's directory, which R removes.
"""

import re

from . import Tool

TOOL = Tool(
    name="littler",
    commands=frozenset(("install2.r", "installBioc.r", "installGithub.r", "installRub.r")),
    value_options=frozenset(("-n", "--ncpus", "-r", "--repos", "-l", "--libloc", "-d", "--deps")),
    clear_text=re.compile(rb"downloaded_packages|^/tmp/?\*?$|Rtmp"),
    cache_clear="rm -rf /tmp/downloaded_packages",
    cache_fills=frozenset(("*",)),
    cache_without=("--help", "-h", "--usage"),
    cache_settled=re.compile(rb"downloaded_packages"),
    cache=("/tmp/downloaded_packages/**",),
)
