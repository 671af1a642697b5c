"""yum 3, and the yum that is dnf since Enterprise Linux 8 (manuals yum(8), yum.conf(5))."""

import re

from ..images import Image
from .dnf import DISTRIBUTION, INDEX
from .dnf import TOOL as DNF


def _no_documentation(_: str, image: Image | None) -> str:
    """The yum of Enterprise Linux 5 has no ``--setopt``."""
    release = image.release if image else None
    old = release is not None and release[0] in ("centos", "rhel") and release[1] < (6,)
    return "" if old else "--setopt=tsflags=nodocs"


TOOL = DNF._replace(
    name="yum",
    commands=frozenset(("yum",)),
    mention=re.compile(rb"\byum\b(?![/.-])"),
    # yum 3 fails to clean when no repository is enabled.
    package_index=INDEX._replace(clear_by_hand="rm -rf /var/cache/yum /var/cache/dnf"),
    # It has no weak dependencies either, and refuses unknown settings.
    distribution=DISTRIBUTION._replace(
        no_documentation=_no_documentation, only_recommended="", only_recommended_for=frozenset()
    ),
)
