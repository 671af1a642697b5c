"""What `packages-upgraded` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, said

RULE = "packages-upgraded"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n", ("install -y curl", "upgrade -y")),
    (
        ("FROM debian:12 AS a\nRUN apt-get update && apt-get upgrade -y\nFROM debian:12\nCOPY --from=a /b /b\n"),
        (" AS a", ""),
    ),
    ('FROM debian:12\nRUN ["apt-get", "upgrade"]\n', ('["apt-get", "upgrade"]', "apt upgrade -y && make")),
)

WHY = "whether a fix can wait for the next base image is for a person to say"
# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get dist-upgrade -y\n",
        [Said("apt-get dist-upgrade -y", "apt-get dist-upgrade stores packages of the base image a second time", WHY)],
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get upgrade -y && apt-get install -y --no-install-recommends curl\n"
        ),
        [Said("apt-get upgrade -y", "apt-get upgrade stores packages of the base image a second time", WHY)],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
