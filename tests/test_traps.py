"""What has broken other fixers, one small Dockerfile each: rewritten exactly so, or not at all."""

from __future__ import annotations

import re

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.rules.engine import Result

LISTS = "rm -rf /var/lib/apt/lists/*"


def fix(text: str, **settings: object) -> Result:
    return optimize(text, settings=Settings(**settings))  # type: ignore[arg-type]


def check(before: str, after: str) -> None:
    assert fix(before).text == after
    assert fix(after).text == after


DOCKERFILE_TRAPS = {
    "escape directive": (
        "# escape=`\nFROM debian:12\nRUN apt-get update && `\n    apt-get install -y curl\n",
        f"# escape=`\nFROM debian:12\nRUN apt-get update && `\n    apt-get install -y curl && `\n    {LISTS}\n",
    ),
    "a directive below a comment is a comment": (
        "# note\n# escape=`\nFROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl\n",
        f"# note\n# escape=`\nFROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl && \\\n    {LISTS}\n",
    ),
    "lower-case instructions": (
        "from debian:12\nrun apt-get update\nrun apt-get install -y curl\n",
        f"from debian:12\nrun apt-get update && apt-get install -y curl && {LISTS}\n",
    ),
    "SHELL bash with pipefail": (
        'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN apt-get update && apt-get install -y curl\n',
        'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'
        f"RUN apt-get update && apt-get install -y curl && {LISTS}\n",
    ),
    "CRLF": (
        "FROM debian:12\r\nRUN apt-get update && \\\r\n  apt-get install -y curl\r\n",
        f"FROM debian:12\r\nRUN apt-get update && \\\r\n  apt-get install -y curl && \\\r\n  {LISTS}\r\n",
    ),
    "byte order mark, no final newline": (
        "\ufeffFROM debian:12\nRUN apt-get update && apt-get install -y curl",
        f"\ufeffFROM debian:12\nRUN apt-get update && apt-get install -y curl && {LISTS}",
    ),
    "backslash at the end of the file": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y \\\n    curl \\\n",
        f"FROM debian:12\nRUN apt-get update && apt-get install -y \\\n    curl \\\n    && {LISTS} \\\n",
    ),
    "heredoc": (
        "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n",
        f"FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\n{LISTS}\nEOF\n",
    ),
    "heredoc without set -e: the status of the last command counts": (
        "FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n",
        f"FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl && {LISTS}\nEOF\n",
    ),
    "heredoc with tabs": (
        "FROM debian:12\nRUN <<-EOF\n\tset -e\n\tapt-get update\n\tapt-get install -y curl\n\tEOF\n",
        f"FROM debian:12\nRUN <<-EOF\n\tset -e\n\tapt-get update\n\tapt-get install -y curl\n\t{LISTS}\n\tEOF\n",
    ),
    "comments inside a continuation": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y \\\n    # the client\n    curl \\\n    # and git\n    git\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y \\\n    # the client\n    curl \\\n    # and git\n    git"
        f" \\\n    && {LISTS}\n",
    ),
    "an empty line inside a continuation": (
        "FROM debian:12\nRUN apt-get update && \\\n\n    apt-get install -y curl\n",
        f"FROM debian:12\nRUN apt-get update && \\\n\n    apt-get install -y curl && \\\n    {LISTS}\n",
    ),
    "a cache mount for the archives only": (
        "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl\n",
        "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl"
        " \\\n    && rm -rf /var/lib/apt/lists/*\n",
    ),
    "a stage built on an earlier one ships it": (
        "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y curl\nFROM base AS app\nRUN make\n",
        f"FROM debian:12 AS base\nRUN apt-get update && apt-get install -y curl && {LISTS}\nFROM base AS app\nRUN make\n",
    ),
    "every unused stage is a target": (
        "FROM debian:12 AS one\nRUN apt-get update && apt-get install -y curl\nFROM debian:12 AS two\nRUN make\n",
        f"FROM debian:12 AS one\nRUN apt-get update && apt-get install -y curl && {LISTS}\nFROM debian:12 AS two\nRUN make\n",
    ),
    "comments between joined RUNs stay": (
        "FROM debian:12\nRUN apt-get update\n# tools\nRUN apt-get install -y curl\n",
        f"FROM debian:12\nRUN apt-get update \\\n# tools\n    && apt-get install -y curl \\\n    && {LISTS}\n",
    ),
}  # fmt: skip

