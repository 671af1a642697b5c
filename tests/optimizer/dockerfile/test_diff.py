from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.diff import unified_diff
from dfopt.optimizer.dockerfile.edits import Edit, EditSet

TEXTS = st.lists(
    st.sampled_from((b"a\n", b"b\n", b"c\r\n", b"\n", b"d\x0c\n", "e\u2028f\n".encode(), b"\xff\n", b"g")), max_size=30
).map(b"".join)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, EditSet]:
    text = draw(TEXTS)
    edits: list[Edit] = []
    at = 0
    while at <= len(text) and draw(st.integers(0, 3)):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        edits.append(Edit(start, end, draw(st.sampled_from((b"", b"x", b"x\n", b"\n", b"x\ny\n", b"\ny"))), ("rule",)))
        at = end + 1
    return text, EditSet(edits)


@given(edited())
def test_git_applies_it(tmp_path_factory: pytest.TempPathFactory, case: tuple[bytes, EditSet]) -> None:
    text, edits = case
    directory = tmp_path_factory.mktemp("git")
    diff = unified_diff(text, edits, "Dockerfile")
    path = directory / "Dockerfile"
    path.write_bytes(text)
    if diff:
        subprocess.run(["git", "apply", "-"], input=diff, cwd=directory, check=True, capture_output=True)
    assert path.read_bytes() == edits.apply(text)
    if diff and edits.apply(text):  # git takes a patch to an empty file for one that deletes it
        subprocess.run(["git", "apply", "-R", "-"], input=diff, cwd=directory, check=True, capture_output=True)
        assert path.read_bytes() == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\nb\r\nc\r\n", b"a\r\nx\r\nc\r\n"),
        (b"a\r\nb\r\n", b"a\r\nx\n"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\nb", b"a\nx"),
        (b"a", b"x"),
        (b"a\n", b"x\na\n"),
        (b"a\n", b"a\nx"),
        (b"a\x0cb\x0b\x1c\n\x85c\n", b"a\x0cx\x0b\x1c\n\x85c\n"),
        ("a\u2028b\u2029\nc\n".encode(), "x\u2028b\u2029\nc\n".encode()),
        (b"\xef\xbb\xbfFROM a\n", b"\xef\xbb\xbfFROM b\n"),
        (b"a\rb\n", b"a\rx\n"),
    ],
)
def test_endings_and_odd_bytes(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(before)
    diff = unified_diff(before, EditSet([Edit(0, len(before), after)]), "Dockerfile")
    subprocess.run(["git", "apply", "-"], input=diff, cwd=tmp_path, check=True)
    assert path.read_bytes() == after
    assert (b"\\ No newline at end of file\n" in diff) == (not before.endswith(b"\n") or not after.endswith(b"\n"))


@pytest.mark.parametrize(
    "name", ["a b", " a", "b ", 'q"uote', "back\\slash", "é", "tab\there", "new\nline", "\udcff", "😀 x/y"]
)
def test_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"a\nb\n")
    diff = unified_diff(b"a\nb\n", EditSet([Edit(0, 1, b"x")]), name)
    subprocess.run(["git", "apply", "-"], input=diff, cwd=tmp_path, check=True)
    assert (tmp_path / name).read_bytes() == b"x\nb\n"


def test_rules_stand_behind_the_range() -> None:
    diff = unified_diff(b"a\n" * 20, EditSet([Edit(0, 1, b"x", ("one",)), Edit(30, 31, b"y", ("two",))]), "D")
    assert [line for line in diff.split(b"\n") if line.startswith(b"@@")] == [
        b"@@ -1,4 +1,4 @@ one",
        b"@@ -13,7 +13,7 @@ two",
    ]
