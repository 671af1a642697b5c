"""The applications for `dfopt split` are whole, parse, and their experts' images are configured as the originals are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import dockerfile
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import split

from dfopt.optimizer.dockerfile.document import Document

PATHS = sorted(path.parents[1] for path in split.APPLICATIONS.glob("*/context/Dockerfile"))
TO_SPLIT = [path for path in PATHS if (path / "expert.Dockerfile").exists()]


def test_every_directory_is_an_application() -> None:
    assert sorted(path for path in split.APPLICATIONS.iterdir() if path.is_dir()) == PATHS


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_is_whole_and_parses(path: Path) -> None:
    commands = split.commands(path)
    assert commands
    for command in commands:
        if command.startswith("["):
            assert all(isinstance(word, str) for word in json.loads(command))
        else:
            subprocess.run(["sh", "-n", "-c", command], check=True)
    for name in ("context/Dockerfile", "expert.Dockerfile"):
        if (path / name).exists():
            assert dockerfile.parse_file(str(path / name))  # BuildKit's parser


@pytest.mark.parametrize("path", TO_SPLIT, ids=lambda path: path.name)
def test_expert_has_one_stage_more_and_says_the_same(path: Path) -> None:
    """An image without the user, the port or the variables of the original would be another one."""
    original, expert = (
        Document.parse((path / name).read_bytes()) for name in ("context/Dockerfile", "expert.Dockerfile")
    )
    assert len(expert.stages) == len(original.stages) + 1
    kept = ("USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "VOLUME", "LABEL", "STOPSIGNAL")

    def settings(document: Document, keywords: tuple[str, ...]) -> list[bytes]:
        return [item.raw.strip() for item in document.stages[-1].instructions if item.keyword in keywords]

    assert sorted(settings(original, kept)) == sorted(settings(expert, kept))
    variables = b" ".join(settings(expert, ("ENV",)))
    for line in settings(original, ("ENV",)):
        assert all(word in variables for word in line.split()[1:])