SHELL_TRAPS = {
    "a failure that is passed over stays so": (
        "FROM debian:12\nRUN apt-get update; apt-get install -y curl\n",
        f"FROM debian:12\nRUN apt-get update; apt-get install -y curl && {LISTS}\n",
    ),
    "set -e with semicolons": (
        "FROM debian:12\nRUN set -eux; apt-get update; apt-get install -y curl\n",
        f"FROM debian:12\nRUN set -eux; apt-get update; apt-get install -y curl; {LISTS}\n",
    ),
    "an install in a branch is cleared at the end": (
        'FROM debian:12\nRUN if [ "$X" ]; then apt-get update && apt-get install -y curl; fi\n',
        f'FROM debian:12\nRUN if [ "$X" ]; then apt-get update && apt-get install -y curl; fi && {LISTS}\n',
    ),
    "an install in a loop": (
        "FROM debian:12\nRUN apt-get update; for p in a b; do apt-get install -y $p; done\n",
        f"FROM debian:12\nRUN apt-get update; for p in a b; do apt-get install -y $p; done && {LISTS}\n",
    ),
    "sudo": (
        "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y curl\n",
        f"FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y curl && sudo {LISTS}\n",
    ),
    "wrappers and paths": (
        "FROM python:3.12\nRUN sudo -H env A=b time /usr/bin/python3.11 -m pip install $ARGS && pip3.11 install x\n",
        "FROM python:3.12\nRUN sudo -H env A=b time /usr/bin/python3.11 -m pip install --no-cache-dir $ARGS"
        " && pip3.11 install --no-cache-dir x\n",
    ),
    "an assignment before the command": (
        "FROM debian:12\nRUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y curl\n",
        f"FROM debian:12\nRUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y curl \\\n    && {LISTS}\n",
    ),
    "options before the subcommand": (
        "FROM fedora:40\nRUN dnf -y --enablerepo crb install curl && dnf clean all\n",
        "FROM fedora:40\nRUN dnf -y --enablerepo crb install --nodocs curl && dnf clean all\n",
    ),
}

