"""What lies in build contexts and is of no use there, as data: what `ignore` puts into a ``.dockerignore``.

Five kinds, by what must hold before something is kept out:

- ``cache``: a tool writes it again at will, and nothing but that tool reads it.
- ``aside``: belongs to a repository, not to what is built from it. Only at the root.
- ``output``: a command of the Dockerfile makes it again.
- ``environment``: of use only where it was made; the Dockerfile does not speak of it, or it makes its own.
- ``secret``: the Dockerfile and the scripts beside it do not speak of it.

Whatever it is, an instruction that takes it by name keeps it in; so does git where it tracks it, except for ``aside``.
"""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """Files or directories; the regular expressions are for commands as `ignore` spells them: without options."""

    name: str  # a glob for the last part of a path; with a slash in it, a path from the root
    kind: str
    made: str = ""  # the commands that make it again
    beside: tuple[str, ...] = ()  # one of these lies beside it
    holds: str = ""  # a file in the directory that shows what it is
    private_key: bool = False  # only where the file holds one: a certificate is no secret
    untracked: bool = False  # only where git is there to say that it is not a source: the name is a common one
    always: bool = False  # goes into every new file
    only_new: bool = False  # and into no other


class Section(NamedTuple):
    """Items of one ecosystem, there when one of the marker files is; `title` is the comment above their lines."""

    title: str
    markers: tuple[str, ...]
    items: tuple[Item, ...]


_NODE_INSTALL = r"npm (?:ci|clean-install|install|i)|(?:pnpm|bun) (?:install|i)|yarn(?: install)?"
_NODE_BUILD = r"(?:(?:npm|yarn|pnpm|bun)(?: run| run-script)? build\S*|(?:npx )?(?:tsc|(?:vite|next|nuxt|ng) build)).*"
_MAVEN = r"mvnw? .*(?:compile|package|install|verify|deploy).*"
_GRADLE = r"gradlew? .+"
_CARGO = r"cargo (?:build|b|run|test)(?: .*)?"
_COMPOSER = r"composer(?:\.phar)? (?:install|i)"
_PYTHON_BUILD = r"python[\d.]* build|(?:uv|poetry|hatch|pdm) build"
_VIRTUALENV = r"uv (?:sync|venv).*|python[\d.]* venv.*|virtualenv.*|(?:poetry|pipenv|pdm) (?:install|sync).*"

_PRIVATE_KEYS = ("*.key", "*.pem", "id_ecdsa", "id_ed25519", "id_rsa")
_GRADLE_FILES = ("build.gradle", "build.gradle.kts")


def _all(kind: str, *names: str) -> tuple[Item, ...]:
    return tuple(Item(name, kind) for name in names)


def _made(made: str, beside: tuple[str, ...], *names: str) -> tuple[Item, ...]:
    return tuple(Item(name, "output", made, beside) for name in names)


