"""What a rewrite is: findings with fixes, how far each may be trusted, and the table of all rules."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from .edits import Edit

if TYPE_CHECKING:
    from .facts import Facts

#: *safe*: same build, same behaviour, comments kept; only declared caches, indexes, logs or documentation
#: differ. *unsafe*: may change what is installed or how it behaves. *manual*: shown, never applied.
Applicability = Literal["safe", "unsafe", "manual"]


class Fix(NamedTuple):
    """Edits that are made together or not at all, and what they do to the commands that run.

    `drops` and `adds` are commands and instructions in their normal spelling (`Command.normal`,
    `Instruction.normal`), once for each time; the engine checks that nothing else came or went.
    """

    edits: tuple[Edit, ...]
    drops: tuple[bytes, ...] = ()
    adds: tuple[bytes, ...] = ()


class Finding(NamedTuple):
    """Something a rule saw at the bytes `start` to `end`."""

    rule: str
    message: str
    start: int
    end: int
    fix: Fix | None
    applicability: Applicability = "safe"
    reason: str = ""  # why it is not safe, or has no fix
    removes: tuple[str, ...] = ()  # path globs that may be missing from the new image
    changes: tuple[str, ...] = ()  # path globs that may differ in it
    saves: int | None = None  # about how many bytes smaller the image gets; None where only a build can tell


class Transform(Protocol):
    """A module of ``transforms``. Its docstring is its documentation, its example and its first test."""

    KEEPS: tuple[str, ...]  # Dockerfiles in which the rule finds nothing

    def find(self, facts: Facts) -> Iterator[Finding]:
        """Yield what the rule sees; pure, in any order."""
        ...


class Rule(NamedTuple):
    """A row of the table. Naming a rule imports nothing."""

    name: str
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
        package = __name__.rpartition(".")[0].rpartition(".")[0]
        transform: Transform = import_module(f"{package}.transforms.{self.module}")  # pyright: ignore[reportAssignmentType]
        return transform


#: Stands for every rule, where rules are selected and where one yields.
ALL = "all"

# In the order in which conflicting fixes win: what moves whole instructions goes before what adds to them.
RULES: tuple[Rule, ...] = (
    Rule(
        "cleanup-in-later-layer",
        "safe",
        "package indexes and caches",
        (b"clean", b"rm "),
        ("DL3009", "DL3032", "DL3040", "DL3059"),
    ),
    Rule(
        "packages-removed-in-later-layer",
        "safe",
        "packages that are removed again",
        (b"del ", b"remove", b"purge", b"erase", b"prune"),
        ("DL3059",),
    ),
    Rule(
        "packages-removed-after-copy",
        "safe",
        "packages that are removed again",
        (b"del ", b"remove", b"purge", b"erase", b"prune"),
        (),
        default=False,
    ),
    Rule(
        "file-changed-in-later-layer",
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
    Rule("index-shared-by-layers", "safe", "package indexes", (b"apt",), ("DL3009", "DL3059")),
    Rule("index-refreshed-alone", "safe", "package indexes", (b"update", b"makecache"), ("DL3009", "DL3059")),
    Rule(
        "package-database-rewritten",
        "safe",
        "second copies of package databases",
        (b"apt", b"dnf", b"yum", b"zypper"),
        ("DL3059",),
    ),
    Rule(
        "packages-installed-apart",
        "safe",
        "second copies of package databases",
        (b"apt", b"dnf", b"yum", b"zypper"),
        (),
        default=False,
    ),
    Rule(
        "cache-not-mounted",
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
        "safe",
        "package indexes, downloaded packages",
        (b"apt", b"yum", b"dnf", b"zypper", b"pacman"),
        ("DL3009", "DL3032", "DL3036", "DL3040"),
        yields_to="cache-not-mounted",
    ),
    Rule(
        "download-cache-kept",
        "safe",
        "download caches",
        (b"pip", b"uv ", b"apk"),
        ("DL3019", "DL3042"),
        yields_to="cache-not-mounted",
    ),
    Rule(
        "package-cache-kept",
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
    Rule("archive-copied", "safe", "archives", (b"tar", b"unzip", b"dpkg", b".rpm", b".deb", b"7z"), ("DL3010",)),
    Rule(
        "archive-kept",
        "safe",
        "archives",
        (b"tar", b"unzip", b"dpkg", b".rpm", b".deb", b"7z"),
        ("tally/prefer-add-unpack",),
    ),
    Rule("documentation-installed", "safe", "documentation", (b"yum", b"dnf"), ()),
    Rule("gem-documentation-installed", "safe", "documentation", (b"gem ",), ()),
    Rule("apt-documentation-installed", "unsafe", "documentation", (b"apt",), (), default=False),
    Rule("recommended-packages-installed", "unsafe", "packages", (b"apt", b"dnf", b"zypper"), ("DL3015",)),
    Rule("cleanup-needless", "safe", "", (b"apk", b"clean"), (), default=False),
    Rule(
        "merge-runs",
        "safe",
        "layers",
        (b"RUN", b"run"),
        ("DL3059", "tally/prefer-run-heredoc"),
        default=False,
        yields_to=ALL,
    ),
    Rule("move-after-copy", "safe", "second copies", (b"mv ",), ()),
    Rule("remove-after-copy", "safe", "files that are removed again", (b"rm ",), ()),
    Rule("chmod-after-copy", "safe", "second copies", (b"chmod",), ("tally/prefer-copy-chmod",)),
    Rule("chown-after-copy", "safe", "second copies", (b"chown",), ()),
    Rule("tree-chowned-after-copy", "safe", "second copies", (b"chown",), ()),
    Rule("tree-chowned-in-later-layer", "safe", "second copies", (b"chown",), ("DL3059",)),
    Rule(
        "development-dependencies-installed",
        "unsafe",
        "development dependencies",
        (b"npm", b"composer"),
        ("tally/php/composer-no-dev-in-production",),
    ),
    Rule("base-image-floating", "manual", "", (b"FROM", b"from", b"From"), ("DL3006", "DL3007")),
    Rule("base-image-full", "manual", "compilers, headers, version control", (b"FROM", b"from", b"From"), ()),
    Rule("context-folder-copied", "manual", "history, packages", (b"COPY", b"ADD", b"copy", b"add"), ()),
    Rule(
        "secret-in-layer",
        "manual",
        "",
        (b"ENV", b"ARG", b"COPY", b"ADD", b"env"),
        ("SecretsUsedInArgOrEnv", "tally/secrets-in-code"),
    ),
    Rule("pip-upgraded", "manual", "second copies", (b"pip",), ()),
    Rule(
        "packages-upgraded",
        "manual",
        "second copies",
        (b"upgrade", b"update", b" dup", b"sync"),
        ("DL3005", "DL3017", "DL3031", "DL3035"),
    ),
)
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
