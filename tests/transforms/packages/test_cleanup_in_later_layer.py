"""What `cleanup-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "cleanup-in-later-layer"

# before, after
REWRITES = (
    (
        "FROM opensuse/leap:15\nRUN zypper install -y a\nCOPY clean /srv/\nRUN zypper cc --all\n",
        "FROM opensuse/leap:15\nRUN zypper install -y a && zypper cc --all\nCOPY clean /srv/\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/* && apt policy a\n"
        "COPY a /a\nRUN rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/* && apt policy a \\\n"
        "    && rm -rf /var/lib/apt/lists/*\nCOPY a /a\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && apt-get clean\nRUN apt-get clean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && apt-get clean\n",
    ),
    (
        "FROM node:20\nRUN npx playwright install --with-deps\nRUN rm -rf /var/lib/apt/lists/*\n",
        "FROM node:20\nRUN npx playwright install --with-deps && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get clean && apt-get install -y x\nCOPY a /a\nRUN apt-get clean\n",
        "FROM debian:12\nRUN apt-get update && apt-get clean && apt-get install -y x && apt-get clean\nCOPY a /a\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get clean\nCOPY a /a\nRUN apt-get clean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && apt-get clean\nCOPY a /a\n",
    ),
    (
        "FROM debian:12\nRUN apt-get clean && apt-get update\nCOPY a /a\nRUN apt-get clean\n",
        "FROM debian:12\nRUN apt-get clean && apt-get update && apt-get clean\nCOPY a /a\n",
    ),
    (
        'FROM debian:12\nRUN ["x"]\nRUN apt-get update && apt-get install -y curl\nRUN apt-get clean\n',
        'FROM debian:12\nRUN ["x"]\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get clean\n',
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n",
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*\n"),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN rm -rf /var/lib/apt/lists/*\n"),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCOPY a /a\n"),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\nRUN rm -rf /var/lib/apt/lists/*\n"),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nENV A=b\n"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCOPY a /a\n"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /a\n"
            "RUN apt-get clean && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* && apt-get clean\n"
            "COPY a /a\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "# clean up\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# clean up\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# cache\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# cache\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# clear\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# clear\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# delete\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# delete\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# remove\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# remove\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# purge\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# purge\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# shrink\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# shrink\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# slim\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# slim\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# small\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# small\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# size\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# size\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# tidy\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# tidy\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# trash\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# trash\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# garbage\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# garbage\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# tmp\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# tmp\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# lists\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# lists\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# rm\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# rm\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# apt\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# apt\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# yum\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# yum\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# dnf\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# dnf\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get autoclean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get autoclean\nCOPY a /a\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get distclean\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get distclean\nCOPY a /a\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN mkdir /x\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "RUN mkdir /x\n"
            "COPY a /a\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update\nCOPY a /a\nRUN rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nCOPY a /a\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x\nCOPY a /a\nRUN dnf clean all\n",
        "FROM fedora:40\nRUN dnf install -y x && dnf clean all\nCOPY a /a\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n# why so\nRUN rm -rf /var/lib/apt/lists/*\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "# why so\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
        "the comment above it may be about what follows",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "# tidy\n"
            "COPY a /a\n"
            "# tidy up\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "# tidy\n"
            "COPY a /a\n"
        ),
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM archlinux\nRUN pacman -Sy a\nRUN rm -rf /var/cache/pacman/pkg/*\nFROM debian:12\nRUN apt-get install -y a\n",
        (
            "archlinux\nRUN pacman -Sy a\nRUN rm -rf /var/cache/pacman/pkg/*",
            "fedora:40\nRUN dnf install -y a\nRUN rm -rf /var/cache/dnf",
        ),
    ),
    (
        "FROM alpine:3.20\nRUN apk update && apk add a\nRUN rm -rf /var/cache/apk/*\n",
        (
            "alpine:3.20\nRUN apk update && apk add a\nRUN rm -rf /var/cache/apk/*",
            "fedora:40\nRUN dnf install -y a\nRUN rm -rf /var/cache/dnf",
        ),
    ),
    (
        'FROM centos:7\nRUN yum install -y a\nSHELL ["/bin/bash", "-ec"]\nRUN yum clean all\n',
        "the two run in different ways",
    ),
    ("FROM fedora:40\nRUN dnf list\nRUN dnf clean all\n", "the index lies in an earlier layer"),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        ("curl &&", "curl\nRUN"),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/* && make\n"),
        ("/var/lib/apt/lists/* && make", "/var/lib/apt/lists/*"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /tmp/a\n"
            "RUN rm -rf /var/lib/apt/lists/* /tmp/*\n"
        ),
        "it removes more than the package manager's own files",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN ./more.sh\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        "line 3 stands between them: `./more.sh` may do anything",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN cd /opt && apt-get update && apt-get install -y curl\n"
            "RUN rm -rf /var/lib/apt/lists/* x\n"
        ),
        (" x", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/{apt,dpkg}\n"
        ),
        "it removes more than the package manager's own files",
    ),
    (
        (
            "FROM centos:7\n"
            "RUN yum install -y httpd && yum clean all\n"
            "COPY a /a\n"
            "RUN yum clean all && rm -rf /tmp/yum*\n"
        ),
        "it removes more than the package manager's own files",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/*; true\n"
        ),
        ("/var/lib/apt/lists/*; true", "/var/lib/apt/lists/*"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN apt-get clean; rm -rf /var/lib/apt/lists/*\n"
        ),
        "the two run in different ways",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN --network=host apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        "the two run in different ways",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/x\n"
        ),
        "it removes more than the package manager's own files",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/{a,b}\n"
        ),
        "it removes more than the package manager's own files",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "COPY a /a\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        "the index lies in an earlier layer",
    ),
    (
        "FROM debian:12\nRUN apt-cache search x\nRUN rm -rf /var/lib/apt/lists/*\n",
        ("apt-cache search x", "apt-get install -y git"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-cache search x\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        "line 3 stands between them",
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER app\nRUN rm -rf /var/lib/apt/lists/*\n"),
        "line 3 stands between them: the user changes between them",
    ),
)

# what is said of them
SAYS = (
    (
        "FROM centos:7\nRUN yum install -y httpd\nRUN yum clean all\n",
        [
            Said(
                "RUN yum clean all",
                "this clean-up leaves the yum files in the layer that wrote them",
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
