"""tdnf, of Photon OS and Azure Linux (manual: vmware.github.io/tdnf): dnf's subcommands and options."""

import re

from .dnf import DISTRIBUTION, INDEX
from .dnf import TOOL as DNF

TOOL = DNF._replace(
    name="tdnf",
    commands=frozenset(("tdnf",)),
    mention=re.compile(rb"\btdnf\b(?![/.])"),
    package_index=INDEX._replace(
        paths=("/var/cache/tdnf/**",),
        cleared_text=re.compile(rb"/tdnf|^/var/cache(?:/\*)?/?$"),
    ),
    mounts=None,
    distribution=DISTRIBUTION._replace(only_recommended="", only_recommended_for=frozenset(), no_documentation=None),
)
