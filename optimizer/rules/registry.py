"""The table of all rules, and what a rule's module has to have."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .finding import Applicability, Finding

if TYPE_CHECKING:
    from ..facts.stages import Facts


class Transform(Protocol):
    """A module of ``transforms``. Its docstring is its documentation, its example and its first test."""

    KEEPS: tuple[str, ...]  # Dockerfiles in which the rule finds nothing

    def find(self, facts: Facts) -> Iterator[Finding]:
        """Yield what the rule sees; pure, in any order."""
        ...


class Rule(NamedTuple):
    """A row of the table. Naming a rule imports nothing."""

    name: str
    wing: str  # the directory of `transforms` that its module is in
    applicability: Applicability  # the best that its findings can be
    removes: str  # what is gone from the layers afterwards, in a few words
    triggers: tuple[bytes, ...]  # a file without any of these words cannot be a case of the rule
    references: tuple[str, ...]  # the rules of other linters that it answers; their ignore comments count
    default: bool = True  # whether it is selected unless asked otherwise
    yields_to: str = ""  # a rule, or all of them: where it fires, this one waits for the next pass

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    def load(self) -> Transform:
        """The rule's module."""
        package = __name__.partition(".optimizer.")[0]
        transform: Transform = import_module(f"{package}.transforms.{self.wing}.{self.module}")  # pyright: ignore[reportAssignmentType]
        return transform


#: Stands for every rule, where rules are selected and where one yields.
ALL = "all"

