"""The command `dfopt split`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_builds import File, Files, SmallBuilds, directory, program

from dfopt.optimizer.cli import builds as builder
from dfopt.optimizer.cli import run

STATUS = b"Package: gcc\nStatus: install ok installed\nVersion: 1\n"
BASE: Files = {
    "/bin/sh": program(b"\x7fELF"),
    "/usr/local/bin": directory(),
    "/etc/os-release": File(b"ID=debian\nVERSION_CODENAME=bookworm\n"),
    "/var/lib/dpkg/status": File(b""),
    "/usr/share/all": File(b"#" * 10_000),
}
CONFIG = {"Env": ["PATH=/usr/local/bin:/bin"]}
WORLD: dict[str, Files] = {
    "RUN apt-get install -y gcc": {
        "/usr/bin/gcc": program(b"#" * 100_000),
        "/var/lib/dpkg/status": File(STATUS),
        "/var/lib/dpkg/info/gcc.list": File(b"/usr/bin/gcc\n"),
    },
    "RUN make install": {"/usr/local/bin/app": program(b"#!/bin/sh\nexec cat\n")},
}
TEXT = 'FROM debian:bookworm\nRUN apt-get install -y gcc\nRUN make install\nCMD ["app"]\n'


@pytest.fixture
def dockerfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    builds = SmallBuilds(tmp_path, {"debian:bookworm": (BASE, CONFIG), "debian:bookworm-slim": (BASE, CONFIG)}, WORLD)

    def session(*_: Any) -> SmallBuilds:
        return builds

    def engine(name: str) -> str:
        return name

    monkeypatch.setattr(builder, "BuildSession", session)
    monkeypatch.setattr(builder, "choose", engine)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Dockerfile"
    path.write_text(TEXT)
    return path


def test_a_diff_with_the_sizes_above_and_nothing_written(dockerfile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["split", str(dockerfile)]) == 0
    out = capfd.readouterr().out
    assert out.startswith("Dockerfile: proved in two stages, ")
    assert "+FROM debian:bookworm AS build\n" in out
    assert "+COPY --from=build /usr/local/bin/app /usr/local/bin/app\n" in out
    assert "package" not in out
    assert dockerfile.read_text() == TEXT


def test_explained(dockerfile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["split", str(dockerfile), "--explain", "--run", "cat /bin/sh"]) == 0
    out = capfd.readouterr().out
    assert "  /usr/local/bin/app: CMD starts it\n" in out
    assert "  without gcc: for building\n" in out
    assert "  cat /bin/sh: same output, exit status 0\n" in out
    assert "  checked: users have the same numbers, and packages the same versions\n" in out


def test_written(dockerfile: Path) -> None:
    assert run(["split", str(dockerfile), "--write", "--output", "out"]) == 0
    assert dockerfile.read_text().count("FROM") == 2
    assert "proved" in (dockerfile.parent / "out").read_text()


def test_json_and_markdown(dockerfile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["split", str(dockerfile), "--format", "json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["base"] == "debian:bookworm-slim"
    assert found["copies"] == [{"sources": ["/usr/local/bin/app"], "target": "/usr/local/bin/app", "owner": ""}]
    assert found["before"] > found["after"]
    assert run(["split", str(dockerfile), "--format", "markdown", "--explain"]) == 0
    out = capfd.readouterr().out
    assert out.startswith("| Dockerfile | one stage | two stages | saved |\n")
    assert "```diff\n" in out


def test_a_file_that_stays_as_it_is_and_why(dockerfile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dockerfile.write_text("FROM debian:bookworm\nONBUILD RUN x\n")
    assert run(["split", str(dockerfile), "--write"]) == 1
    message = "Dockerfile:2: stays in one stage: ONBUILD belongs to the images that are built on this one\n"
    assert capfd.readouterr().err.endswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-"], "split takes a file: what it builds lies beside it"),
        (["nothing"], "nothing: No such file or directory"),
        (["Dockerfile", "--context", "nowhere"], "nowhere: the context is not a directory"),
        (["bad"], "bad:1: unknown instruction: IMPORT"),
    ],
)
def test_errors_are_one_line(
    dockerfile: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (dockerfile.parent / "bad").write_text("IMPORT x\n")
    assert run(["split", *arguments]) == 2
    assert capfd.readouterr().err == f"dfopt: {message}\n"


def test_an_original_that_does_not_build_is_an_error(dockerfile: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dockerfile.write_text("FROM debian:bookworm\nRUN make other\nCMD x\n")
    assert run(["split", str(dockerfile)]) == 2
    error = capfd.readouterr().err
    assert "the original Dockerfile does not build\n" in error
    assert "unknown: RUN make other\n" in error
