"""The databases of dpkg and apk tell which packages there are, and whose a file is."""

from __future__ import annotations

import tarfile
from pathlib import Path

from archives import directory, docker_archive, member

from dfopt.optimizer.image import read_archive
from dfopt.optimizer.image.distribution import Packages, installed
from dfopt.optimizer.image.root import Root

STATUS = b"""\
Package: libpq5
Status: install ok installed
Version: 15.6-0
Depends: libc6 (>= 2.33), libssl3 | libssl1.1
Installed-Size: 10

Package: curl
Status: install ok installed
Version: 7.88
Provides: fetcher
Depends: libc6
Recommends: ca-certificates
Conffiles:
 /etc/curlrc 0123456789abcdef0123456789abcdef
Installed-Size: 2

Package: libc6
Status: install ok installed
Version: 2.36
Installed-Size: 100

Package: libssl1.1
Status: install ok installed
Version: 1.1
Depends: libc6

Package: ca-certificates
Status: install ok installed
Version: 2023

Package: gone
Status: deinstall ok config-files
Version: 1
"""


def packages(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Packages:
    path = str(docker_archive(tmp_path / "image.tar", [list(members)]))
    return installed(Root(path, read_archive(path)))


def debian(tmp_path: Path) -> Packages:
    return packages(
        tmp_path,
        member("var/lib/dpkg/status", STATUS),
        member("var/lib/dpkg/info/libc6:amd64.list", b"/.\n/lib\n/lib/libc.so.6\n"),
        member("var/lib/dpkg/info/curl.list", b"/usr/bin\n/usr/bin/curl\n/usr/share/missing\n"),
        member("var/lib/dpkg/info/gone.list", b"/usr/bin/gone\n"),
        member(
            "var/lib/apt/extended_states", b"Package: libc6\nAuto-Installed: 1\n\nPackage: libpq5\nAuto-Installed: 0\n"
        ),
        directory("usr/bin"),
        member("usr/bin/curl", b"x"),
        member("usr/bin/gone", b"x"),
        directory("usr/lib"),
        member("usr/lib/libc.so.6", b"x"),
        member("lib", None, type=tarfile.SYMTYPE, linkname="usr/lib"),
    )


def test_a_file_is_found_whichever_way_its_directory_is_called(tmp_path: Path) -> None:
    found = debian(tmp_path)
    assert found.tool == "apt"
    assert found.owner("/usr/bin/curl") == "curl"
    assert found.owner("/usr/lib/libc.so.6") == "libc6"
    assert found.owner("/usr/bin/gone") is None
    assert found.owner("/usr/bin") is None
    assert found.files["curl"] == ["/usr/bin/curl"]


def test_what_a_package_needs_comes_along(tmp_path: Path) -> None:
    found = debian(tmp_path)
    assert found.closure(["libpq5"]) == {"libpq5", "libc6", "libssl1.1"}
    assert found.closure(["fetcher"]) == {"curl", "libc6"}
    assert found.closure(["fetcher"], recommended=True) == {"curl", "libc6", "ca-certificates"}
    assert found.closure(["nothing"]) == set()


def test_what_was_asked_for_and_what_it_was_shipped_with(tmp_path: Path) -> None:
    found = debian(tmp_path)
    assert found.asked_for == {"curl", "libpq5", "libssl1.1", "ca-certificates"}
    assert found.packages["curl"].configuration == {"/etc/curlrc": "0123456789abcdef0123456789abcdef"}
    assert found.size(["curl", "libpq5"]) == 12 * 1024


def test_apk(tmp_path: Path) -> None:
    database = b"P:zlib\nV:1.3\nI:100\np:so:libz.so.1=1.3\nF:lib\nR:libz.so.1\n\nP:app\nV:1\nD:so:libz.so.1 !bad\nF:usr/bin\nR:app\n\n"
    found = packages(
        tmp_path,
        member("lib/apk/db/installed", database),
        member("etc/apk/world", b"app>1\n"),
        member("lib/libz.so.1", b"x"),
        member("usr/bin/app", b"x"),
    )
    assert found.tool == "apk"
    assert found.owner("/usr/bin/app") == "app"
    assert found.closure(["app"]) == {"app", "zlib"}
    assert found.asked_for == {"app"}


def test_an_image_without_a_database_has_no_packages(tmp_path: Path) -> None:
    found = packages(tmp_path, member("app", b"x"))
    assert (found.tool, found.packages) == ("", {})
