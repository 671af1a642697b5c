"""yum 3, and the yum that is dnf since Enterprise Linux 8 (manuals yum(8), yum.conf(5))."""

import re

from .dnf import TOOL as DNF

TOOL = DNF._replace(
    name="yum",
    commands=frozenset(("yum",)),
    mention=re.compile(rb"\byum\b(?![/.-])"),
    clear_by_hand="rm -rf /var/cache/yum /var/cache/dnf",  # yum 3 fails to clean when no repository is enabled
    no_weak="",  # yum 3 has no weak dependencies and refuses unknown settings
)
