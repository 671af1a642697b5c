"""The scanner against BuildKit's own parser, and the document against its bytes."""

from __future__ import annotations

from pathlib import Path

import dockerfile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.scanner import DockerfileError, scan

PIECES = (
    "FROM a\n", "FROM a AS b\n", "RUN x\n", "RUN x \\\n", "RUN x \\\r\n", "  && y\n", "  y \\\n", "# note\n", "  # note\n",
    "\n", "  \n", "\t\n", "\\\n", "run a\\\\\n", "RUN a \\ \n", "RUN <<EOF\n", "RUN <<-'E O'\n", "E O\n", "\tEOF\n", "EOF\n",
    "COPY <<A <<B /x\n", "A\n", "B\n", 'RUN ["a", \\\n "<<b"]\n', "ONBUILD RUN <<EOF\n", "ENV A=b\n", "USER x", 'CMD ["x"]\n',
    "RUN echo '<<EOF'\n", "RUN cat <<EOF >x <<'F'\n", "F\n", "RUN a<<b\n", "RUN 3<<EOF x\n", "\ufeff", "\u00a0RUN x\n", "#\n",
    "# escape=`\n", "# syntax=docker/dockerfile:1\n", "RUN x `\n", 'RUN "a <<b"\n', "RUN $((1<<2))\n", 'LABEL a="b \\\n c"\n',
)  # fmt: skip


def moby(tmp: Path, text: bytes) -> list[tuple[str, int, int]] | None:
    """Instruction, first and last line by BuildKit's parser; None where it refuses."""
    path = tmp / "Dockerfile"
    path.write_bytes(text)
    try:
        return [((item.cmd or "").lower(), item.start_line, item.end_line) for item in dockerfile.parse_file(str(path))]
    except dockerfile.GoParseError:
        return None


def ours(text: bytes) -> list[tuple[str, int, int]] | None:
    try:
        document = Document.parse(text)
    except DockerfileError:
        return None
    return [(item.keyword.lower(), item.line, item.end_line) for item in document.instructions]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_agrees_with_buildkit(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    text = "".join(["FROM scratch\n", *pieces]).encode()
    expected = moby(tmp_path_factory.getbasetemp(), text)
    try:
        scanned = scan(text)
    except DockerfileError:
        scanned = None
    if expected is None:
        return  # BuildKit's own messages differ by version; what it takes is what counts
    assert scanned is not None
    assert [(item.line, item.end_line) for item in scanned.instructions] == [item[1:] for item in expected]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.binary(max_size=8))
def test_lossless(pieces: list[str], junk: bytes) -> None:
    text = "".join(["FROM scratch\n", *pieces]).encode() + junk
    try:
        document = Document.parse(text)
    except DockerfileError:
        return
    assert bytes(document) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN <<EOF\nFROM b\nEOF\n", [("from", 1, 1), ("run", 2, 4)]),
        ("FROM a\nRUN x && \\\n\n  y\n", [("from", 1, 1), ("run", 2, 4)]),
        ("FROM a\nRUN x && \\\n# c\n  y\n", [("from", 1, 1), ("run", 2, 4)]),
        ("FROM a\nRUN x\\\\\nUSER y\n", [("from", 1, 1), ("run", 2, 2), ("user", 3, 3)]),
        ("FROM a\nRUN b \\", [("from", 1, 1), ("run", 2, 2)]),
        (
            "# escape=`\nFROM a\nRUN b `\n c\nRUN d \\\nUSER e\n",
            [("from", 2, 2), ("run", 3, 4), ("run", 5, 5), ("user", 6, 6)],
        ),
        ("\ufefffrom a\nrun b", [("from", 1, 1), ("run", 2, 2)]),
        ("FROM a\n\n# escape=`\nRUN b \\\n c\n", [("from", 1, 1), ("run", 4, 5)]),
    ],
)
def test_structure(tmp_path: Path, text: str, expected: list[tuple[str, int, int]]) -> None:
    assert ours(text.encode()) == expected == moby(tmp_path, text.encode())


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "file with no instructions"),
        ("# only a comment\n", 1, "file with no instructions"),
        ("FROM a\nRUN <<EOF\nx\n", 2, "unterminated heredoc EOF"),
        ("# escape=x\nFROM a\n", 1, "invalid escape token"),
        ("# escape=`\n# escape=`\nFROM a\n", 2, "only one escape parser directive"),
        ("FROM a\nRUNN x\n", 2, "unknown instruction: RUNN"),
        ("FROM a\n&& x\n", 2, "unknown instruction: &&"),
        ("RUN x\n", 1, "no build stage"),
        ("ARG x\n", 1, "no build stage"),
        ("FROM a b\n", 1, "FROM requires either one or three arguments"),
        ("FROM a\nENV x\n", 2, "ENV must have two arguments"),
        ("FROM a\nCOPY x\n", 2, "COPY requires at least two arguments"),
        ("FROM a\nWORKDIR\n", 2, "WORKDIR requires an argument"),
        ("FROM a\nRUN " + "x" * 70000 + "\n", 2, "line longer than"),
    ],
)
def test_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        Document.parse(text.encode())
    assert caught.value.line == line
    assert reason in caught.value.reason


def test_flags_and_words() -> None:
    document = Document.parse(
        b"FROM --platform=linux/amd64 a AS B\nCOPY --from=b \\\n  --chmod=755 'x y' \\\n # c\n /z\n"
    )
    source, copy = document.instructions
    assert document.stages[0][:3] == (0, "b", "a")
    assert [(flag.name, flag.value) for flag in copy.flags] == [("from", b"b"), ("chmod", b"755")]
    assert [token.text for token in copy.tokens] == [b"'x", b"y'", b"/z"]
    assert document.source.data[copy.flags[1].start : copy.flags[1].end] == b"--chmod=755"
    assert source.flag("platform") is not None


def test_second_opinion_agrees_on_heredocs_comments_and_a_mark() -> None:
    text = "\ufeffFROM a\nRUN x && \\\n# c\n\n  y\nCOPY <<EOF /x\nFROM b\nEOF\nRUN <<A cat\nz\nA\nUSER u"
    assert Document.parse(text.encode()).disputed() is None
