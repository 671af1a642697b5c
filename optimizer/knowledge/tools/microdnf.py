"""microdnf, of minimal images (manual microdnf(8))."""

import re

from .dnf import TOOL as DNF

TOOL = DNF._replace(
    name="microdnf",
    commands=frozenset(("microdnf",)),
    mention=re.compile(rb"\bmicrodnf\b(?![/.])"),
    no_weak="--setopt=install_weak_deps=0",
)
