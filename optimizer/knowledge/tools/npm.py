"""npm, of Node.js (manuals npm-install(1), npm-cache(1), *folders*). It has no option that keeps no cache."""

import re

from ..images import Image
from . import CLEARED, Cache, Configuration, Development, Mounts, Tool


def _has_omit(image: Image | None) -> bool:
    """Whether the base image is an official Node.js with npm 7 or later."""
    if image is None or image.name != "node":
        return False
    version = re.match(r"\d+", image.tag)
    return int(version[0]) >= 16 if version else image.tag in ("latest", "lts", "current", "slim", "alpine")


_CACHE = ("/root/.npm/**", "/home/*/.npm/**")

TOOL = Tool(
    name="npm",
    configurations=(
        Configuration(
            r"(?:^|/)(?:\.npmrc|npmrc)$",
            rb"(?im)(?:^|[\s'\x22])(?:cache|offline|prefer-offline|store-dir)\s*=(?!\s*false)",
        ),
    ),
    run_from_cache=rb"\b(?:npx|npm (?:exec|x|create|init))\b",
    commands=frozenset(("npm",)),
    value_options=frozenset(
        ("--prefix", "-C", "--registry", "--loglevel", "--userconfig", "--globalconfig", "-w", "--workspace", "--proxy")
    ),
    caches=(
        Cache(
            paths=_CACHE,
            fills=frozenset(
                (
                    "install", "i", "in", "isntall", "add", "ci", "clean-install", "install-ci-test", "it", "cit",
                    "install-test", "update", "up", "upgrade",
                )
            ),
            clear="{name} cache clean --force",
            cleared_by=frozenset(("cache clean", "cache clear", "cache rm")),
            cleared_text=re.compile(rb"\.npm\b|^/root/?\*?$|_cacache"),
            without=("--cache", "--offline", "--prefer-offline", "--dry-run", "--package-lock-only"),
            settled=re.compile(rb"npm[\w ]* cache|(?i:npm_config_cache)|(?<!\w)\.npm\b|_cacache|--(?:prefer-)?offline"),
            changes=_CACHE,
            doubt_if_replaced="npm has been replaced by a version that may not run with this Node.js",
        ),
    ),
    mounts=Mounts(("/root/.npm",), cleared_by=CLEARED),
    development=Development(
        "--omit=dev",
        frozenset(("ci", "install", "i")),
        _has_omit,
        installs=frozenset(("ci", "clean-install", "install", "i")),
        prunes=frozenset(("prune",)),
        without=re.compile(rb"--(?:omit[= ]dev|only=prod(?:uction)?|prod(?:uction)?)(?=\s|$)"),
    ),
)  # fmt: skip