SECTIONS: tuple[Section, ...] = (
    Section("Version control", (), (Item(".git", "aside", always=True), *_all("aside", ".hg", ".svn"))),
    Section(
        "Node",
        ("package.json",),
        (
            *_made(_NODE_INSTALL, ("package.json",), "node_modules"),
            *_made(_NODE_BUILD, ("package.json",), ".next", ".nuxt", ".output", ".svelte-kit", "dist"),
            Item("build", "output", _NODE_BUILD, ("package.json",), untracked=True),
            *_all("cache", "*.tsbuildinfo", ".eslintcache", ".nyc_output", ".parcel-cache", ".turbo"),
            Item(".pnpm-store", "environment"),
            *_all("cache", "npm-debug.log*", "pnpm-debug.log*", "yarn-debug.log*", "yarn-error.log*"),
        ),
    ),
    Section(
        "Python",
        ("pyproject.toml", "setup.py", "setup.cfg", "requirements*.txt", "Pipfile", "*.py"),
        (
            *_all("cache", "__pycache__", ".coverage", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
            *_all("cache", ".pytest_cache", ".ruff_cache", ".tox", "htmlcov"),
            Item(".venv", "environment", _VIRTUALENV),
            Item("venv", "environment", _VIRTUALENV, holds="pyvenv.cfg"),
            *_made(_PYTHON_BUILD, ("pyproject.toml", "setup.py"), "dist"),
        ),
    ),
    Section("Go", ("go.mod",), _all("cache", "__debug_bin*", "cover.out", "coverage.out")),
    Section(
        "Java",
        ("pom.xml", *_GRADLE_FILES),
        (
            *_made(_MAVEN, ("pom.xml",), "target"),
            *_made(_GRADLE, _GRADLE_FILES, "build"),
            *_all("cache", ".gradle", "hs_err_pid*.log"),
        ),
    ),
    Section("Rust", ("Cargo.toml",), _made(_CARGO, ("Cargo.toml",), "target")),
    Section(
        "Ruby",
        ("Gemfile",),
        (
            *_made(r"bundle(?: install)?", ("Gemfile",), ".bundle"),
            *_made(r"bundle(?: install)?", (), "vendor/bundle"),
            *_all("cache", "log/*.log", "tmp/cache"),
        ),
    ),
    Section(
        "PHP",
        ("composer.json",),
        (
            *_made(_COMPOSER, ("composer.json",), "vendor"),
            *_all("cache", ".php-cs-fixer.cache", ".phpunit.cache", ".phpunit.result.cache"),
        ),
    ),
    Section(
        "Editors and operating systems",
        (),
        (
            *_all("aside", ".idea", ".vscode"),
            Item(".DS_Store", "cache", always=True),
            *_all("cache", "*.swp", "Thumbs.db"),
        ),
    ),
    Section(
        "Continuous integration",
        (),
        _all(
            "aside", ".circleci", ".github", ".gitlab-ci.yml", ".travis.yml", "Jenkinsfile", "azure-pipelines.yml",
            "bitbucket-pipelines.yml",
        ),
    ),
    Section(
        "Docker",
        (),
        (
            Item(".dockerignore", "aside", always=True, only_new=True),
            *_all("aside", "*.Dockerfile", "Containerfile*", "Dockerfile*"),
            *_all("aside", "compose.*.y*ml", "compose.y*ml", "docker-compose.*.y*ml", "docker-compose.y*ml"),
        ),
    ),
    Section(
        "Secrets",
        (),
        (
            *_all("secret", ".env", ".env.*.local", ".env.local", ".pypirc"),
            *(Item(name, "secret", private_key=True) for name in _PRIVATE_KEYS),
        ),
    ),
)  # fmt: skip

#: Directories of other people's files, in which nothing is looked for that must be certain.
FOREIGN = frozenset((".git", ".tox", ".venv", "node_modules", "site-packages", "vendor", "venv"))

#: What says, in a file at the root, that a build there makes the outputs of the directories below too.
WORKSPACES: dict[str, bytes] = {
    "package.json": b'"workspaces"',
    "pnpm-workspace.yaml": b"packages",
    "pom.xml": b"<modules>",
    "settings.gradle": b"include",
    "settings.gradle.kts": b"include",
}

#: Files that tell how something is built: what they speak of may be needed.
RECIPES = (
    r"(?i)(?:gnu)?makefile|.*\.(?:mk|sh|gemspec|gradle|gradle\.kts|csproj|cabal|cmake)|justfile|rakefile|gemfile"
    r"|taskfile\.ya?ml|pyproject\.toml|setup\.(?:py|cfg)|_?version\.py|cargo\.toml|build\.rs|package\.json|composer\.json"
    r"|pom\.xml|directory\.build\.props|cmakelists\.txt|meson\.build|mix\.exs|\.goreleaser\.ya?ml|.*(?<!_test)\.go"
    r"|(?:vite|next|nuxt|webpack|rollup|gatsby|vue|astro|svelte)[\w.-]*\.config\.[cm]?[jt]s|(?:webpack|build|gulpfile)\.[cm]?js"
)

#: A script or a tool that asks git about the repository it is in.
ASKS_GIT = (
    rb"(?<![\w./@:-])git[ \t-]|[\[(]\s*[\"'`]git[\"'`]"
    rb"|setuptools[-_]scm|setuptools[-_]git|hatch[-_]vcs|versioneer|versioningit|poetry-dynamic-versioning"
    rb"|uv-dynamic-versioning|dunamai|flit[-_]scm|\bpbr\b|\bvergen|shadow-rs|git-version|git2\b|goreleaser"
    rb"|-buildvcs(?!=false)|git-commit-id|gitversion|minver|nerdbank|sourcelink|jgitver|axion-release|nebula\.release"
    rb"|git-rev|simple-git|isomorphic-git|semantic-release|lerna (?:version|publish)|ReadBuildInfo"
)
