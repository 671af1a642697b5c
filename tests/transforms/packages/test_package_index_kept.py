"""What `package-index-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "package-index-kept"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN echo 'x ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/x\nUSER x\n"
        "RUN sudo apt-get update && sudo apt-get install -y a\n",
        "FROM debian:12\nRUN echo 'x ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/x\nUSER x\n"
        "RUN sudo apt-get update && sudo apt-get install -y a && sudo rm -rf /var/lib/apt/lists/*\n",
    ),
    *(
        (
            f"FROM {base}\nRUN apt-get update && apt-get install -y a && rm -rf {vain}\n",
            f"FROM {base}\nRUN apt-get update && apt-get install -y a && rm -rf {vain} \\\n    && rm -rf /var/lib/apt/lists/*\n",
        )
        for base, vain in (
            ("debian:12", "/var/lib/{apt,log}"),
            ("node:20", "/var/{lib,cache}/apt/*"),
            ("ubuntu:22.04", "'/var/lib/apt/lists/*'"),
            ("debian:12", "/var/lib/apt/list/*"),
        )
    ),
    (
        "FROM node:20\nRUN npx -y playwright@1.40 install --with-deps chromium\n",
        "FROM node:20\nRUN npx -y playwright@1.40 install --with-deps chromium && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM python:3.12\nRUN python -m playwright install-deps && make\n",
        "FROM python:3.12\nRUN python -m playwright install-deps && make && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN curl -fsSL https://get.docker.com | sh\n",
        "FROM debian:12\nRUN curl -fsSL https://get.docker.com | sh && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && make\n",
        ("FROM debian:12\nRUN apt-get update && apt-get install -y x && make && rm -rf /var/lib/apt/lists/*\n"),
    ),
    ("FROM fedora:40\nRUN dnf install -y x\n", "FROM fedora:40\nRUN dnf install -y x && dnf clean all\n"),
    (
        "FROM fedora:40\nRUN dnf install -y --disablerepo=y x\n",
        "FROM fedora:40\nRUN dnf install -y --disablerepo=y x && dnf clean all\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y --repo y x\n",
        "FROM fedora:40\nRUN dnf install -y --repo y x && dnf clean all\n",
    ),
    ("FROM centos:7\nRUN yum install -y x\n", "FROM centos:7\nRUN yum install -y x && yum clean all\n"),
    (
        "FROM centos:7\nRUN yum install -y --repo=y x\n",
        "FROM centos:7\nRUN yum install -y --repo=y x && rm -rf /var/cache/yum /var/cache/dnf\n",
    ),
    (
        "FROM archlinux\nRUN pacman -Sy --noconfirm x\n",
        ("FROM archlinux\nRUN pacman -Sy --noconfirm x && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*\n"),
    ),
    (
        "FROM archlinux\nRUN pacman -S --noconfirm x\n",
        "FROM archlinux\nRUN pacman -S --noconfirm x && rm -rf /var/cache/pacman/pkg/*\n",
    ),
    (
        "FROM archlinux\nRUN pacman -Sy --noconfirm x\nRUN pacman -S --noconfirm y\n",
        (
            "FROM archlinux\n"
            "RUN pacman -Sy --noconfirm x && rm -rf /var/cache/pacman/pkg/*\n"
            "RUN pacman -S --noconfirm y && rm -rf /var/cache/pacman/pkg/*\n"
        ),
    ),
    (
        "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y x\n",
        ("FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y x && sudo rm -rf /var/lib/apt/lists/*\n"),
    ),
    ("FROM fedora:40\nRUN dnf search x\n", "FROM fedora:40\nRUN dnf search x && dnf clean all\n"),
    (
        "FROM centos:7\nRUN yum install --disablerepo x\n",
        "FROM centos:7\nRUN yum install --disablerepo x && rm -rf /var/cache/yum /var/cache/dnf\n",
    ),
    (
        "FROM centos:7\nRUN yum install yum.repos.d x\n",
        "FROM centos:7\nRUN yum install yum.repos.d x && rm -rf /var/cache/yum /var/cache/dnf\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:12\nRUN echo 'Dir::Cache x;' > /etc/apt/apt.conf.d/x\n"
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\n",
        "FROM debian:12\nRUN echo 'Dir::Cache x;' > /etc/apt/apt.conf.d/x\n"
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n",
        "line 2 configures apt",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN chown a /var/lib/apt/lists\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        "RUN chown a /var/lib/apt/lists\n",
        "line 3 may read the cache",
    ),
    *(
        (
            f'FROM debian:12\nRUN apt-get update && apt-get install -y jq\nRUN {made} >/e.sh\nENTRYPOINT ["/e.sh"]\n',
            f"FROM debian:12\nRUN apt-get update && apt-get install -y jq && rm -rf /var/lib/apt/lists/*\nRUN {made} >/e.sh\n"
            'ENTRYPOINT ["/e.sh"]\n',
            "line 4 runs code that may install from this index",
        )
        for made in ("echo 'apt-get install -y git'", r"printf '#!/bin/sh\napt-get install -y $X\nexec $@\n'")
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y dctrl-tools\nRUN grep-aptavail -PX jq >/jq\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y dctrl-tools && rm -rf /var/lib/apt/lists/*\n"
            "RUN grep-aptavail -PX jq >/jq\n"
        ),
        "line 3 runs code that may install from this index",
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nONBUILD RUN apt-get install -y git\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "ONBUILD RUN apt-get install -y git\n"
        ),
        "line 3 runs code that may install from this index",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN ./x.sh\n",
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nRUN ./x.sh\n"),
        "line 3 runs code that may install from this index",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM team/x\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/{apt,log}\n", ("team/x", "debian:12")),
    ('FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf "/var/lib/apt"\n', ('apt"', 'apt/*"')),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf $L/lib/apt/list\n", ("$L", "/var")),
    ("FROM node:20\nUSER node\nRUN npx playwright install --with-deps\n", "it may not run as root"),
    ("FROM node:20\nRUN npx playwright install chromium\n", ("install chromium", "install --with-deps")),
    ("FROM node:20\nRUN echo npx playwright install --with-deps\n", ("echo ", "")),
    ("FROM node:20\nRUN npx playwright install --with-deps\nRUN apt-get install -y a\n", "line 3 needs this index"),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get install -y git\n"),
        "line 4 needs this index",
    ),
    (
        (
            "FROM debian:12 AS base\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "FROM base\n"
            "RUN apt-get install -y git\n"
        ),
        "line 4 needs this index",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update -o Dir::Etc::sourcelist=x.list -o APT::Get::List-Cleanup=0 && apt-get install -y x\n"
        ),
        "line 3 needs this index",
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN rm -r /var/lib/apt/lists/*\n"),
        "line 4 needs this index",
    ),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n", (" rm", "")),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && find /var/lib/apt/lists -type f -delete\n"),
        (" find", ""),
    ),
    (
        'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN apt-get update && apt-get install -y curl && rm -rf /var/{cache,lib}/apt/*\n',
        (" rm", ""),
    ),
    ("FROM debian:13\nRUN apt-get update && apt-get install -y curl && apt-get dist-clean\n", (" curl &&", "")),
    ("FROM fedora:40\nRUN dnf install -y curl && dnf clean all\n", (" &&", "")),
    ("FROM fedora:40\nRUN dnf install -y curl && rm -rf /var/cache/dnf\n", (" &&", "")),
    ("FROM opensuse/leap:15.6\nRUN zypper -n install curl && zypper clean -a\n", (" &&", "")),
    (
        ("FROM archlinux\nRUN pacman -Syu --noconfirm git && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*\n"),
        (" &&", ""),
    ),
    (
        (
            "FROM debian:12 AS build\n"
            "RUN apt-get update && apt-get install -y gcc\n"
            "FROM debian:12\n"
            "COPY --from=build /a /a\n"
        ),
        (" AS build", ""),
    ),
    ("FROM debian:12\nRUN apt-get install -y x\n", ("apt-get", "apt update && apt")),
    ("FROM debian:12\nRUN apt-get update\n", ("update", "update; apt-get install -y x")),
    ("FROM fedora:40\nRUN dnf install -y --installroot=/x y\n", (" --installroot=/x", "")),
    ("FROM opensuse/leap:15.6\nRUN zypper --root /x install y\n", (" --root /x", "")),
    ("FROM debian:12\nRUN echo $(apt-get update) && apt-get install -y x\n", ("$", "")),
    (
        ("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl\n"),
        (" --mount=type=cache,target=/var/lib/apt", ""),
    ),
    (
        "FROM fedora:40\nRUN --mount=type=cache,target=/var/cache dnf install -y curl\n",
        (" --mount=type=cache,target=/var/cache", ""),
    ),
    (
        "FROM alpine:3.20\nRUN apk update && apk add a\n",
        ("apk update && apk add a", "apt-get update && apt-get install -y a"),
    ),
    (
        "FROM debian:12\nRUN bash -c 'apt-get update && apt-get install -y curl'\n",
        ("bash -c 'apt-get update && apt-get install -y curl'", "apt-get update && apt-get install -y curl"),
    ),
    (
        "FROM debian:12\nRUN echo apt-get update && grep -q 'apt-get install' /etc/motd\n",
        ("echo apt-get update && grep -q 'apt-get install' /etc/motd", "apt-get update && apt-get install -y curl"),
    ),
    (
        ("FROM debian:12\nRUN echo deb http://deb.example sid main >> /etc/apt/sources.list && apt-get update\n"),
        ("&& apt-get update", "&& apt-get update && apt-get install -y x"),
    ),
)

# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf '/var/lib/apt/lists/*'\n",
        [
            Said(
                "apt-get update",
                "the apt index and cache stay in this layer, and `rm -rf '/var/lib/apt/lists/*'` removes none of it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
            "    ca-certificates \\\n"
            "    curl\n"
        ),
        [Said("apt-get update", "the apt index and cache stay in this layer", "", ("/var/lib/apt/lists/**",))],
    ),
    (
        "FROM centos:7\nRUN yum install -y x\n",
        [
            Said(
                "yum install -y x",
                "the yum index and cache stay in this layer",
                "",
                ("/var/cache/dnf/**", "/var/cache/libdnf5/**", "/var/lib/dnf/repos/**", "/var/cache/yum/**"),
            )
        ],
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


@pytest.mark.parametrize(
    ("script", "run", "expected"),
    [
        ("rm -rf /var/lib/apt/lists/*\n", "apt-get update && apt-get install -y x && /s.sh", True),
        ("apt-get clean\n", "apt-get update && apt-get install -y x && /s.sh", False),
        ("rm -rf /var/lib/apt/lists/*\n", "/s.sh && apt-get update && apt-get install -y x", False),
    ],
)
def test_a_script_of_the_run_clears_it(tmp_path: Path, script: str, run: str, expected: bool) -> None:
    (tmp_path / "s.sh").write_text(script)
    result = only(RULE, f"FROM debian:12\nCOPY s.sh /\nRUN {run}\n", context=Context(str(tmp_path)))
    reasons = [finding.reason for finding in findings(result)]
    assert (reasons == ["a script that it starts clears them already"]) == expected
    assert result.changed != expected


def test_what_it_assumes() -> None:
    (finding,) = findings(only(RULE, "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN make\nCMD x\n"))
    assert finding.assumes == ("build-tools", "containers")
