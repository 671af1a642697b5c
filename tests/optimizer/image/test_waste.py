"""What counts as waste, in bytes."""

from __future__ import annotations

from pathlib import Path

from archives import directory, docker_archive, member

from dfopt.optimizer.image import read_archive
from dfopt.optimizer.image.waste import waste


def test_waste_is_what_is_stored_twice_deleted_or_left_over(tmp_path: Path) -> None:
    layers = [
        [member("base", b"1" * 100), member("usr/share/doc/base/README", b"1" * 50)],
        [
            member("usr/share/doc/x/README", b"1" * 7),
            member("usr/share/doc/x/copyright", b"1" * 9),
            member("var/lib/apt/lists/a", b"1" * 30),
            member("root/.cache/pip/w", b"1" * 4),
            member("tmp/archive", b"1" * 20),
            member("app", b"1" * 10),
        ],
        [member("app", b"1" * 10, mode=0o755), member("tmp/.wh.archive"), member("base", b"1" * 5)],
        [directory("srv"), member("app", b"")],
    ]
    found = waste(read_archive(str(docker_archive(tmp_path / "image.tar", layers))), base=1)
    assert found.stored_twice == {"/app": 20, "/tmp/archive": 20}
    assert found.leftovers == {
        "package index": {"/var/lib/apt/lists/a": 30},
        "download cache": {"/root/.cache/pip/w": 4},
        "documentation": {"/usr/share/doc/x/README": 7},
    }
    assert found.total == 81
