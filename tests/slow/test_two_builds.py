"""Two builds of one Dockerfile differ in nothing but what is known to be drawn anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.build.engines import BuildSession, Options
from dfopt.optimizer.image.compare import compare
from docker_images import need_engine

DOCKERFILE = b"""\
FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends openssh-server dbus ssl-cert git gnupg
RUN useradd -m app && echo app:secret | chpasswd && mktemp -d
RUN git init /srv/site && touch /srv/site/index.html && git -C /srv/site add . && gpg --list-keys
"""
DRAWN = {
    "/etc/shadow", "/etc/ssh/ssh_host_rsa_key", "/etc/ssl/private/ssl-cert-snakeoil.key",
    "/root/.gnupg/trustdb.gpg", "/srv/site/.git/index", "/var/lib/dbus/machine-id",
}  # fmt: skip


@pytest.mark.slow
def test_no_two_installations_agree(tmp_path: Path) -> None:
    need_engine()
    with BuildSession("docker", Options(str(tmp_path), extra=("--network=host",))) as session:
        one, two = (session.read(session.build(DOCKERFILE, "it")[0]) for _ in range(2))
    found = compare(one, two)
    assert not found.undeclared
    assert {difference.path for difference in found.volatile} >= DRAWN
