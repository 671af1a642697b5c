"""dnf, version 4 and 5 (manuals dnf(8), dnf5(8), dnf.conf(5)): it fetches its metadata whenever they are missing."""

import re

from ..images import Image
from . import Configuration, Distribution, Index, Mounts, Tool


def _no_documentation(command: str, image: Image | None) -> str:
    release = image.release if image else None
    fedora = release is not None and release[0] == "fedora"
    if command == "dnf5" or (release and fedora and release[1] >= (41,)):
        return "--no-docs"
    if command == "dnf" and release and release[0] in ("fedora", "centos", "rhel"):
        # dnf has had the option since 2.2, and Fedora 26 was the first with that.
        return "--setopt=tsflags=nodocs" if fedora and release[1] < (26,) else "--nodocs"
    return "--setopt=tsflags=nodocs"


def metadata_directories(image: Image) -> tuple[str, ...]:
    """Where dnf, or the yum that came before it, keeps its metadata on a base image."""
    release = image.release
    if release is None or release[0] not in ("fedora", "centos", "rhel"):
        return ()
    if release[0] == "fedora":
        return ("/var/cache/libdnf5",) if release[1] >= (41,) else ("/var/cache/dnf",)
    return ("/var/cache/yum",) if release[1] < (8,) else ("/var/cache/dnf",)


INDEX = Index(
    paths=("/var/cache/dnf/**", "/var/cache/libdnf5/**", "/var/lib/dnf/repos/**", "/var/cache/yum/**"),
    refresh=frozenset(("makecache",)),
    read=frozenset("search list info repoquery provides download check-update repolist".split()),
    fetched_by_install=True,
    clear="{name} clean all",
    cleared_by=frozenset(("clean all",)),
    cleared_text=re.compile(rb"/dnf|/yum|\{[^}]*(?:dnf|yum)|^/var/cache(?:/\*)?/?$|/libdnf5"),
    offline=("-C", "--cacheonly"),
)
DISTRIBUTION = Distribution(
    upgrades=frozenset("upgrade update distro-sync".split()),
    removes=frozenset(("remove", "autoremove", "erase", "rm")),
    cleans=frozenset(("clean", "autoremove")),
    cleans_as_told=("/etc/yum.repos.d", "/etc/yum.conf", "/etc/yum", "/etc/dnf"),
    rewrites_database=True,
    only_recommended="--setopt=install_weak_deps=False",
    only_recommended_like=("--setopt=install_weak_deps", "install_weak_deps"),
    only_recommended_for=frozenset(("install",)),
    no_documentation=_no_documentation,
    documents=frozenset("install reinstall update upgrade localinstall groupinstall".split()),
)
TOOL = Tool(
    name="dnf",
    configurations=(
        Configuration(
            r"(?:^|/)(?:dnf|yum|tdnf|libdnf[^/]*)\.conf$|\.repo$|(?:^|/)[^/]*(?:dnf|yum)[^/]*\.conf$",
            (
rb"(?im)^\s*(?:cacheonly|keepcache)\s*=\s*(?:1|true|yes|on|all|metadata)|^\s*(?:cachedir"
                rb"|system_cachedir)\s*=|^\s*metadata_expire\s*=\s*(?:-1|never)"
),
        ),
    ),
    commands=frozenset(("dnf", "dnf5", "dnf-3")),
    install=frozenset(
        (
            "install", "reinstall", "update", "upgrade", "localinstall", "groupinstall", "group", "swap", "downgrade",
            "builddep", "distro-sync", "module", "update-minimal", "upgrade-minimal", "install-n", "copr",
        )
    ),
    value_options=frozenset(
        (
            "-c", "--config", "--enablerepo", "--disablerepo", "--repo", "--repoid", "-x", "--exclude", "--releasever",
            "--setopt", "--installroot", "-d", "-e", "-R", "--forcearch",
        )
    ),
    yes_options=frozenset(("-y", "--assumeyes", "-q", "--quiet", "-yq", "-qy")),
    mention=re.compile(rb"\bdnf5?\b(?![/.])"),
    package_index=INDEX,
    mounts=Mounts(
        locked=True, on=metadata_directories, cleared_by=re.compile(rb"(?:auto|dist-?)?clean(?: all)?(?: -.*)?")
    ),
    distribution=DISTRIBUTION,
)  # fmt: skip
