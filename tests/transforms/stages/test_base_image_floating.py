"""What `base-image-floating` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, said

RULE = "base-image-floating"

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM registry.example:5000/team/app:1\n", ("registry.example:5000/team/app:1", "node")),
    ("FROM node:latest-slim\n", ("node:latest-slim", "node:latest")),
    ("FROM Scratch\n", ("Scratch", "node")),
    ("FROM node:22@sha256:0123\n", ("node:22@sha256:0123", "node")),
    ("FROM node:lts\n", ("node:lts", "node")),
    ("FROM node:22 AS a\nFROM a\nRUN b\n", (" AS a", "")),
    ("FROM node@sha256:0123\n", ("node@sha256:0123", "node")),
)

WHY = "which version is right is for a person to say"
# what is said of them
SAYS = (
    (
        'FROM node:latest\nCMD ["node", "server.js"]\n',
        [Said("FROM node:latest", "node:latest is another image every time it is released", WHY)],
    ),
    ("FROM node\n", [Said("FROM node", "node is another image every time it is released", WHY)]),
    ("FROM node:latest\n", [Said("FROM node:latest", "node:latest is another image every time it is released", WHY)]),
    (
        "FROM registry.example:5000/team/app\n",
        [
            Said(
                "FROM registry.example:5000/team/app",
                "registry.example:5000/team/app is another image every time it is released",
                WHY,
            )
        ],
    ),
    (
        "FROM team/app:latest\n",
        [Said("FROM team/app:latest", "team/app:latest is another image every time it is released", WHY)],
    ),
    ("FROM scratch\nFROM node\n", [Said("FROM node", "node is another image every time it is released", WHY)]),
    (
        "FROM node AS a\nFROM node:22\nCOPY --from=a /a /a\n",
        [Said("FROM node AS a", "node is another image every time it is released", WHY)],
    ),
    ("FROM node AS a\nFROM a\n", [Said("FROM node AS a", "node is another image every time it is released", WHY)]),
    ("FROM node:22\nFROM debian\n", [Said("FROM debian", "debian is another image every time it is released", WHY)]),
    ("FROM ${BASE}\n", [Said("FROM ${BASE}", "${BASE} is another image every time it is released", WHY)]),
    (
        "ARG BASE=node:latest\nFROM $BASE\n",
        [Said("FROM $BASE", "$BASE is another image every time it is released", WHY)],
    ),
    (
        "FROM --platform=linux/amd64 node\n",
        [Said("FROM --platform=linux/amd64 node", "node is another image every time it is released", WHY)],
    ),
)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
