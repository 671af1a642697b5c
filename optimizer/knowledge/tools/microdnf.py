"""microdnf, of minimal images (manual microdnf(8))."""

import re

from ..images import Image
from .dnf import DISTRIBUTION
from .dnf import TOOL as DNF


def _no_documentation(_command: str, _image: Image | None) -> str:
    return "--nodocs"


TOOL = DNF._replace(
    name="microdnf",
    commands=frozenset(("microdnf",)),
    mention=re.compile(rb"\bmicrodnf\b(?![/.])"),
    mounts=None,
    distribution=DISTRIBUTION._replace(
        only_recommended="--setopt=install_weak_deps=0", no_documentation=_no_documentation
    ),
)
