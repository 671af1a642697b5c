"""Yarn 1 (manual: classic.yarnpkg.com, *yarn cache*)."""

import re

from . import Cache, Configuration, Development, Tool

_CACHE = ("/usr/local/share/.cache/**", "/root/.cache/yarn/**", "/home/*/.cache/yarn/**")
_TWO_WORDS = frozenset(("add", "require", "install", "update", "upgrade"))

TOOL = Tool(
    name="yarn",
    configurations=(
        Configuration(r"(?:^|/)(?:\.yarnrc|\.npmrc)$", rb"(?im)(?:cache|offline)"),
        Configuration(r"(?:^|/)\.yarnrc\.ya?ml$", rb""),
        Configuration(r"(?:^|/)\.yarnrc$", rb"yarn-path"),
        Configuration(r"(?:^|/)yarn\.lock$", rb"(?m)^__metadata:"),
        Configuration(
            r"(?:^|/)package\.json$",
            rb"\x22pnp\x22\s*:\s*true|\x22packageManager\x22\s*:\s*\x22yarn@(?!1\.)|plugnplay",
        ),
    ),
    run_from_cache=rb"\byarn dlx\b",
    commands=frozenset(("yarn", "yarnpkg")),
    value_options=frozenset(("--cwd", "--registry", "--modules-folder", "--network-timeout", "--network-concurrency")),
    caches=(
        Cache(
            paths=_CACHE,
            fills=frozenset(("", "install", "add", "global", "upgrade")),
            second={"global": _TWO_WORDS},
            clear="{name} cache clean",
            cleared_by=frozenset(("cache clean",)),
            cleared_text=re.compile(rb"\.cache\b|yarn|^/root/?\*?$"),
            without=("--cache-folder", "--offline", "--prefer-offline"),
            settled=re.compile(rb"yarn[\w ]* cache|YARN_CACHE_FOLDER|\.cache\b|offline|\.yarn|corepack|berry"),
            changes=_CACHE,
            doubt="this may be Yarn 2 or later, which runs programs from its cache",
            doubt_unless_file=Configuration(r"(?:^|/)yarn\.lock$", rb"# yarn lockfile v1"),
            doubt_unless=frozenset(
                ("--production", "--prod", "--pure-lockfile", "--ignore-optional", "--non-interactive", "global")
            ),
        ),
    ),
    development=Development(
        "--production",
        installs=frozenset(("", "install")),
        prunes=frozenset(("workspaces",)),
        without=re.compile(rb"--prod(?:uction)?(?:=true)?(?=\s|$)"),
    ),
)
