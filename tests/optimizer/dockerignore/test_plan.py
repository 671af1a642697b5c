from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.scanner import DockerfileError
from dfopt.optimizer.dockerignore.dockerfiles import Dockerfile
from dfopt.optimizer.dockerignore.plan import Plan, plan
from dfopt.optimizer.dockerignore.tree import Tree
from dfopt.optimizer.facts.context import Context, Pattern, ignore_lines, ignored_by

ALL = "FROM a\nCOPY . .\n"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n"


def make(root: Path, files: str | dict[str, str]) -> None:
    for path, text in files.items() if isinstance(files, dict) else ((path, "x") for path in files.split()):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def planned(root: Path, *texts: str, existing: str | None = "", tracked: list[str] | None = None) -> Plan:
    dockerfiles = [Dockerfile(f"Dockerfile{at or ''}", text.encode()) for at, text in enumerate(texts)]
    lines = None if existing is None else [(at, Pattern(line)) for at, line in ignore_lines(existing.encode())]
    return plan(str(root), dockerfiles, lines, tracked=tracked, docker_files=["Dockerfile"])


def lines(root: Path, *texts: str, existing: str | None = "", tracked: list[str] | None = None) -> list[str]:
    return [item.pattern for item in planned(root, *texts, existing=existing, tracked=tracked).added]


def test_a_new_file_has_the_few_lines_that_every_context_should_have(tmp_path: Path) -> None:
    assert lines(tmp_path, ALL, existing=None) == [".git", "**/.DS_Store", ".dockerignore"]
    assert lines(tmp_path, ALL) == []


def test_sizes_are_of_what_goes(tmp_path: Path) -> None:
    make(
        tmp_path,
        {".git/a": "12345", ".git/b/c": "1", "app.py": "123", "a/__pycache__/x.pyc": "1", ".git/d/.DS_Store": "1"},
    )
    found = planned(tmp_path, ALL)
    assert [(item.pattern, item.size, item.files) for item in found.added] == [(".git", 7, 3), ("**/__pycache__", 1, 1)]
    assert (found.size, found.files) == (11, 5)


def test_links_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "far/.git/a near/app.py")
    (tmp_path / "near/link").symlink_to("../far")
    (tmp_path / "near/.git").symlink_to("../far/.git")
    assert [(item.pattern, item.files) for item in planned(tmp_path / "near", ALL).added] == [(".git", 1)]


NODE = "package.json node_modules/a/b.js dist/a.js app.js"
BUILT = "FROM a AS b\nCOPY . .\nRUN npm ci && npm run build\n"


