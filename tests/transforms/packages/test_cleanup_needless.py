"""What `cleanup-needless` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, findings, only, said

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


CLEANED = "RUN apt-get update && apt-get install -y x && apt-get clean\n"


@pytest.mark.parametrize(
    "line",
    [
        "COPY 99local /etc/apt/apt.conf.d/",
        "COPY apt.conf /etc/apt/apt.conf.d",
        "add conf /etc/apt",
        "COPY rootfs/etc /etc/",
        "RUN rm -f /etc/apt/apt.conf.d/docker*",
        "RUN rm /etc/apt/apt.conf",
        "RUN mv /x/docker-clean /y",
        "RUN ls /etc/apt/apt.conf.d/*",
        "RUN cd /etc/apt/apt.conf.d && ./x",
        "RUN cd /etc/apt/apt.conf.d",
        "RUN echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/x",
        "RUN echo 'Dir::Cache /x;' > /etc/apt/x",
        "ENV APT_CONFIG='DPkg::Post-Invoke {};'",
        "RUN apt-get install -y --download-only y",
        "RUN apt-get install -yd y",
        "RUN apt-get -o APT::Get::Download-Only=true install y",
    ],
)
def test_what_may_keep_archives_needs_the_clean_up(line: str) -> None:
    assert findings(only(RULE, f"FROM debian:12\n{CLEANED}"))
    assert not findings(only(RULE, f"FROM debian:12\n{line}\n{CLEANED}"))


def test_a_file_of_the_context_configures_apt(tmp_path: Path) -> None:
    (tmp_path / "root/etc/apt/apt.conf.d").mkdir(parents=True)
    (tmp_path / "root/etc/apt/apt.conf.d/99keep").write_text('APT::Keep-Downloaded-Packages "true";')
    context = Context(str(tmp_path))
    result = only(RULE, f"FROM debian:12\nCOPY root /\n{CLEANED}", context=context)
    assert [finding.reason for finding in findings(result)] == ["root/etc/apt/apt.conf.d/99keep configures apt"]
    alpine = "FROM alpine:3.20\nCOPY root /\nRUN apk add --no-cache x && rm -rf /var/cache/apk/*\n"
    assert only(RULE, alpine, context=context).changed


def test_of_an_unknown_base_image_nothing_is_known() -> None:
    assert not findings(only(RULE, f"ARG X\nFROM $X\n{CLEANED}"))
