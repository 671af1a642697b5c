"""sbt, of Scala (manual: scala-sbt.org, *Cached Resolution*). What it fetched stays in Ivy's and coursier's caches."""

import re

from . import Cache, Tool

TOOL = Tool(
    name="sbt",
    commands=frozenset(("sbt",)),
    value_options=frozenset(("-mem", "-jvm-debug")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.ivy2/cache/**", "/{root,home/*}/.cache/coursier/**"),
            fills=frozenset(("clean", "compile", "package", "assembly", "stage", "test", "dist", "publishLocal")),
            clear="rm -rf ~/.ivy2/cache ~/.cache/coursier",
            cleared_text=re.compile(rb"\.ivy2|\.sbt\b|coursier|\.cache\b"),
            settled=re.compile(rb"\.ivy2|coursier|\.cache\b|sbt\.ivy\.home|COURSIER"),
            read_by=frozenset((b"sbt", b"scala", b"cs", b"coursier")),
            doubt="what sbt builds may load its libraries from there",
        ),
    ),
)
