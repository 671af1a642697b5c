from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context, Entry, find_context, taken


@pytest.mark.parametrize(
    ("lines", "path", "ignored"),
    [
        ("*.md", "a.md", True), ("*.md", "b/a.md", False), ("**/*.md", "b/a.md", True), ("**/*.md", "a.md", True),
        ("b", "b/c/d", True), ("/b/", "b/c", True), ("b/*", "b/c", True), ("b/*", "b", False), ("b?", "bc", True),
        ("*\n!a.md", "a.md", False), ("*\n!a.md", "b.md", True), ("!a.md\n*", "a.md", True), ("# b\n\nc", "b", False),
        ("a**b", "axb", False), ("a**b", "a/c/b", True), ("a/**", "a/b/c", True), ("**b", "ab", True), ("**b*", "abc", False), ("**b*", "a/bc", True),
        ("\ufeffb", "b", True), (" # b", "# b", True), ("b\r\n", "b", True), ("\\\\*", "\\a", True), ("[z-a]\nb", "b", True),
        ("!\nb", "b", True), ("! b", "b", False), ("b\n! b", "b", False), ("b\n!b/c", "b/c/d", False), ("*/", "b", True),
        ("[ab].txt", "a.txt", True), ("a/**/z", "a/z", True), ("a/**/z", "a/b/c/z", True), ("a.b", "axb", False),
    ],
)  # fmt: skip
def test_dockerignore(tmp_path: Path, lines: str, path: str, ignored: bool) -> None:
    (tmp_path / ".dockerignore").write_text(lines)
    assert Context(str(tmp_path)).ignored(path) is ignored


def test_entries(tmp_path: Path) -> None:
    (tmp_path / "a.sh").touch()
    (tmp_path / "a.sh").chmod(0o750)
    (tmp_path / "directory").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to("a.sh")
    (tmp_path / "secret").touch()
    (tmp_path / ".dockerignore").write_text("secret\n")
    context = Context(str(tmp_path))
    assert context.entry("a.sh") == context.entry("./a.sh") == context.entry("/a.sh") == Entry("file", 0o750, 0)
    assert context.entry("directory/") == Entry("directory", 0o755)
    link = context.entry("link")
    assert link is not None
    assert link.kind == "link"
    assert context.entry("secret") is context.entry("nope") is context.entry("../x") is None


def test_a_dockerignore_of_its_own_wins(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("a\n")
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n")
    context = Context(str(tmp_path), str(tmp_path / "Dockerfile"))
    assert (context.ignored("a"), context.ignored("b")) == (False, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a\nCOPY here /x\nRUN chmod 1 x\n", True),
        ("FROM a\nCOPY here there /x/\nRUN chmod 1 x\n", False),
        ("FROM a\nRUN chmod 1 x\n", False),  # nothing speaks for it
        ("FROM a\nCOPY --from=b there /x\nCOPY here* $X https://x.example/y /x/\nCOPY here /\nRUN chown 1 x\n", True),
        ("NONSENSE chmod\n", False),
    ],
)
def test_the_directory_of_the_dockerfile(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "here").touch()
    context = find_context(str(tmp_path / "Dockerfile"), text.encode())
    assert (context is not None) is found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COPY a ./b/ /c ../d /x/", "a b c d"),
        ('COPY --chown=1 ["a b", "c*", "/x/"]', "a b,c*"),
        ("COPY . / ./ * ./* /x/", ",,,,"),
        ("ADD https://x.example/a git@x.example:a.git a /x/", "a"),
        ("COPY --from=b a /x", None),
        ("COPY <<EOF a /x\nb\nEOF", "a"),
        ("COPY a/* a/** */b /x/", "a,a,*/b"),
        ("ONBUILD ADD a /x", "a"),
        ("RUN --mount=type=bind,source=a,target=/x --mount=src=b,target=/y --mount=target=/z ls", "a,b,"),
        ("RUN --mount=type=cache,source=a,target=/x --mount=from=b,source=a,target=/y ls", None),
    ],
)
def test_what_is_taken(text: str, expected: str | None) -> None:
    found = list(taken(Document.parse(f"FROM a\n{text}\n".encode())))
    names = [item.pattern.text if item.pattern else "" for item in found]
    assert names == ([] if expected is None else expected.split("," if "," in expected else None))
    assert {(item.stage, item.line) for item in found} <= {(0, 2)}


@pytest.mark.parametrize(
    ("source", "head", "path"),
    [
        ("a/b", "a/b", "a/b"), ("a/$B/c", "a", "a/x/y/c"), ("a/$B/c", "a", "a/c"), ("${A:-b}", "", "any/thing"), ("$A.jar", "", "a.jar"),
        ("a/../$B", "", "b"), ("$A/../b", "", "c"), ('"a"', "", "a"), ("a/b*/c", "a", "a/bc/c"), ("[z-a]", "", "b"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_may_be_anything(source: str, head: str, path: str) -> None:
    (found,) = taken(Document.parse(f"FROM a\nCOPY {source} /x\n".encode()))
    assert found.pattern
    assert found.pattern.exact.fullmatch(path)
    assert found.head == head
