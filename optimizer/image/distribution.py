"""The packages that a distribution has installed in an image, as its own database tells.

Sources: the manuals dpkg(1), dpkg-query(1), deb-control(5), and apk's *APKINDEX format* with ``/lib/apk/db/installed``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from .root import Root


class Package(NamedTuple):
    """An installed package. `needs` holds alternatives; `provides` what else it may be called."""

    name: str
    version: str
    needs: tuple[tuple[str, ...], ...]
    recommends: tuple[tuple[str, ...], ...]
    provides: frozenset[str]
    size: int  # bytes installed, by its own word
    configuration: dict[str, str]  # configuration files, with the MD5 that they were shipped with


class Packages:
    """The packages of an image, and which of them owns a file."""

    def __init__(
        self, tool: str, packages: dict[str, Package], owners: dict[str, str], asked_for: frozenset[str] = frozenset()
    ) -> None:
        self.tool = tool  # "apt" or "apk"; empty where there is no database that can be read
        self.packages = packages
        self.asked_for = asked_for  # those that came for themselves, and not because another needs them
        self._owners = owners

    def owner(self, path: str) -> str | None:
        """The package that brought the file at `path`, whichever of its names is known (/bin is /usr/bin today)."""
        found = self._owners.get(path)
        if found is None and path.startswith("/usr/"):
            return self._owners.get(path.removeprefix("/usr"))
        return found if found is not None else self._owners.get("/usr" + path)

    @cached_property
    def files(self) -> dict[str, list[str]]:
        """The files of each package."""
        found: dict[str, list[str]] = {name: [] for name in self.packages}
        for path, owner in self._owners.items():
            found[owner].append(path)
        return found

    @cached_property
    def _providers(self) -> dict[str, str]:
        found = {virtual: name for name, package in self.packages.items() for virtual in package.provides}
        return found | {name: name for name in self.packages}

    def named(self, name: str) -> str | None:
        """The installed package that `name` stands for, itself or what provides it."""
        return self._providers.get(name)

    def closure(self, names: Iterable[str], *, recommended: bool = False) -> set[str]:
        """The installed packages that `names` need, themselves among them."""
        found: set[str] = set()
        todo = [name for name in map(self.named, names) if name is not None]
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            package = self.packages[name]
            for alternatives in (*package.needs, *(package.recommends if recommended else ())):
                there = next((one for one in map(self.named, alternatives) if one is not None), None)
                if there is not None:
                    todo.append(there)
        return found

    def size(self, names: Iterable[str]) -> int:
        """Bytes that the packages take."""
        return sum(self.packages[name].size for name in names if name in self.packages)


def installed(root: Root) -> Packages:
    """The packages in an image; none where the database is of no kind that is known."""
    if "/var/lib/dpkg/status" in root.files:
        return _dpkg(root)
    if "/lib/apk/db/installed" in root.files:
        return _apk(root)
    return Packages("", {}, {})


def _dpkg(root: Root) -> Packages:
    packages: dict[str, Package] = {}
    for block in re.split(r"\n\n+", root.text("/var/lib/dpkg/status")):
        fields = dict(_fields(block))
        if fields.get("Status", "").split()[-1:] != ["installed"]:
            continue
        shipped = re.findall(r"(\S+) ([0-9a-f]{32})\b", fields.get("Conffiles", ""))
        packages[fields["Package"]] = Package(
            fields["Package"],
            fields.get("Version", ""),
            (*_relations(fields.get("Pre-Depends", "")), *_relations(fields.get("Depends", ""))),
            _relations(fields.get("Recommends", "")),
            frozenset(one for some in _relations(fields.get("Provides", "")) for one in some),
            int(fields.get("Installed-Size", "0")) * 1024,
            dict(shipped),
        )
    owners: dict[str, str] = {}
    for path in root.below_directory("/var/lib/dpkg/info"):
        if path.endswith(".list"):
            name = posixpath.basename(path).removesuffix(".list").partition(":")[0]
            if name in packages:
                owners.update(dict.fromkeys((_usual(root, line) for line in root.text(path).splitlines()), name))
    automatic = {
        fields.get("Package", "")
        for fields in map(dict, map(_fields, root.text("/var/lib/apt/extended_states").split("\n\n")))
        if fields.get("Auto-Installed") == "1"
    }
    return Packages("apt", packages, _only_files(root, owners), frozenset(packages) - automatic)


def _usual(root: Root, path: str) -> str:
    """`path` with the links that lead to its directory followed: what a layer calls it."""
    directory, name = posixpath.split(path)
    real = root.resolve(directory)
    return posixpath.join(real, name) if real is not None else path


def _only_files(root: Root, owners: dict[str, str]) -> dict[str, str]:
    return {path: name for path, name in owners.items() if (e := root.files.get(path)) and e.kind != "directory"}


def _fields(block: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"^([\w-]+):(.*(?:\n[ \t].*)*)", block, re.MULTILINE):
        yield found[1], found[2].strip()


def _relations(text: str) -> tuple[tuple[str, ...], ...]:
    """The names in a relationship field, without versions and architectures; alternatives together."""
    return tuple(
        tuple(re.split(r"[\s(:\[<]", one.strip(), maxsplit=1)[0] for one in group.split("|"))
        for group in text.split(",")
        if group.strip()
    )


def _apk(root: Root) -> Packages:
    packages: dict[str, Package] = {}
    owners: dict[str, str] = {}
    for block in root.text("/lib/apk/db/installed").split("\n\n"):
        fields: dict[str, str] = {}
        directory = ""
        files: list[str] = []
        for line in block.splitlines():
            kind, _, value = line.partition(":")
            if kind == "F":
                directory = value
            elif kind == "R":
                files.append(posixpath.normpath(f"/{directory}/{value}"))
            else:
                fields[kind] = value
        if "P" not in fields:
            continue
        provides = frozenset(_bare(word) for word in fields.get("p", "").split())
        packages[fields["P"]] = Package(
            fields["P"],
            fields.get("V", ""),
            tuple((_bare(word),) for word in fields.get("D", "").split() if not word.startswith("!")),
            (),
            provides,
            int(fields.get("I", "0")),
            {},
        )
        owners.update(dict.fromkeys(files, fields["P"]))
    world = frozenset(_bare(word) for word in root.text("/etc/apk/world").split())
    return Packages("apk", packages, _only_files(root, owners), world & packages.keys())


def _bare(word: str) -> str:
    return re.split(r"[=<>~]", word, maxsplit=1)[0]
