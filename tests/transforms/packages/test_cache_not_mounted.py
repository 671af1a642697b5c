"""What `cache-not-mounted` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "cache-not-mounted"

# before, after
REWRITES = (
    ("FROM node:22\nRUN npm ci\n", "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    (
        "FROM python:3.12\nRUN pip install x\n",
        "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n",
    ),
    (
        "FROM node:22\nRUN npm ci && npm cache clean --force\n",
        "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    ),
    ("FROM node:22\nRUN npm ci || true\n", "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci || true\n"),
    (
        "FROM node:22\nRUN npm ci\nRUN npm test\n",
        "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN npm test\n",
    ),
    (
        "FROM python:3.12\nRUN pip install flask\n",
        "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        ("debian:12\nRUN apt-get update && apt-get install -y curl", "node:22\nRUN npm ci"),
    ),
    ("FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n", ("ENV PIP_NO_CACHE_DIR=1\n", "")),
    ("FROM python:3.12\nUSER app\nRUN pip install flask\n", "where this image has its cache is not known"),
)

# what is said of them
SAYS = (
    (
        "FROM python:3.12\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\n",
        [
            Said(
                "RUN pip install --no-cache-dir -r requirements.txt",
                "pip's index or cache could be kept outside the image",
                "",
                ("/root/.cache/pip/**", "/root/.cache/pip/**", "/home/*/.cache/pip/**"),
                ("/root/.cache/pip/**",),
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
