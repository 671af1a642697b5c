"""The table of all rules, and what a rule's module has to have."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from ..dockerfile.record import Record
from .finding import Applicability, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ..facts.stages import Facts

    class Transform(Protocol):
        """A module of ``transforms``. Its docstring is its documentation, its example and its first test."""

        #: Dockerfiles that stay as they are, each with the reason that is given (a part of it), or, where nothing is
        #: said, with the difference that keeps it: a text in it, and what in its place would be a finding.
        KEEPS: tuple[tuple[str, str | tuple[str, str]], ...]

        def find(self, facts: Facts) -> Iterator[Finding]:
            """Yield what the rule sees; pure, in any order."""
            ...


class Rule(Record):
    """A row of the table. Naming a rule imports nothing."""

    name: str
    wing: str  # the directory of `transforms` that its module is in
    applicability: Applicability  # the best that its findings can be
    removes: str  # what is gone from the layers afterwards, in a few words
    triggers: tuple[bytes, ...]  # a file without any of these words cannot be a case of the rule
    references: tuple[str, ...]  # the rules of other linters that it answers; their ignore comments count
    default: bool = True  # whether it is selected unless asked otherwise
    yields_to: tuple[str, ...] = ()  # rules, or all of them: where one fires, this one waits for the next pass
    roles: tuple[str, ...] = ()  # nor can one in which no tool has any of these roles

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    def concerns(self, words: frozenset[bytes], roles: frozenset[str]) -> bool:
        """Whether a file with `words` in it, out of all triggers, and tools with `roles` may be a case of it."""
        if self.roles and roles.isdisjoint(self.roles):
            return False
        return not self.triggers or not words.isdisjoint(self.triggers)

    def load(self) -> Transform:
        """The rule's module."""
        if self.name not in _loaded:
            package = __name__.partition(".optimizer.")[0]
            transform: Transform = import_module(f"{package}.transforms.{self.wing}.{self.module}")  # pyright: ignore[reportAssignmentType]
            _loaded[self.name] = transform
        return _loaded[self.name]


_loaded: dict[str, Transform] = {}


#: Stands for every rule, where rules are selected and where one yields.
ALL = "all"

_PACKAGES, _COPIES, _LAYERS, _STAGES = "packages", "copies", "layers", "stages"
_REMOVAL = (b"del ", b"remove", b"purge", b"erase", b"prune", b"uninstall", b"undo", b"--prod", b"--omit", b"--no-dev")
_CHANGES = (b"rm ", b"chmod", b"chown", b"chgrp", b"mv ", b"strip", b"sed", b"touch", b"ln ", b"unlink")
_ARCHIVES = (b".tar", b".tgz", b".tbz", b".txz", b".zip", b".deb", b".rpm", b".whl", b".7z")
_BASES = (b"FROM", b"from", b"From")

_REMOVED = (
    "packages-removed-in-later-layer",
    "packages-removed-after-copy",
)  # which join RUNs, if those have no mounts
_CACHES = ("cache-not-mounted", "cache-cleared-in-later-layer")

