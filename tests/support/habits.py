"""Dockerfiles as people write them: put together by dice from habits, about as frequent as they are in real ones.

A text like ``«a|b»`` stands for one of its parts. The same number always gives the same Dockerfile, on every Python.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_CHOICE = re.compile(r"«([^«»]*)»")

_APT = "«curl|git|ca-certificates|build-essential|libpq-dev|vim-tiny|nginx|redis-server|unzip|gnupg|jq|locales»"
_APK = "«curl|git|bash|build-base|tzdata|nginx|libffi-dev|openssl|tini»"
_RPM = "«git|gcc|httpd|python3|make|tar|java-17-openjdk|which|findutils»"
_PIP = "«flask|numpy|requests==2.31.0|gunicorn|awscli|-r requirements.txt|.|-e .»"
_URL = "https://example.org/«tool|agent»-1.2"
_APT_GET = "«apt-get|apt-get|apt-get|apt|apt-get -qq»"
_RECOMMENDS = "« --no-install-recommends||»"
_WITH_LISTS = "« && rm -rf /var/lib/apt/lists/*| && apt-get clean|||»"

_RUNS = {
    "apt": (
        f"{_APT_GET} update && {_APT_GET} install -y{_RECOMMENDS} {_APT} {_APT}{_WITH_LISTS}",
        f"apt-get update -y && apt-get install -y{_RECOMMENDS} {_APT} && apt-get clean && rm -rf /var/lib/apt/lists/*",
        "apt-get update",
        f"apt-get install -y{_RECOMMENDS} {_APT} {_APT} {_APT}",
        f"apt-get update && apt-get upgrade -y && apt-get install -y {_APT}",
        f"apt-get update && apt-get install -y --no-install-recommends gcc {_APT} && make «|install»"
        " && apt-get purge -y --auto-remove gcc",
        f"apt-get «purge|remove|purge --auto-remove» -y {_APT}",
        "rm -rf /var/lib/apt/lists/*« /tmp/*|»",
        f"export DEBIAN_FRONTEND=noninteractive && apt-get update && apt-get install -yq {_APT}",
        "curl -fsSL https://deb.nodesource.com/setup_18.x | bash - && apt-get install -y nodejs",
        "sudo apt-get update && sudo apt-get install -y " + _APT,
    ),
    "apk": (
        f"apk add --no-cache {_APK} {_APK}",
        f"apk add {_APK} {_APK}",
        f"apk «update|-U upgrade» && apk add {_APK}« && rm -rf /var/cache/apk/*|»",
        f"apk add --update {_APK}",
        f"apk add --no-cache --virtual .build build-base {_APK} && make install && apk del .build",
        "apk add --virtual .deps gcc musl-dev",
        "apk del .deps",
    ),
    "rpm": (
        f"«dnf|yum|microdnf» install -y {_RPM} {_RPM}",
        f"«dnf|yum» install -y {_RPM} && «dnf|yum» clean all",
        f"«dnf|yum» -y update && «dnf|yum» -y install {_RPM} && rm -rf /var/cache/«dnf|yum»",
        "«dnf|yum» «makecache|clean all»",
        f"dnf install -y --setopt=install_weak_deps=False --nodocs {_RPM}",
        f"yum -y «remove|erase» {_RPM}",
    ),
    "zypper": (
        f"zypper «-n|--non-interactive» «in|install -y» {_RPM} {_RPM}« && zypper clean -a|»",
        f"zypper ref && zypper -n install {_RPM}",
    ),
    "pip": (
        f"«pip|pip3|python -m pip» install« --no-cache-dir|||» {_PIP}",
        f"pip install --upgrade pip && pip install {_PIP} {_PIP}",
        f"python3 -m venv /venv && /venv/bin/pip install {_PIP}",
        "pip install poetry && poetry install« --no-dev|»",
        "pip install . && rm -rf ~/.cache/pip",
    ),
    "node": (
        "npm «ci|install|install --production|ci --omit=dev»« && npm cache clean --force|||»",
        "npm install -g «pm2|serve|typescript»",
        "yarn install« --frozen-lockfile|»« && yarn cache clean||»",
        "npm run build",
        "corepack enable && pnpm install --frozen-lockfile",
    ),
    "build": (
        "go mod download",
        "go build -o /usr/local/bin/app .",
        "cargo build --release",
        "mvn «package|-B package -DskipTests»",
        "./gradlew build",
        "./configure --prefix=/usr/local && make -j4 && make install",
        "make",
        "bundle install« --without test|»",
        "gem install «rails|bundler»« --no-document|»",
        "composer install« --no-dev|»",
    ),
    "files": (
        f"curl -fsSLO {_URL}.tar.gz && tar xzf «tool|agent»-1.2.tar.gz« -C /opt||» && rm -f «tool|agent»-1.2.tar.gz",
        f"wget -q {_URL}.tgz -O /tmp/tool.tgz && tar -xzf /tmp/tool.tgz -C /opt« && rm /tmp/tool.tgz|»",
        f"cd /tmp && wget {_URL}.zip && unzip tool-1.2.zip",
        f"curl -sSL {_URL}.tar.gz | tar xz -C /opt",
        "git clone «--depth 1 |»https://example.org/tool.git« && cd tool && make install|»",
        "chmod «+x|755|0755|a+rx|700» «/entrypoint.sh|/usr/local/bin/run.sh|./run.sh|run.sh»",
        "chmod -R «755|g+w» «/app|/opt|.»",
        "chown «-R app:app|-R app|app:app|1000:1000» «/app|/home/app|/entrypoint.sh|.»",
        "«useradd -m app|useradd -r -u 1000 app|adduser -D app|groupadd -r app && useradd -r -g app app»",
        "mkdir -p «/app/data|/var/log/app|/opt/tool»« && chown app /var/log/app|»",
        "mv «/tmp/app.conf|app.conf» «/etc/app.conf|/etc/app/»",
        "rm -rf «/tmp/*|/app/tests|/root/.cache|/src|./node_modules»",
        "rm «/tmp/setup.sh|setup.sh»",
        "tar -xzf /tmp/app.tar.gz -C «/opt|/app»« && rm /tmp/app.tar.gz|»",
        "«sh|bash» «/tmp/setup.sh|setup.sh|./scripts/install.sh»",
        "ln -sf «/dev/stdout /var/log/app.log|/opt/tool/bin/tool /usr/local/bin/tool»",
        "sed -i 's/a/b/' «/etc/app.conf|/etc/nginx/nginx.conf»",
        "echo «$HOME|'export A=b'» >> «/etc/profile|~/.bashrc»",
        'if [ "$ENV" = dev ]; then pip install pytest; fi',
        "for name in a b; do mkdir -p /data/$name; done",
        "ldconfig",
        "VERSION=$(cat VERSION) && echo $VERSION > /etc/version",
        "set -ex && cd /opt && ./install.sh",
    ),
}

_BRINGS = (
    "«COPY|COPY|ADD» «requirements.txt|package*.json|go.mod go.sum|Gemfile Gemfile.lock|pom.xml» ./",
    "«COPY|COPY|COPY|ADD» «.|src|app|public» «.|/app|/srv|/app/src|./»",
    "«COPY|ADD» «run.sh|entrypoint.sh|docker/entrypoint.sh» «/|/entrypoint.sh|/usr/local/bin/|/usr/local/bin/run.sh|.»",
    "COPY «nginx.conf|app.conf|setup.sh» «/etc/nginx/|/tmp/|/etc/app.conf|/tmp/app.conf|.»",
    "«COPY|ADD» app.tar.gz «/tmp/|/app/|/opt/»",
    "COPY --«chown=app:app|chmod=755|chown=1000» «.|run.sh» «.|/app/»",
    f"ADD {_URL}.tar.gz /tmp/",
)
# A file that is brought, and what is then done with it.
_PAIRS = (
    (
        "COPY run.sh «/usr/local/bin/|/usr/local/bin/run.sh»",
        "RUN chmod «+x|755|0700» /usr/local/bin/run.sh« && ldconfig|»",
    ),
    ("«COPY|ADD» entrypoint.sh /", "RUN chmod «+x|a+x|755» /entrypoint.sh"),
    ("COPY entrypoint.sh /usr/bin/entrypoint", "RUN «chown app:app|chown root:root|chown 1000» /usr/bin/entrypoint"),
    ("COPY . /app", "RUN chown -R «app:app|app|www-data:www-data» /app"),
    (
        "WORKDIR /srv/app\nCOPY . .",
        "RUN «chown -R node:node|chmod -R g+w|rm -rf .git && chown -R 1000:1000» «.|/srv/app»",
    ),
    ("COPY app.tar.gz /tmp/", "RUN tar -xzf /tmp/app.tar.gz -C /opt« && rm /tmp/app.tar.gz|»"),
    ("«COPY|ADD» app.conf /tmp/app.conf", "RUN mv /tmp/app.conf /etc/«app.conf|app/»"),
    ("COPY setup.sh /tmp/", "RUN sh /tmp/setup.sh« && rm /tmp/setup.sh|»"),
    ("COPY src /src", "RUN make -C /src install\nRUN rm -rf /src"),
    ("RUN groupadd -r app && useradd -r -g app app", "COPY app.conf /etc/app.conf\nRUN chown app:app /etc/app.conf"),
    (f"RUN curl -fsSLO {_URL}.tar.gz", "RUN tar xzf «tool|agent»-1.2.tar.gz && rm «tool|agent»-1.2.tar.gz"),
    ("RUN apk add --virtual .deps gcc musl-dev", "RUN make install\nRUN apk del .deps"),
    ("RUN apt-get update", "RUN apt-get install -y curl git"),
    ("RUN curl -fsSLo /usr/local/bin/tool https://example.org/tool", "RUN chmod «+x|755» /usr/local/bin/tool"),
    ("RUN apt-get update && apt-get install -y jq", "RUN «apt-get clean|rm -rf /var/lib/apt/lists/*»"),
    ("RUN mkdir -p /opt/tool && make", "RUN «chown -R root:root|rm -rf|chmod -R go-w» /opt/tool"),
)
_OTHERS = (
    "ENV «NODE_ENV=production|A=b C=d|PATH=/opt/tool/bin:$PATH|DEBIAN_FRONTEND=noninteractive|LANG C.UTF-8|HOME /app»",
    "ARG «VERSION=1|DEBIAN_FRONTEND=noninteractive|ENV»",
    "WORKDIR «/app|/srv|/app|/home/app|src|/tmp/build»",
    "USER «app|root|1000|node»",
    "EXPOSE 80«80|»",
    'LABEL «maintainer=me|version="1"»',
    "MAINTAINER me <me@example.org>",
    'VOLUME «/data|["/var/lib/app"]»',
    'SHELL ["/bin/bash", "«-c|-euo", "pipefail", "-c»"]',
    "HEALTHCHECK CMD curl -f http://localhost/",
    "# «what follows|TLS is needed here|keep in step with CI»",
    "",
)
_ENDS = (
    'CMD ["«python", "app.py|node", "server.js|/entrypoint.sh|nginx", "-g", "daemon off;»"]',
    'ENTRYPOINT ["/«entrypoint.sh|usr/local/bin/run.sh|app/run.sh»"]',
    "CMD «./run.sh|npm start|python -m app|service nginx start && tail -f /dev/null»",
)
# Bases, and what is done on them how often.
_WORLDS = (
    ("«debian:12|debian:bookworm-slim|ubuntu:22.04|ubuntu|buildpack-deps:bookworm»", "apt apt apt files files build"),
    ("python:«3.11|3.11-slim|3.12-slim-bookworm»", "apt pip pip files"),
    ("node:«18|20-slim|20-bookworm»", "apt node node files"),
    ("«alpine:3.19|alpine|alpine:3.7|nginx:alpine»", "apk apk files build"),
    ("«node:20-alpine|python:3.11-alpine|golang:1.22-alpine»", "apk node pip build files"),
    ("«fedora:40|rockylinux:9|centos:7|registry.access.redhat.com/ubi9/ubi»", "rpm rpm rpm files pip"),
    ("opensuse/leap:15.6", "zypper zypper files"),
    ("«golang:1.22|rust:1.77|maven:3-eclipse-temurin-17|ruby:3.3|php:8.3-cli»", "apt build build files"),
)
_WEIGHTS = (0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7)


class Dice:
    """Choices that depend on nothing but the seed: `random.random` is the one that stays the same for good."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def of(self, choices: Sequence[_T]) -> _T:
        return choices[int(self.random() * len(choices))]

    def text(self, template: str) -> str:
        while _CHOICE.search(template):
            template = _CHOICE.sub(lambda match: self.of(match[1].split("|")), template)
        return template


