"""conda (manual: docs.conda.io, ``conda clean``). Environments are hard links into the package cache."""

import re

from . import Tool

TOOL = Tool(
    name="conda",
    commands=frozenset(("conda",)),
    value_options=frozenset(("-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file")),
    clear_text=re.compile(rb"pkgs|conda"),
    cache_clear="{name} clean -afy",
    cache_fills=frozenset(("install", "create", "update", "upgrade", "env")),
    cache_without=("--offline", "--dry-run", "--download-only", "--copy"),
    cache_settled=re.compile(rb"(?:conda|mamba) clean|/pkgs|softlinks|CONDA_PKGS_DIRS|--offline|pkgs_dirs|\.condarc"),
    cache=("/**/pkgs/**", "/root/.cache/conda/**", "/home/*/.cache/conda/**"),
    cache_changes=("/**/pkgs/**", "/root/.conda/**", "/home/*/.conda/**"),
)