# In the order in which conflicting fixes win: what moves whole instructions goes before what adds to them.
RULES: tuple[Rule, ...] = (
    Rule(
        "cleanup-in-later-layer",
        "packages",
        "safe",
        "package indexes and caches",
        (b"clean", b"rm "),
        ("DL3009", "DL3032", "DL3040", "DL3059"),
    ),
    Rule(
        "packages-removed-in-later-layer",
        "packages",
        "safe",
        "packages that are removed again",
        (b"del ", b"remove", b"purge", b"erase", b"prune"),
        ("DL3059",),
    ),
    Rule(
        "packages-removed-after-copy",
        "packages",
        "safe",
        "packages that are removed again",
        (b"del ", b"remove", b"purge", b"erase", b"prune"),
        (),
        default=False,
    ),
    Rule(
        "file-changed-in-later-layer",
        "layers",
        "safe",
        "second copies, deleted files",
        (
            b"rm ",
            b"chmod",
            b"chown",
            b"chgrp",
            b"mv ",
            b"strip",
            b"sed",
            b"touch",
            b"ln ",
        ),
        ("DL3059",),
    ),
    Rule("index-shared-by-layers", "packages", "safe", "package indexes", (b"apt",), ("DL3009", "DL3059")),
    Rule(
        "index-refreshed-alone", "packages", "safe", "package indexes", (b"update", b"makecache"), ("DL3009", "DL3059")
    ),
    Rule(
        "package-database-rewritten",
        "packages",
        "safe",
        "second copies of package databases",
        (b"apt", b"dnf", b"yum", b"zypper"),
        ("DL3059",),
    ),
    Rule(
        "packages-installed-apart",
        "packages",
        "safe",
        "second copies of package databases",
        (b"apt", b"dnf", b"yum", b"zypper"),
        (),
        default=False,
    ),
    Rule(
        "cache-not-mounted",
        "packages",
        "safe",
        "package indexes and caches",
        (
            b"apt",
            b"yum",
            b"dnf",
            b"zypper",
            b"apk",
            b"pip",
            b"uv ",
            b"npm",
            b"go ",
            b"cargo",
            b"mvn",
            b"poetry",
        ),  # fmt: skip
        ("tally/prefer-package-cache-mounts", "tally/ruby/prefer-bundler-cache-mount"),
        default=False,
    ),
    Rule(
        "package-index-kept",
        "packages",
        "safe",
        "package indexes, downloaded packages",
        (b"apt", b"yum", b"dnf", b"zypper", b"pacman"),
        ("DL3009", "DL3032", "DL3036", "DL3040"),
        yields_to="cache-not-mounted",
    ),
    Rule(
        "download-cache-kept",
        "packages",
        "safe",
        "download caches",
        (b"pip", b"uv ", b"apk"),
        ("DL3019", "DL3042"),
        yields_to="cache-not-mounted",
    ),
    Rule(
        "package-cache-kept",
        "packages",
        "safe",
        "download and build caches",
        (
            b"npm",
            b"yarn",
            b"composer",
            b"conda",
            b"mamba",
            b"poetry",
            b"pipenv",
            b"pipx",
            b"go ",
            b"gem ",
            b"bundle",
            b"cargo",
            b"mvn",
            b"gradle",
            b"sbt",
            b"cpan",
            b"luarocks",
            b"install2.r",
        ),  # fmt: skip
        ("DL3060", "tally/ruby/leftover-bundler-cache"),
        yields_to="cache-not-mounted",
    ),
    Rule(
        "archive-copied",
        "copies",
        "safe",
        "archives",
        (b"tar", b"unzip", b"dpkg", b".rpm", b".deb", b"7z"),
        ("DL3010",),
    ),
    Rule(
        "archive-kept",
        "layers",
        "safe",
        "archives",
        (b"tar", b"unzip", b"dpkg", b".rpm", b".deb", b"7z"),
        ("tally/prefer-add-unpack",),
    ),
    Rule("documentation-installed", "packages", "safe", "documentation", (b"yum", b"dnf"), ()),
    Rule("gem-documentation-installed", "packages", "safe", "documentation", (b"gem ",), ()),
    Rule("apt-documentation-installed", "packages", "unsafe", "documentation", (b"apt",), (), default=False),
    Rule("recommended-packages-installed", "packages", "unsafe", "packages", (b"apt", b"dnf", b"zypper"), ("DL3015",)),
    Rule("cleanup-needless", "packages", "safe", "", (b"apk", b"clean"), (), default=False),
    Rule(
        "merge-runs",
        "layers",
        "safe",
        "layers",
        (b"RUN", b"run"),
        ("DL3059", "tally/prefer-run-heredoc"),
        default=False,
        yields_to=ALL,
    ),
    Rule("move-after-copy", "copies", "safe", "second copies", (b"mv ",), ()),
    Rule("remove-after-copy", "copies", "safe", "files that are removed again", (b"rm ",), ()),
    Rule("chmod-after-copy", "copies", "safe", "second copies", (b"chmod",), ("tally/prefer-copy-chmod",)),
    Rule("chown-after-copy", "copies", "safe", "second copies", (b"chown",), ()),
    Rule("tree-chowned-after-copy", "copies", "safe", "second copies", (b"chown",), ()),
    Rule("tree-chowned-in-later-layer", "copies", "safe", "second copies", (b"chown",), ("DL3059",)),
    Rule(
        "development-dependencies-installed",
        "packages",
        "unsafe",
        "development dependencies",
        (b"npm", b"composer"),
        ("tally/php/composer-no-dev-in-production",),
    ),
    Rule("base-image-floating", "stages", "manual", "", (b"FROM", b"from", b"From"), ("DL3006", "DL3007")),
    Rule("base-image-full", "stages", "manual", "compilers, headers, version control", (b"FROM", b"from", b"From"), ()),
    Rule("context-directory-copied", "copies", "manual", "history, packages", (b"COPY", b"ADD", b"copy", b"add"), ()),
    Rule(
        "secret-in-layer",
        "copies",
        "manual",
        "",
        (b"ENV", b"ARG", b"COPY", b"ADD", b"env"),
        ("SecretsUsedInArgOrEnv", "tally/secrets-in-code"),
    ),
    Rule("pip-upgraded", "packages", "manual", "second copies", (b"pip",), ()),
    Rule(
        "packages-upgraded",
        "packages",
        "manual",
        "second copies",
        (b"upgrade", b"update", b" dup", b"sync"),
        ("DL3005", "DL3017", "DL3031", "DL3035"),
    ),
)
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