def dockerfile(number: int) -> str:
    """The Dockerfile of that number."""
    dice = Dice(number)
    base, kinds = _WORLDS[dice.of(_WEIGHTS)]
    stages = 2 if dice.random() < 0.25 else 1
    lines = ["# syntax=docker/dockerfile:1"] if dice.random() < 0.1 else []
    for stage in range(stages):
        name = " AS build" if stage + 1 < stages else ""
        lines.append(f"FROM {dice.text(base)}{name}")
        for _ in range(2 + int(dice.random() * 6)):
            lines += _lines(dice, kinds.split())
        if stage:
            lines.append(dice.text("COPY --from=build «/app /app|/usr/local /usr/local|/root/.cache /root/.cache|/ /»"))
    lines += [dice.text(dice.of(_ENDS))] if dice.random() < 0.8 else []
    return "\n".join(lines) + ("" if dice.random() < 0.08 else "\n")


def _lines(dice: Dice, kinds: list[str]) -> list[str]:
    which = dice.random()
    if which < 0.55:
        return [_run(dice, dice.text(dice.of(_RUNS[dice.of(kinds)])))]
    if which < 0.75:
        brings, uses = dice.of(_PAIRS)
        between = [dice.text(dice.of(_OTHERS))] if dice.random() < 0.3 else []
        return [dice.text(brings), *between, dice.text(uses)]
    return [dice.text(dice.of(_BRINGS if which < 0.85 else _OTHERS))]


def _run(dice: Dice, script: str) -> str:
    """A RUN of the commands, in one of the ways people break lines."""
    commands = script.split(" && ")
    style = dice.random()
    if style < 0.04:
        return "RUN <<EOF\n" + "\n".join(("set -e", *commands)) + "\nEOF"
    if style < 0.1:
        return "RUN set -eux; \\\n" + "; \\\n".join(f"\t{command}" for command in commands)
    if style < 0.14:
        return dice.text("RUN --mount=type=cache,target=«/root/.cache|/var/cache/apt|/root/.npm» ") + script
    joined = dice.of((" && ", " \\\n    && ", " && \\\n    ", " \\\n && ")).join(commands)
    if "\\\n" in joined and dice.random() < 0.3:
        joined = joined.replace(
            "\\\n", "\\\n    # " + dice.of(("why", "needed by the tests", "see the manual")) + "\n", 1
        )
    return "RUN " + joined
