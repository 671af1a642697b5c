"""cpanminus (manual cpanm(1)): it keeps everything that it built, and its logs, in ~/.cpanm."""

import re

from . import Tool

TOOL = Tool(
    name="cpanm",
    commands=frozenset(("cpanm",)),
    value_options=frozenset(("-L", "-l", "--local-lib", "--local-lib-contained", "--mirror", "--with-feature")),
    clear_text=re.compile(rb"\.cpanm|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cpanm",
    cache_fills=frozenset(("*",)),
    cache_without=("--save-dists", "--look", "--info", "--help", "--version", "-V", "--self-contained"),
    # With --sudo, root writes below the user's directory what the user may not remove.
    cache_settled=re.compile(rb"\.cpanm|PERL_CPANM_HOME|cpanm[^\n]*\s(?:--sudo|-S)\b"),
    cache=("/root/.cpanm/**", "/home/*/.cpanm/**"),
)
