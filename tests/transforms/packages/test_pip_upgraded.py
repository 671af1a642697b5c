"""What `pip-upgraded` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "pip-upgraded"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("ARG X\nFROM $X\nRUN pip install -U pip\n", ("FROM $X", "FROM python:3.12")),
    ("FROM scratch\nRUN pip install -U pip\n", ("scratch", "python:3.12")),
    (
        'FROM python:3.12\nRUN ["pip", "install", "-U", "pip"]\n',
        ('["pip", "install", "-U", "pip"]', "pip install -U pip"),
    ),
    ("FROM python:3.12\nRUN $V/bin/pip install -U pip\n", ("$V/bin/", "")),
    ("FROM python:3.12\nRUN python -m venv /v && /v/bin/pip install --upgrade pip\n", ("venv /v && /v/bin/pip", "pip")),
    ("FROM python:3.12\nRUN pip install pip\n", ("install pip", "install --upgrade pip")),
    ("FROM python:3.12\nRUN pip install -U x\n", ("x", "pip setuptools")),
    ("FROM python:3.12\nRUN pip download -U pip\n", ("download -U", "install --upgrade")),
    ("FROM python:3.12\nRUN /v/bin/pip install -U pip\n", ("/v/bin/pip install -U", "pip install --upgrade")),
    ("FROM debian:12\nRUN pip install -U pip\n", ("RUN pip", "RUN a\nFROM python:3.12\nRUN pip")),
)

WHY = "whether a requirement needs the newer pip is for a test to say"
# before, after when it is accepted
REWRITES = (
    (
        "FROM python:3.12\nRUN pip install --upgrade pip\nRUN pip install x\n",
        "FROM python:3.12\nRUN pip install x\n",
    ),
    (
        "FROM python:3.11\nRUN pip install -U pip setuptools && pip install x\n",
        "FROM python:3.11\nRUN pip install -U setuptools && pip install x\n",
    ),
    (
        "FROM python:3.12\n# A newer pip.\nRUN python -m pip install -U pip\n",
        "FROM python:3.12\n",
    ),
)
GONE = (
    "/usr/local/lib/python*/*-packages/pip/**",
    "/usr/local/lib/python*/*-packages/pip-*/**",
    "/usr/local/bin/pip*",
    "/root/.cache/pip/**",
)
# what is said of them
SAYS = (
    (
        "FROM python:3.12\nRUN pip install --upgrade pip\n",
        [Said("pip install --upgrade pip", "a second pip is stored beside the first", WHY, GONE, GONE)],
    ),
    (
        "FROM python:3.12\nRUN pip install -U pip && pip install x\n",
        [Said("pip install -U pip", "a second pip is stored beside the first", WHY, GONE, GONE)],
    ),
    (
        "FROM python:3.12-slim\nRUN pip install --upgrade pip && pip install --no-cache-dir flask\n",
        [Said("pip install --upgrade pip", "a second pip is stored beside the first", WHY, GONE, GONE)],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


def test_a_comment_that_would_go_is_named() -> None:
    (found,) = said(RULE, "FROM python:3.12\n# A newer pip.\nRUN pip install -U pip\n")
    assert found.reason == f"{WHY}; the comment above it would go with it"


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
