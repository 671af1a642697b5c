"""conda (manual: docs.conda.io, ``conda clean``). Environments are hard links into the package cache."""

import re

from . import Cache, Configuration, Tool

TOOL = Tool(
    name="conda",
    configurations=(
        Configuration(
            r"(?:^|/)\.?condarc$|(?:^|/)\.condarc$",
            rb"(?im)^\s*(?:pkgs_dirs|offline|always_softlink|allow_softlinks|use_index_cache)\s*:",
        ),
    ),
    commands=frozenset(("conda",)),
    value_options=frozenset(("-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file")),
    caches=(
        Cache(
            paths=("/**/pkgs/**", "/root/.cache/conda/**", "/home/*/.cache/conda/**"),
            fills=frozenset(("install", "create", "update", "upgrade", "env")),
            second={"env": frozenset(("create", "update"))},
            clear="{name} clean -afy",
            cleared_by=frozenset(("clean",)),
            cleared_text=re.compile(rb"\bpkgs\b|/(?:\w*conda|\w*mamba|\w*forge)\d?/?$"),
            without=("--offline", "--dry-run", "--download-only", "--copy"),
            settled=re.compile(rb"(?:conda|mamba) clean|/pkgs|softlinks|CONDA_PKGS_DIRS|--offline|pkgs_dirs|\.condarc"),
            changes=("/**/pkgs/**", "/root/.conda/**", "/home/*/.conda/**"),
        ),
    ),
)
