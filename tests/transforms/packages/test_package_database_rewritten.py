"""What `package-database-rewritten` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "package-database-rewritten"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        "RUN apt-get update && apt-get install -y ca-certificates && rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a \\\n"
        "    && apt-get install -y ca-certificates && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get install -y git\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y git\n"
            "RUN apt-get update && apt-get install -y vim\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && apt-get install -y vim\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x \\\n"
            "    && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get update && apt-get install -y y\n"
        ),
        "FROM debian:12\nRUN apt-get update && apt-get install -y x \\\n    && apt-get install -y y\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && apt-get clean && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x \\\n"
            "    && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get install -y git\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/* /opt/x\n"
            "RUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/* /opt/x\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x \\\n"
            "    && apt-get install -y y && rm -rf /var/lib/apt/lists/* /opt/x\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/cache/apt/* /var/lib/apt/lists/*\n"
            "RUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x \\\n"
            "    && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM fedora:40\nRUN dnf install -y x && rm -rf /var/cache/dnf\nRUN dnf install -y y && dnf clean all\n"),
        "FROM fedora:40\nRUN dnf install -y x \\\n    && dnf install -y y && dnf clean all\n",
    ),
    (
        ("FROM centos:7\nRUN yum install -y x && rm -rf /var/cache/yum\nRUN yum install -y y && yum clean all\n"),
        "FROM centos:7\nRUN yum install -y x \\\n    && yum install -y y && yum clean all\n",
    ),
    (
        ("FROM fedora:41\nRUN dnf install -y x && rm -rf /var/cache/libdnf5\nRUN dnf install -y y && dnf clean all\n"),
        "FROM fedora:41\nRUN dnf install -y x \\\n    && dnf install -y y && dnf clean all\n",
    ),
    (
        ("FROM opensuse/leap:15.6\nRUN zypper -n install x && rm -rf /var/cache/zypp\nRUN zypper -n install y\n"),
        "FROM opensuse/leap:15.6\nRUN zypper -n install x \\\n    && zypper -n install y\n",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN mkdir /a\n"
            "RUN apt-get update && apt-get install -y git\n"
            "RUN apt-get update && apt-get install -y vim\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN mkdir /a\n"
            "RUN apt-get update && apt-get install -y git \\\n"
            "    && apt-get install -y vim\n"
        ),
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM alpine:3.20\nRUN apk add a\nRUN apk add b\n",
        ("alpine:3.20\nRUN apk add a\nRUN apk add", "fedora:40\nRUN dnf install -y a\nRUN dnf install -y"),
    ),
    (
        "FROM archlinux\nRUN pacman -S a\nRUN pacman -S b\nFROM debian:12\nRUN apt-get install -y a\n",
        ("archlinux\nRUN pacman -S a\nRUN pacman -S", "fedora:40\nRUN dnf install -y a\nRUN dnf install -y"),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y c\n",
        "the second has no index of its own",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/* /x /y\n"
        "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n",
        "nothing after the last install does what rm /x does",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y ca-certificates\nRUN apt-get update && apt-get install -y a\n",
        (" ca-certificates", " b"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        ("COPY a /a\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y git && git init\n"
        ),
        ("git && git init", "git"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl || true\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        (" ||", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x-archive-keyring\n"
            "RUN apt-get update && apt-get install -y x\n"
        ),
        (" x-archive-keyring", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN --network=host apt-get update && apt-get install -y a\n"
            "RUN apt-get update && apt-get install -y b\n"
        ),
        (" --network=host", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a && rm -r /var/lib/apt/lists/* /opt/x\n"
            "RUN apt-get update && apt-get install -y b && rm -r /var/lib/apt/lists/*\n"
        ),
        "nothing after the last install does what rm /opt/x does",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get upgrade -y && apt-get autoremove -y\n"
            "RUN apt-get update && apt-get install -y b\n"
        ),
        "nothing after the last install does what apt-get autoremove -y does",
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN apt-get update && apt-get install -y b\n"
            "RUN apt-get update && apt-get install -y c\n"
            "FROM debian:12\n"
            "COPY --from=a /b /b\n"
        ),
        (" AS a", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get install -y y\n"
        ),
        "the second has no index of its own",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/* /opt/x\n"
            "RUN apt-get update && apt-get install -y y\n"
        ),
        "nothing after the last install does what rm /opt/x does",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get -q update && apt-get install -y git\n"
        ),
        ("-q update", "update"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "ENV A=b\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        ("ENV A=b\n", ""),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*\n"
            "# text recognition\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends tesseract-ocr && rm -rf /var/lib/apt/lists/*\n"
        ),
        [
            Said(
                (
                    "RUN apt-get update && apt-get install -y --no-install-recommends ghostscript && rm -rf /var/lib/apt/lists/*"
                ),
                "2 layers each store the apt package database",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        [
            Said(
                "RUN apt-get update && apt-get install -y curl",
                "2 layers each store the apt package database",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected


def test_no_more_than_six_are_joined() -> None:
    runs = [f"RUN apt-get update && apt-get install -y p{n}\n" for n in range(8)]
    messages = [one.message for one in said(RULE, "FROM debian:12\n" + "".join(runs))]
    assert messages == [f"{n} layers each store the apt package database" for n in (6, 2)]
