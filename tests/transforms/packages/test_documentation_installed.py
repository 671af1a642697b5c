"""What `documentation-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, only, said

RULE = "documentation-installed"

# before, after
REWRITES = (
    ("FROM fedora:40\nRUN dnf install -y x\n", "FROM fedora:40\nRUN dnf install -y --nodocs x\n"),
    ("FROM fedora:40\nRUN dnf -y install x && make\n", "FROM fedora:40\nRUN dnf -y install --nodocs x && make\n"),
    ("FROM fedora:40\nRUN dnf reinstall -y x\n", "FROM fedora:40\nRUN dnf reinstall -y --nodocs x\n"),
    ("FROM fedora:40\nRUN dnf update -y\n", "FROM fedora:40\nRUN dnf update -y --nodocs\n"),
    ("FROM fedora:40\nRUN dnf groupinstall -y x\n", "FROM fedora:40\nRUN dnf groupinstall -y --nodocs x\n"),
    ("FROM centos:7\nRUN yum install -y x\n", "FROM centos:7\nRUN yum install -y --setopt=tsflags=nodocs x\n"),
    (
        "FROM rockylinux:9\nRUN dnf install -y x && dnf install -y y\n",
        "FROM rockylinux:9\nRUN dnf install -y --nodocs x && dnf install -y --nodocs y\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x\nRUN dnf install -y --setopt=tsflags=nodocs y\n",
        "FROM fedora:40\nRUN dnf install -y --nodocs x\nRUN dnf install -y --setopt=tsflags=nodocs y\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM centos:7\nRUN yum install -y --setopt=tsflags=nodocs curl\n", (" --setopt=tsflags=nodocs", "")),
    ("FROM centos:7\nRUN echo tsflags=nodocs >> /etc/yum.conf\nRUN yum install -y curl\n", (" tsflags=nodocs", "")),
    ("FROM fedora:40\nRUN dnf install -y man-db man-pages\n", ("man-db man-pages", "x")),
    ("FROM centos:5\nRUN yum install -y curl\n", ("centos:5", "FROM")),
    ("FROM fedora:40\nRUN dnf install -y man\n", ("man", "x")),
    ("FROM fedora:40\nRUN dnf install -y man-db\n", ("man-db", "x")),
    ("FROM fedora:40\nRUN dnf install -y man-pages\n", ("man-pages", "x")),
    ("FROM fedora:40\nRUN dnf install -y info\n", ("info", "x")),
    ("FROM fedora:40\nRUN dnf install -y texinfo\n", ("texinfo", "x")),
    ("FROM fedora:40\nRUN dnf install -y x-doc\n", ("x-doc", "x")),
    ("FROM fedora:40\nRUN dnf install -y x-man\n", ("x-man", "x")),
    ("FROM fedora:40\nRUN dnf install -y x && ls /usr/share/doc\n", ("/usr/share/doc", "/usr/share/docs")),
    ("FROM fedora:40\nRUN dnf install -y x && ls /usr/share/man\n", ("/usr/share/man", "/usr/share/docs")),
    ("FROM fedora:40\nRUN dnf install -y x && ls /usr/share/info\n", ("/usr/share/info", "/usr/share/docs")),
    ("FROM fedora:40\nRUN dnf install -y x && ls share/doc/x\n", ("share/doc/x", "share/docs")),
    ("FROM fedora:40\nRUN echo tsflags=nodocs >> /etc/dnf/dnf.conf\nRUN dnf install -y x\n", (" tsflags=nodocs", "")),
    ('FROM fedora:40\nRUN ["sh", "tsflags"]\nRUN dnf install -y x\n', ('["sh", "tsflags"]\nRUN dnf', "dnf")),
    ("FROM fedora:40\nRUN dnf install -y --setopt=tsflags=test y && echo tsflags\nRUN dnf install -y x\n", (" &&", "")),
    ("FROM fedora:40\nRUN dnf update tsflags\n", ("tsflags", "-y")),
    (
        ("FROM centos:7\nRUN yum install -y zabbix && zcat /usr/share/doc/zabbix*/create.sql.gz > /schema.sql\n"),
        (" && zcat /usr/share/doc/zabbix*/create.sql.gz > /schema.sql", ""),
    ),
)

REMOVES = (
    "/usr/share/doc/**",
    "/usr/share/man/**",
    "/usr/share/info/**",
    "/usr/share/gtk-doc/**",
    "/usr/share/help/**",
)
# what is said of them
SAYS = (
    (
        "FROM registry.example/ubi9/ubi-minimal:9.4\nRUN microdnf install -y nginx && microdnf clean all\n",
        [Said("microdnf install -y nginx", "microdnf installs documentation", "", REMOVES)],
    ),
    ("FROM fedora:40\nRUN dnf update -y\n", [Said("dnf update -y", "dnf installs documentation", "", REMOVES)]),
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


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("COPY . /app\nENTRYPOINT /app/start.sh\n", True),
        ("COPY . /app\nRUN sh /app/start.sh\n", True),
        ("COPY . /app\nRUN sh /app/other.sh\n", False),
        ("COPY . /app\nRUN make\n", False),
        ('COPY . /app\nRUN ["sh", "/app/other.sh"]\nENTRYPOINT /app/other.sh\n', False),
    ],
)
def test_a_script_of_the_context_reads_it(tmp_path: Path, lines: str, read: bool) -> None:
    (tmp_path / "start.sh").write_text("mysql < /usr/share/doc/roundcube/schema.sql\n")
    (tmp_path / "other.sh").write_text("exec httpd\n")
    text = f"FROM fedora:40\nRUN dnf install -y x\n{lines}"
    assert only(RULE, text, context=Context(str(tmp_path))).changed == (not read)


def test_a_stage_on_top_reads_it(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text("cat /usr/share/man/x\n")
    text = "FROM fedora:40 AS a\nRUN dnf install -y x\nFROM a\nCOPY start.sh /\nRUN sh /start.sh\n"
    assert not only(RULE, text, context=Context(str(tmp_path))).changed


@pytest.mark.parametrize(
    ("lines", "settled"),
    [
        ("RUN echo tsflags=nodocs >> /etc/dnf/dnf.conf", True),
        ("RUN dnf install -y --setopt=tsflags=nodocs y", False),
        ("RUN dnf install -y --setopt=tsflags=nodocs y && echo tsflags= >> /etc/dnf/dnf.conf", True),
        ('RUN ["sh", "-c", "echo tsflags=nodocs >> /etc/dnf/dnf.conf"]', True),
    ],
)
def test_transaction_flags_anywhere_else_settle_it(lines: str, settled: bool) -> None:
    assert only(RULE, f"FROM fedora:40\n{lines}\nRUN dnf install -y x\n").changed == (not settled)


def test_of_other_tools_nothing_is_said() -> None:
    assert not only(RULE, "FROM fedora:40\nRUN pip install x && apt-get install y && dnf remove z\n").changed