PACKAGE_TRAPS = {
    "a refresh moves over what does not matter": (
        "FROM debian:12\nRUN apt-get update\nENV LANG=C.UTF-8\nRUN mkdir -p /app\nRUN apt-get install -y curl\n",
        f"FROM debian:12\nENV LANG=C.UTF-8\nRUN mkdir -p /app\nRUN apt-get update && apt-get install -y curl && {LISTS}\n",
    ),
    "a refresh that nothing uses goes": (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl\n",
        f"FROM debian:12\nRUN apt-get update && apt-get install -y curl && {LISTS}\n",
    ),
    "three installs share one index": (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y a\nRUN apt-get install -y b\nRUN apt-get clean\n",
        "FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y a \\\n    && apt-get install -y b \\\n"
        f"    && apt-get clean \\\n    && {LISTS}\n",
    ),
    "lists cleared before the last refresh are not cleared": (
        f"FROM debian:12\nRUN {LISTS} && apt-get update && apt-get install -y curl\n",
        f"FROM debian:12\nRUN {LISTS} && apt-get update && apt-get install -y curl \\\n    && {LISTS}\n",
    ),
    "yum update is an upgrade, no refresh": (
        "FROM centos:7\nRUN yum update -y\nRUN yum install -y httpd\n",
        "FROM centos:7\nRUN yum update -y --setopt=tsflags=nodocs && yum install -y --setopt=tsflags=nodocs httpd"
        " && yum clean all\n",
    ),
    "makecache goes": (
        "FROM fedora:40\nRUN dnf makecache\nRUN dnf install -y --nodocs curl && dnf clean all\n",
        "FROM fedora:40\nRUN dnf install -y --nodocs curl && dnf clean all\n",
    ),
    "yum where no repository may be left": (
        "FROM centos:7\nRUN yum install -y --setopt=tsflags=nodocs --disablerepo=* --enablerepo=x httpd\n",
        "FROM centos:7\nRUN yum install -y --setopt=tsflags=nodocs --disablerepo=* --enablerepo=x httpd \\\n"
        "    && rm -rf /var/cache/yum /var/cache/dnf\n",
    ),
    "make install installs no packages": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\nRUN make && make install\n",
        f"FROM debian:12\nRUN apt-get update && apt-get install -y gcc && {LISTS}\nRUN make && make install\n",
    ),
    "the spelling for an early dnf": (
        "FROM fedora:25\nRUN dnf install -y curl && dnf clean all\n",
        "FROM fedora:25\nRUN dnf install -y --setopt=tsflags=nodocs curl && dnf clean all\n",
    ),
    "the spelling for dnf 5": (
        "FROM fedora:41\nRUN dnf install -y curl && dnf clean all\n",
        "FROM fedora:41\nRUN dnf install -y --no-docs curl && dnf clean all\n",
    ),
    "the spelling where the version is not told": (
        "FROM fedora\nRUN dnf install -y curl && dnf clean all\n",
        "FROM fedora\nRUN dnf install -y --setopt=tsflags=nodocs curl && dnf clean all\n",
    ),
    "apk: refresh and --update give way to --no-cache": (
        "FROM alpine:3.20\nRUN apk update && apk upgrade && apk add --update curl\n",
        "FROM alpine:3.20\nRUN apk upgrade --no-cache && apk add --no-cache curl\n",
    ),
    "apk: all layers at once": (
        "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\nRUN apk add git\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN apk add --no-cache git\n",
    ),
    "a script on the web that refreshes the index": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"
        "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n",
        f"FROM debian:12\nRUN apt-get update && apt-get install -y curl && {LISTS}\n"
        "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs \\\n"
        f"    && {LISTS}\n",
    ),
    "gem and Bundler share a cache, which is cleared once": (
        "FROM ruby:3.3\nRUN gem install rake && bundle install\n",
        "FROM ruby:3.3\nRUN gem install rake && bundle install && rm -rf /usr/local/bundle/cache/* ~/.bundle/cache\n",
    ),
    "Go's caches": (
        'FROM golang:1.22\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n',
        "FROM golang:1.22\nCOPY . .\nRUN go build -o /app . && rm -rf ~/.cache/go-build && go clean -modcache\n"
        'CMD ["/app"]\n',
    ),
    "Go's modules of an earlier layer would stay": (
        'FROM golang:1.22\nRUN go mod download\nRUN go build -o /app .\nCMD ["/app"]\n',
        'FROM golang:1.22\nRUN go mod download\nRUN go build -o /app . && rm -rf ~/.cache/go-build\nCMD ["/app"]\n',
    ),
    "a file joins the RUN that wrote it, not one that unpacked something around it": (
        "FROM debian:12\nRUN curl a | tar -x -C /usr/local\nRUN curl b -o /usr/local/bin/b\n"
        "RUN chmod +x /usr/local/bin/b\n",
        "FROM debian:12\nRUN curl a | tar -x -C /usr/local\n"
        "RUN curl b -o /usr/local/bin/b && chmod +x /usr/local/bin/b\n",
    ),
    "what a later RUN removes is joined at once, not piece by piece": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN curl -s e.org/a.tgz | tar -xz -C /tmp\n"
        f"RUN mv /tmp/a /b\nRUN apt-get purge -y curl && {LISTS}\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && curl -s e.org/a.tgz | tar -xz -C /tmp \\\n"
        f"    && mv /tmp/a /b \\\n    && apt-get purge -y curl && {LISTS}\n",
    ),
    "a mode is no place around an archive": (
        "FROM debian:12\nCOPY t.tgz /tmp/\nRUN tar xzf /tmp/t.tgz -C /srv && chmod -R a+rX /srv && rm /tmp/t.tgz\n",
        "FROM debian:12\nRUN --mount=type=bind,source=t.tgz,target=/tmp/t.tgz \\\n"
        "    tar xzf /tmp/t.tgz -C /srv && chmod -R a+rX /srv\n",
    ),
    "pip of a base image that is new enough": (
        "FROM node:18-slim\nRUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*\n"
        "RUN pip3 install flask\n",
        "FROM node:18-slim\nRUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*\n"
        "RUN pip3 install --no-cache-dir flask\n",
    ),
    "pip upgraded first on an old release": (
        "FROM ubuntu:14.04\nRUN pip install --upgrade pip\nRUN pip install flask\n",
        "FROM ubuntu:14.04\nRUN pip install --upgrade pip\nRUN pip install --no-cache-dir flask\n",
    ),
}

