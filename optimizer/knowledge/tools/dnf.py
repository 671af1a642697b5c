"""dnf, version 4 and 5 (manuals dnf(8), dnf5(8), dnf.conf(5)): it fetches its metadata whenever they are missing."""

import re

from . import Tool

TOOL = Tool(
    name="dnf",
    commands=frozenset(("dnf", "dnf5", "dnf-3")),
    refresh=frozenset(("makecache",)),
    install=frozenset(
        (
            "install",
            "reinstall",
            "update",
            "upgrade",
            "localinstall",
            "groupinstall",
            "group",
            "swap",
            "downgrade",
            "builddep",
            "distro-sync",
            "module",
            "update-minimal",
            "upgrade-minimal",
            "install-n",
            "copr",
        )
    ),
    read=frozenset(("search", "list", "info", "repoquery", "provides", "download", "check-update", "repolist")),
    clear=frozenset(("clean all",)),
    value_options=frozenset(
        (
            "-c",
            "--config",
            "--enablerepo",
            "--disablerepo",
            "--repo",
            "--repoid",
            "-x",
            "--exclude",
            "--releasever",
            "--setopt",
            "--installroot",
            "-d",
            "-e",
            "-R",
            "--forcearch",
        )
    ),
    yes_options=frozenset(("-y", "--assumeyes", "-q", "--quiet", "-yq", "-qy")),
    index_paths=("/var/cache/dnf/**", "/var/cache/libdnf5/**", "/var/lib/dnf/repos/**", "/var/cache/yum/**"),
    fetches_itself=True,
    clear_command="{name} clean all",
    clear_text=re.compile(rb"/dnf|/yum|\{[^}]*(?:dnf|yum)|^/var/cache(?:/\*)?/?$|/libdnf5"),
    clean_subcommands=frozenset(("clean", "autoremove")),
    mention=re.compile(rb"\bdnf5?\b(?![/.])"),
    no_weak="--setopt=install_weak_deps=False",
    no_weak_like=("--setopt=install_weak_deps", "install_weak_deps"),
    mounts_locked=True,
)
