"""Bazel (manual: bazel.build, *Output directory layout*; ``bazel clean --expunge``)."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="bazel",
    configurations=(Configuration(r"(?:^|/)\.?bazelrc$", rb"output_(?:base|user_root)|disk_cache|repository_cache"),),
    commands=frozenset(("bazel", "bazelisk")),
    value_options=frozenset(("--output_base", "--output_user_root")),
    caches=(
        Cache(
            paths=("/{root,home/*}/.cache/bazel/**",),
            fills=frozenset(("build", "run", "test", "fetch")),
            clear="{name} clean --expunge",
            cleared_by=frozenset(("clean --expunge",)),
            cleared_text=re.compile(rb"bazel|\.cache\b|^/root/?\*?$"),
            settled=re.compile(
                rb"output_(?:base|user_root)|TEST_TMPDIR|disk_cache|repository_cache|\.cache\b|--expunge"
            ),
            read_by=frozenset((b"bazel", b"bazelisk")),
            doubt="`bazel-bin` and its like lead into it",
        ),
    ),
)
