"""cpan (manual cpan(1), CPAN(3)): it keeps what it fetched and what it built below ~/.cpan, beside its settings."""

import re

from . import Tool

TOOL = Tool(
    name="cpan",
    commands=frozenset(("cpan",)),
    value_options=frozenset(("-j", "-M", "-I")),
    clear_text=re.compile(rb"\.cpan\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cpan/build ~/.cpan/sources",
    cache_fills=frozenset(("*",)),
    cache_without=("-l", "-a", "-D", "-O", "-v", "-g", "-h"),
    cache_settled=re.compile(rb"\.cpan\b|MyConfig\.pm|cpan_home|build_dir"),
    cache=("/{root,home/*}/.cpan/{build,sources}/**",),
)
