"""A clean-up is safe where the program that does it is certainly still there."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

SETTINGS = Settings(select=frozenset(("package-index-kept",)))


def reasons(text: str) -> list[str]:
    result = optimize(text, settings=SETTINGS)
    assert result.applied or result.offered
    return [one.finding.reason for one in result.offered]


@pytest.mark.parametrize(
    ("base", "install", "removal", "program"),
    [
        ("ubi9/ubi-minimal", "microdnf install -y jq", "microdnf remove -y microdnf", "microdnf"),
        ("fedora:40", "dnf install -y jq", "rpm -e --nodeps dnf", "dnf"),
        ("fedora:40", "dnf install -y jq", "rpm -e --nodeps $PACKAGES", "dnf"),
        ("fedora:40", "dnf install -y jq", "rpm -e --nodeps python3", "dnf"),
        ("fedora:40", "dnf install -y jq", "mv /usr/bin/dnf /usr/bin/dnf.off", "dnf"),
        ("fedora:40", "dnf install -y jq", "chmod 0 /usr/bin/dnf", "dnf"),
        ("fedora:40", "dnf install -y jq", "rm -rf /usr/bin", "dnf"),
        ("opensuse/leap:15.6", "zypper -n install jq", "zypper -n rm zypper", "zypper"),
    ],
)
def test_it_may_be_gone(base: str, install: str, removal: str, program: str) -> None:
    who = removal.split(maxsplit=1)[0]
    text = f"FROM {base}\nRUN {install} && {removal}\n"
    assert reasons(text) in ([f"`{who}` may have removed `{program}` by then"], [])
    assert f"&& {program} clean" not in optimize(text, settings=SETTINGS).patched.decode()


@pytest.mark.parametrize(
    "run",
    [
        "dnf install -y jq",
        "dnf install -y jq && rpm -e --nodeps libx",
        "dnf install -y jq && dnf remove -y gcc",
        "dnf install -y jq && rm -rf /tmp/dnf-x && dnf install -y b",
        "dnf install -y jq && rm -rf /opt/x && chmod 755 /srv/y",
        "dnf remove -y dnf-data && dnf install -y jq",
        "dnf install -y jq && ./configure",
    ],
)
def test_it_is_there(run: str) -> None:
    assert reasons(f"FROM fedora:40\nRUN {run}\n") == []


def test_a_name_that_only_begins_like_it_is_another() -> None:
    settings = Settings(select=frozenset(("package-cache-kept",)))
    run = "go build -o /a . && rm -rf ~/.cache/go-build /src/hugo"
    text = f"FROM golang:1.22 AS b\nRUN {run}\nFROM b\nRUN go install x\nCMD /a\n"
    assert all("removed" not in one.finding.reason for one in optimize(text, settings=settings).offered)


def test_what_is_taken_away_without_the_tool_is_no_matter() -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y jq && apt-get purge -y apt\n"
    assert b"rm -rf /var/lib/apt/lists/*" in optimize(text, settings=SETTINGS).patched
