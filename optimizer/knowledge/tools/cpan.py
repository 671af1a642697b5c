"""CPAN.pm's command (manual cpan(1), CPAN)."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="cpan",
    commands=frozenset(("cpan",)),
    value_options=frozenset(("-j", "-M", "-I")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cpan/{build,sources}/**",),
            fills=frozenset(("*",)),
            clear="rm -rf ~/.cpan/build ~/.cpan/sources",
            cleared_text=re.compile(rb"\.cpan\b|^/root/?\*?$"),
            without=("-l", "-a", "-D", "-O", "-v", "-g", "-h"),
            settled=re.compile(rb"\.cpan\b|MyConfig\.pm|cpan_home|build_dir"),
        ),
    ),
)
