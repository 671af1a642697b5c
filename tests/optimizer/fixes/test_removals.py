"""Packages that come and go around a COPY: what npm may see of it, and where the text goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.copies import is_private

SETTINGS = Settings(select=frozenset(("packages-removed-after-copy",)))
MANIFESTS = "COPY package.json package-lock.json ./\n"


def project(directory: Path, package: dict[str, Any], locked: dict[str, Any], files: tuple[str, ...] = ()) -> Context:
    directory.mkdir(exist_ok=True)
    (directory / "package.json").write_text(json.dumps({"dependencies": {"a": "1"}, **package}))
    (directory / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": {"": {}, **locked}}))
    for name in ("main.js", *files):
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text("node_modules\n.npmrc\n" if name == ".dockerignore" else "")
    return Context(str(directory))


def moved(copy: str, context: Context | None, manifests: str = MANIFESTS, install: str = "npm ci") -> bool:
    """Whether the rule, safe rewrites alone, moves `copy` above the installation."""
    head, tail = "FROM node:18\nWORKDIR /app\n", "npm test && npm prune --omit=dev\n"
    result = optimize(f"{head}{manifests}RUN {install}\n{copy}\nRUN {tail}", context=context, settings=SETTINGS)
    assert result.text in (
        f"{head}{manifests}RUN {install}\n{copy}\nRUN {tail}",
        f"{head}{manifests}{copy}\nRUN {install} && {tail}",
    )
    return result.changed


@pytest.mark.parametrize("copy", ["COPY main.js .", "COPY . .", "COPY main.js /app/src/", "COPY . /srv/all"])
def test_sources_that_npm_does_not_read(tmp_path: Path, copy: str) -> None:
    locked = {
        "node_modules/a": {"version": "1"},
        "node_modules/mac": {"hasInstallScript": True, "os": ["darwin"], "optional": True},
    }
    assert moved(copy, project(tmp_path, {"scripts": {"test": "mocha"}}, locked))


def test_what_the_build_context_does_not_hold(tmp_path: Path) -> None:
    context = project(tmp_path, {}, {}, ("node_modules/a.js", ".npmrc", ".dockerignore"))
    assert moved("COPY . .", context)


@pytest.mark.parametrize("name", [".npmrc", "node_modules/a.js", "binding.gyp", "npm-shrinkwrap.json", "yarn.lock"])
def test_files_that_npm_reads(tmp_path: Path, name: str) -> None:
    assert not moved("COPY . .", project(tmp_path, {}, {}, (name,)))


@pytest.mark.parametrize(
    ("package", "locked"),
    [
        ({"scripts": {"postinstall": "patch-package"}}, {}),
        ({"scripts": {"prepare": "husky"}}, {}),
        ({"workspaces": ["lib"]}, {}),
        ({}, {"node_modules/a": {"hasInstallScript": True}}),
        ({}, {"node_modules/a": {"hasInstallScript": True, "os": ["darwin", "linux"]}}),
        ({}, {"node_modules/a": {"hasInstallScript": True, "os": ["!win32"]}}),
        ({}, {"node_modules/a": {"hasInstallScript": True, "os": []}}),
        ({}, {"node_modules/a": None}),
        ({}, {"node_modules/a": {"resolved": "lib", "link": True}}),
        ({}, {"node_modules/a": {"resolved": "file:a.tgz"}}),
    ],
    ids=str,
)
def test_projects_that_look_around(tmp_path: Path, package: dict[str, Any], locked: dict[str, Any]) -> None:
    assert not moved("COPY main.js .", project(tmp_path, package, locked))


@pytest.mark.parametrize("text", [None, "[]", "{", '{"lockfileVersion": 1, "dependencies": {}}'])
def test_without_a_lock_file_that_tells(tmp_path: Path, text: str | None) -> None:
    context = project(tmp_path, {}, {})
    (tmp_path / "package-lock.json").unlink()
    if text is not None:
        (tmp_path / "package-lock.json").write_text(text)
    assert not moved("COPY main.js .", context, "COPY package*.json ./\n")


def test_a_lock_file_that_comes_with_the_sources(tmp_path: Path) -> None:
    context = project(tmp_path, {}, {})
    assert not moved("COPY main.js .", context, "COPY package.json ./\n")
    assert not moved("COPY . .", context, "COPY package.json ./\n")


def test_an_installation_that_writes_the_lock_file(tmp_path: Path) -> None:
    context = project(tmp_path, {}, {})
    assert moved("COPY main.js .", context, install="npm install")
    assert not moved("COPY . .", context, install="npm install")


def test_a_project_in_a_directory_of_the_context(tmp_path: Path) -> None:
    project(tmp_path / "web", {}, {})
    project(tmp_path / "api", {}, {})
    manifests = "COPY web/package*.json ./\n"
    assert moved("COPY web .", Context(str(tmp_path)), manifests)
    assert not moved("COPY api .", Context(str(tmp_path)), manifests)
    assert not moved("COPY api/package.json .", Context(str(tmp_path)), manifests)


@pytest.mark.parametrize("copy", ["COPY . /", "COPY a node_modules/a", "COPY main.js $HOME", "COPY --from=b /b ."])
def test_places_that_may_matter(tmp_path: Path, copy: str) -> None:
    assert not moved(copy, project(tmp_path, {}, {}))


def test_without_a_context_it_is_an_assumption() -> None:
    text = f"FROM node:18\nWORKDIR /app\n{MANIFESTS}RUN npm ci\nCOPY . .\nRUN npm test && npm prune --omit=dev\n"
    (offered,) = optimize(text, settings=SETTINGS).offered
    assert (offered.why, offered.finding.applicability) == ("unsafe", "unsafe")
    assert offered.finding.reason == "a script of package.json may read what is copied"


def test_comments_go_with_what_they_are_about() -> None:
    before = (
        "FROM alpine:3.20\n\n# The compiler.\nRUN apk add gcc\n\n# The sources.\nCOPY \\\n  # all of them\n  . /app\n"
        "# The program.\nRUN make -C /app && \\\n    apk del gcc\nCMD x"
    )
    after = (
        "FROM alpine:3.20\n\n# The sources.\nCOPY \\\n  # all of them\n  . /app\n# The compiler.\nRUN apk add gcc && \\\n"
        "# The program.\n    make -C /app && \\\n    apk del gcc\nCMD x"
    )
    assert optimize(before, settings=SETTINGS).text == after


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_removal_passes_what_is_copied_last(newline: str) -> None:
    before = "FROM alpine:3.20\nRUN apk add gcc\nLABEL a=b\nRUN make\nEXPOSE 80\nCOPY a /srv/a/\nRUN apk del gcc"
    after = (
        "FROM alpine:3.20\nRUN apk add gcc \\\n    && make \\\n    && apk del gcc\nLABEL a=b\nEXPOSE 80\nCOPY a /srv/a/"
    )
    settings = Settings(select=frozenset(("packages-removed-in-later-layer",)))
    assert optimize(before.replace("\n", newline), settings=settings).text == after.replace("\n", newline)


@pytest.mark.parametrize(
    ("path", "private"),
    [
        ("/app", True),
        ("/app/src", True),
        ("/requirements.txt", True),
        ("/srv/app", True),
        ("/home/app/x", True),
        ("/tmp", True),
        ("/usr/src/app", True),
        ("/root/setup", True),
        ("/", False),
        ("/srv/www", False),
        ("/opt/splunk/etc", False),
        ("/usr/lib/x", False),
        ("/lib64", False),
        ("/var/www", False),
        ("/root/.config", False),
    ],
)
def test_where_no_package_has_files(path: str, private: bool) -> None:
    assert is_private(path) == private