@pytest.mark.parametrize(
    ("files", "text", "expected"),
    [
        # made again, or not
        (NODE, BUILT, "dist node_modules"),
        (NODE, "FROM a\nCOPY . .\nRUN npm ci\n", "node_modules"),
        (NODE, ALL, ""),
        (NODE, "FROM a\nCOPY . .\nRUN npm install -g pm2\n", ""),
        (NODE, "FROM a\nCOPY . .\nRUN npm install express\n", ""),
        (NODE, "FROM a\nCOPY . .\nRUN npm ci $WHERE\n", ""),
        (NODE, "FROM a\nCOPY . .\nRUN npm --loglevel error install --omit dev --no-audit\n", "node_modules"),
        (NODE, "FROM a\nCOPY . .\nRUN yarn --frozen-lockfile\n", "node_modules"),
        (NODE, "FROM a\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm pnpm i\n", "node_modules"),
        (NODE, "FROM a\nCOPY . .\nRUN if [ -f x ]; then yarn; else npm ci; fi\n", "node_modules"),
        (NODE, "FROM a\nCOPY . .\nRUN echo npm ci\n", ""),
        (NODE, "FROM a\nONBUILD COPY . .\nONBUILD RUN npm ci\n", "node_modules"),
        ("node_modules/a app.js", BUILT, ""),  # no package.json
        ("package.json vendor/a build/a", BUILT, ""),
        ("pom.xml target/a", "FROM a\nCOPY . .\nRUN ./mvnw -B -f pom.xml clean package\n", "target"),
        ("pom.xml target/a", "FROM a\nCOPY . .\nRUN mvn dependency:go-offline\n", ""),
        ("build.gradle.kts build/a .gradle/a", "FROM a\nCOPY . .\nRUN ./gradlew bootJar\n", "**/.gradle build"),
        ("Cargo.toml target/a", "FROM a\nCOPY . .\nRUN cargo +nightly build --release\n", "target"),
        ("composer.json vendor/a", "FROM a\nCOPY . .\nRUN composer install --no-dev\n", "vendor"),
        ("composer.json vendor/a", "FROM a\nCOPY . .\nRUN composer require a/b\n", ""),
        ("go.mod vendor/a/b.go coverage.out", "FROM a\nCOPY . .\nRUN go build .\n", "**/coverage.out"),
        ("Gemfile vendor/bundle/a .bundle/c log/a.log", "FROM a\nCOPY . .\nRUN bundle install -j 4\n", ".bundle log/*.log vendor/bundle"),
        # in the stage that takes them, in one below it, or from another
        (NODE, f"{BUILT}FROM c\nCOPY . .\nCOPY --from=b /x/dist dist\n", "dist"),
        (NODE, "FROM a AS b\nRUN npm ci\nFROM B\nCOPY . .\n", "node_modules"),
        (NODE, "FROM a AS b\nRUN npm ci\nFROM a\nCOPY --from=b /a/node_modules .\nCOPY . .\n", "node_modules"),
        (NODE, "FROM a AS b\nRUN npm ci\nFROM a\nRUN --mount=type=bind,target=. x\n", ""),
        # in places
        ("package.json a/package.json a/node_modules/b", "FROM a\nCOPY . .\nRUN npm ci\n", ""),
        ("package.json a/package.json a/node_modules/b", "FROM a\nCOPY . .\nRUN cd a && npm ci\n", "**/node_modules"),
        ("package.json node_modules/a b/package.json b/node_modules/c", "FROM a\nCOPY . .\nRUN npm ci\n", "node_modules"),
        # Python
        ("a.py .venv/x __pycache__/a.pyc b/.mypy_cache/a", ALL, "**/.mypy_cache .venv **/__pycache__"),
        ("a.py .venv/x", "FROM a\nCOPY . .\nENV PATH=/a/.venv/bin:$PATH\n", ""),
        ("a.py .venv/x", "FROM a\nCOPY . .\nENV PATH=/a/.venv/bin:$PATH\nRUN uv sync --frozen\n", ".venv"),
        ("a.py venv/x", ALL, ""),
        ("a.py venv/x venv/pyvenv.cfg a.egg-info/x", ALL, "venv"),
        ("__pycache__/a.pyc", ALL, ""),  # nothing else of Python
        # what a repository has for itself
        (".github/a .gitlab-ci.yml .vscode/a .idea/b README.md", ALL, ".github .gitlab-ci.yml .idea .vscode"),
        ("a/.github/b .gitignore", ALL, ""),
        ("Dockerfile compose.yaml docker-compose.dev.yml", ALL, "Dockerfile* compose.y*ml docker-compose.*.y*ml"),
        ("Dockerfile Dockerfile.go", ALL, "Dockerfile"),  # the second is no Dockerfile
        ("compose.yaml", "FROM a\nCOPY . .\nRUN composer install\n", "compose.y*ml"),
        (".vscode/a", "FROM a\nCOPY . .\nRUN cat .vscode/a\n", ""),
        # secrets
        (".env a/.env .env.example .env.local .env.production", ALL, "**/.env .env.local"),
        (".env", 'FROM a\nCOPY . .\nCMD ["node", "--env-file=.env", "a.js"]\n', ""),
        (".env node_modules/a/.env", ALL, ".env"),
    ],
)  # fmt: skip
def test_what_is_kept_out(tmp_path: Path, files: str, text: str, expected: str) -> None:
    make(tmp_path, files)
    assert sorted(lines(tmp_path, text)) == sorted(expected.split())


def test_keys_are_told_from_certificates(tmp_path: Path) -> None:
    make(tmp_path, {"a/b.pem": KEY, "c.pem": "-----BEGIN CERTIFICATE-----\n", "id_rsa": KEY, "x.key": "no"})
    assert lines(tmp_path, ALL) == ["a/b.pem", "id_rsa"]
    make(tmp_path, {"c.pem": KEY})
    assert lines(tmp_path, ALL) == ["**/*.pem", "id_rsa"]


