from __future__ import annotations

import json

import pytest
from asking import ask

PACKAGE = {
    "scripts": {
        "preinstall": "echo preinstall",
        "postinstall": "echo postinstall",
        "prepare": "echo prepare",
        "build": "npm run compile",
        "prebuild": "echo prebuild",
        "postbuild": "echo postbuild",
        "compile": "tsc",
        "test": "jest",
        "lint:js": "eslint .",
        "lint:css": "stylelint .",
        "start": "node server.js",
    }
}
HOOKS = {"echo preinstall", "echo postinstall", "echo prepare"}
BUILD = {"echo prebuild", "npm run compile", "echo postbuild"}


def texts(command: str, package: object = PACKAGE, **files: object) -> set[str]:
    shown = {"/app/package.json": json.dumps(package).encode()}
    shown.update({path: text if isinstance(text, bytes) else json.dumps(text).encode() for path, text in files.items()})
    found = ask(command, shown)
    assert found is not None
    assert not found.unread, found.unread
    return {one.text.decode() for one in found.shells}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("npm ci", HOOKS),
        ("npm install --omit=dev --no-audit", HOOKS),
        ("npm i --ignore-scripts", set()),
        ("npm ci --ignore-scripts=false", HOOKS),
        ("yarn", HOOKS),
        ("yarn install --frozen-lockfile --production", HOOKS),
        ("yarn --production", HOOKS),
        ("pnpm i --frozen-lockfile", HOOKS),
        ("bun install", HOOKS),
        ("npm install -g npm@10", set()),
        ("npm install express", set()),
        ("npm install .", HOOKS),
        ("npm run build", BUILD),
        ("npm run build -- --prod", BUILD),
        ("yarn build", BUILD),
        ("yarn run build", BUILD),
        ("pnpm build", BUILD),
        ("bun run build", BUILD),
        ("npm test", {"jest"}),
        ("npm t", {"jest"}),
        ("npm start", {"node server.js"}),
        ("npm cache clean --force", set()),
        ("npm config set registry https://r", set()),
        ("npm run absent", set()),
        ("run-s build compile", {*BUILD, "tsc"}),
        ("run-p 'lint:*'", {"eslint .", "stylelint ."}),
        ("npm exec -- tsc -b", {"tsc -b"}),
        ("yarn node x.js", {"node x.js"}),
        ('npm run "$SCRIPT"', set(PACKAGE["scripts"].values())),
    ],
)
def test_scripts(command: str, expected: set[str]) -> None:
    found = ask(command, {"/app/package.json": json.dumps(PACKAGE).encode()})
    assert found is not None
    assert {one.text.decode() for one in found.shells} == expected
    assert bool(found.unread) == ("$" in command)


@pytest.mark.parametrize("option", ["--prefix web", "-C web", "--prefix=web", "--cwd web"])
def test_a_directory_by_option(option: str) -> None:
    found = ask(f"npm {option} run x", {"/app/web/package.json": b'{"scripts": {"x": "echo x"}}'})
    assert found is not None
    assert [(one.text, one.directory, one.path) for one in found.shells] == [
        (b"echo x", "/app/web", "/app/web/package.json")
    ]


def test_workspaces_that_a_lock_file_lists() -> None:
    package = {"workspaces": ["packages/*"]}
    lock = {"packages": {"": {}, "packages/a": {}, "node_modules/b": {}, "packages/a/node_modules/c": {}}}
    files = {
        "/app/package-lock.json": lock,
        "/app/packages/a/package.json": {"scripts": {"prepare": "x", "build": "y"}},
    }
    assert texts("npm ci", package, **files) == {"x"}
    assert texts("npm run build --workspaces", package, **files) == {"y"}


def test_workspaces_of_pnpm() -> None:
    files = {
        "/app/pnpm-workspace.yaml": b"packages:\n  - 'packages/*'\n",
        "/app/pnpm-lock.yaml": b"lockfileVersion: 9\n\nimporters:\n\n  .:\n    a: 1\n\n  packages/a:\n    b: 1\n\npackages:\n",
        "/app/packages/a/package.json": {"scripts": {"build": "y"}},
    }
    assert texts("pnpm -r build", {}, **files) == {"y"}


@pytest.mark.parametrize(
    ("command", "files", "reason"),
    [
        ("npm ci", {}, "/app/package.json is not shown"),
        ("npm ci", {"/app/package.json": b"{"}, "/app/package.json cannot be read"),
        ("npm ci", {"/app/package.json": b"[]"}, "/app/package.json cannot be read"),
        ("npm ci", {"/app/package.json": b"[" * 100_000}, "/app/package.json cannot be read"),
        (
            "npm ci",
            {"/app/package.json": b'{"workspaces": ["a/*"]}'},
            "the workspaces a/* of package.json are not listed",
        ),
        ("npm ci", {"/app/package.json": b'{"workspaces": ["a"]}'}, "/app/a/package.json is not shown"),
        ("npm --prefix $X ci", {}, "package.json is not shown"),
        ("npm $X", {"/app/package.json": b"{}"}, "which script `npm` runs is not known"),
        ("npm install $PACKAGES", {"/app/package.json": b"{}"}, "the hooks of $PACKAGES are not shown"),
    ],
)
def test_unread(command: str, files: dict[str, bytes], reason: str) -> None:
    found = ask(command, files)
    assert found is not None
    assert found.unread == reason


def test_odd_values_do_no_harm() -> None:
    assert texts("npm ci", {"scripts": {"prepare": 1, "postinstall": ["x"], "install": None}}) == set()
    assert texts("npm ci", {"scripts": []}) == set()


def test_a_module_with_native_code_is_built() -> None:
    assert texts("npm ci", {}, **{"/app/binding.gyp": b"{}"}) == {"node-gyp rebuild"}


def test_a_byte_order_mark() -> None:
    found = ask("npm run x", {"/app/package.json": b'\xef\xbb\xbf{"scripts": {"x": "echo"}}'})
    assert found is not None
    assert [one.text for one in found.shells] == [b"echo"]
