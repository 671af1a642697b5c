"""Stack, of Haskell (manual: docs.haskellstack.org, *Stack root*): the index of Hackage, some hundred megabytes."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="stack",
    commands=frozenset(("stack",)),
    value_options=frozenset(("--resolver", "--stack-yaml", "--work-dir", "--snapshot")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.stack/pantry/**",),
            fills=frozenset(("build", "install", "setup", "init", "update", "test")),
            clear="rm -rf ~/.stack/pantry",
            cleared_text=re.compile(rb"pantry|\.stack\b|^/root/?\*?$"),
            without=("--dry-run", "--only-dependencies", "--prefetch", "--help"),
            settled=re.compile(rb"STACK_ROOT|--stack-root|pantry|--only-dep|--prefetch"),
            read_by=frozenset((b"stack", b"cabal")),
        ),
    ),
)
