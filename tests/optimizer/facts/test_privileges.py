"""A clean-up under sudo is safe where sudo certainly lets it run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context

SETTINGS = Settings(select=frozenset(("package-index-kept", "index-shared-by-layers", "archive-kept")))
INSTALL = "RUN sudo apt-get update && sudo apt-get install -y curl\n"


def reasons(text: str, context: Path | None = None) -> list[str]:
    result = optimize(text, settings=SETTINGS, context=Context(str(context)) if context else None)
    assert result.applied or result.offered
    return [one.finding.reason for one in result.offered]


@pytest.mark.parametrize(
    "above",
    [
        "FROM debian:12\n",
        "FROM debian:12\nUSER root\n",
        "FROM circleci/node:12\n",
        "FROM cimg/base:2024.01\nUSER circleci\n",
        "FROM mcr.microsoft.com/devcontainers/base:debian\nUSER vscode\n",
        "FROM debian:12\nRUN useradd d && echo 'd ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/d\nUSER d\n",
        "FROM debian:12\nRUN useradd d && echo 'd ALL=(ALL:ALL) NOPASSWD:ALL' > /etc/sudoers.d/d\nUSER d:d\n",
        'FROM debian:12\nARG U=d\nRUN useradd $U && echo "$U ALL=NOPASSWD: ALL" >> /etc/sudoers\nUSER d\n',
        "FROM debian:12\nRUN echo '%wheel ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers\nUSER d\n",
        "FROM debian:12\nRUN echo 'ALL ALL = (ALL) NOPASSWD: ALL' >> /etc/sudoers\nUSER d\n",
        "FROM debian:12\nRUN sed -i 's/ALL$/NOPASSWD:ALL/' /etc/sudoers\nUSER d\n",
        "FROM debian:12\nRUN <<EOF\necho 'd ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/d\nEOF\nUSER d\n",
        "FROM debian:12 AS a\nRUN echo 'd ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/d\nFROM a\nUSER d\n",
        "FROM debian:12\nUSER d\nRUN sudo rm -rf /srv/old\n",
        "FROM debian:12\nRUN echo 'd ALL=(root) NOPASSWD: /usr/bin/apt-get, /bin/rm' > /etc/sudoers.d/d\nUSER d\n",
    ],
)
def test_it_is_safe_where_sudo_lets_it_run(above: str) -> None:
    assert reasons(above + INSTALL) == []


@pytest.mark.parametrize(
    "above",
    [
        "FROM debian:12\nRUN echo 'd ALL=(root) NOPASSWD: /usr/bin/apt-get' > /etc/sudoers.d/d\nUSER d\n",
        "FROM debian:12\nUSER d\n",
        "FROM example.org/base\n",
        "FROM circleci/node:12\nUSER d\n",
        # A rule for somebody else, or one that says nothing yet.
        "FROM debian:12\nRUN echo 'e ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/e\nUSER d\n",
        "FROM debian:12\nRUN <<EOF\n# d ALL=(ALL) NOPASSWD: ALL\ntrue\nEOF\nUSER d\n",
        "FROM debian:12\nRUN echo '%w ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers\n"
        "RUN echo 'd ALL=NOPASSWD: /usr/bin/apt-get install *' >> /etc/sudoers\nUSER d\n",
        # As another user, or what another user ran.
        "FROM debian:12\nUSER d\nRUN sudo -u e rm -rf /srv/old\n",
        "FROM debian:12\nUSER e\nRUN sudo rm -rf /srv/old\nUSER d\n",
    ],
)
def test_it_is_unsafe_where_nobody_knows(above: str) -> None:
    assert reasons(above + INSTALL) == ["sudo may ask for a password before it runs `rm`"]


def test_rules_of_the_context_are_read(tmp_path: Path) -> None:
    above = "FROM debian:12\nCOPY d /etc/sudoers.d/d\nUSER d\n"
    (tmp_path / "d").write_text("# d ALL=(ALL) NOPASSWD: ALL\nd ALL=(root) NOPASSWD: /usr/bin/apt-get\n")
    assert reasons(above + INSTALL, tmp_path) == ["sudo may ask for a password before it runs `rm`"]
    (tmp_path / "d").write_text("d ALL=(ALL) NOPASSWD: ALL\n")
    assert reasons(above + INSTALL, tmp_path) == []


def test_every_rule_asks() -> None:
    archive = "FROM debian:12\nUSER d\nRUN sudo wget http://e.org/a.tgz && sudo tar xzf a.tgz -C /opt\n"
    assert reasons(archive) == ["sudo may ask for a password before it runs `rm`"]
    shared = "FROM debian:12\nUSER d\nRUN sudo apt-get update\nRUN sudo apt-get install -y a\nRUN sudo apt-get install -y b\n"
    assert "sudo may ask for a password before it runs `rm`" in reasons(shared)


def test_a_program_that_sudo_runs_already_may_have_another_option() -> None:
    settings = Settings(select=frozenset(("download-cache-kept",)))
    result = optimize("FROM debian:12\nUSER d\nRUN sudo pip install flask\n", settings=settings)
    assert b"--no-cache-dir" in result.patched
