"""What an image's layers hold that nobody needs at run time.

That is what is stored beyond one copy of the final root file system, and of that copy the package indexes, the
download caches and the documentation. The base image's layers are not counted: no Dockerfile above them can make
them smaller.
"""

from __future__ import annotations

from typing import NamedTuple

from .archive import Image
from .globs import matches

#: By kind, the paths of the final root file system that are waste; the manuals of the package managers name them.
#: Copyright files are no waste: the licences of the packages ask for them.
KINDS: dict[str, tuple[str, ...]] = {
    "package index": (
        "/var/lib/apt/lists/**",
        "/var/cache/{dnf,yum,libdnf5,zypp,apk}/**",
        "/var/lib/dnf/repos/**",
        "/var/lib/pacman/sync/**",
    ),
    "download cache": (
        "/var/cache/apt/**",
        "/var/cache/pacman/pkg/**",
        "/root/.cache/**",
        "/home/*/.cache/**",
        "/{root,home/*}/.npm/**",
        "/{root,home/*}/.{cargo,gem,m2,gradle,composer,cpan,cpanm,ivy2}/**",
        "/usr/local/share/.cache/**",
        "/{root/,home/*/,}go/pkg/mod/cache/**",
        "/var/lib/gems/*/cache/**",
        "/usr/local/bundle/cache/**",
    ),
    "documentation": (
        "/usr/share/{doc,man,info,gtk-doc}/**",
        "/usr/local/share/{doc,man}/**",
        "/var/lib/gems/*/doc/**",
    ),
}
_KEPT = ("/usr/share/doc/*/copyright", "/usr/share/doc/*/LICENSE*", "/usr/share/licenses/**")


class Waste(NamedTuple):
    """Bytes by path: stored by layers and not in the final root file system, or not needed there."""

    stored_twice: dict[str, int]  # changed by a later layer, or deleted by one
    leftovers: dict[str, dict[str, int]]  # by kind

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return sum(self.stored_twice.values()) + sum(sum(paths.values()) for paths in self.leftovers.values())


def waste(image: Image, base: int) -> Waste:
    """The waste in the layers of `image` above the first `base` ones."""
    twice: dict[str, int] = {}
    leftovers: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for path, sizes in image.stored.items():
        own = sizes[base:]
        if not any(own):
            continue
        entry = image.files.get(path)
        needed = min(entry.size, sum(own)) if entry else 0
        if sum(own) > needed:
            twice[path] = sum(own) - needed
        kind = next((kind for kind, globs in KINDS.items() if matches(path, globs)), None)
        if needed and kind and not matches(path, _KEPT):
            leftovers[kind][path] = needed
    return Waste(twice, leftovers)
