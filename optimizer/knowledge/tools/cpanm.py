"""cpanminus (manual cpanm(1))."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="cpanm",
    commands=frozenset(("cpanm",)),
    value_options=frozenset(("-L", "-l", "--local-lib", "--local-lib-contained", "--mirror", "--with-feature")),
    caches=(
        Cache(
            paths=("/root/.cpanm/**", "/home/*/.cpanm/**"),
            fills=frozenset(("*",)),
            clear="rm -rf ~/.cpanm",
            cleared_text=re.compile(rb"\.cpanm|^/root/?\*?$"),
            without=("--save-dists", "--look", "--info", "--help", "--version", "-V", "--self-contained"),
            # With --sudo, root writes below the user's directory what the user may not remove.
            settled=re.compile(rb"\.cpanm|PERL_CPANM_HOME|cpanm[^\n]*\s(?:--sudo|-S)\b"),
        ),
    ),
)
