"""What holds at an instruction."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts, Run, StageFacts


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


TREE = "FROM x AS a\nRUN 1\nFROM y AS b\nRUN 2\nFROM a AS c\nRUN 3\nRUN 4\nFROM c\nFROM a\nUSER 5\nFROM b\nRUN 6\n"


def test_what_stands_on_top_of_an_instruction() -> None:
    stages = Facts(Document.parse(TREE.encode())).stages

    def later(stage: int, at: int) -> list[str]:
        return [owner.instructions[index].args.decode() for owner, index in stages[stage].later(at)]

    assert later(0, 0) == ["1", "3", "4", "5"]
    assert later(0, 1) == ["3", "4", "5"]
    assert later(2, 1) == ["4"]
    assert later(1, 1) == ["6"]
    assert later(3, 0) == later(4, 1) == []
    assert [stage.ships for stage in stages] == [True] * 6


def test_a_question_is_asked_once_of_each_instruction() -> None:
    stages = Facts(Document.parse(TREE.encode())).stages
    asked: list[str] = []

    def is_even(stage: StageFacts, at: int) -> bool:
        asked.append(stage.instructions[at].args.decode())
        return int(asked[-1]) % 2 == 0

    found = [[stage.instructions[at].args for stage, at in one.later_where(0, "even", is_even)] for one in stages]
    assert found == [[b"4"], [b"2", b"6"], [b"4"], [], [], [b"6"]]
    assert sorted(asked) == list("123456")


def test_a_stage_is_asked_once() -> None:
    stage = Facts(Document.parse(TREE.encode())).stages[0]
    made: list[StageFacts] = []

    def count(stage: StageFacts) -> int:
        made.append(stage)
        return len(stage.instructions)

    assert [one.once("count", count) for one in (stage, stage, stage.children[0])] == [2, 2, 3]
    assert made == [stage, stage.children[0]]


def test_what_holds_for_a_run() -> None:
    text = "FROM x AS a\nRUN 1\nUSER u\nWORKDIR /w\nRUN 2\nFROM a\nRUN 3\nUSER v\nWORKDIR x\nRUN 4\nFROM x\nRUN 5\n"
    runs = [run for stage in Facts(Document.parse(text.encode())).stages for run in stage.runs]
    held = [tuple(run.stage.held[run.at]) for run in runs]
    assert held == [(None, None), ("/w", "u"), ("/w", "u"), ("/w/x", "v"), (None, None)]


def test_a_run_is_found_by_its_place() -> None:
    stage = Facts(Document.parse(TREE.encode())).stages[2]
    assert [stage.run_at(at) for at in range(-1, 4)] == [None, None, *stage.runs, None]
