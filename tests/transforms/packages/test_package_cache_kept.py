"""What `package-cache-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "package-cache-kept"

# before, after
REWRITES = (
    (
        "FROM node:20\nRUN npm install $X\n",
        "FROM node:20\nRUN npm install $X && npm cache clean --force\n",
    ),
    ('FROM node:22\nRUN ["x"]\nRUN npm ci\n', 'FROM node:22\nRUN ["x"]\nRUN npm ci && npm cache clean --force\n'),
    (
        "FROM composer:2\nRUN composer global require composer/composer\nRUN composer install\n",
        (
            "FROM composer:2\nRUN composer global require composer/composer && composer clear-cache\n"
            "RUN composer install && composer clear-cache\n"
        ),
    ),
    (
        "FROM debian:12\nRUN echo > /etc/apt/apt.conf.d/docker-clean\nRUN apt-get install -y a\n",
        "FROM debian:12\nRUN echo > /etc/apt/apt.conf.d/docker-clean\nRUN apt-get install -y a && apt-get clean\n",
    ),
    (
        'FROM node:20\nRUN npm ci && rm -rf "~/.npm"\n',
        'FROM node:20\nRUN npm ci && npm cache clean --force && rm -rf "~/.npm"\n',
    ),
    (
        "FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN apt-get update && apt-get install -y a\n",
        "FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\n"
        "RUN apt-get update && apt-get install -y a && apt-get clean\n",
    ),
    (
        "FROM debian:12 AS a\nRUN rm -f /etc/apt/apt.conf.d/docker-clean; echo 'a::Keep-Downloaded-Packages \"true\";' > /b\n"
        "FROM a\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:12 AS a\nRUN rm -f /etc/apt/apt.conf.d/docker-clean; echo 'a::Keep-Downloaded-Packages \"true\";' > /b\n"
        "FROM a\nRUN apt-get update && apt-get install -y a && apt-get clean && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM node:20\nUSER svc\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
        "FROM node:20\nUSER svc\nRUN --mount=type=cache,target=/root/.npm npm ci && npm cache clean --force\n",
    ),
    (
        "FROM node:20\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN npm install -g a\n",
        "FROM node:20\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN npm install -g a && npm cache clean --force\n",
    ),
    ("FROM node:22\nRUN npm ci\n", "FROM node:22\nRUN npm ci && npm cache clean --force\n"),
    ("FROM node:22\nRUN npm ci && npm test\n", "FROM node:22\nRUN npm ci && npm cache clean --force && npm test\n"),
    ("FROM node:22\nRUN pnpm install\n", "FROM node:22\nRUN pnpm install && rm -rf ~/.cache/pnpm\n"),
    (
        "FROM node:22\nRUN npm install -g npmx\nRUN npm ci\n",
        ("FROM node:22\nRUN npm install -g npmx && npm cache clean --force\nRUN npm ci && npm cache clean --force\n"),
    ),
    (
        "FROM node:22\nRUN yarn add npm\nRUN npm ci\n",
        "FROM node:22\nRUN yarn add npm\nRUN npm ci && npm cache clean --force\n",
    ),
    (
        "FROM ruby:3\nRUN bundle install\n",
        "FROM ruby:3\nRUN bundle install && rm -rf /usr/local/bundle/cache/* ~/.bundle/cache\n",
    ),
    ("FROM composer:2\nRUN composer install\n", "FROM composer:2\nRUN composer install && composer clear-cache\n"),
    (
        "FROM node:22\nRUN yarn install --production\n",
        "FROM node:22\nRUN yarn install --production && yarn cache clean\n",
    ),
    ("FROM node:20\nRUN yarn --production\n", "FROM node:20\nRUN yarn --production && yarn cache clean\n"),
    (
        "FROM node:20\nRUN npm ci\nRUN npm test && npm cache clean --force\n",
        "FROM node:20\nRUN npm ci && npm cache clean --force\nRUN npm test && npm cache clean --force\n",
    ),
    (
        "FROM node:20\nRUN npm cache clean --force && npm ci\n",
        "FROM node:20\nRUN npm cache clean --force && npm ci && npm cache clean --force\n",
    ),
    (
        "FROM node:20\n# no npm cache\nRUN npm ci\nRUN npm i x && rm -r ~/.npm\n",
        "FROM node:20\n# no npm cache\nRUN npm ci && npm cache clean --force\nRUN npm i x && rm -r ~/.npm\n",
    ),
    (
        "FROM debian:12\nRUN conda install -y a && rm /tmp/miniconda.sh\n",
        "FROM debian:12\nRUN conda install -y a && conda clean -afy && rm /tmp/miniconda.sh\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        'FROM node:22\nRUN ["/usr/local/bin/npm", "install", "-g", "npm@10"]\nRUN npm ci\n',
        'FROM node:22\nRUN ["/usr/local/bin/npm", "install", "-g", "npm@10"]\nRUN npm ci && npm cache clean --force\n',
        "npm has been replaced by a version that may not run with this Node.js",
    ),
    (
        "FROM node:22\nRUN yarn install\n",
        "FROM node:22\nRUN yarn install && yarn cache clean\n",
        "this may be Yarn 2 or later, which runs programs from its cache",
    ),
    (
        "FROM node:22\nRUN npm install -g npm@10 && npm ci\n",
        "FROM node:22\nRUN npm install -g npm@10 && npm ci && npm cache clean --force\n",
        "npm has been replaced by a version that may not run with this Node.js",
    ),
    (
        "FROM node:22\nRUN npm install -g npm\nRUN npm ci\n",
        ("FROM node:22\nRUN npm install -g npm && npm cache clean --force\nRUN npm ci && npm cache clean --force\n"),
        "npm has been replaced by a version that may not run with this Node.js",
    ),
    (
        "FROM node:22 AS a\nRUN npm i -g npm@9\nFROM a\nRUN npm ci\n",
        (
            "FROM node:22 AS a\n"
            "RUN npm i -g npm@9 && npm cache clean --force\n"
            "FROM a\n"
            "RUN npm ci && npm cache clean --force\n"
        ),
        "npm has been replaced by a version that may not run with this Node.js",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM node:22\nRUN npm ci\nENV npm_config_offline=true\n", "line 3 may read the cache"),
    ("FROM node:22\nRUN npm ci\nRUN cp -r /root /x\n", "line 3 may read the cache"),
    ("FROM debian:12\nRUN mv /docker-clean /a\nRUN apt-get install -y --download-only a\n", (" --download-only", "")),
    (
        "FROM debian:12\nRUN apt-get install -y a\nRUN rm /docker-clean\n",
        ("RUN apt-get install -y a\nRUN rm /docker-clean", "RUN rm /docker-clean\nRUN apt-get install -y a"),
    ),
    (
        "FROM debian:12 AS a\nRUN rm docker-clean\nFROM debian:12\nRUN apt-get install -y a\n",
        ("debian:12\nRUN apt", "a\nRUN apt"),
    ),
    (
        "FROM debian:12\nRUN rm docker-clean\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y a\n",
        ("target=/var/cache/apt", "target=/srv/x"),
    ),
    (
        "FROM node:20\nENV HOME=/root\nUSER svc\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
        ("ENV HOME=/root\n", ""),
    ),
    ("FROM node:20\nUSER $U\nRUN --mount=type=cache,target=/root/.npm npm ci\n", ("$U", "svc")),
    ("FROM team/node:20\nRUN --mount=type=cache,target=/home/a/.npm npm ci\n", ("team/", "")),
    ("FROM node:20\nUSER svc\nRUN --mount=type=cache,target=/root/.npm sudo npm ci\n", (" sudo", "")),
    ("FROM perl:5-slim\nUSER me\nRUN cpanm --sudo Digest::SHA1\n", (" --sudo", "")),
    ("FROM node:20\nRUN npm ci && npm cache clean --force\n", (" cache", "")),
    ("FROM node:20\nRUN npm ci && rm -rf ~/.npm\n", (" ~/.npm", "")),
    ("FROM node:20\nRUN npm ci\nRUN rm -r ~/.npm\n", "line 3 removes the cache, and fails where there is none"),
    ("FROM node:20\nRUN npm ci && npm cache verify\n", (" cache", "")),
    ("FROM node:20\nRUN npm ci --cache /tmp/npm\n", (" --cache", "")),
    ("FROM node:20 AS build\nRUN npm ci\nFROM node:20\nCOPY --from=build /app /app\n", (" AS build", "")),
    ("FROM node:20\nRUN npm run build\n", ("run build", "ci || true")),
    ("FROM node:20\nRUN echo npm ci\n", ("node:20\nRUN echo", "node:22\nRUN")),
    ("FROM node:20\nRUN npm install --offline\n", (" --offline", "")),
    ("FROM node:20\nRUN yarn install && yarn cache clean\n", (" cache", "")),
    ("FROM node:20\nRUN corepack enable && yarn install --production\n", (" corepack", "")),
    ("FROM node:20\nRUN yarn run build --production\n", (" run build", "")),
    ("FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean -afy\n", (" clean", "")),
    ("FROM python:3.12\nRUN poetry install --no-cache\n", (" --no-cache", "")),
    ("FROM node:20\nRUN pnpm store path && pnpm install\n", (" store", "")),
    ("FROM ruby:3.3\nRUN bundle config set path vendor/bundle && bundle install\n", (" path vendor/bundle", "")),
    ("FROM perl:5\nRUN cpanm Moose && rm -rf ~/.cpanm\n", (" ~/.cpanm", "")),
    ("FROM node:20\nENV npm_config_cache=/tmp/npm\nRUN npm ci\n", ("ENV npm_config_cache=/tmp/npm\n", "")),
    ("FROM node:20\nRUN --mount=type=cache,target=/root/.npm npm ci\n", (" --mount=type=cache,target=/root/.npm", "")),
)

REMOVES = ("/root/.npm/**", "/home/*/.npm/**")
CHANGES = ("/root/.npm/**", "/home/*/.npm/**")
# what is said of them
SAYS = (
    (
        (
            "FROM node:20-slim\n"
            "WORKDIR /app\n"
            "COPY package.json package-lock.json ./\n"
            "RUN npm ci\n"
            'CMD ["node", "server.js"]\n'
        ),
        [Said("npm ci", "npm's cache stays in this layer", "", REMOVES, CHANGES)],
    ),
    ("FROM node:22\nRUN npm ci\n", [Said("npm ci", "npm's cache stays in this layer", "", REMOVES, CHANGES)]),
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