# In the order in which conflicting fixes win: what moves whole instructions goes before what adds to them.
RULES: tuple[Rule, ...] = (
    Rule(
        "cleanup-in-later-layer", _PACKAGES, "safe", "package indexes and caches",
        (b"clean", b"rm "), ("DL3009", "DL3032", "DL3040", "DL3059"), roles=("distribution",),
    ),
    Rule(
        "cache-cleared-in-later-layer", _PACKAGES, "safe", "download and build caches",
        (b"clean", b"clear", b"purge", b"rm "), ("DL3042", "DL3059", "DL3060"), roles=("cache_option", "caches"),
    ),
    Rule(
        "packages-removed-in-later-layer", _PACKAGES, "safe", "packages that are removed again",
        _REMOVAL, ("DL3059",), roles=("distribution", "development", "removes"),
    ),
    Rule(
        "packages-removed-after-copy", _PACKAGES, "safe", "packages that are removed again",
        _REMOVAL, (), default=False, roles=("distribution", "development", "removes"),
    ),
    Rule(
        "archive-used-in-later-layer", _LAYERS, "safe", "archives, installers",
        (b"curl", b"wget", b"aria2c"), ("DL3059",),
    ),
    Rule("file-changed-in-later-layer", _LAYERS, "safe", "second copies, deleted files", _CHANGES, ("DL3059",)),
    Rule(
        "index-shared-by-layers", _PACKAGES, "safe", "package indexes",
        (), ("DL3009", "DL3059"), roles=("package_index",),
    ),
    Rule(
        "index-refreshed-alone", _PACKAGES, "safe", "package indexes",
        (), ("DL3009", "DL3059"), roles=("package_index",),
    ),
    Rule(
        "index-read-in-later-layer", _PACKAGES, "safe", "package indexes",
        (b"apt", b"nala", b"pacman"), ("DL3009",), roles=("package_index",),
    ),
    Rule(
        "package-database-rewritten", _PACKAGES, "safe", "second copies of package databases",
        (), ("DL3059",), roles=("distribution",),
    ),
    Rule(
        "packages-installed-apart", _PACKAGES, "safe", "second copies of package databases",
        (), (), default=False, roles=("distribution",),
    ),
    Rule(
        "index-not-mounted", _PACKAGES, "safe", "package indexes and caches",
        (), ("tally/prefer-package-cache-mounts",), default=False, yields_to=_REMOVED, roles=("mounts",),
    ),
    Rule(
        "cache-not-mounted", _PACKAGES, "safe", "caches",
        (), ("tally/prefer-package-cache-mounts", "tally/ruby/prefer-bundler-cache-mount"), default=False,
        yields_to=_REMOVED, roles=("mounts",),
    ),
    Rule(
        "package-index-kept", _PACKAGES, "safe", "package indexes, downloaded packages",
        (), ("DL3009", "DL3032", "DL3036", "DL3040"), yields_to=("index-not-mounted",), roles=("package_index",),
    ),
    Rule(
        "apk-index-kept", _PACKAGES, "safe", "package indexes",
        (), ("DL3019",), yields_to=("index-not-mounted",), roles=("cache_option",),
    ),
    Rule(
        "download-cache-kept", _PACKAGES, "safe", "download caches",
        (), ("DL3042",), yields_to=_CACHES, roles=("cache_option",),
    ),
    Rule(
        "package-cache-kept", _PACKAGES, "safe", "download caches",
        (), ("DL3060", "tally/ruby/leftover-bundler-cache"), yields_to=(*_CACHES, "index-not-mounted"),
        roles=("caches",),
    ),
    Rule(
        "build-cache-kept", _PACKAGES, "safe", "download and build caches",
        (), (), yields_to=_CACHES, roles=("caches",),
    ),
    Rule("archive-copied", _COPIES, "safe", "archives", _ARCHIVES, ("DL3010",)),
    Rule("added-archive-kept", _COPIES, "unsafe", "archives", (b"://",), ("tally/prefer-add-unpack",)),
    Rule("cleanup-after-copy", _COPIES, "safe", "second copies, deleted files", (b"--from",), ()),
    Rule("wheels-copied", _COPIES, "safe", "wheels", (b"wheel", b"whl"), ()),
    Rule("input-copied", _COPIES, "safe", "what is removed again", (b"rm ",), ()),
    Rule(
        "archive-kept", _LAYERS, "safe", "archives, installers",
        (b"curl", b"wget", b"aria2c"), ("tally/prefer-add-unpack",),
    ),
    Rule("git-history-kept", _LAYERS, "unsafe", "histories of repositories", (b"git clone", b"clone "), ()),
    Rule("documentation-installed", _PACKAGES, "safe", "documentation", (), (), roles=("distribution",)),
    Rule("gem-documentation-installed", _PACKAGES, "safe", "documentation", (b"gem ",), ()),
    Rule("rust-documentation-installed", _PACKAGES, "unsafe", "documentation", (b"rustup",), ()),
    Rule("apt-documentation-installed", _PACKAGES, "unsafe", "documentation", (b"apt",), (), default=False),
    Rule(
        "recommended-packages-installed", _PACKAGES, "unsafe", "packages",
        (), ("DL3015",), roles=("distribution",),
    ),
    Rule("cleanup-needless", _PACKAGES, "safe", "", (b"apk", b"clean"), (), default=False),
    Rule(
        "merge-runs", _LAYERS, "safe", "layers",
        (b"RUN", b"run"), ("DL3059", "tally/prefer-run-heredoc"), default=False, yields_to=(ALL,),
    ),
    Rule("move-after-copy", _COPIES, "safe", "second copies", (b"mv ",), ()),
    Rule("remove-after-copy", _COPIES, "safe", "files that are removed again", (b"rm ",), ()),
    Rule("chmod-after-copy", _COPIES, "safe", "second copies", (b"chmod",), ("tally/prefer-copy-chmod",)),
    Rule("chown-after-copy", _COPIES, "safe", "second copies", (b"chown",), ()),
    Rule(
        "tree-chmodded-after-copy", _COPIES, "safe", "second copies",
        (b" -R", b"--recur", b"fR ", b"vR ", b"cR "), ("tally/prefer-copy-chmod",),
    ),
    Rule("tree-chowned-after-copy", _COPIES, "safe", "second copies", (b"chown",), ()),
    Rule("tree-chowned-in-later-layer", _COPIES, "safe", "second copies", (b"chown",), ("DL3059",)),
    Rule(
        "development-dependencies-installed", _PACKAGES, "unsafe", "development dependencies",
        (), ("tally/php/composer-no-dev-in-production",), roles=("development",),
    ),
    Rule("base-image-floating", _STAGES, "manual", "", _BASES, ("DL3006", "DL3007")),
    Rule("base-image-full", _STAGES, "manual", "compilers, headers, version control", _BASES, ()),
    Rule("build-tools-shipped", _STAGES, "manual", "compilers, headers, build systems", _BASES, (), default=False),
    Rule(
        "context-directory-copied", _COPIES, "manual", "history, packages", (b"COPY", b"ADD", b"copy", b"add"), (),
    ),
    Rule(
        "secret-in-layer", _COPIES, "manual", "",
        (b"ENV", b"ARG", b"COPY", b"ADD", b"env"), ("SecretsUsedInArgOrEnv", "tally/secrets-in-code"),
    ),
    Rule("pip-upgraded", _PACKAGES, "unsafe", "second copies", (b"pip",), ()),
    Rule(
        "packages-upgraded", _PACKAGES, "manual", "second copies",
        (b"upgrade", b"update", b" dup", b"sync"), ("DL3005", "DL3017", "DL3031", "DL3035"), roles=("distribution",),
    ),
)  # fmt: skip
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
