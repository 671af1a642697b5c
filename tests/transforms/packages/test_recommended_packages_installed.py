"""What `recommended-packages-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "recommended-packages-installed"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN apt-get install -y npm && npm ci\n",
        "FROM debian:12\nRUN apt-get install -y --no-install-recommends npm && npm ci\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
    ),
    (
        "FROM debian:12\nRUN apt install -y x && make\n",
        "FROM debian:12\nRUN apt install -y --no-install-recommends x && make\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --install-suggests x\n",
        ("FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends --install-suggests x\n"),
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x\n",
        "FROM fedora:40\nRUN dnf install -y --setopt=install_weak_deps=False x\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y --setopt=install_weak_deps=False x && dnf install -y y\n",
        (
            "FROM fedora:40\n"
            "RUN dnf install -y --setopt=install_weak_deps=False x && dnf install -y --setopt=install_weak_deps=False y\n"
        ),
    ),
    (
        "FROM opensuse/leap:15.6\nRUN zypper -n install x\n",
        "FROM opensuse/leap:15.6\nRUN zypper -n install --no-recommends x\n",
    ),
    (
        "FROM debian:12\nRUN apt-get -y install x\n",
        "FROM debian:12\nRUN apt-get -y install --no-install-recommends x\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends git\n",
        (" --no-install-recommends", ""),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get --no-install-recommends install -y git\n",
        (" --no-install-recommends", ""),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --install-recommends git\n",
        (" --install-recommends", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/no\n"
            "RUN apt-get install -y git\n"
        ),
        (" 'APT::Install-Recommends", ""),
    ),
    (
        "FROM debian:12\nENV A=Install-Recommends\nRUN apt-get update && apt-get install -y x\n",
        ("ENV A=Install-Recommends\n", ""),
    ),
    (
        "FROM fedora:40\nRUN echo install_weak_deps=False >> /etc/dnf/dnf.conf\nRUN dnf install -y x\n",
        (" install_weak_deps=False", ""),
    ),
    ('FROM debian:12\nRUN ["apt-get", "install", "x"]\n', ('["apt-get", "install", "x"]', "apt-get -y install x")),
)

WHY = "packages that only come by recommendation are no longer installed"
# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n",
        [Said("apt-get install -y git", "apt-get installs recommended packages", WHY, (), ("/**",))],
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x\n",
        [Said("dnf install -y x", "dnf installs recommended packages", WHY, (), ("/**",))],
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
