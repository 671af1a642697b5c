"""What the original image shows: its files, who wrote them, its packages, and how a container of it starts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..dockerfile.document import Instruction
from ..image.distribution import installed
from ..image.elf import Libraries
from ..image.root import Root


class Declined(Exception):
    """Why a Dockerfile is left in one stage. `line` is 1-based; 0 where no line is to blame."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Evidence:
    """The image of a Dockerfile as it is, beside its base image. `writers` has the instruction of each layer."""

    def __init__(self, root: Root, base: Root, writers: tuple[Instruction | None, ...]) -> None:
        self.root = root
        self.base = base
        self.packages = installed(root)
        self.base_packages = installed(base)
        self.libraries = Libraries(root, self.environment.get("LD_LIBRARY_PATH", ""))
        self._writers = writers

    @property
    def configuration(self) -> dict[str, Any]:
        """What a container starts with."""
        return self.root.image.configuration

    @cached_property
    def environment(self) -> dict[str, str]:
        """Its variables."""
        return variables(self.configuration)

    @property
    def directory(self) -> str:
        """Its working directory."""
        return str(self.configuration.get("WorkingDir", "/"))

    @cached_property
    def own(self) -> dict[str, Instruction]:
        """The paths that the Dockerfile's own instructions wrote, and no package: with the last that did."""
        found: dict[str, Instruction] = {}
        for layer, writer in zip(self.root.image.layers, self._writers, strict=True):
            if writer is None:
                continue
            for path in (*layer.entries, *layer.hard_links):
                entry = self.root.files.get(path)
                # A layer has the directories on the way to what it holds too.
                if entry is not None and not (entry.kind == "directory" and self.base.files.get(path) == entry):
                    found[path] = writer
        return {path: writer for path, writer in found.items() if not self.packages.owner(path)}

    @cached_property
    def changed(self) -> list[str]:
        """Files of packages that instructions changed after their installation, where that shows."""
        import hashlib

        found: dict[str, None] = {}
        for package in self.packages.packages.values():
            for path, digest in package.configuration.items():
                entry = self.root.files.get(path)
                if entry is None or entry.kind != "file" or self.base.files.get(path) == entry:
                    continue
                if hashlib.md5(self.root.read(path), usedforsecurity=False).hexdigest() != digest:
                    found[path] = None
        writers: dict[str, int] = {}
        for layer, writer in zip(self.root.image.layers, self._writers, strict=True):
            for path, entry in layer.entries.items():
                if writer is not None and entry.kind == "file" and self.packages.owner(path):
                    writers[path] = writers.get(path, 1 if path in self.base.files else 0) + 1
        return [*found, *(path for path, count in writers.items() if count > 1 and path not in found)]

    def owner(self, path: str) -> tuple[int, int]:
        """User and group of a file as they matter: root's where it belongs to nobody that the image knows.

        Archives that root unpacks leave the numbers of those who made them; everybody may read such files.
        """
        entry = self.root.files[path]
        open_to_all = entry.kind == "link" or entry.mode & 0o004
        runs_as = str(self.configuration.get("User", "")).partition(":")[0]
        nobody = entry.user not in self._users or "/node_modules/" in path  # npm keeps the numbers of archives
        if entry.user and nobody and open_to_all and runs_as not in (str(entry.user), self._users.get(entry.user)):
            return 0, 0
        return entry.user, entry.group

    @cached_property
    def _users(self) -> dict[int, str]:
        return account_names(self.root, "/etc/passwd")

    def is_own(self, path: str) -> bool:
        """Whether neither the base image nor a package has the file at `path`."""
        return path in self.own

    def which(self, name: str, directory: str = "") -> str | None:
        """The file that a container starts for the command `name`, links followed; None where there is none."""
        directory = directory or self.directory
        if "/" in name:
            places = [name if name.startswith("/") else f"{directory}/{name}"]
        else:
            places = [f"{part or directory}/{name}" for part in self.environment.get("PATH", "").split(":")]
        for place in places:
            entry = self.root.entry(place)
            if entry is not None and entry.kind == "file" and entry.mode & 0o111:
                return self.root.resolve(place)
        return None


def account_names(root: Root, path: str) -> dict[int, str]:
    """The names in a file of users or groups by their numbers; of several the first (manuals passwd(5), group(5))."""
    found: dict[int, str] = {}
    for line in root.text(path).splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit():
            found.setdefault(int(fields[2]), fields[0])
    return found


def variables(configuration: dict[str, Any]) -> dict[str, str]:
    """The environment of an image's configuration."""
    found: list[str] = configuration.get("Env", [])
    return {name: value for name, _, value in (one.partition("=") for one in found)}
