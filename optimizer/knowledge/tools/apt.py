"""apt-get, apt, aptitude (manuals apt-get(8), apt(8), aptitude(8); docker-clean of official Debian, Ubuntu images)."""

import re

from . import Configuration, Distribution, Index, Mounts, Tool

TOOL = Tool(
    name="apt",
    configurations=(
        Configuration(r"(?:^|/)docker-clean$", rb""),
        Configuration(
            (
r"(?:^|/)(?:docker-clean|apt\.conf)$|(?:^|/)[^/]*apt[^/]*/(?:[^/]+/)*[^/.]+(?:\.conf)?$"
                r"|apt\.conf\.d/"
),
            rb"(?i)\bDir(?:::|\s*\{)|Keep-Downloaded|pkgcache|Post-Invoke",
        ),
    ),
    commands=frozenset(("apt-get", "apt", "aptitude", "nala")),
    runners=frozenset(("npx", "playwright", "pnpm", "pnpx", "yarn", "bunx", "uv", "poetry", "pipenv")),
    install=frozenset(
        "install upgrade dist-upgrade full-upgrade build-dep satisfy reinstall safe-upgrade".split()
    ),
    value_options=frozenset(
        ("-o", "-c", "-t", "--option", "--config-file", "--target-release", "-a", "--host-architecture")
    ),
    yes_options=frozenset(("-y", "--yes", "-q", "-qq", "-yq", "-qy", "-yqq", "-qqy", "--assume-yes", "--quiet")),
    mention=re.compile(
        rb"\b(?:apt(?:-get|itude|-cache|-file|-rdepends|-show-versions)?|nala|grep-aptavail|debtree)\b(?!/)(?!\.)(?!-)"
    ),
    package_index=Index(
        paths=("/var/lib/apt/lists/**",),
        refresh=frozenset(("update",)),
        read=frozenset("source download search show list policy check dselect-upgrade changelog".split()),
        knows_removals=True,
        partial=re.compile(rb"Dir::|List-Cleanup"),
        scripts=re.compile(rb"deb\.nodesource\.com/setup|packagecloud\.io/\S*/script\.deb"),
        installers=re.compile(
            rb"\bplaywright(?:@\S+)? install(?:-deps\b|\b.* --with-deps\b)|get\.docker\.com|aka\.ms/InstallAzureCLIDeb"
        ),
        adders=frozenset(("add-apt-repository", "apt-add-repository")),
        clear="rm -rf /var/lib/apt/lists/*",
        cleared_by=frozenset(("dist-clean", "distclean")),
        cleared_text=re.compile(rb"lib.*apt|^/var(?:/lib)?/?\*?$"),
    ),
    mounts=Mounts(
        ("/var/cache/apt", "/var/lib/apt/lists"),
        locked=True,
        before="rm -f /etc/apt/apt.conf.d/docker-clean",
        before_changes="/etc/apt/apt.conf.d/docker-clean",
        cleared_by=re.compile(rb"(?:auto|dist-?)?clean(?: all)?(?: -.*)?"),
    ),
    distribution=Distribution(
        upgrades=frozenset("upgrade dist-upgrade full-upgrade safe-upgrade".split()),
        removes=frozenset(("remove", "purge", "autoremove")),
        cleans=frozenset("clean autoclean dist-clean distclean autoremove".split()),
        rewrites_database=True,
        only_recommended="--no-install-recommends",
        only_recommended_like=(
            "--no-install-recommends", "--install-recommends", "--no-install-suggests", "APT::Install-Recommends",
        ),
        only_recommended_for=frozenset(("install",)),
    ),
)  # fmt: skip
