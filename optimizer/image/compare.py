"""Two images side by side: what differs in their files and configurations, and what of it was declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from . import Entry, Image
from .globs import holds, matches

#: Files whose contents differ between two builds of one Dockerfile, each found by building one twice
#: (``dfopt verify --control``). Their type, mode and owner must agree all the same.
VOLATILE: dict[str, str] = {
    "/var/log/**": "logs tell when",
    "/var/cache/fontconfig/**": "fontconfig notes the times of the directories",
    "/var/cache/ldconfig/aux-cache": "ldconfig notes the times of the libraries",
    "/**/__pycache__/**": "Python's byte code notes the time of its source",
    "/etc/ssl/certs/java/cacerts": "Java's key store notes when a certificate came in",
    "/var/lib/rpm/**": "rpm's database notes when a package was installed",
    "/usr/lib/sysimage/rpm/**": "the same database, where newer distributions keep it",
    "/root/.rpmdb/**": "the same database, where Debian's rpm keeps it",
    "/var/lib/dnf/history.sqlite*": "dnf's history tells when",
}

#: Files that one of two builds may have and the other not, because their names tell when. Found the same way.
NAMED_BY_TIME = (
    "/{root,home/*}/.config/go/telemetry/**",
    "/{root,home/*}/.npm/_logs/**",
    "/{root,home/*}/.local/{pipx,state/pipx}/logs/**",
)

#: Paths that every container finds its engine's own files at, whatever the image holds there: an engine may leave
#: empty ones behind where a RUN ran, and none where no RUN is left.
ENGINES_OWN = (
    "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/.dockerenv", "/run/.containerenv",
    "/dev/**", "/proc/**", "/sys/**",
)  # fmt: skip


class Difference(NamedTuple):
    """A path, or a key of the configuration, and how it differs."""

    path: str
    how: str


class Comparison(NamedTuple):
    """What two images differ in: undeclared, declared by the findings, and because no two builds agree."""

    undeclared: tuple[Difference, ...]
    declared: tuple[Difference, ...]
    volatile: tuple[Difference, ...]


def compare(
    before: Image,
    after: Image,
    *,
    removes: Iterable[str] = (),
    changes: Iterable[str] = (),
    volatile: Iterable[str] = (),
) -> Comparison:
    """Compare final root file systems and configurations.

    Files that match `removes` may be missing or have other contents; what matches `changes` may differ in any way;
    the contents of `volatile` paths, exactly as given or as in `VOLATILE`, may differ. The globs are those of `globs`.
    """
    removes, changes, volatile = tuple(removes), tuple(changes), frozenset(volatile)
    undeclared: list[Difference] = [*_configuration(before.configuration, after.configuration)]
    declared: list[Difference] = []
    noise: list[Difference] = []
    old, new = before.files, after.files
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was == now:
            continue
        difference = Difference(path, _how(was, now))
        if matches(path, ENGINES_OWN) or matches(path, NAMED_BY_TIME) or _is_volatile(path, was, now, volatile):
            noise.append(difference)
        elif matches(path, changes) or (was and _may_go(path, was, now, removes)):
            declared.append(difference)
        else:
            undeclared.append(difference)
    return Comparison(tuple(undeclared), tuple(declared), tuple(noise))


def _is_volatile(path: str, was: Entry | None, now: Entry | None, known: frozenset[str]) -> bool:
    """Whether it is one of the `known` paths, or a file of `VOLATILE` that differs in nothing but its contents."""
    if path in known:
        return True
    return was is not None and now is not None and _same_but_content(was, now) and matches(path, VOLATILE)


def _may_go(path: str, was: Entry, now: Entry | None, removes: tuple[str, ...]) -> bool:
    """Whether `removes` covers that the entry is gone, or has other contents.

    A directory may go with what was in it: were anything else missing with it, that would be a difference of its own.
    """
    if now is None and was.kind == "directory" and holds(path, removes):
        return True
    return matches(path, removes) and (now is None or _same_but_content(was, now))


def _same_but_content(was: Entry, now: Entry) -> bool:
    return was._replace(size=now.size, digest=now.digest) == now


def _how(was: Entry | None, now: Entry | None) -> str:
    if was is None:
        return "new"
    if now is None:
        return "missing"
    if was.kind != now.kind:
        return f"{was.kind} became {now.kind}"
    found: list[str] = []
    if was.mode != now.mode:
        found.append(f"mode {was.mode:o} became {now.mode:o}")
    if (was.user, was.group) != (now.user, now.group):
        found.append(f"owner {was.user}:{was.group} became {now.user}:{now.group}")
    if was.target != now.target:
        found.append(f"target {was.target} became {now.target}")
    if was.digest != now.digest:
        size = f", {was.size:,} bytes became {now.size:,}" if was.size != now.size else ""
        found.append(f"other contents{size}")
    if was.attributes != now.attributes:
        found.append("other extended attributes")
    return "; ".join(found)


def _configuration(was: dict[str, Any], now: dict[str, Any]) -> Iterable[Difference]:
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            yield Difference(f"configuration {key}", f"{was.get(key)!r} became {now.get(key)!r}")