def test_a_script_that_speaks_of_a_secret_may_need_it(tmp_path: Path) -> None:
    make(tmp_path, {".env": "A=1", "start.sh": "set -a; . ./.env\n"})
    assert [tuple(item) for item in planned(tmp_path, ALL).left] == [(".env", "start.sh speaks of it")]


@pytest.mark.parametrize(
    ("source", "kept_in"),
    [
        ("dist", True), ("./dist/", True), ("/dist", True), ("dist/a.js", True), ("dist/*", True), ("d*", True),
        ("*/a.js", True), ("$X", True), ("${X:-dist}/a.js", True), ("dist/$X", True), ("../dist", True), ("**/*.js", True),
        (".", False), ("*", False), ("./*", False), ("/", False), ("*.json", False), ("app/$X", False), ("src", False),
        ("https://x.example/$X", False), ("<<EOF", False), ("${X}.txt", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["COPY {} /x/", "ADD --chown=1 {} x", 'COPY ["{}", "/x"]', "ONBUILD COPY {} /x"])
def test_what_is_taken_by_name_stays_in(tmp_path: Path, source: str, kept_in: bool, form: str) -> None:
    make(tmp_path, "package.json dist/a.js src/a.ts")
    text = f"{BUILT}{form.format(source)}\n" + ("text\nEOF\n" if "<<" in source and "ONBUILD" not in form else "")
    if "<<" in source and ("ONBUILD" in form or "[" in form):
        return
    assert ("dist" not in lines(tmp_path, text)) is kept_in


@pytest.mark.parametrize(
    ("mount", "kept_in"),
    [
        ("type=bind,source=dist,target=/x", True), ("src=dist/a.js,target=/x", True), ("source=$X,target=/x", True),
        ("type=bind,target=/x", False), ("type=bind,source=dist,from=b,target=/x", False), ("type=cache,source=dist", False),
    ],
)  # fmt: skip
def test_what_is_bound_by_name_stays_in(tmp_path: Path, mount: str, kept_in: bool) -> None:
    make(tmp_path, "package.json dist/a.js")
    assert ("dist" not in lines(tmp_path, f"{BUILT}RUN --mount={mount} ls\n")) is kept_in


def test_what_another_dockerfile_names_stays_in(tmp_path: Path) -> None:
    make(tmp_path, NODE)
    assert lines(tmp_path, BUILT, "FROM a\nCOPY dist /x\n") == ["node_modules"]
    assert lines(tmp_path, BUILT, ALL) == []  # it makes nothing


def test_files_in_a_directory_that_is_named_stay_in_but_for_caches(tmp_path: Path) -> None:
    make(tmp_path, "app/.env app/a.py app/__pycache__/a.pyc")
    found = planned(tmp_path, "FROM a\nCOPY app /app\n")
    assert [item.pattern for item in found.added] == ["**/__pycache__"]
    assert [tuple(item) for item in found.left] == [("app/.env", "Dockerfile:2 names it or a directory it lies in")]


def test_a_file_to_come_that_is_named_is_not_kept_out(tmp_path: Path) -> None:
    make(tmp_path, "a/.env b/x")
    assert lines(tmp_path, "FROM a\nCOPY . .\nCOPY b/.env /x\n") == ["a/.env"]
    (tmp_path / "a/.env").unlink()
    assert lines(tmp_path, "FROM a\nCOPY .git /x\n", existing=None) == ["**/.DS_Store", ".dockerignore"]
    assert ".dockerignore" not in lines(tmp_path, "FROM a\nCOPY .dockerignore /x\n", existing=None)


@pytest.mark.parametrize(
    ("files", "run", "out"),
    [
        ({}, "make", True), ({}, "git describe > version", False), ({}, "apt-get install -y git curl", False),
        ({}, "git-crypt unlock", False), ({}, "pip install git+https://github.com/a/b", True),
        ({}, "curl https://github.com/a/b.git", True), ({}, "go build -buildvcs=true .", False),
        ({}, "go build -buildvcs=false .", True), ({"main.go": "package main"}, "go build .", True),
        ({"main.go": "debug.ReadBuildInfo()"}, "go build .", False),
        ({"pyproject.toml": 'requires = ["setuptools_scm"]'}, "pip install .", False),
        ({"Makefile": "V = $(shell git describe)"}, "make", False),
        ({"package.json": '{"repository": {"type": "git", "url": "git+https://github.com/a/b.git"}}'}, "npm test", True),
        ({"build.rs": 'Command::new("git").args(["log"])'}, "cargo build", False),
        ({"a.gemspec": "s.files = `git ls-files`.split"}, "gem build", False),
        ({"node_modules/a/package.json": '{"scripts": {"v": "git tag"}}'}, "npm test", True),
    ],
)  # fmt: skip
def test_git_stays_where_something_may_ask_it(tmp_path: Path, files: dict[str, str], run: str, out: bool) -> None:
    make(tmp_path, {**files, ".git/HEAD": "x"})
    assert (".git" in lines(tmp_path, f"FROM a\nCOPY . .\nRUN {run}\n")) is out


def test_what_git_tracks_stays_in_but_for_what_a_repository_has_for_itself(tmp_path: Path) -> None:
    make(tmp_path, f"{NODE} .env .github/a build/a")
    assert lines(tmp_path, BUILT, tracked=["node_modules/a/b.js", ".env", ".github/a"]) == ["build", "dist", ".github"]


def test_exceptions_are_kept(tmp_path: Path) -> None:
    make(tmp_path, f"{NODE} .env .git/x src/a.py src/__pycache__/a.pyc")
    assert lines(tmp_path, BUILT, existing="*\n!dist\n!src/**\n!.env\n") == ["**/__pycache__"]
    assert lines(tmp_path, BUILT, existing="!**\n") == [".git", "dist", "node_modules", "**/__pycache__", ".env"]


def test_an_onbuild_that_cannot_be_read() -> None:
    with pytest.raises(DockerfileError, match="2: unknown instruction"):
        Dockerfile("x", b"FROM a\nONBUILD NONSENSE a\n")


NAMES = (
    ".DS_Store", ".env", ".git", ".idea", ".venv", "Cargo.toml", "Dockerfile", "__pycache__", "app", "build", "compose.yaml",
    "composer.json", "dist", "key.pem", "main.py", "node_modules", "package.json", "pom.xml", "src", "target", "vendor",
)  # fmt: skip
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
GLOBS = st.builds(str.replace, PATHS, st.sampled_from(("src", "app", "pem", "e")), st.sampled_from(("*", "?", "**")))
SOURCES = st.one_of(
    PATHS, PATHS.map("./{}/".format), PATHS.map("/{}".format), GLOBS, st.sampled_from((".", "*", "$X/app"))
)
EXISTING = st.lists(st.one_of(PATHS, PATHS.map("!{}".format), GLOBS, st.just("*")), max_size=4).map("\n".join)
RUN = "RUN npm ci && npm run build && mvn package && composer install && cargo build"


def within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory}/")


@settings(max_examples=150, deadline=None)
@given(st.lists(PATHS, max_size=12), st.lists(SOURCES, min_size=1, max_size=4), EXISTING, st.booleans())
def test_nothing_is_lost_and_once_is_enough(paths: list[str], sources: list[str], existing: str, new: bool) -> None:
    text = "FROM a\n" + "".join(f"COPY {source} /x/\n" for source in sources) + RUN
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for path in paths:
            if (
                not any((root / up).is_file() for up in (path, *map(str, Path(path).parents)))
                and not (root / path).exists()
            ):
                make(root, {path: KEY})
        (root / ".dockerignore").write_text("" if new else existing)
        before = Context(directory)
        named = {
            source.strip("./") if source[0] == "." and source[1:2] == "/" else source.strip("/") for source in sources
        }
        safe = {path for path in named if path not in (".", "*") and not before.ignored(path)}
        inside = {
            path for path in Tree(directory) if any(within(path, one) for one in safe) and not before.ignored(path)
        }
        found = planned(root, text, existing=None if new else existing)
        added = "\n".join(["" if new else existing, *(item.pattern for item in found.added)])
        (root / ".dockerignore").write_text(added)
        after = Context(directory)
        assert not [path for path in safe if after.ignored(path)]
        caches = ("__pycache__", ".DS_Store")
        assert all(not after.ignored(path) or any(part in caches for part in path.split("/")) for path in inside)
        assert planned(root, text, existing=added).added == ()
        patterns = [Pattern(line) for _, line in ignore_lines(added.encode())]
        rest = Tree(directory, patterns)
        own = (
            0 if ignored_by(patterns, ".dockerignore") else len(added.encode()) - (0 if new else len(existing.encode()))
        )
        assert rest.size - own == found.size - sum(item.size for item in found.added)
