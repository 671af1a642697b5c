"""cabal-install, of Haskell (manual: Cabal User Guide, *Directories*): Hackage's index, and archives."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="cabal",
    commands=frozenset(("cabal",)),
    value_options=frozenset(("--config-file", "--store-dir")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cabal/packages/**", "/{root,home/*}/.cache/cabal/packages/**"),
            fills=frozenset(
                (
                    "update", "install", "build", "fetch", "v1-update", "v1-install", "v2-update", "v2-install",
                    "v2-build", "new-update", "new-install", "new-build",
                )
            ),
            clear="rm -rf ~/.cabal/packages ~/.cache/cabal/packages",
            cleared_text=re.compile(rb"cabal/packages|\.cabal/?\*?$|\.cache\b|^/root/?\*?$"),
            without=("--dry-run", "--only-dependencies", "--only-download", "--offline"),
            settled=re.compile(rb"CABAL_DIR|cabal/packages|remote-repo-cache|\.cache\b|--(?:offline|only-dep|only-down)"),
            read_by=frozenset((b"cabal", b"stack")),
        ),
    ),
)  # fmt: skip
