"""opam, of OCaml (manual: opam-clean(1), ``--download-cache``). It keeps the archives that it built from."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="opam",
    commands=frozenset(("opam",)),
    value_options=frozenset(("--root", "--switch", "-j", "--jobs", "--color")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.opam/download-cache/**",),
            fills=frozenset(("install", "init", "switch", "upgrade", "reinstall")),
            clear="rm -rf ~/.opam/download-cache",
            cleared_by=frozenset(("clean",)),
            cleared_text=re.compile(rb"download-cache|\.opam\b|^/root/?\*?$"),
            without=("--root", "--show", "--dry-run", "--download-only", "--fake"),
            settled=re.compile(rb"OPAMROOT|download-cache|opam clean"),
        ),
    ),
)
