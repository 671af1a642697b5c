"""What `build-tools-shipped` says of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, said

RULE = "build-tools-shipped"
WHY = "`dfopt split` shows a second stage without them, and proves it"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN apt-get install -y gcc && make && apt-get purge -y gcc\n", (" && apt-get purge -y gcc", "")),
    ("FROM debian:12\nRUN apt-get install -y libpq5 python3-pip\n", ("libpq5", "libpq-dev")),
    ("FROM debian:12\nRUN apt-get update gcc\n", ("update", "install")),
    (
        "FROM debian:12 AS a\nRUN apt-get install -y gcc\nFROM debian:12\nCOPY --from=a /x /x\n",
        ("COPY --from=a /x /x", ""),
    ),
    ('FROM golang:1.22\nENTRYPOINT ["go", "run", "."]\n', ('"go", "run", "."', '"/app"')),
    ('FROM rust:1.80\nCMD ["cargo", "run"]\n', ('"cargo", "run"', '"/app"')),
    ('FROM golang:1.22\nENV A=b\nCMD ["go", "run", "."]\n', ('"go", "run", "."', '"/app"')),
    ('FROM gcc:12\nCMD ["gcc", "-v"]\n', ('"gcc", "-v"', '"/app"')),
    ('FROM maven:3\nCMD ["mvn", "exec:java"]\n', ('"mvn", "exec:java"', '"/app"')),
    ('FROM gradle:8\nCMD ["gradle", "run"]\n', ('"gradle", "run"', '"/app"')),
    ('FROM swift:5\nCMD ["swift", "run"]\n', ('"swift", "run"', '"/app"')),
    ("FROM debian:12\nRUN apt-get install -y npm\n", ("npm", "gcc")),
    ("FROM alpine:3.20\nRUN apk add py3-pip\n", ("py3-pip", "gcc")),
    (
        'FROM debian:12\nRUN ["apt-get", "install", "-y", "gcc"]\n',
        ('["apt-get", "install", "-y", "gcc"]', "apt-get install -y gcc"),
    ),
    ("FROM debian:12\nRUN apt-get install -y $PACKAGES\n", ("$PACKAGES", "gcc")),
    ("FROM $BASE\nCMD /app\n", ("$BASE", "golang:1.22")),
    ("FROM golang:1.22\nRUN go build\n", ("RUN go build", "CMD /app")),
    ('FROM debian:12\nCMD ["/app"]\n', ("debian:12", "golang:1.22")),
    ('FROM team/golang:1.22\nCMD ["/app"]\n', ("team/golang", "golang")),
)

# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl gcc=12 make:amd64\n",
        [
            Said(
                "RUN apt-get update && apt-get install -y curl gcc=12 make:amd64",
                "tools of the build ship: gcc=12, make:amd64",
                WHY,
            )
        ],
    ),
    (
        "FROM alpine:3.20\nRUN apk add build-base\nRUN apk add build-base cmake\n",
        [Said("RUN apk add build-base", "tools of the build ship: build-base, cmake", WHY)],
    ),
    (
        'FROM golang:1.22\nRUN go build -o /app\nCMD ["/app"]\n',
        [Said("FROM golang:1.22", "the whole toolchain of golang:1.22 ships", WHY)],
    ),
    (
        "FROM debian:12 AS a\nRUN apt-get install -y gcc\nFROM a\nRUN apt-get install -y make\n",
        [Said("RUN apt-get install -y make", "tools of the build ship: make", WHY)],
    ),
    (
        "FROM debian:12\nRUN apt-get install -y gcc\nFROM debian:12\nRUN apt-get install -y make\n",
        [
            Said("RUN apt-get install -y gcc", "tools of the build ship: gcc", WHY),
            Said("RUN apt-get install -y make", "tools of the build ship: make", WHY),
        ],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
