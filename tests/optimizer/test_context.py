from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.context import Context, Entry, find_context


@pytest.mark.parametrize(
    ("lines", "path", "ignored"),
    [
        ("*.md", "a.md", True), ("*.md", "b/a.md", False), ("**/*.md", "b/a.md", True), ("**/*.md", "a.md", True),
        ("b", "b/c/d", True), ("/b/", "b/c", True), ("b/*", "b/c", True), ("b/*", "b", False), ("b?", "bc", True),
        ("*\n!a.md", "a.md", False), ("*\n!a.md", "b.md", True), ("!a.md\n*", "a.md", True), ("# b\n\nc", "b", False),
        ("[ab].txt", "a.txt", True), ("a/**/z", "a/z", True), ("a/**/z", "a/b/c/z", True), ("a.b", "axb", False),
    ],
)  # fmt: skip
def test_dockerignore(tmp_path: Path, lines: str, path: str, ignored: bool) -> None:
    (tmp_path / ".dockerignore").write_text(lines)
    assert Context(str(tmp_path)).ignored(path) is ignored


def test_entries(tmp_path: Path) -> None:
    (tmp_path / "a.sh").touch()
    (tmp_path / "a.sh").chmod(0o750)
    (tmp_path / "folder").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to("a.sh")
    (tmp_path / "secret").touch()
    (tmp_path / ".dockerignore").write_text("secret\n")
    context = Context(str(tmp_path))
    assert context.entry("a.sh") == context.entry("./a.sh") == context.entry("/a.sh") == Entry("file", 0o750)
    assert context.entry("folder/") == Entry("folder", 0o755)
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
def test_the_folder_of_the_dockerfile(tmp_path: Path, text: str, found: bool) -> None:
    (tmp_path / "here").touch()
    context = find_context(str(tmp_path / "Dockerfile"), text.encode())
    assert (context is not None) is found