ALL = DOCKERFILE_TRAPS | SHELL_TRAPS | PACKAGE_TRAPS


@pytest.mark.parametrize("name", ALL)
def test_rewritten_exactly_so(name: str) -> None:
    check(*ALL[name])


UNTOUCHED = {
    "ONBUILD": "FROM debian:12\nONBUILD RUN apt-get update && apt-get install -y curl && pip install x\n",
    "exec form": 'FROM debian:12\nRUN ["apt-get", "install", "-y", "curl"]\nRUN ["pip", "install", "x"]\n',
    "PowerShell": 'FROM debian:12\nSHELL ["powershell", "-Command"]\nRUN apt-get update; pip install x\n',
    "cmd": 'FROM debian:12\nSHELL ["cmd", "/S", "/C"]\nRUN pip install x\n',
    "Windows base": "FROM mcr.example/windows/servercore:ltsc2022\nRUN pip install x\n",
    "heredoc for Python": "FROM python:3.12\nRUN <<EOF python3\npip install x\nEOF\n",
    "heredoc with an interpreter": "FROM python:3.12\nRUN <<EOF\n#!/usr/bin/env python3\npip install x\nEOF\n",
    "heredoc that feeds a command": "FROM python:3.12\nRUN cat <<EOF > /x.sh\npip install x\nEOF\n",
    "heredoc in COPY": "FROM python:3.12\nCOPY <<EOF /x.sh\napt-get update\nRUN pip install x\nEOF\n",
    "quoted code": "FROM python:3.12\nRUN bash -lc \"pip install x\" && sh -c 'apt-get update' && eval \"pip install y\"\n",
    "xargs": "FROM python:3.12\nRUN cat list | xargs pip install\n",
    "echo and grep": "FROM debian:12\nRUN echo pip install x && grep 'apt-get install' /x && echo apt-get update\n",
    "a sudoers line": 'FROM debian:12\nRUN echo "%sudo ALL=(ALL) NOPASSWD: /usr/bin/apt-get update" >> /etc/sudoers\n',
    "a word split by a continuation": "FROM python:3.12\nRUN pip ins\\\ntall x\n",
    "in the background": "FROM debian:12\nRUN apt-get update & wait\n",
    "a stage that is only copied from": "FROM debian:12 AS b\nRUN apt-get update && pip install x\nFROM scratch\nCOPY --from=b /x /x\n",
    "copied from by number": "FROM debian:12\nRUN apt-get update && pip install x\nFROM scratch\nCOPY --from=0 /x /x\n",
    "mounted from": "FROM debian:12 AS b\nRUN apt-get update && pip install x\nFROM alpine\nRUN --mount=from=b,target=/b cp /b/x /x\n",
    "Go before it had caches": 'FROM golang:1.9\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n',
    "pipx, easy_install": "FROM python:3.12\nRUN pipx list && easy_install x\n",
    "PIP_NO_CACHE_DIR inherited from a stage": "FROM python:3.12 AS a\nENV PIP_NO_CACHE_DIR=1\nFROM a\nRUN pip install x\n",
}  # fmt: skip


