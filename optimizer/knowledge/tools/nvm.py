"""nvm, the manager of Node.js versions (manual: its README, ``nvm cache``). It keeps the archives that it unpacked.

It is a function of the shell, and has its directory in ``NVM_DIR`` wherever it can be called.
"""

import re

from . import Cache, Tool

TOOL = Tool(
    name="nvm",
    commands=frozenset(("nvm",)),
    caches=(
        Cache(
            paths=("/**/.nvm/.cache/**", "/**/nvm/.cache/**"),
            fills=frozenset(("install", "i")),
            clear='rm -rf "$NVM_DIR/.cache"',
            cleared_by=frozenset(("cache clear",)),
            cleared_text=re.compile(rb"\.cache\b|nvm/?[\x22']?$|NVM_DIR\}?[\x22']?$"),
            without=("--offline",),
            settled=re.compile(rb"nvm cache\b|nvm/\.cache|NVM_DIR\S*/\.cache|nvm install [^&;\n]*--offline"),
        ),
    ),
)
