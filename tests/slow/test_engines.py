"""Podman and Buildah build the same proof as Docker does, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.build.engines import BuildError, BuildSession, Options
from dfopt.optimizer.build.verify import Request, Verifier
from dfopt.optimizer.facts.context import Context
from docker_images import need_engine

DOCKERFILE = """\
FROM debian:bookworm AS build
COPY start.sh /start.sh
RUN cp /start.sh /copy.sh
FROM debian:bookworm
COPY --from=build /copy.sh /copy.sh
WORKDIR /srv
COPY start.sh /srv/start.sh
RUN chmod 755 /srv/start.sh
COPY data.bin /opt/data.bin
RUN chown root:games /opt/data.bin && chmod 640 /opt/data.bin
HEALTHCHECK CMD true
ENTRYPOINT ["/srv/start.sh"]
CMD ["serve"]
"""


@pytest.fixture(params=["podman", "buildah"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = request.param
    if shutil.which(name) is None or shutil.which("podman") is None:  # podman fills the store that both share
        pytest.skip("podman and buildah are not both installed")
    need_engine()
    monkeypatch.setenv("BUILDAH_ISOLATION", "chroot")  # no right to make control groups is needed
    with subprocess.Popen(["docker", "save", "debian:bookworm"], stdout=subprocess.PIPE) as saved:
        subprocess.run(["podman", "load", "-q"], stdin=saved.stdout, check=True, capture_output=True)
    before = images(name)
    yield name
    assert images(name) == before


def images(name: str) -> set[str]:
    return set(subprocess.run([name, "images", "-aq"], capture_output=True, text=True, check=True).stdout.split())


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "start.sh").write_text('#!/bin/sh\necho started "$@"\n')
    (tmp_path / "data.bin").write_bytes(os.urandom(300_000))
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    return tmp_path


@pytest.mark.slow
def test_the_same_proof(engine: str, context: Path) -> None:
    result = optimize(DOCKERFILE, context=Context(str(context)))
    # A container of podman's needs control groups, which a machine for tests may not give.
    commands = ("[]", "ls -l /srv") if engine == "buildah" else ()
    with BuildSession(engine, Options(str(context))) as session:
        (proof,) = Verifier(session, result.original, Request(commands=commands)).verify(result).proofs
    assert proof.equivalent
    assert proof.before.size - proof.after.size >= 300_000
    assert [layer.line for layer in proof.before.layers if layer.line] == [layer.line for layer in proof.before.layers]
    assert all(tried.before.status == 0 for tried in proof.tried)
    assert not proof.tried or proof.tried[0].before.output == b"started serve\n"


@pytest.mark.slow
def test_a_failing_step_shows_its_lines(engine: str, context: Path) -> None:
    with BuildSession(engine, Options(str(context))) as session, pytest.raises(BuildError) as failed:
        session.build(DOCKERFILE.replace("RUN cp", "RUN echo one && false && cp").encode(), "it")
    assert any("RUN echo one" in line for line in failed.value.lines)