@pytest.mark.parametrize("name", UNTOUCHED)
def test_left_alone(name: str) -> None:
    result = fix(UNTOUCHED[name], unsafe=True)
    assert result.text == UNTOUCHED[name]
    assert result.diff == b""


UNSAFE = {
    "a script that may install": "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN ./setup.sh\n",
    "a shell fed from the web": "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN curl https://x.example | sh\n",
    "a playbook": "FROM debian:12\nRUN apt-get update && apt-get install -y ansible\nRUN ansible-playbook site.yml\n",
    "a comment that is about what follows": "FROM centos:7\nRUN yum install -y --setopt=tsflags=nodocs a && yum clean all\n"
    "# Then the rest\nRUN yum clean all\nRUN make\n",
    "a tool that installs": "FROM debian:12\nRUN apt-get update && apt-get install -y git\nRUN rosdep install --from-paths src\n",
    "a make target that installs": "FROM debian:12\nRUN apt-get update && apt-get install -y make\nRUN make install-deps\n",
    "old pip": "FROM ubuntu:14.04\nRUN pip install flask\n",
    "pip of an unknown release": "FROM java:8\nRUN apt-get update && apt-get install -y python-pip && rm -rf /var/lib/apt/lists/*\n"
    "RUN pip install flask\n",
    "a comment would go": "FROM debian:12\nRUN make\n# fresh lists\nRUN apt-get update\nUSER app\n",
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_only_when_asked_for(name: str) -> None:
    result = fix(UNSAFE[name])
    assert result.text == UNSAFE[name]
    offered = [item for item in result.offered if item.why == "unsafe"]
    assert offered
    assert all(item.finding.reason for item in offered)
    assert fix(UNSAFE[name], unsafe=True).changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('go build -tags "" -o /a . && go clean && go clean -cache', 'go build -tags "" -o /a . && go clean'),
        ("pip install x && pip cache purge", "pip install x"),
        ("npm ci && npm cache clean --force", "npm ci"),
        ("mvn package && cp target/x.jar / && mvn clean", "mvn package && cp target/x.jar / && mvn clean"),
    ],
)
def test_mounts_take_clean_ups_of_the_cache_away_and_nothing_else(before: str, after: str) -> None:
    text = f"FROM maven:3\nRUN {before}\n"
    mounts = r"--mount=\S+ (?:\\\n *)?"
    found = fix(text, select=frozenset(("cache-not-mounted",))).text
    assert "--mount" in found
    assert re.sub(mounts, "", found) == f"FROM maven:3\nRUN {after}\n"


def test_runs_are_merged_when_nothing_else_is_left_to_do() -> None:
    text = "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\nRUN make\nRUN make install\n"
    after = "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nRUN make && make install\n"
    assert fix(text, extend=frozenset(("merge-runs",))).text == after


def test_bytes_that_are_not_utf_8_survive() -> None:
    before = b"FROM debian:12\nLABEL a=\xe9\xff\nRUN apt-get update && apt-get install -y curl # \xe9\nRUN pip install x && echo \xe9\n"
    result = optimize(before)
    assert result.patched == before.replace(b"install x", b"install --no-cache-dir x")


def test_all_stages() -> None:
    text = "FROM debian:12 AS b\nRUN apt-get update && apt-get install -y gcc\nFROM scratch\nCOPY --from=b /x /x\n"
    assert not fix(text).changed
    assert fix(text, all_stages=True).changed


def test_the_second_opinion_has_a_veto() -> None:
    text = "FROM debian:12\nRUN x\\\\\nRUN apt-get update && apt-get install -y curl\n"
    result = fix(text)
    assert not result.changed
    assert "two parsers" in result.offered[0].why
