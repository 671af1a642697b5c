"""What `cache-cleared-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, only, said

RULE = "cache-cleared-in-later-layer"

# before, after
REWRITES = (
    (
        "FROM node:20\nRUN npm ci\nRUN npm cache clean --force && apt-get clean\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force && apt-get clean\n",
    ),
    (
        "FROM node:20\nRUN npm ci\n# clean up\nRUN npm cache clean --force && rm -rf /tmp/*\n",
        "FROM node:20\nRUN npm ci \\\n# clean up\n    && npm cache clean --force && rm -rf /tmp/*\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\n# the server\nRUN npm cache clean --force\nRUN rm -rf /tmp/*\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force\nCOPY . .\n# the server\nRUN rm -rf /tmp/*\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a\nRUN pip cache purge\nRUN pip install b\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a\nRUN pip install b\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\nRUN npm run build\nRUN rm -rf ~/.npm\n",
        "FROM node:20\nRUN npm ci && rm -rf ~/.npm\nCOPY . .\nRUN npm run build\n",
    ),
    (
        "FROM node:20\nRUN npm ci && npm test\nCOPY . .\nRUN rm -rf /root/.npm\n",
        "FROM node:20\nRUN npm ci && rm -rf /root/.npm && npm test\nCOPY . .\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\n# clean up\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN npm ci \\\n# clean up\n    && npm cache clean --force\nCOPY . .\n",
    ),
    (
        "FROM node:20\nRUN npm ci\n# clean up\nRUN npm cache clean --force\nRUN rm -rf /tmp/*\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force\n# clean up\nRUN rm -rf /tmp/*\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\n# clean up\nRUN npm cache clean --force\nRUN npm test\n",
        "FROM node:20\nRUN npm ci \\\n# clean up\n    && npm cache clean --force\nCOPY . .\nRUN npm test\n",
    ),
    (
        "FROM node:20\nRUN cd /app && npm ci\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN cd /app && npm ci && npm cache clean --force\n",
    ),
    (
        "FROM node:20\nRUN <<E\nnpm ci\nE\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN <<E\nnpm ci && npm cache clean --force\nE\n",
    ),
    (
        "FROM node:20\nRUN npm ci\nRUN npm cache clean --force && rm -rf /tmp/*\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force && rm -rf /tmp/*\n",
    ),
    (
        "FROM node:20\nRUN --mount=type=secret,id=a npm ci\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN --mount=type=secret,id=a npm ci && npm cache clean --force\n",
    ),
    (
        "FROM continuumio/miniconda3:24.1\nRUN conda install -y numpy\nRUN conda clean -afy\n",
        "FROM continuumio/miniconda3:24.1\nRUN conda install -y numpy && conda clean -afy\n",
    ),
    (
        "FROM mambaorg/micromamba:1\nRUN micromamba install -y a\nRUN micromamba clean -ay\n",
        "FROM mambaorg/micromamba:1\nRUN micromamba install -y a && micromamba clean -ay\n",
    ),
    (
        "FROM debian:12\nRUN /opt/conda/bin/conda install -y a\nCOPY a /\nRUN rm -rf /opt/conda/pkgs/*\n",
        "FROM debian:12\nRUN /opt/conda/bin/conda install -y a && rm -rf /opt/conda/pkgs/*\nCOPY a /\n",
    ),
    (
        "FROM node:20\nRUN yarn install\nRUN yarn cache clean\n",
        "FROM node:20\nRUN yarn install && yarn cache clean\n",
    ),
    (
        "FROM php:8.2\nRUN composer install\nRUN composer clear-cache\n",
        "FROM php:8.2\nRUN composer install && composer clear-cache\n",
    ),
    (
        "FROM golang:1.22\nRUN go build -o /app .\nCOPY a /\nRUN go clean -cache -modcache\n",
        "FROM golang:1.22\nRUN go build -o /app . && go clean -cache -modcache\nCOPY a /\n",
    ),
    (
        "FROM rust:1.70\nRUN cargo install ripgrep\nRUN rm -rf /usr/local/cargo/registry\n",
        "FROM rust:1.70\nRUN cargo install ripgrep && rm -rf /usr/local/cargo/registry\n",
    ),
    (
        "FROM ruby:3.2\nRUN gem install rails\nRUN rm -rf /usr/local/bundle/cache/*.gem\n",
        "FROM ruby:3.2\nRUN gem install rails && rm -rf /usr/local/bundle/cache/*.gem\n",
    ),
    (
        "FROM python:3.12\nRUN poetry install\nRUN poetry cache clear --all pypi -n\n",
        "FROM python:3.12\nRUN poetry install && poetry cache clear --all pypi -n\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a && pip install b\nCOPY . .\nRUN pip install .\nRUN pip cache purge\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a && pip install --no-cache-dir b\nCOPY . .\n"
        "RUN pip install --no-cache-dir .\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a\nRUN rm -rf /root/.cache/pip/* ~/.cache/pip\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a\nRUN pip cache purge && rm -rf /var/lib/apt/lists/*\n",
        "FROM python:3.12\nRUN pip install a && pip cache purge && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a\n# tidy up\nRUN pip cache purge\n",
        "FROM python:3.12\nRUN pip install a \\\n# tidy up\n    && pip cache purge\n",
    ),
    (
        "FROM python:3.12\nRUN uv sync\nRUN uv cache clean\n",
        "FROM python:3.12\nRUN uv sync --no-cache\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM python:3.12\nRUN pip install a\nRUN cp -r /root/.cache/pip /x\nRUN pip cache purge\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a\nRUN cp -r /root/.cache/pip /x\n",
        "line 3 may read the cache",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY .npmrc .\nRUN npm config set offline true\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force\nCOPY .npmrc .\nRUN npm config set offline true\n",
        "line 4 may read the cache",
    ),
    (
        "FROM node:20\nRUN yarn install\nRUN yarn build\nRUN yarn cache clean\n",
        "FROM node:20\nRUN yarn install && yarn cache clean\nRUN yarn build\n",
        "this may be Yarn 2 or later",
    ),
    (
        "FROM node:20\nRUN npm ci\n# the server\nRUN npm cache clean --force\n",
        "FROM node:20\nRUN npm ci \\\n# the server\n    && npm cache clean --force\n",
        "the comment above it may be about what follows",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM node:20\nRUN npm ci\nENV npm_config_cache=/a\nRUN npm cache clean --force\n", "line 3 may say where"),
    ("FROM node:20\nRUN sudo npm ci\nCOPY . .\nRUN npm cache clean --force\n", "one of them runs as another user"),
    ("FROM node:20\nRUN HOME=/a npm ci\nCOPY . .\nRUN npm cache clean --force\n", "a variable before it says where"),
    ("FROM node:20\nRUN npm ci || true\nRUN npm cache clean --force\n", "its failure is ignored"),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\nRUN npm cache verify\nRUN npm cache clean --force\n",
        "something in the file",
    ),
    (
        "FROM node:20\nRUN npm ci\nCOPY . .\nRUN npm cache clean --force && rm -rf /a\n",
        "it removes more than the cache",
    ),
    ("FROM node:20\nRUN npm ci\nCOPY . .\nRUN rm -rf /root/*\nRUN rm -rf '~/.npm'\n", (" '~/.npm'", " ~/.npm")),
    ("FROM node:20\nRUN npm ci && npm cache clean --force\nRUN npm cache clean --force\n", (" && npm cache clean", "")),
    ("FROM debian:12\nRUN conda install -y a\nRUN rm -f /tmp/miniconda.sh\n", ("/tmp/miniconda.sh", "/opt/conda/pkgs")),
    ("FROM python:3.12\nRUN pip install --no-cache-dir a\nRUN pip cache purge\n", (" --no-cache-dir", "")),
    (
        "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\nRUN pip cache purge\n",
        (" --mount=type=cache,target=/root/.cache/pip", ""),
    ),
    (
        "FROM node:20\nRUN npm cache clean --force\nRUN npm ci\n",
        ("RUN npm cache clean --force\nRUN npm ci\n", "RUN npm ci\nRUN npm cache clean --force\n"),
    ),
    (
        'FROM node:20\nRUN npm ci\nRUN ["sh", "-c", "rm -rf /root/.npm"]\n',
        ('["sh", "-c", "rm -rf /root/.npm"]', "rm -rf /root/.npm"),
    ),
    (
        "FROM node:20\nRUN npm ci\nRUN --mount=type=cache,target=/x rm -rf /root/.npm\n",
        (" --mount=type=cache,target=/x", ""),
    ),
    ("FROM node:20\nRUN npm ci\nRUN rm -rf /root/.npm; rm -rf /tmp/*\n", ("; rm", " && rm")),
    ("FROM node:20\nRUN npm ci\nRUN (rm -rf /root/.npm)\n", ("(rm -rf /root/.npm)", "rm -rf /root/.npm")),
    ("FROM python:3.12\nRUN pip install a\nRUN pip cache purge > /log\n", (" > /log", "")),
    (
        "FROM python:3.12 AS a\nRUN pip install a\nRUN pip cache purge\nFROM scratch\nCOPY --from=a /a /\n",
        (" AS a", ""),
    ),
)

PIP = ("/root/.cache/pip/**", "/home/*/.cache/pip/**")
# what is said of them
SAYS = (
    (
        "FROM python:3.12\nRUN pip install a\nRUN pip cache purge\n",
        [
            Said(
                "RUN pip cache purge", "this clean-up leaves pip's cache in the layer that wrote it", "", PIP, PIP
            )
        ],
    ),
    *(
        (
            f"FROM node:20\nRUN npm ci\nRUN npm install -g x\n{between}RUN npm cache clean --force\n",
            [
                Said(
                    "RUN npm cache clean --force", "this clean-up leaves npm's cache in the layer that wrote it", "",
                    ("/root/.npm/**", "/home/*/.npm/**"), ("/root/.npm/**", "/home/*/.npm/**"),
                )
            ],
        )
        for between in ("", "COPY . .\n")
    ),
)  # fmt: skip


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


def test_a_cache_is_cleared_once() -> None:
    text = "FROM node:20\nRUN npm ci && npm test\nRUN rm -rf ~/.npm\n"
    assert optimize(text).text == "FROM node:20\nRUN npm ci && npm test \\\n    && rm -rf ~/.npm\n"


@pytest.mark.parametrize(
    ("lock", "changed"), [("# yarn lockfile v1\n", True), ("__metadata:\n  version: 8\n", False), (None, False)]
)
def test_a_lock_file_tells_which_yarn_it_is(tmp_path: Path, lock: str | None, changed: bool) -> None:
    text = "FROM node:20\nCOPY . .\nRUN yarn install\nRUN yarn build\nRUN yarn cache clean\n"
    (tmp_path / "package.json").write_text("{}")
    if lock is not None:
        (tmp_path / "yarn.lock").write_text(lock)
    assert only(RULE, text, context=Context(str(tmp_path))).changed == changed
