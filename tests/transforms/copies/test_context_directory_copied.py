"""What `context-directory-copied` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, context_of, findings, only, said

RULE = "context-directory-copied"

# what is said of them
SAYS = (
    (
        "FROM node:22-slim\nCOPY node_modules ./node_modules\nCOPY server.js ./\n",
        [Said("COPY node_modules ./node_modules", "node_modules is copied into the image", "name it in .dockerignore")],
    ),
    (
        "FROM node:22\nCOPY .git ./x\n",
        [Said("COPY .git ./x", ".git is copied into the image", "name it in .dockerignore")],
    ),
    (
        "FROM node:22\nCOPY .venv ./x\n",
        [Said("COPY .venv ./x", ".venv is copied into the image", "name it in .dockerignore")],
    ),
    (
        "FROM node:22\nCOPY .svn ./x\n",
        [Said("COPY .svn ./x", ".svn is copied into the image", "name it in .dockerignore")],
    ),
    (
        "FROM node:22\nCOPY .hg ./x\n",
        [Said("COPY .hg ./x", ".hg is copied into the image", "name it in .dockerignore")],
    ),
    (
        "FROM node:22\nCOPY /node_modules ./x\n",
        [Said("COPY /node_modules ./x", "node_modules is copied into the image", "name it in .dockerignore")],
    ),
)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected


def test_what_lies_in_the_context_is_seen(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"node_modules/x": 0o644, "a/.git/x": 0o644, "b/node_modules": 0o644, "c/x": 0o644})

    def found(copy: str) -> list[str]:
        return [finding.message for finding in findings(only(RULE, f"FROM node:22\n{copy}\n", context=context))]

    assert found("COPY . .") == ["node_modules is copied into the image"]
    assert found("COPY / .") == ["node_modules is copied into the image"]
    assert found("COPY /a/ ./a") == ["a/.git is copied into the image"]
    assert found("COPY b ./b") == []
    assert found("COPY c ./c") == []
    assert found("COPY node_modules ./x") == ["node_modules is copied into the image"]
