"""What a rewrite may rest on where a file is not shown: named, so that a finding can say it and a project refuse it.

Only what stops a build where it is wrong is ever assumed, nothing that would change an image in silence. How often each
occurs, and how often it was wrong where the files could be read, stands in ``docs/assumptions.md``.
"""

from __future__ import annotations

BUILD_TOOLS, PROGRAMS, CONTAINERS = "build-tools", "programs", "containers"

#: What each of them says.
ASSUMPTIONS: dict[str, str] = {
    BUILD_TOOLS: "a build tool whose files are not shown installs no system packages from an index that an earlier "
    "layer left",
    PROGRAMS: "a program that came with the base image or a package installs no system packages from an index that an "
    "earlier layer left",
    CONTAINERS: "what the container starts, and is not shown, installs no system packages from the index of the build",
}
