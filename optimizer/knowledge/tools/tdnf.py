"""tdnf, of Photon OS and Azure Linux (manual: vmware.github.io/tdnf): dnf's subcommands and options."""

import re

from .dnf import TOOL as DNF

TOOL = DNF._replace(
    name="tdnf",
    commands=frozenset(("tdnf",)),
    index_paths=("/var/cache/tdnf/**",),
    clear_text=re.compile(rb"/tdnf|^/var/cache(?:/\*)?/?$"),
    mention=re.compile(rb"\btdnf\b(?![/.])"),
)
