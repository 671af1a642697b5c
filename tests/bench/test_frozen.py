"""The frozen applications are whole, parse, and are served what their builds fetch."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import dockerfile
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import frozen

from dfopt.optimizer.dockerfile.document import Document

APPLICATIONS = sorted(path.parents[1] for path in frozen.FROZEN.glob("*/context/Dockerfile"))


def test_there_are_twelve() -> None:
    assert len(APPLICATIONS) == 12


@pytest.mark.parametrize("path", APPLICATIONS, ids=lambda path: path.name)
def test_is_whole_and_parses(path: Path) -> None:
    assert (path / "expected.txt").read_bytes()
    subprocess.run(["sh", "-n", str(path / "smoke.sh")], check=True)
    original, expert = (path / name for name in ("context/Dockerfile", "expert.Dockerfile"))
    stages = []
    for file in (original, expert):
        document = Document.parse(file.read_bytes())
        assert dockerfile.parse_file(str(file))[-1].cmd.upper() == "CMD"  # BuildKit's parser
        stages.append([(stage.base, stage.name) for stage in document.stages])
    assert stages[0] == stages[1]


@pytest.mark.parametrize("path", APPLICATIONS, ids=lambda path: path.name)
def test_expert_leaves_what_is_set(path: Path) -> None:
    """An image without the user, the port or the variables of the original would be another one."""
    kept = ("USER", "ENV", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "VOLUME", "LABEL")

    def settings(name: str) -> list[str]:
        document = Document.parse((path / name).read_bytes())
        return sorted(
            document.source.data[item.start : item.end].decode().strip()
            for item in document.stages[-1].instructions
            if item.keyword in kept
        )

    assert settings("context/Dockerfile") == settings("expert.Dockerfile")


def test_serves_files_and_repositories(tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text("1.4")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "spider.git")], check=True)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
    with frozen.serving(tmp_path, *ports), urlopen(f"http://127.0.0.1:{ports[0]}/release.txt") as answer:
        assert answer.read() == b"1.4"
        url = f"git://127.0.0.1:{ports[1]}/spider.git"
        subprocess.run(["git", "ls-remote", url], check=True, capture_output=True)
