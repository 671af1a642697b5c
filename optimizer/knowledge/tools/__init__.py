"""What is known of each package manager, as data: one module a tool, named for the word that Dockerfiles use.

A dash in the word is an underscore in the name of the module.

A tool has *roles*: it keeps an index, has an option against its cache, fills caches, can use mounts, removes packages,
installs documentation … Whatever is generic over tools asks for a role, so a new package manager is one more module
here, and nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module

from ...dockerfile.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from ..images import Image

#: What a command does with packages.
Action: TypeAlias = 'Literal["refresh", "install", "read", "other"]'

NEVER = re.compile(rb"(?!)")
#: Subcommands, with their words and options, that only clear a cache, as most tools of languages call them.
CLEARED = re.compile(rb"(?:cc|clear-?cache|cache (?:clean|purge|clear|rm)\b.*)(?: -.*)?")


class Configuration(Record):
    """Files that tell a tool what to do with its index or cache."""

    files: str  # a pattern that matches the end of their paths
    text: bytes  # a pattern: what in them means that the index or cache is of use later, or lies elsewhere


class Index(Record):
    """The package index: what a tool knows of its repositories, and chooses from when it installs."""

    paths: tuple[str, ...]  # globs of what a refresh or an install leaves behind, as `removes` takes them
    refresh: frozenset[str] = frozenset()  # subcommands that fetch it and do nothing else
    read: frozenset[str] = frozenset()  # subcommands that need it, beside those that install
    knows_removals: bool = False  # a removal fails for a name that neither is installed nor stands in it
    fetched_by_install: bool = False  # an install fetches it where it is missing
    partial: re.Pattern[bytes] = NEVER  # an option with which a refresh leaves the rest of the index as it was
    scripts: re.Pattern[bytes] = NEVER  # scripts on the web that end in a refresh
    installers: re.Pattern[bytes] = NEVER  # programs and scripts that refresh the index, and install from it
    adders: frozenset[str] = frozenset()  # commands that add a source of packages, and may refresh the index for it
    kept_alone: bool = False  # a refresh of its own RUN does more than to fetch the index
    clear: str = ""  # the command that clears it; ``{name}`` is the tool as the Dockerfile spells it
    clear_by_hand: str = ""  # the same where the command itself might fail
    clear_partly: str = ""  # what may be cleared even where the index is needed later
    cleared_by: frozenset[str] = frozenset()  # subcommands, with their word if they need one, that clear it
    cleared_text: re.Pattern[bytes] = NEVER  # a word of an rm or find that clears it by hand
    offline: tuple[str, ...] = ()  # options with which nothing is fetched


class CacheOption(Record):
    """An option that leaves no cache behind."""

    option: str
    subcommands: frozenset[str]  # that take it
    paths: tuple[str, ...]  # globs of what it keeps away
    like: tuple[str, ...] = ()  # prefixes of options that say so, or say otherwise, already
    replaces: frozenset[str] = frozenset()  # options that it makes needless
    second: dict[str, frozenset[str]] = {}  # noqa: RUF012  # subcommands of two words, and which of the second take it
    not_with: tuple[str, ...] = ()  # options with which the command keeps nothing
    not_for: str = ""  # the ending of operands that are files, for which nothing is kept
    settled: re.Pattern[bytes] = NEVER  # text in the file that settles the matter otherwise
    cleared_by: frozenset[str] = frozenset()  # subcommands, with their word if they need one, that clear the cache
    cleared_text: re.Pattern[bytes] = NEVER  # a word of an rm or find that clears it by hand
    clear_may_fail: bool = False  # those subcommands fail in some versions where there is nothing to clear


class Cache(Record):
    """A cache that no option keeps away."""

    paths: tuple[str, ...]  # globs
    fills: frozenset[str]  # subcommands that fill it; "" is the command without any, "*" any word
    clear: str = ""  # the command that clears it; ``{name}`` is the tool as the Dockerfile spells it
    clear_on: tuple[tuple[str, str], ...] = ()  # the same by base image or distribution
    cleared_by: frozenset[str] = frozenset()  # subcommands, with their word if they need one, that clear it
    cleared_text: re.Pattern[bytes] = NEVER  # a word of an rm or find that clears it by hand
    clear_may_fail: bool = False  # those subcommands fail in some versions where there is nothing to clear
    second: dict[str, frozenset[str]] = {}  # noqa: RUF012  # subcommands of two words, and which of the second fill it
    without: tuple[str, ...] = ()  # options with which nothing is fetched, or kept elsewhere
    needs: str = ""  # the option without which something may still use the cache when the command is done
    read_by: frozenset[bytes] = frozenset()  # commands that would have to fill it again
    since: re.Pattern[bytes] | None = None  # a command from which on the tool keeps it; none where it always does
    follows_configuration: bool = False  # it is cleared wherever the tool is configured to have it
    refilled: bool = False  # to fill it again takes time, and no network
    settled: re.Pattern[bytes] = NEVER  # text in the file that means the cache is somebody's business
    changes: tuple[str, ...] = ()  # globs of what the clearing itself writes
    doubt: str = ""  # why nothing is certain to do without it
    doubt_unless: frozenset[str] = frozenset()  # words of the command that remove the doubt
    doubt_unless_file: Configuration | None = None  # files that remove it where all of them say so
    doubt_if_replaced: str = ""  # why it may not be cleared by a version of the tool that the Dockerfile installed


#: What a tool leaves behind, and may be cleared.
Store = Index | CacheOption | Cache


def roots(store: Store) -> tuple[str, ...]:
    """Where the globs of a store begin: the directories that it lies in."""
    return _roots(store.paths)


@cache
def _roots(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path.removesuffix("/**") for path in paths)


class Mounts(Record):
    """Where the index and the cache can lie on mounts, outside the image."""

    directories: tuple[str, ...] = ()  # where they are the same everywhere
    locked: bool = False  # whether two builds must not use them at once
    on: Callable[[Image], tuple[str, ...]] | None = None  # the directories on a base image; none where unknown
    before: str = ""  # a command that must come first in a stage, so that downloads are kept
    before_changes: str = ""  # the file that it takes away
    keeps_option: bool = False  # the option against the cache is of use all the same
    cleared_by: re.Pattern[bytes] = NEVER  # subcommands with their words that clear what lies there and no more


class Distribution(Record):
    """A package manager of a distribution: its packages bring users, scripts, and files of the system."""

    upgrades: frozenset[str] = frozenset()  # subcommands that upgrade whatever is there, unless packages are named
    removes: frozenset[str] = frozenset()  # subcommands that remove packages
    cleans: frozenset[str] = frozenset()  # subcommands that take away nothing but index, cache and unneeded packages
    cleans_as_told: tuple[str, ...] = ()  # what of its configuration says what is there to be cleaned
    rewrites_database: bool = False  # every install stores the database of all packages again, some megabytes
    only_recommended: str = ""  # the option for no packages that are only recommended
    only_recommended_like: tuple[str, ...] = ()  # what settles that already, anywhere in a word
    only_recommended_for: frozenset[str] = frozenset()  # subcommands that take it
    no_documentation: Callable[[str, Image | None], str] | None = None  # by command and base image; empty for none
    documents: frozenset[str] = frozenset()  # subcommands that take that option


class Development(Record):
    """A tool that installs what developers need too, unless told not to."""

    option: str
    subcommands: frozenset[str] = frozenset()  # that take the option, and nothing else that would tell them
    since: Callable[[Image | None], bool] | None = None  # whether the tool of a base image has the option
    installs: frozenset[str] = frozenset()  # subcommands that install a project; "" is the command without any
    prunes: frozenset[str] = frozenset()  # those that remove what an install of the project brought
    without: re.Pattern[bytes] = NEVER  # what tells either that developers' part is not wanted


class Tool(Record):
    """A package manager, what its commands look like, and its roles."""

    name: str
    commands: frozenset[str]
    runners: frozenset[str] = frozenset()  # commands that may start what uses it, beside shells and Python
    install: frozenset[str] = frozenset()  # subcommands that install packages
    removes: frozenset[str] = frozenset()  # subcommands that remove them, where that is no distribution's business
    action: Callable[[str, tuple[bytes, ...]], Action] | None = None  # of a subcommand with what is behind it
    operation: re.Pattern[str] | None = None  # where the subcommand is an option: what it looks like
    value_options: frozenset[str] = frozenset()  # options before or behind the subcommand that take the next word
    yes_options: frozenset[str] = frozenset()  # options without a value that usually come first
    mention: re.Pattern[bytes] = NEVER  # text that may stand for a use that nothing else recognises
    names_packages: re.Pattern[bytes] | None = None  # options with which an install reads more than package names
    may_be_old: bool = False  # distributions have versions that do not know the option against the cache
    configurations: tuple[Configuration, ...] = ()  # of its index and caches
    run_from_cache: bytes = b"(?!)"  # a pattern: words of commands that run programs out of the cache
    package_index: Index | None = None
    cache_option: CacheOption | None = None
    caches: tuple[Cache, ...] = ()
    mounts: Mounts | None = None
    distribution: Distribution | None = None
    development: Development | None = None


#: Every tool: its module's name is a word that a Dockerfile which uses it has in it.
NAMES: tuple[str, ...] = tuple(
    sorted(
        name.removesuffix(".py")
        for name in os.listdir(os.path.dirname(__file__))
        if name.endswith(".py") and name != "__init__.py"
    )
)
_WORDS = tuple((name, name.replace("_", "-").encode()) for name in NAMES)
# Words of what uses a tool without its name in the Dockerfile.
_USERS = (("apt", (b"playwright", b"get.docker.com", b"InstallAzureCLIDeb")),)


@cache
def load_tool(name: str) -> Tool:
    """The knowledge of one package manager, loaded when it is first asked for."""
    tool: Tool = import_module(f".{name}", __name__).TOOL
    return tool


@lru_cache(maxsize=4)
def present(data: bytes) -> tuple[Tool, ...]:
    """The tools whose word is in `data`, a Dockerfile."""
    used = {name for name, words in _USERS if any(word in data for word in words)}
    return tuple(load_tool(name) for name, word in _WORDS if word in data or name in used)


@lru_cache(maxsize=4)
def roles_in(data: bytes) -> frozenset[str]:
    """The roles, as fields of `Tool`, that the tools in `data`, a Dockerfile, have."""
    return frozenset[str]().union(*[_roles(tool) for tool in present(data)])


@cache
def _roles(tool: Tool) -> frozenset[str]:
    return frozenset(role for role in ROLES if getattr(tool, role))


ROLES = ("package_index", "cache_option", "caches", "mounts", "distribution", "development", "removes")
