"""Leiningen, of Clojure (manual: its sample project file, ``:local-repo``). Libraries lie in Maven's repository."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="lein",
    configurations=(Configuration(r"(?:^|/)(?:project|profiles)\.clj$", rb":local-repo|:offline"),),
    commands=frozenset(("lein",)),
    caches=(
        Cache(
            paths=("/{root,home/*}/.m2/repository/**",),
            fills=frozenset(("uberjar", "deps", "compile", "jar", "install", "do", "test", "with-profile", "ring")),
            clear="rm -rf ~/.m2/repository",
            cleared_text=re.compile(rb"\.m2\b|^/root/?\*?$"),
            without=("-o",),
            settled=re.compile(rb"\.m2\b|LEIN_OFFLINE|LEIN_HOME|lein -o\b"),
            read_by=frozenset((b"lein", b"mvn", b"clojure", b"clj", b"boot")),
        ),
    ),
)
