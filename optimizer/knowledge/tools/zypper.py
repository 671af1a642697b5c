"""zypper, of openSUSE and SUSE Linux Enterprise (manual zypper(8)): it refreshes for itself."""

import re

from . import Tool

TOOL = Tool(
    name="zypper",
    commands=frozenset(("zypper",)),
    refresh=frozenset(("refresh", "ref")),
    install=frozenset(
        (
            "install",
            "in",
            "update",
            "up",
            "patch",
            "dist-upgrade",
            "dup",
            "source-install",
            "si",
            "install-new-recommends",
        )
    ),
    read=frozenset(("search", "se", "info", "if", "list-updates", "lu", "packages", "pa", "list-patches", "lp")),
    clear=frozenset(("clean", "cc")),
    value_options=frozenset(
        ("-R", "--root", "-c", "--config", "-D", "--reposd-dir", "-C", "--cache-dir", "-p", "--plus-repo")
    ),
    yes_options=frozenset(("-y", "--no-confirm", "-l", "--auto-agree-with-licenses")),
    index_paths=("/var/cache/zypp/**",),
    fetches_itself=True,
    clear_command="{name} clean --all",
    clear_text=re.compile(rb"/zypp|^/var/cache(?:/\*)?/?$"),
    clean_subcommands=frozenset(("clean", "cc")),
    no_weak="--no-recommends",
    no_weak_like=("--no-recommends", "--recommends", "solver.onlyRequires"),
    mention=re.compile(rb"\bzypper\b"),
    mounts=("/var/cache/zypp",),
    mounts_locked=True,
)
