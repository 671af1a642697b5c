"""What a program needs is found where the dynamic loader looks for it, and nowhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from archives import docker_archive, member

from dfopt.optimizer.image import read_archive
from dfopt.optimizer.image.elf import Elf, Libraries, is_elf, read_elf
from dfopt.optimizer.image.root import Root

PROGRAM = Path(os.path.realpath(sys.executable)).read_bytes()
pytestmark = pytest.mark.skipif(not is_elf(PROGRAM), reason="this Python is no ELF file")


def elf() -> Elf:
    found = read_elf(PROGRAM)
    assert found is not None
    return found


def libraries(tmp_path: Path, *files: tuple[str, bytes], environment: str = "") -> Libraries:
    layers = [[member("usr/bin/app", PROGRAM, mode=0o755), *(member(name, data) for name, data in files)]]
    path = str(docker_archive(tmp_path / "image.tar", layers))
    return Libraries(Root(path, read_archive(path)), environment)


def missing(found: Libraries) -> set[str]:
    return {one.needs for one in found.closure({"/usr/bin/app"})[1]}


def test_a_program_tells_its_loader_and_its_libraries() -> None:
    found = elf()
    assert found.interpreter.startswith("/")
    assert any(name.startswith("libc.so") for name in found.needed)
    assert not found.static


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"\x7fELF", PROGRAM[:100]])
def test_what_is_no_whole_program_is_none(data: bytes) -> None:
    assert read_elf(data) is None


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    assert missing(libraries(tmp_path)) == {*elf().needed, elf().interpreter}


def test_a_usual_directory_is_searched(tmp_path: Path) -> None:
    name = elf().needed[0]
    found = libraries(tmp_path, (f"usr/lib/{name}", b"a library"))
    assert name not in missing(found)
    assert found.closure({"/usr/bin/app"})[0] == {f"/usr/lib/{name}"}


def test_the_variable_names_a_directory(tmp_path: Path) -> None:
    name = elf().needed[0]
    assert name not in missing(libraries(tmp_path, (f"opt/lib/{name}", b"a"), environment="/opt/lib"))
    assert name in missing(libraries(tmp_path, (f"opt/lib/{name}", b"a")))


def test_a_configured_directory_counts_for_what_ldconfig_has_noted(tmp_path: Path) -> None:
    name = elf().needed[0]
    there = (f"usr/local/lib/{name}", b"a")
    configured = (
        ("etc/ld.so.conf", b"include /etc/ld.so.conf.d/*.conf\n"),
        ("etc/ld.so.conf.d/local.conf", b"/usr/local/lib\n"),
    )
    assert name in missing(libraries(tmp_path, there, *configured))
    cache = ("etc/ld.so.cache", b"\0/usr/local/lib/" + name.encode() + b"\0")
    assert name not in missing(libraries(tmp_path, there, *configured, cache))
