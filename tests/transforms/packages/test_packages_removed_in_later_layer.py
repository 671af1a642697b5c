"""What `packages-removed-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "packages-removed-in-later-layer"

# before, after
REWRITES = (
    (
        "FROM python:3.12\nRUN apt-get update && apt-get install -y gcc\nLABEL a=b\nRUN groupadd -r a && useradd -rg a a\n"
        "WORKDIR /app\nRUN b && apt-get purge -y gcc\n",
        "FROM python:3.12\nWORKDIR /app\nRUN apt-get update && apt-get install -y gcc \\\n"
        "    && groupadd -r a && useradd -rg a a \\\n    && b && apt-get purge -y gcc\nLABEL a=b\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /opt/alert\nENV APP_PORT=1 VERSION=2\n"
        "COPY requirements.txt .\nRUN a && apt-get purge -y gcc\n",
        "FROM debian:12\nWORKDIR /opt/alert\nENV APP_PORT=1 VERSION=2\nCOPY requirements.txt .\n"
        "RUN apt-get update && apt-get install -y gcc \\\n    && a && apt-get purge -y gcc\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make && apk del .b\n",
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc && make && apk del .b\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add gcc\nRUN make\nRUN apk del gcc\n",
        "FROM alpine:3.20\nRUN apk add gcc \\\n    && make \\\n    && apk del gcc\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nRUN make && apt-get purge -y gcc\n",
        ("FROM debian:12\nRUN apt-get update && apt-get install -y gcc \\\n    && make && apt-get purge -y gcc\n"),
    ),
    (
        "FROM fedora:40\nRUN dnf install -y gcc\nRUN make\nRUN dnf remove -y gcc\n",
        "FROM fedora:40\nRUN dnf install -y gcc \\\n    && make \\\n    && dnf remove -y gcc\n",
    ),
    ("FROM node:22\nRUN npm ci\nRUN npm prune --omit=dev\n", "FROM node:22\nRUN npm ci && npm prune --omit=dev\n"),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY a /app/\nRUN apk del .b && rm -rf\n",
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc && apk del .b && rm -rf\nCOPY a /app/\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make -C /app && apk del .b\n",
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc && make -C /app && apk del .b\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM node:20\nWORKDIR /srv\nCOPY package.json package-lock.json ./\nRUN npm ci && npm cache clean --force\n"
        "COPY requirements.txt .\nRUN npm run a && npm prune --omit=dev\n",
        "FROM node:20\nWORKDIR /srv\nCOPY package.json package-lock.json ./\nCOPY requirements.txt .\n"
        "RUN npm ci && npm cache clean --force \\\n    && npm run a && npm prune --omit=dev\n",
        "a script of package.json may read what is copied",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc && make && apk del .b\n", ("gcc &&", "gcc\nRUN")),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make && apk del .other\n", (".other", ".b")),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN a\nRUN b\nRUN c\nRUN apk del .b\n", ("RUN a\n", "")),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV A=b\nRUN make && apk del .b\n",
        "line 3 stands between them: A may matter to the other",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nUSER app\nRUN make && apk del .b\n",
        "line 3 stands between them: one may make a user whom the other needs",
    ),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN if make; then apk del .b; fi\n", (" if make; then", "")),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make || true\nRUN apk del .b\n",
        "the second goes on when a command fails",
    ),
    ("FROM alpine:3.20\nRUN --network=host apk add gcc\nRUN make && apk del gcc\n", "they have flags"),
    (
        "FROM alpine:3.20\nRUN apk add gcc && make\nCOPY requirements.txt /app/\nRUN a && apk del gcc\n",
        "line 3 stands between them: `make` may do anything",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nADD requirements.txt .\nRUN a && apk del .b\n",
        "line 3 stands between them: both have to do with /etc/apk/cache",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV NODE_VERSION=1 LANG=C\nRUN a && apk del .b\n",
        "line 3 stands between them: LANG may matter to the other",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV APT_VERSION=1\nRUN a && apk del .b\n",
        "line 3 stands between them: APT_VERSION may matter to the other",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc splunk\nWORKDIR /opt/splunk\n"
        "RUN a && apt-get purge -y gcc\n",
        "line 3 stands between them: both have to do with /opt/splunk",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc $MORE\nWORKDIR /opt/alert\n"
        "RUN a && apt-get purge -y gcc\n",
        "line 3 stands between them: both have to do with /opt/alert",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY requirements.txt /etc/\nRUN a && apk del .b\n",
        "line 3 stands between them: both have to do with /etc/requirements.txt",
    ),
    (
        (
            "FROM centos:7\n"
            "RUN yum install -y splunk gcc\n"
            "COPY requirements.txt /opt/splunk/\n"
            "RUN a && yum remove -y gcc\n"
        ),
        "line 3 stands between them: both have to do with /opt/splunk/requirements.txt, where packages may have files",
    ),
    (
        (
            "FROM alpine:3.20\n"
            "RUN apk add --virtual .b gcc\n"
            "COPY --chown=app requirements.txt /app/\n"
            "RUN a && apk del .b\n"
        ),
        "line 3 stands between them: one may make a user whom the other needs",
    ),
    (
        ("FROM alpine:3.20\nWORKDIR /app\nRUN apk add ./gcc.apk\nADD requirements.txt .\nRUN a && apk del ./gcc.apk\n"),
        "line 4 stands between them: both have to do with /app",
    ),
    (
        ("FROM alpine:3.20\nRUN apk add gcc && rm -rf /app/*\nCOPY requirements.txt /app/\nRUN a && apk del gcc\n"),
        "line 3 stands between them: both have to do with /app",
    ),
    (
        (
            "FROM python:3.12-alpine\n"
            "WORKDIR /app\n"
            "RUN apk add gcc && pip install -r b.txt\n"
            "COPY requirements.txt .\n"
            "RUN pip install -r requirements.txt && apk del gcc\n"
        ),
        "line 4 stands between them: `pip` may do anything",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY a /app/\nRUN apk del .b && rm -rf /app/a\n",
        (" /app/a", ""),
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY a /usr/lib/\nRUN apk del .b\n",
        "line 3 stands between them: both have to do with /usr/lib, where packages may have files",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /app\nRUN make -C /app && apk del .b\n",
        ("COPY . /app\n", ""),
    ),
    (
        ("FROM alpine:3.20 AS a\nRUN apk add gcc\nRUN make && apk del gcc\nFROM alpine:3.20\nCOPY --from=a /b /b\n"),
        (" AS a", ""),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM python:3.12-alpine\n"
            "WORKDIR /srv/app\n"
            "RUN apk add --no-cache --virtual .build gcc musl-dev\n"
            "COPY requirements.txt .\n"
            "RUN pip install --no-cache-dir -r requirements.txt\n"
            "COPY . .\n"
            "RUN apk del .build\n"
        ),
        [Said("RUN apk del .build", "packages that line 3 installs are removed in another layer")],
    ),
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
