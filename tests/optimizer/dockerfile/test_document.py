"""The document: comments by place, and dockerfile-parse's opinion of it."""

from __future__ import annotations

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts


def test_comments_by_place() -> None:
    document = Document.parse(b"# a\n\n# b\n  # c\nFROM x\nRUN y \\\n  # d\n  z\n# e\nUSER u\n")
    source, run, user = document.instructions
    text = document.source.data

    def spelled(spans: tuple[tuple[int, int], ...]) -> list[bytes]:
        return [text[start:end] for start, end in spans]

    assert spelled(document.comments_above(source)) == [b"# b", b"# c"]
    assert spelled(document.comments_above(run)) == []
    assert spelled(document.comments_above(user)) == [b"# e"]
    assert spelled(document.comments_between(run.start, run.end)) == [b"# d"]
    assert spelled(document.comments_between(0, len(text))) == [b"# a", b"# b", b"# c", b"# d", b"# e"]


def test_a_base_that_dockerfile_parse_cannot_tell_is_unknown() -> None:
    text = "ARG V=bookworm # note\nFROM debian:$V\nRUN apt-get update && apt-get install -y curl\n"
    assert Facts(Document.parse(text.encode())).stages[0].image is None
    assert optimize(text).text == text.replace("curl", "curl && rm -rf /var/lib/apt/lists/*")


def test_a_base_that_may_be_an_earlier_stage_is_a_dispute() -> None:
    text = (
        "ARG V=a # note\nFROM debian:12 AS a\nRUN apt-get update && apt-get install -y curl\n"
        "FROM $V\nRUN apt-get install -y git\n"
    )
    assert Document.parse(text.encode()).disputed() == 4
    result = optimize(text)
    assert not result.changed
    assert result.offered[0].why == "dfopt's two parsers read line 4 in different ways"


def test_no_opinion_is_no_dispute(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document.parse(b"FROM a\nRUN <<EOF\nx\nEOF\n")
    monkeypatch.setattr("dockerfile_parse.DockerfileParser.structure", property(lambda _: 1 / 0))
    assert document.disputed() is None
