"""Only regular files are opened, whatever lies under a name that is looked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.files import read_file

DFOPT = [sys.executable, "-c", "from dfopt.optimizer.cli import main; main()"]
DOCKERFILE = "FROM debian:12\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\n"
KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "link to a pipe": lambda path: (os.mkfifo(path.with_name("pipe")), path.symlink_to("pipe"))[1],
    "endless device": lambda path: path.symlink_to("/dev/zero"),
    "directory": Path.mkdir,
}


@pytest.fixture
def context(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "run.sh").write_text("")
    (tmp_path / "run.sh").chmod(0o644)
    return tmp_path


def dfopt(context: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DFOPT, *command.split()], cwd=context, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", [".dockerignore", "Dockerfile.dockerignore", ".gitignore", "pyproject.toml", ".dfopt.toml"]
)
def test_what_is_no_file_is_as_good_as_none(context: Path, name: str, kind: str) -> None:
    KINDS[kind](context / name)
    done = dfopt(context, "fix")
    assert done.returncode == 0, done.stderr
    assert "--chmod=755" in done.stdout


def test_the_common_patterns_count_where_the_own_ones_are_no_file(context: Path) -> None:
    (context / ".dockerignore").write_text("run.sh\n")
    os.mkfifo(context / "Dockerfile.dockerignore")
    assert "--chmod" not in dfopt(context, "fix").stdout
    (context / ".dockerignore").write_text("*.md\n")
    assert "--chmod" in dfopt(context, "fix").stdout
    assert "--- a/.dockerignore\n" in dfopt(context, "dockerignore").stdout


@pytest.mark.parametrize(("kind", "why"), [("pipe", "not a regular file"), ("directory", "Is a directory")])
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("check --config mine.toml Dockerfile", "mine.toml"),
        ("dockerignore --dockerfile Dockerfile.x", "Dockerfile.x"),
        ("dockerignore", ".dockerignore"),
        ("init gitlab", ".gitlab-ci.yml"),
    ],
)
def test_what_is_named_and_no_file_is_an_error(context: Path, command: str, name: str, kind: str, why: str) -> None:
    KINDS[kind](context / name)
    done = dfopt(context, command)
    assert done.returncode == 2
    assert done.stderr.startswith(f"dfopt: {name}: {why}\n")


def test_a_link_to_a_pipe_is_not_reviewed(context: Path) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example"]
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "x"], cwd=context, check=True)
    KINDS["link to a pipe"](context / "Dockerfile.x")
    done = dfopt(context, "review --base HEAD")
    assert (done.returncode, done.stderr) == (2, "dfopt: Dockerfile.x: not a regular file\n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_copied_name_that_is_no_file_has_no_bytes(context: Path, kind: str) -> None:
    KINDS[kind](context / "x")
    assert Context(str(context)).read("x") is None
    with pytest.raises(OSError):
        read_file(str(context / "x"))


def test_a_link_is_followed(context: Path) -> None:
    (context / "x").symlink_to("Dockerfile")
    assert read_file(str(context / "x")) == DOCKERFILE.encode()
