"""What `packages-removed-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "packages-removed-in-later-layer"

_ADDED = "FROM alpine:3.20\nRUN apk add --virtual .b gcc"
_ADD = f"{_ADDED}\n"

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
    # What stands between them, and is said by commands instead.
    (
        f"{_ADD}ENV A=b PATH=/a/bin:$PATH\nRUN make && apk del .b\n",
        f'{_ADDED} && export A=b PATH="/a/bin:$PATH" && make && apk del .b\nENV A=b PATH=/a/bin:$PATH\n',
    ),
    (
        f"{_ADD}ENV A /b\nENV PATH=$A:${{PATH}}\nRUN make && apk del .b\n",
        f'{_ADDED} && export A=/b && export PATH="/b:${{PATH}}" && make && apk del .b\n'
        "ENV A /b\nENV PATH=$A:${PATH}\n",
    ),
    (
        f"{_ADD}WORKDIR /app\nRUN make\nWORKDIR /\nRUN b && apk del .b\n",
        "FROM alpine:3.20\nWORKDIR /app\nRUN apk add --virtual .b gcc \\\n    && make \\\n    && cd / && b && apk del .b\n"
        "WORKDIR /\n",
    ),
    (
        f"{_ADD}ENV A=b\nRUN mkdir /c && apk del .b\n",
        f"{_ADDED} && export A=b && mkdir /c && apk del .b\nENV A=b\n",
    ),
    (
        f"{_ADD}RUN make\nWORKDIR /new\nRUN make && apk del .b\n",
        f"{_ADDED} \\\n    && make \\\n    && mkdir -p /new && cd /new && make && apk del .b\nWORKDIR /new\n",
    ),
    (
        f"{_ADD}RUN make\nENV AN=/a/long/value/in/the/end BN=/b/long/value/in/the/end CN=/c\nRUN make /of/it && apk del .b\n",
        f"{_ADDED} \\\n    && make \\\n    && export AN=/a/long/value/in/the/end BN=/b/long/value/in/the/end CN=/c \\\n"
        "    && make /of/it && apk del .b\nENV AN=/a/long/value/in/the/end BN=/b/long/value/in/the/end CN=/c\n",
    ),
    (
        f"{_ADD}WORKDIR /a\nRUN make\nWORKDIR /\nRUN rm -rf /a\nWORKDIR /a\nRUN make && apk del .b\n",
        "FROM alpine:3.20\nWORKDIR /a\nRUN apk add --virtual .b gcc \\\n    && make \\\n    && cd / && rm -rf /a \\\n"
        "    && mkdir -p /a && cd /a && make && apk del .b\nWORKDIR /\nWORKDIR /a\n",
    ),
    # Lists that go on where something fails.
    (
        f"{_ADD}RUN make || true\nRUN apk del .b || echo kept\n",
        f"{_ADDED} \\\n    && {{ make || true; }} \\\n    && {{ apk del .b || echo kept; }}\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add gcc || true\nRUN make && apk del gcc\n",
        "FROM alpine:3.20\nRUN { apk add gcc || true; } \\\n    && make && apk del gcc\n",
    ),
    (
        "FROM alpine:3.20\nRUN set -eux; apk add gcc; mkdir /a\nRUN make\nRUN set -x && apk del gcc\n",
        "FROM alpine:3.20\nRUN set -eux; apk add gcc; mkdir /a \\\n    && make \\\n    && set -x && apk del gcc\n",
    ),
    # What is removed without the name that it was installed by.
    (
        "FROM alpine:3.20\nRUN apk add gcc=1.2-r0 musl~=2\nRUN make\nRUN apk del gcc musl\n",
        "FROM alpine:3.20\nRUN apk add gcc=1.2-r0 musl~=2 \\\n    && make \\\n    && apk del gcc musl\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc && make && apt-get remove -y gcc\n"
        "RUN apt-get autoremove -y\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc && make && apt-get remove -y gcc \\\n"
        "    && apt-get autoremove -y\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y jq\nRUN dnf install -y gcc\nRUN make && dnf history undo -y last\n",
        "FROM fedora:40\nRUN dnf install -y jq\nRUN dnf install -y gcc && make && dnf history undo -y last\n",
    ),
    (
        "FROM python:3.12\nRUN pip install cython==3.0 numpy\nRUN pip uninstall -y cython\n",
        "FROM python:3.12\nRUN pip install cython==3.0 numpy && pip uninstall -y cython\n",
    ),
    (
        "FROM node:20\nWORKDIR /a\nCOPY . .\nRUN yarn\nRUN yarn build\nRUN yarn install --production\n",
        "FROM node:20\nWORKDIR /a\nCOPY . .\nRUN yarn \\\n    && yarn build \\\n    && yarn install --production\n",
    ),
    (
        "FROM node:20\nCOPY . /a\nRUN pnpm i\nRUN pnpm prune --prod\n",
        "FROM node:20\nCOPY . /a\nRUN pnpm i && pnpm prune --prod\n",
    ),
    (
        "FROM php:8.2\nWORKDIR /a\nCOPY . .\nRUN composer install\nRUN composer install --no-dev -o\n",
        "FROM php:8.2\nWORKDIR /a\nCOPY . .\nRUN composer install && composer install --no-dev -o\n",
    ),
    (
        "FROM node:20\nENV NODE_ENV=test\nRUN npm ci\nENV NODE_ENV=production\nRUN npm prune\n",
        "FROM node:20\nENV NODE_ENV=test\nRUN npm ci && export NODE_ENV=production && npm prune\nENV NODE_ENV=production\n",
    ),
    # What is copied, and has nothing to do with packages.
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gnupg nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n"
        "RUN apt-get purge -y gnupg && apt-get autoremove -y\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y gnupg nginx \\\n"
        "    && apt-get purge -y gnupg && apt-get autoremove -y\nCOPY nginx.conf /etc/nginx/nginx.conf\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /srv/mill\nRUN mkdir a\n"
        "COPY mill.conf /etc/mill.conf\nRUN apt-get purge -y gcc\nUSER mill\n",
        "FROM debian:12\nWORKDIR /srv/mill\nRUN apt-get update && apt-get install -y gcc \\\n    && mkdir a \\\n"
        "    && apt-get purge -y gcc\nCOPY mill.conf /etc/mill.conf\nUSER mill\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n"
        "COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh\nRUN apt-get purge -y gcc\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc \\\n    && apt-get purge -y gcc\n"
        "COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh\n",
    ),
    (
        "FROM python:3.12\nWORKDIR /a\nRUN apt-get update && apt-get install -y gcc && python3 -m venv /opt/venv\n"
        "COPY requirements.txt .\nRUN /opt/venv/bin/pip install -r requirements.txt\nRUN apt-get purge -y gcc\n",
        "FROM python:3.12\nWORKDIR /a\nCOPY requirements.txt .\n"
        "RUN apt-get update && apt-get install -y gcc && python3 -m venv /opt/venv \\\n"
        "    && /opt/venv/bin/pip install -r requirements.txt \\\n    && apt-get purge -y gcc\n",
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
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nRUN mkdir /a\nCOPY mill.conf /etc/mill.conf\n"
        "RUN apt-get purge -y gcc\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc \\\n    && mkdir /a \\\n"
        "    && apt-get purge -y gcc\nCOPY mill.conf /etc/mill.conf\n",
        "a package may have to do with /etc/mill.conf",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (f"{_ADD}ENV LD_PRELOAD=/a.so\nRUN make && apk del .b\n", "LD_PRELOAD may matter to the other"),
    (f"{_ADD}ENV PATH=/a:$HOME:$PATH\nRUN make && apk del .b\n", "PATH may matter to the other"),
    (f"{_ADD}ENV A=b\nCOPY requirements.txt /$A/\nRUN make && apk del .b\n", "A may matter to the other"),
    (
        f"{_ADD}RUN make\nWORKDIR /etc/new\nRUN make && apk del .b\n",
        "line 4 stands between them: both have to do with /etc/new",
    ),
    (f"{_ADD}RUN make || true\nRUN set -e; apk del .b\n", "the second goes on when a command fails"),
    (
        "FROM alpine:3.20\nRUN set -ex; apk add gcc\nRUN make\nRUN for a in b; do $a; done && apk del gcc\n",
        "`set` further up would reach it",
    ),
    (
        "FROM alpine:3.20\nRUN set -u; apk add gcc\nRUN make $A && apk del gcc\n",
        "`set` in the first would reach the second",
    ),
    (
        "FROM alpine:3.20\nRUN set -f; apk add gcc\nRUN make && apk del gcc\n",
        "`set` in the first would reach the second",
    ),
    (
        "FROM alpine:3.20\nRUN set -e; apk add gcc; for a in b; do c; done\nRUN make && apk del gcc\n",
        "`for` in the first would reach the second",
    ),
    (
        "FROM node:20\nWORKDIR /a\nCOPY . .\nRUN yarn install --production\nRUN yarn build && yarn --prod\n",
        ("yarn install --production", "yarn install"),
    ),
    ("FROM node:20\nRUN npm install -g a\nRUN npm prune --omit=dev\n", ("install -g a", "install")),
    ("FROM node:20\nRUN npm ci\nRUN npm prune\n", ("prune", "prune --omit=dev")),
    ("FROM python:3.12\nRUN pip install a\nRUN pip uninstall -y b\n", ("-y b", "-y a")),
    ("FROM python:3.12\nRUN pip install cmake\nRUN apt-get purge -y cmake\n", ("pip", "apt-get")),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gnupg nginx-extras\n"
        "COPY nginx.conf /etc/nginx/nginx.conf\nRUN apt-get purge -y gnupg nginx-extras\n",
        "line 3 stands between them: both have to do with /etc/nginx/nginx.conf",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nRUN mkdir /a\n"
        "COPY --chown=mill mill.conf /etc/mill.conf\nRUN apt-get purge -y gcc\nWORKDIR /srv/mill\nUSER mill\n",
        "one may make a user whom the other needs",
    ),
    (
        "FROM python:3.12\nRUN apt-get update && apt-get install -y gcc && python3 -m venv /a/venv\nWORKDIR /a\n"
        "COPY requirements.txt venv/\nRUN pip install -r venv/requirements.txt && apt-get purge -y gcc\n",
        "may do anything",
    ),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc && make && apk del .b\n", ("gcc &&", "gcc\nRUN")),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make && apk del .other\n", (".other", ".b")),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\n" + "RUN a\n" * 9 + "RUN apk del .b\n",
        "9 RUNs stand between them, which would share one layer of the build cache",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV A=b$C\nRUN make && apk del .b\n",
        "line 3 stands between them: A may matter to the other",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nUSER app\nRUN make && apk del .b\n",
        "line 3 stands between them: one may make a user whom the other needs",
    ),
    ("FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN if make; then apk del .b; fi\n", (" if make; then", "")),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nRUN make || exit 1\nRUN apk del .b\n",
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
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV NODE_VERSION=1 LANG='C'\nRUN a && apk del .b\n",
        "line 3 stands between them: LANG may matter to the other",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nENV APT_VERSION=1 BASH_ENV=/a\nRUN a && apk del .b\n",
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
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY requirements.txt /usr/lib/\nRUN a && apk del .b\n",
        "line 3 stands between them: both have to do with /usr/lib/requirements.txt",
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
        "pip may read what line 4 copies",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY a /app/\nRUN apk del .b && rm -rf /app/a\n",
        "what line 3 copies would come above the packages: packages-removed-after-copy does that",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY a /usr/lib/\nRUN apk del .b\n",
        "line 3 stands between them: both have to do with /usr/lib, where packages may have files",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --virtual .b gcc\nCOPY . /app\nRUN make -C /app && apk del .b\n",
        "what line 3 copies would come above the packages: packages-removed-after-copy does that",
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
