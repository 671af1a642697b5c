"""What `apt-documentation-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "apt-documentation-installed"

# before, after
REWRITES = (
    (
        "FROM debian\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM debian\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM buildpack-deps:bookworm\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM buildpack-deps:bookworm\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM python:3.12\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM python:3.12\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM node:20\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM node:20\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM golang:1.22\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM golang:1.22\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM ruby:3.3\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM ruby:3.3\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM rust:1\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM rust:1\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM perl:5\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM perl:5\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM php:8\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM php:8\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM openjdk:17\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM openjdk:17\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM gcc:13\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM gcc:13\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM erlang:26\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM erlang:26\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN apt-get update && apt-get install -y x\n"
            "FROM a\n"
            "RUN apt-get update && apt-get install -y b\n"
        ),
        (
            "FROM debian:12 AS a\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get update && apt-get install -y x\n"
            "FROM a\n"
            "RUN apt-get update && apt-get install -y b\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y x\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get install -y x\n"
        ),
    ),
    (
        "FROM debian:12 AS a\nRUN make\nFROM a\nRUN apt-get install -y b\n",
        (
            "FROM debian:12 AS a\n"
            "RUN make\n"
            "FROM a\n"
            "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info >/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/no-documentation \\\n"
            "    && apt-get install -y b\n"
        ),
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y curl\n", ("ubuntu:24.04", "php:8")),
    ("FROM unknown\nRUN apt-get update && apt-get install -y curl\n", ("unknown", "debian")),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN apt-get update && apt-get install -y gcc\n"
            "FROM debian:12-slim\n"
            "COPY --from=a /b /b\n"
        ),
        (" AS a", ""),
    ),
    ("FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\n", ("python:3.12-slim", "python:3.12")),
    ("FROM python:3.12-alpine\nRUN apt-get update && apt-get install -y curl\n", ("python:3.12-alpine", "python:3.12")),
    ("FROM gcc:ubuntu\nRUN apt-get update && apt-get install -y curl\n", ("gcc:ubuntu", "gcc:13")),
    ("FROM redis:7\nRUN apt-get update && apt-get install -y curl\n", ("redis:7", "rust:1")),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y man\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y manpages\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y info\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y texinfo\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y python3-doc\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y git-man\n", "documentation is asked for"),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y emacs-manual\n", "documentation is asked for"),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && cat /usr/share/man/x\n",
        ("/usr/share/man/x", "/usr/share/manual"),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && cat /usr/share/info/x\n",
        ("/usr/share/info/x", "/usr/share/manual"),
    ),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && cat share/doc/x\n", (" share/doc/x", "")),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && mandb\n", ("curl && mandb", "man-db")),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && unminimize\n", ("curl && unminimize", "man")),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && echo path-exclude\n", (" path-exclude", "")),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && touch /etc/dpkg/dpkg.cfg\n",
        (" /etc/dpkg/dpkg.cfg", ""),
    ),
    ("FROM debian:12\nRUN && apt install -y x\n", ("&&", "apt update &&")),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y zabbix && zcat /usr/share/doc/zabbix/create.sql.gz >/x\n"
        ),
        (" && zcat /usr/share/doc/zabbix/create.sql.gz >/x", ""),
    ),
    (
        ("FROM debian:12\nRUN echo path-exclude=/usr/share/man/* >/etc/dpkg/dpkg.cfg.d/x && apt-get install -y curl\n"),
        ("echo path-exclude=/usr/share/man/* >/etc/dpkg/dpkg.cfg.d/x && ", ""),
    ),
)

WHY = "some packages need what lies there, and images built on this one inherit the setting"
REMOVES = ("/usr/share/doc/**", "/usr/share/man/**", "/usr/share/info/**")
CHANGES = ("/etc/dpkg/dpkg.cfg.d/no-documentation",)
# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*\n"
        ),
        [
            Said(
                (
                    "RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*"
                ),
                "apt installs documentation",
                WHY,
                REMOVES,
                CHANGES,
            )
        ],
    ),
    (
        "FROM rust:1\nRUN apt-get update && apt-get install -y curl\n",
        [Said("RUN apt-get update && apt-get install -y curl", "apt installs documentation", WHY, REMOVES, CHANGES)],
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
