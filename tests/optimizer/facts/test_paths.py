"""Sets of paths that say when they are not known."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.facts.paths import (
    NOWHERE,
    Paths,
    below,
    fits,
    is_named,
    lies_in,
    overlap,
    resolve,
    spelled,
)

ROOTS = st.sampled_from(["/", "/app", "/app/bin", "/apple", "/etc", "/usr/local/bin", "/var/cache/apt", "/srv/x"])
SETS = st.builds(
    Paths,
    st.frozensets(ROOTS, max_size=3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "nobody knows"]),
)


@given(SETS, SETS)
def test_meeting_is_mutual(one: Paths, two: Paths) -> None:
    assert bool(one.meets(two)) == bool(two.meets(one))


@given(SETS, ROOTS)
def test_what_touches_a_path_meets_what_is_below_it(paths: Paths, path: str) -> None:
    assert bool(paths.touches(path)) == bool(paths.meets(below((path,))))


@given(SETS, SETS, ROOTS)
def test_a_union_touches_what_either_does(one: Paths, two: Paths, path: str) -> None:
    assert bool((one | two).touches(path)) == bool(one.touches(path) or two.touches(path))


def test_nowhere_meets_nothing() -> None:
    assert NOWHERE.nowhere
    assert not NOWHERE.meets(Paths(unknown="anywhere"))


@pytest.mark.parametrize(
    ("word", "directory", "expected"),
    [
        ("/a/b", None, {"/a/b"}),
        ("b", "/a", {"/a/b"}),
        ("../b", "/a/c", {"/a/b"}),
        ("/a/*.deb", None, {"/a"}),
        ("*.deb", "/a", {"/a"}),
        ("/a/$V/c", None, {"/a"}),
        ("/tmp/x-$V", None, {"/tmp"}),
        ("'/a b'", None, {"/a b"}),
        (".", "/a", {"/a"}),
    ],
)
def test_what_a_word_may_name(word: str, directory: str | None, expected: set[str]) -> None:
    assert spelled(word, directory, "?") == below(expected)


@pytest.mark.parametrize(
    ("word", "directory"), [("b", None), ("$V", "/a"), ("~/x", "/a"), ("`x`", "/a"), ("$V/x", "/a")]
)
def test_what_nobody_can_tell(word: str, directory: str | None) -> None:
    assert spelled(word, directory, "?").unknown == "?"


def test_lying_in() -> None:
    assert lies_in("/a/b", "/a")
    assert lies_in("/a", "/")
    assert not lies_in("/ab", "/a")
    assert overlap("/", "/a")
    assert resolve("x/../y", "/") == "/y"
    assert resolve("$X", "/") is None


WORDS = st.text("a/b.*?[]-~{", max_size=6)


@given(WORDS, WORDS)
def test_a_name_fits_a_pattern_as_the_library_says(name: str, pattern: str) -> None:
    assert fits(name, pattern) == fnmatchcase(name, pattern)


@given(st.text("ab./-~", max_size=8).map("/".__add__))
def test_an_absolute_path_is_made_normal(path: str) -> None:
    assert resolve(path, None) == posixpath.normpath(path).replace("//", "/")


@pytest.mark.parametrize(
    ("text", "expected"), [(b"cp /a/tool /b", True), (b"cp tools /b", False), (b"x.tool", False), (b"tool-1", False)]
)
def test_a_name_stands_alone_or_in_a_path(text: bytes, expected: bool) -> None:
    assert is_named(b"tool", text) is expected
