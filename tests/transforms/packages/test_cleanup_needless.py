"""What `cleanup-needless` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "cleanup-needless"

# before, after
REWRITES = (
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x && rm -rf /var/cache/apk/*\n",
        "FROM alpine:3.20\nRUN apk add --no-cache x\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x && rm -rf /var/cache/apk && make\n",
        "FROM alpine:3.20\nRUN apk add --no-cache x && make\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x && rm -rf /var/cache/apk/\n",
        "FROM alpine:3.20\nRUN apk add --no-cache x\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get clean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y x\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get autoclean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y x\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get clean && make\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && make\n",
    ),
    (
        "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y x && apt-get clean\n",
        "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y x\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM alpine:3.20\nRUN apk add curl && rm -rf /var/cache/apk/*\n", ("curl", "--no-cache curl")),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache curl && rm -rf /var/cache/apk/* /tmp/*\n",
        ("/var/cache/apk/* /tmp/*", "/var/cache/apk/*"),
    ),
    ("FROM alpine:3.20\nRUN apk add x && rm -rf /var/cache/apk/*\n", ("x", "--no-cache x")),
    ("FROM alpine:3.20\nRUN apk add --no-cache x && apk add y && rm -rf /var/cache/apk/*\n", ("apk add y && rm", "rm")),
    (
        "FROM alpine:3.20\nRUN apk update && apk add --no-cache x && rm -rf /var/cache/apk/*\n",
        ("update && apk add", "add"),
    ),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x && rm -rf /var/cache/apk/* /tmp/x\n",
        ("/var/cache/apk/* /tmp/x", "/var/cache/apk/*"),
    ),
    ("FROM alpine:3.20\nRUN apk add --no-cache x && rm -rf $X\n", ("$X", "/var/cache/apk/")),
    ("FROM alpine:3.20\nRUN apk add --no-cache x && rm\n", ("rm", "rm -rf /var/cache/apk/")),
    ("FROM alpine:3.20\nRUN rm -rf /var/cache/apk/*\n", ("rm", "apk add --no-cache x; rm")),
    ("FROM alpine:3.20\nRUN apk search --no-cache x && rm -rf /var/cache/apk/*\n", ("search", "add")),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache x && (rm -rf /var/cache/apk/*)\n",
        ("(rm -rf /var/cache/apk/*)", "rm -rf /var/cache/apk/"),
    ),
    ("FROM python:3.12\nRUN apt-get update && apt-get install -y x && apt-get clean\n", ("python:3.12", "debian:12")),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get clean all\n", ("clean all", "clean")),
    ("FROM debian:12\nRUN apt-get clean &&\n", ("clean &&", "clean")),
    (
        "FROM debian:12\nRUN rm /etc/apt/apt.conf.d/docker-clean\nRUN apt-get update && apt-get clean\n",
        ("RUN rm /etc/apt/apt.conf.d/docker-clean\n", ""),
    ),
    (
        "FROM team/debian:12\nRUN apt-get update && apt-get install -y curl && apt-get clean\n",
        ("team/debian", "debian"),
    ),
)

# what is said of them
SAYS = (
    (
        "FROM alpine:3.20\nRUN apk add --no-cache curl && rm -rf /var/cache/apk/*\n",
        [Said("rm -rf /var/cache/apk/*", "there is nothing for it to clean")],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
