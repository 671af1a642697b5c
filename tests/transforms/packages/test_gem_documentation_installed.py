"""What `gem-documentation-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "gem-documentation-installed"

# before, after
REWRITES = (
    ('FROM debian:12\nRUN ["x"]\nRUN gem install x\n', 'FROM debian:12\nRUN ["x"]\nRUN gem install --no-document x\n'),
    ("FROM debian:12\nRUN gem install x\n", "FROM debian:12\nRUN gem install --no-document x\n"),
    ("FROM debian\nRUN gem install x\n", "FROM debian\nRUN gem install --no-document x\n"),
    ("FROM debian:8\nRUN gem install x\n", "FROM debian:8\nRUN gem install --no-document x\n"),
    ("FROM ubuntu:24.04\nRUN gem install x\n", "FROM ubuntu:24.04\nRUN gem install --no-document x\n"),
    ("FROM ubuntu:16.04\nRUN gem install x\n", "FROM ubuntu:16.04\nRUN gem install --no-document x\n"),
    ("FROM centos:7\nRUN gem install x\n", "FROM centos:7\nRUN gem install --no-document x\n"),
    ("FROM fedora:40\nRUN gem install x\n", "FROM fedora:40\nRUN gem install --no-document x\n"),
    ("FROM fedora:19\nRUN gem install x\n", "FROM fedora:19\nRUN gem install --no-document x\n"),
    ("FROM alpine:3.20\nRUN gem install x\n", "FROM alpine:3.20\nRUN gem install --no-document x\n"),
    ("FROM alpine:3.3\nRUN gem install x\n", "FROM alpine:3.3\nRUN gem install --no-document x\n"),
    ("FROM rhel\nRUN gem install x\n", "FROM rhel\nRUN gem install --no-document x\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:7\nRUN gem install x\n",
        "FROM debian:7\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM ubuntu:14.04\nRUN gem install x\n",
        "FROM ubuntu:14.04\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM centos:6\nRUN gem install x\n",
        "FROM centos:6\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM rhel:7\nRUN gem install x\n",
        "FROM rhel:7\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM fedora:18\nRUN gem install x\n",
        "FROM fedora:18\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM alpine:3.2\nRUN gem install x\n",
        "FROM alpine:3.2\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM python:3.12\nRUN gem install x\n",
        "FROM python:3.12\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM debian:7-slim\nRUN gem install x\n",
        "FROM debian:7-slim\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
    (
        "FROM team/base\nRUN gem install x\n",
        "FROM team/base\nRUN gem install --no-document x\n",
        "the gem here may be older than 2.0, which has no --no-document",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN gem install --no-ri --no-rdoc fpm\n", (" --no-ri --no-rdoc", "")),
    ("FROM debian:12\nRUN gem install --no-rdoc fpm\n", (" --no-rdoc", "")),
    ("FROM debian:12\nRUN gem install --no-ri fpm\n", (" --no-ri", "")),
    ("FROM debian:12\nRUN gem install --ri fpm\n", (" --ri", "")),
    ("FROM debian:12\nRUN gem install --rdoc fpm\n", (" --rdoc", "")),
    ("FROM debian:12\nRUN gem install fpm\nRUN gem install --document=ri x\n", (" --document=ri", "")),
    ("FROM debian:12\nRUN gem install fpm && ri Array\n", ("fpm && ri Array", "x")),
    ("FROM ruby:3.3\nRUN gem install x\n", ("ruby:3.3", "rhel")),
    ("FROM jruby:9\nRUN gem install x\n", ("jruby:9", "rhel")),
    ("FROM debian:12\nRUN gem install -N x\n", ("-N x", "x")),
    ("FROM debian:12\nRUN gem install --no-doc x\n", (" --no-doc", "")),
    ("FROM debian:12\nRUN gem install --doc x\n", (" --doc", "")),
    ("FROM debian:12\nRUN gem install x && cat .gemrc\n", ("cat .gemrc", "make")),
    ("FROM debian:12\nRUN gem install x && ri x\n", ("ri", "rib")),
    ("FROM debian:12\nRUN gem install x && rdoc x\n", ("rdoc", "rib")),
    ("FROM debian:12\nRUN gem install x && ls /doc/x\n", ("ls /doc/x", "rib x")),
    ("FROM debian:12\nRUN gem uninstall x\n", ("uninstall", "install")),
    ("FROM no-document\nRUN gem install x\n", ("no-document", "node:20")),
)

REMOVES = ("/**/gems/**/doc/**", "/**/gems/doc/**", "/usr/local/bundle/doc/**", "/**/gems/**/ri/**")
# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*\n"
            "RUN gem install fpm\n"
        ),
        [Said("gem install fpm", "gem generates documentation", "", REMOVES)],
    ),
    ("FROM debian\nRUN gem install x\n", [Said("gem install x", "gem generates documentation", "", REMOVES)]),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("before", "after", "reason"), UNSAFE)
def test_unsafe(before: str, after: str, reason: str) -> None:
    check_unsafe(RULE, before, after, reason)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected


def test_of_an_unknown_base_image_nothing_is_known() -> None:
    assert said(RULE, "ARG X\nFROM $X\nRUN gem install x\n")[0].reason
    assert said(RULE, "FROM $X\nRUN gem install x\n")[0].reason
