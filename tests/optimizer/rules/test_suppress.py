from __future__ import annotations

import pytest

from dfopt.optimizer import optimize

RUN = "RUN apt-get update && apt-get install -y curl && pip install x\n"


def rules(head: str, run: str = RUN) -> set[str]:
    result = optimize(head + run)
    return {item.finding.rule for item in result.applied}


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# dfopt ignore", set()),
        ("# dfopt ignore=package-index-kept", {"download-cache-kept"}),
        ("# dfopt ignore=package-index-kept,download-cache-kept  # they are wanted", set()),
        ("#dfopt ignore = download-cache-kept", {"package-index-kept"}),
        ("# hadolint ignore=DL3009", {"download-cache-kept"}),
        ("# hadolint ignore=DL3009,DL3042", set()),
        ("# tally ignore=hadolint/DL3009;reason=DL3042 is another matter", {"download-cache-kept"}),
        ("# tally ignore=all", {"package-index-kept", "download-cache-kept"}),
        ("# hadolint ignore=DL3008", {"package-index-kept", "download-cache-kept"}),
        ("# dfopt ignores nothing here", {"package-index-kept", "download-cache-kept"}),
        ("# dfopt ignore=some-other-rule", {"package-index-kept", "download-cache-kept"}),
    ],
)
def test_above(comment: str, left: set[str]) -> None:
    assert rules(f"FROM debian:12\n{comment}\n") == left


def test_inside_a_continuation() -> None:
    run = "RUN apt-get update && \\\n    # dfopt ignore=package-index-kept\n    apt-get install -y curl && pip install x\n"
    assert rules("FROM debian:12\n", run) == {"download-cache-kept"}


@pytest.mark.parametrize("name", ["tally/prefer-copy-chmod", "prefer-copy-chmod"])
def test_the_name_of_the_linter_may_be_left_out(name: str) -> None:
    assert rules(f"FROM debian:12\n# tally ignore={name}\n", "COPY a.sh /a.sh\nRUN chmod 755 /a.sh\n") == set()


def test_only_the_next_instruction() -> None:
    result = optimize(f"FROM debian:12\n# dfopt ignore\nENV A=b\n{RUN}")
    assert result.changed


def test_for_the_file() -> None:
    assert rules("FROM debian:12\nENV A=b\n# dfopt global ignore=package-index-kept\n") == {"download-cache-kept"}
    assert rules("# hadolint global ignore=DL3042\nFROM debian:12\n") == {"package-index-kept"}
    assert rules("# check=skip=DL3009;error=true\nFROM debian:12\n") == {"download-cache-kept"}


def test_a_fix_that_reaches_into_a_suppressed_instruction() -> None:
    text = "FROM debian:12\nRUN apt-get update\n# dfopt ignore\nRUN apt-get install -y curl\n"
    assert not optimize(text).changed


def test_what_is_suppressed_says_so() -> None:
    result = optimize(f"FROM debian:12\n# dfopt ignore=download-cache-kept\n{RUN}")
    assert [item.finding.rule for item in result.offered if item.why == "suppressed"] == ["download-cache-kept"]


def test_several_comments_at_one_instruction_and_one_below_the_last() -> None:
    below = "USER x\n# dfopt ignore\n"
    assert (
        rules("FROM x\n# dfopt ignore=package-index-kept\n# dfopt ignore=download-cache-kept\n", RUN + below) == set()
    )
    assert rules("# dfopt ignore=package-index-kept\nFROM x\n", RUN + below) == {
        "package-index-kept",
        "download-cache-kept",
    }
