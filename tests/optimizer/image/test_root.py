"""Files of an image are read through its links, as the last layer has them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from archives import directory, docker_archive, member, tar

from dfopt.optimizer.image import ArchiveError, read_archive
from dfopt.optimizer.image.root import Root

LAYERS = [
    [directory("etc"), member("etc/a", b"first"), member("bin", None, type=tarfile.SYMTYPE, linkname="usr/bin")],
    [
        directory("usr/bin"),
        member("usr/bin/x", b"program"),
        member("etc/b", None, type=tarfile.SYMTYPE, linkname="../etc/a"),
        member("etc/c", None, type=tarfile.LNKTYPE, linkname="etc/d"),
    ],
    [member("etc/a", b"second"), member("loop", None, type=tarfile.SYMTYPE, linkname="/loop")],
]


def root(tmp_path: Path, *, gzip: bool = False) -> Root:
    path = str(docker_archive(tmp_path / "image.tar", LAYERS, pack=(lambda one: tar(one, "w:gz")) if gzip else tar))
    return Root(path, read_archive(path))


@pytest.mark.parametrize("gzip", [False, True])
def test_the_last_layer_is_read_and_links_are_followed(tmp_path: Path, *, gzip: bool) -> None:
    with root(tmp_path, gzip=gzip) as files:
        assert files.read("/etc/a") == b"second"
        assert files.read("/etc/b", 3) == b"sec"
        assert files.text("/bin/x") == "program"
        assert files.resolve("/bin/x") == "/usr/bin/x"
        assert files.resolve("/bin/../../etc/./b") == "/etc/a"


def test_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    with root(tmp_path) as files:
        assert files.read("/etc/z") == b""
        assert files.resolve("/loop") is None
        assert files.resolve("/etc/a/b") is None
        assert files.entry("/nothing") is None


def test_lower_layers_are_a_root_of_their_own(tmp_path: Path) -> None:
    with root(tmp_path) as files:
        base = files.below(1)
        assert base.read("/etc/a") == b"first"
        assert base.read("/usr/bin/x") == b""
        assert sorted(base.below_directory("/etc")) == ["/etc/a"]


def test_another_file_is_no_image(tmp_path: Path) -> None:
    image = read_archive(str(docker_archive(tmp_path / "image.tar", LAYERS)))
    other = tmp_path / "other"
    other.write_bytes(b"text")
    with pytest.raises(ArchiveError, match="not an image"):
        Root(str(other), image)
