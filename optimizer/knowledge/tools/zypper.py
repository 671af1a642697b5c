"""zypper, of openSUSE and SUSE Linux Enterprise (manual zypper(8)): it refreshes for itself."""

import re

from . import Configuration, Distribution, Index, Mounts, Tool

TOOL = Tool(
    name="zypper",
    configurations=(
        Configuration(
            r"(?:^|/)zypp(?:er)?\.conf$|\.repo$",
            (
rb"(?im)^\s*(?:autorefresh\s*=\s*(?:0|no|false|off)|keeppackages\s*=\s*(?:1|yes|true|on)"
                rb"|repo\.refresh\.delay|cachedir|packagesdir|metadatadir|solvfilesdir)"
),
        ),
    ),
    commands=frozenset(("zypper",)),
    install=frozenset(
        (
            "install", "in", "update", "up", "patch", "dist-upgrade", "dup", "source-install", "si",
            "install-new-recommends",
        )
    ),
    value_options=frozenset(
        ("-R", "--root", "-c", "--config", "-D", "--reposd-dir", "-C", "--cache-dir", "-p", "--plus-repo")
    ),
    yes_options=frozenset(("-y", "--no-confirm", "-l", "--auto-agree-with-licenses")),
    mention=re.compile(rb"\bzypper\b"),
    package_index=Index(
        paths=("/var/cache/zypp/**",),
        refresh=frozenset(("refresh", "ref")),
        read=frozenset("search se info if list-updates lu packages pa list-patches lp".split()),
        fetched_by_install=True,
        kept_alone=True,  # it also asks about the keys of the repositories, and imports them
        clear="{name} clean --all",
        cleared_by=frozenset(("clean", "cc")),
        offline=("--no-refresh", "--no-remote"),
        cleared_text=re.compile(rb"/zypp|^/var/cache(?:/\*)?/?$"),
    ),
    mounts=Mounts(
        ("/var/cache/zypp",), locked=True, cleared_by=re.compile(rb"(?:auto|dist-?)?clean(?: all)?(?: -.*)?")
    ),
    distribution=Distribution(
        upgrades=frozenset("dist-upgrade dup update up".split()),
        removes=frozenset(("remove", "rm")),
        cleans=frozenset(("clean", "cc")),
        rewrites_database=True,
        only_recommended="--no-recommends",
        only_recommended_like=("--no-recommends", "--recommends", "solver.onlyRequires"),
        only_recommended_for=frozenset(("install", "in")),
    ),
)  # fmt: skip
