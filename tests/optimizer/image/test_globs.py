"""Which paths a glob means."""

from __future__ import annotations

import pytest

from dfopt.optimizer.image.globs import holds, matches


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/**", "/a/b/c", True),
        ("/a/**", "/a", False),
        ("/**/x/**", "/x/y", True),
        ("/**/x/**", "/a/b/x/y", True),
        ("/**/x/**", "/a/xx/y", False),
        ("/a?", "/ab", True),
        ("/a.b", "/axb", False),
        ("/[a]", "/a", False),
        ("/{a,b}/x", "/b/x", True),
        ("/{a,b}/x", "/c/x", False),
    ],
)
def test_globs(glob: str, path: str, expected: bool) -> None:
    assert matches(path, [glob]) is expected


@pytest.mark.parametrize(
    ("glob", "directory", "expected"),
    [
        ("/root/.cache/pip/**", "/root/.cache", True),
        ("/root/.cache/pip/**", "/root/.config", False),
        ("/root/.cache/pip/**", "/root/.cache/pip/http", True),
        ("/home/*/.cache/**", "/home/app", True),
        ("/home/*/.cache/**", "/srv/app", False),
        ("/a/b", "/a/b", False),
        ("/{root,home/*}/.cache/{pip,uv}/**", "/home/app/.cache/uv", True),
        ("/{root,home/*}/.cache/{pip,uv}/**", "/home/app/.cache/go", False),
    ],
)
def test_a_directory_can_hold_what_a_glob_matches(glob: str, directory: str, expected: bool) -> None:
    assert holds(directory, [glob]) is expected
