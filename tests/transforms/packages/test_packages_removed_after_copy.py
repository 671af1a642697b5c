"""What `packages-removed-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "packages-removed-after-copy"

# before, after
REWRITES = (
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /srv/app\nRUN make && apk del .b\n",
        "FROM alpine:3.20\nCOPY . /srv/app\nRUN apk add --virtual .b gcc && make && apk del .b\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add gcc\nCOPY . /app\nRUN make\nRUN apk del gcc\n",
        "FROM alpine:3.20\nCOPY . /app\nRUN apk add gcc \\\n    && make \\\n    && apk del gcc\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y gcc\n"
            "COPY . /app\n"
            "RUN make && apt-get purge -y gcc\n"
        ),
        (
            "FROM debian:12\n"
            "COPY . /app\n"
            "RUN apt-get update && apt-get install -y gcc \\\n"
            "    && make && apt-get purge -y gcc\n"
        ),
    ),
    (
        "FROM fedora:40\nRUN dnf install -y gcc\nCOPY . /app\nRUN make && dnf remove -y gcc\n",
        "FROM fedora:40\nCOPY . /app\nRUN dnf install -y gcc && make && dnf remove -y gcc\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /app\nRUN make && apk del .b\n",
        "FROM alpine:3.20\nCOPY . /app\nRUN apk add --virtual .b gcc && make && apk del .b\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN mkdir\nCOPY . /app\nRUN make && apk del .b\n",
        (
            "FROM alpine:3.20\n"
            "COPY . /app\n"
            "RUN apk add --virtual .b gcc \\\n"
            "    && mkdir \\\n"
            "    && make && apk del .b\n"
        ),
    ),
    (
        "FROM alpine:3.20\nRUN apk add gcc && adduser app\nCOPY . /app\nRUN make && apk del gcc\n",
        "FROM alpine:3.20\nCOPY . /app\nRUN apk add gcc && adduser app \\\n    && make && apk del gcc\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make && apk del .b\n",
        ("gcc\nRUN", "gcc\nCOPY . /srv/app\nRUN"),
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /usr/lib/a\nRUN make && apk del .b\n",
        ("/usr/lib/a", "/srv/app"),
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY --chown=app . /app\nRUN make && apk del .b\n",
        (" --chown=app", ""),
    ),
    (
        ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN mkdir /app/b\nCOPY . /app\nRUN make && apk del .b\n"),
        (" /app/b", ""),
    ),
    (
        "FROM alpine:3.20\nRUN apk add gcc && adduser -h /app app\nCOPY . /app\nRUN make && apk del gcc\n",
        (" -h /app", ""),
    ),
    (
        "FROM alpine:3.20\nWORKDIR /app\nRUN apk add ./*.apk gcc\nCOPY . /app\nRUN make && apk del gcc\n",
        (" ./*.apk", ""),
    ),
    (
        (
            "FROM alpine:3.20 AS a\n"
            "RUN apk add --virtual .b gcc\n"
            "COPY . /app\n"
            "RUN make && apk del .b\n"
            "FROM alpine:3.20\n"
            "COPY --from=a /b /b\n"
        ),
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
            "COPY . .\n"
            "RUN pip install --no-cache-dir . && apk del .build\n"
        ),
        [
            Said(
                "RUN pip install --no-cache-dir . && apk del .build",
                "packages that line 3 installs are removed in another layer",
            )
        ],
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
