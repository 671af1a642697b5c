"""What holds at an instruction."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts, Run


def run_of(text: str) -> Run:
    return Facts(Document.parse(f"FROM debian:12\n{text}\n".encode())).stages[0].runs[0]


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("RUN x", True),
        ("RUN x;", True),
        ("RUN x && a && b", True),
        ("RUN a; x", True),
        ("RUN a || b; x && c", True),
        ("RUN set -e; x; a", True),
        ("RUN set -ex && a; x; b", True),
        ("RUN <<EOF\nset -e\nx\na\nEOF", True),
        ('SHELL ["/bin/bash", "-ec"]\nRUN x; a', True),
        ("RUN x; a", False),
        ("RUN x || a", False),
        ("RUN x && a || b", False),
        ("RUN x && a; b", False),
        ("RUN ! x", False),
        ("RUN x | a", False),
        ("RUN (x)", False),
        ("RUN if a; then x; fi", False),
        ("RUN x; set -e; a", False),
        ("RUN set -e; x && a; b", False),
        ("RUN set -e; set +e; x; a", False),
        ("RUN <<EOF\nx\na\nEOF", False),
    ],
)
def test_a_run_fails_with_its_command(text: str, fails: bool) -> None:
    run = run_of(text)
    assert run.script is not None
    command = next(command for command in run.script.commands if command.name == "x")
    assert run.fails_with(command) == fails
