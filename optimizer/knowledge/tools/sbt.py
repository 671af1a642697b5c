"""sbt (manual: scala-sbt.org, *Dependency management flow*; coursier, *Cache*)."""

import re

from . import Tool

TOOL = Tool(
    name="sbt",
    commands=frozenset(("sbt",)),
    value_options=frozenset(("-mem", "-jvm-debug")),
    clear_text=re.compile(rb"\.ivy2|\.sbt\b|coursier|\.cache\b"),
    cache_clear="rm -rf ~/.ivy2/cache ~/.cache/coursier",
    cache_fills=frozenset(("clean", "compile", "package", "assembly", "stage", "test", "dist", "publishLocal")),
    cache_settled=re.compile(rb"\.ivy2|coursier|\.cache\b|sbt\.ivy\.home|COURSIER"),
    cache_read_by=frozenset((b"sbt", b"scala", b"cs", b"coursier")),
    cache_doubt="what sbt builds may load its libraries from there",
    cache=("/{root,home/*}/.ivy2/cache/**", "/{root,home/*}/.cache/coursier/**"),
)
