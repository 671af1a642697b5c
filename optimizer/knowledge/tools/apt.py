"""apt-get, apt, aptitude (manuals apt-get(8), apt(8), aptitude(8); docker-clean of official Debian, Ubuntu images)."""

import re

from . import Tool

TOOL = Tool(
    name="apt",
    commands=frozenset(("apt-get", "apt", "aptitude")),
    refresh=frozenset(("update",)),
    install=frozenset(
        ("install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "satisfy", "reinstall", "safe-upgrade")
    ),
    read=frozenset(("source", "download", "search", "show", "list", "policy", "check", "dselect-upgrade", "changelog")),
    clear=frozenset(("dist-clean", "distclean")),
    value_options=frozenset(
        ("-o", "-c", "-t", "--option", "--config-file", "--target-release", "-a", "--host-architecture")
    ),
    yes_options=frozenset(("-y", "--yes", "-q", "-qq", "-yq", "-qy", "-yqq", "-qqy", "--assume-yes", "--quiet")),
    index_paths=("/var/lib/apt/lists/**",),
    clear_command="rm -rf /var/lib/apt/lists/*",
    clear_text=re.compile(rb"lib.*apt|^/var(?:/lib)?/?\*?$"),
    partial_refresh=re.compile(rb"Dir::|List-Cleanup"),
    refreshing_scripts=re.compile(rb"deb\.nodesource\.com/setup|packagecloud\.io/\S*/script\.deb"),
    clean_subcommands=frozenset(("clean", "autoclean", "dist-clean", "distclean", "autoremove")),
    mention=re.compile(rb"\bapt(?:-get|itude|-cache|-file)?\b(?!/)(?!\.)(?!-)"),
    no_weak="--no-install-recommends",
    no_weak_like=(
        "--no-install-recommends",
        "--install-recommends",
        "--no-install-suggests",
        "APT::Install-Recommends",
    ),
    mounts=("/var/cache/apt", "/var/lib/apt/lists"),
    mounts_locked=True,
)
