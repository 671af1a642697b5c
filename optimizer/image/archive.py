"""An image as ``docker save``, ``podman save`` and ``buildah push`` write it, read without an engine.

Follows the OCI Image Specification, *Image Layer Filesystem Changeset* (whiteouts, opaque whiteouts, attributes in
pax headers) and *Image Layout*, and Docker's ``manifest.json`` for the archives of docker-archive form.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import tarfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from typing import IO, Any, Literal, NamedTuple, cast

Kind = Literal["file", "directory", "link", "device", "pipe"]

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_ATTRIBUTE = "SCHILY.xattr."
_ZSTD = b"\x28\xb5\x2f\xfd"
_GZIP = b"\x1f\x8b"


class ArchiveError(Exception):
    """An archive that is no image, or one that cannot be read; the text says why."""


class Entry(NamedTuple):
    """A path of a layer or a root file system. Two equal entries are the same but for their times."""

    kind: Kind
    mode: int  # permission bits, with setuid, setgid and sticky
    user: int
    group: int
    size: int  # bytes of a file's content
    target: str  # of a symbolic link; major and minor number of a device
    digest: str  # SHA-256 of a file's content
    attributes: tuple[tuple[str, str], ...]  # extended attributes, capabilities among them, by name


class Layer(NamedTuple):
    """What one instruction wrote. Paths are absolute."""

    digest: str  # of the uncompressed archive
    created_by: str  # as the history tells it
    entries: dict[str, Entry]
    stored: dict[str, int]  # bytes that each file takes in this layer: 0 for the further names of a hard link
    hard_links: dict[str, str]  # names for files of a layer below
    removed: frozenset[str]
    opaque: frozenset[str]  # directories whose contents of before are gone

    @property
    def size(self) -> int:
        """Bytes of the files in it, as ``docker history`` counts."""
        return sum(self.stored.values())


class Step(NamedTuple):
    """A line of an image's history."""

    created_by: str
    empty: bool  # whether it made no layer


class Image:
    """An image's configuration and layers, lowest first."""

    def __init__(self, description: dict[str, Any], layers: tuple[Layer, ...]) -> None:
        self.description = description
        self.layers = layers

    def below(self, number: int) -> Image:
        """The image that the first `number` layers make."""
        return Image(self.description, self.layers[:number])

    @property
    def size(self) -> int:
        """Bytes of the files in all layers, as ``docker images`` counts."""
        return sum(layer.size for layer in self.layers)

    @property
    def history(self) -> tuple[Step, ...]:
        """What the image was made by, first step first."""
        steps: list[dict[str, Any]] = self.description.get("history") or []
        return tuple(Step(str(step.get("created_by", "")), bool(step.get("empty_layer"))) for step in steps)

    @property
    def configuration(self) -> dict[str, Any]:
        """What a container of the image starts with, and where it runs."""
        started: dict[str, Any] = self.description.get("config") or {}
        found = {
            key: value
            for key, value in started.items()
            # The classic builder leaves the name of its last container and image there; builders write an absent
            # value as null, as empty, or not at all.
            if key not in ("Image", "Hostname", "Domainname") and value not in (None, "", False, [], {})
        }
        found |= {key: self.description[key] for key in ("architecture", "os", "variant") if self.description.get(key)}
        return found

    @cached_property
    def files(self) -> dict[str, Entry]:
        """The final root file system."""
        merged: dict[str, Entry] = {}
        for layer in self.layers:
            merged = _apply(merged, layer)
        return merged

    @cached_property
    def stored(self) -> dict[str, tuple[int, ...]]:
        """The bytes that each path takes in each layer; paths without any are left out."""
        found: dict[str, list[int]] = {}
        for number, layer in enumerate(self.layers):
            for path, size in layer.stored.items():
                if size:
                    found.setdefault(path, [0] * len(self.layers))[number] = size
        return {path: tuple(sizes) for path, sizes in found.items()}


def _apply(below: dict[str, Entry], layer: Layer) -> dict[str, Entry]:
    replaced = {path for path, entry in layer.entries.items() if entry.kind != "directory" and path in below}
    gone = layer.removed | replaced
    if gone or layer.opaque:
        merged = {path: entry for path, entry in below.items() if not _is_gone(path, gone, layer.opaque)}
    else:
        merged = dict(below)
    for name, target in layer.hard_links.items():
        if target in below:
            merged[name] = below[target]
    merged.update(layer.entries)
    return merged


def _is_gone(path: str, gone: frozenset[str] | set[str], opaque: frozenset[str]) -> bool:
    if path in gone:
        return True
    while path != "/":
        path = path[: path.rindex("/")] or "/"
        if path in gone or path in opaque:
            return True
    return False


def read_archive(path: str, known: dict[str, Layer] | None = None) -> Image:
    """Read the image in the archive at `path`; where it holds several, the first that can run.

    `known` keeps layers by their digest from one image to the next, so that what two share is read once. Raises
    `ArchiveError` and `OSError`.
    """
    with reading(path), tarfile.open(path) as archive:
        return _Reader(archive, {} if known is None else known).image()


@contextmanager
def reading(path: str) -> Generator[None]:
    """Say of the archive at `path` what is wrong with it. Raises `ArchiveError`."""
    try:
        yield
    except (tarfile.TarError, json.JSONDecodeError, KeyError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{path}: not an image: {error}") from error


def layer_names(archive: tarfile.TarFile) -> list[str]:
    """The members of an image's archive that are its layers, lowest first."""
    return _Reader(archive, {}).described()[1]


class PackedLayer(NamedTuple):
    """A layer's archive; what is `packed` can only be read from its start to its end."""

    content: IO[bytes]
    packed: bool


def open_layer(archive: tarfile.TarFile, name: str) -> PackedLayer:
    """The layer that is the member `name` of an image's archive. Raises `ArchiveError`."""
    content = _Reader(archive, {}).open(name)
    start = content.read(4)
    content.seek(0)
    if start == _ZSTD:
        raise ArchiveError("a layer is compressed with zstd, which cannot be read yet")
    packed = start.startswith(_GZIP)
    return PackedLayer(cast("IO[bytes]", gzip.open(content)) if packed else content, packed)


class _Reader:
    def __init__(self, archive: tarfile.TarFile, known: dict[str, Layer]) -> None:
        self.archive = archive
        self.known = known
        self.names = {posixpath.normpath(item.name): item for item in archive.getmembers()}

    def described(self) -> tuple[dict[str, Any], list[str]]:
        """The image's configuration, and the names of its layers."""
        if "manifest.json" in self.names:
            manifest = self.json("manifest.json")[0]
            return self.json(manifest["Config"]), list(cast("list[str]", manifest["Layers"]))
        manifest = self.manifest(self.json("index.json"))
        return self.json(_blob(manifest["config"])), [_blob(layer) for layer in manifest["layers"]]

    def image(self) -> Image:
        description, names = self.described()
        digests = cast("list[str]", description["rootfs"]["diff_ids"])
        if len(digests) != len(names):
            raise ArchiveError("the image has not as many layers as its configuration says")
        commands = [step.created_by for step in Image(description, ()).history if not step.empty]
        if len(commands) != len(names):
            commands = [""] * len(names)
        layers = [self.layer(*item) for item in zip(names, digests, commands, strict=True)]
        return Image(description, tuple(layers))

    def manifest(self, index: dict[str, Any]) -> dict[str, Any]:
        """The first manifest below `index` that is not an attestation."""
        for item in index["manifests"]:
            platform: dict[str, Any] = item.get("platform") or {}
            if platform.get("os") == "unknown":
                continue
            found = self.json(_blob(item))
            return found if "layers" in found else self.manifest(found)
        raise ArchiveError("the index names no image")

    def open(self, name: str) -> IO[bytes]:
        item = self.names[posixpath.normpath(name)]
        opened = self.archive.extractfile(item)
        if opened is None:
            raise ArchiveError(f"{name} is no file")
        return opened

    def json(self, name: str) -> Any:
        return json.loads(self.open(name).read())

    def layer(self, name: str, digest: str, created_by: str) -> Layer:
        if digest not in self.known:
            with open_layer(self.archive, name).content as content, tarfile.open(fileobj=content, mode="r|") as files:
                self.known[digest] = _read_layer(files, digest)
        return self.known[digest]._replace(created_by=created_by)


def _blob(descriptor: dict[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/")


_KINDS: dict[bytes, Kind] = {
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "pipe",
}


def _read_layer(files: tarfile.TarFile, digest: str) -> Layer:
    entries: dict[str, Entry] = {}
    stored: dict[str, int] = {}
    hard_links: dict[str, str] = {}
    removed: set[str] = set()
    opaque: set[str] = set()
    for item in files:
        path = absolute(item.name)
        directory, name = posixpath.split(path)
        if name == _OPAQUE:
            opaque.add(directory)
        elif name.startswith(_WHITEOUT):
            removed.add(posixpath.join(directory, name.removeprefix(_WHITEOUT)))
        elif item.islnk():
            target = absolute(item.linkname)
            if target in entries:
                entries[path] = entries[target]
            else:
                hard_links[path] = target
            stored[path] = 0
        else:
            entries[path] = _entry(files, item)
            stored[path] = entries[path].size
    return Layer(digest, "", entries, stored, hard_links, frozenset(removed), frozenset(opaque))


def absolute(name: str) -> str:
    """The path in an image of what a layer's archive calls `name`."""
    return posixpath.normpath("/" + name.lstrip("/"))


def _entry(files: tarfile.TarFile, item: tarfile.TarInfo) -> Entry:
    kind = _KINDS.get(item.type, "file")
    content = files.extractfile(item) if kind == "file" else None
    digest = _digest(content) if content else ""
    target = f"{item.devmajor}:{item.devminor}" if kind == "device" else item.linkname
    attributes = tuple(
        sorted(
            (key.removeprefix(_ATTRIBUTE), value)
            for key, value in item.pax_headers.items()
            if key.startswith(_ATTRIBUTE)
        )
    )
    size = item.size if kind == "file" else 0
    return Entry(kind, item.mode & 0o7777, item.uid, item.gid, size, target, digest, attributes)


def _digest(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := content.read(1 << 20):
        found.update(chunk)
    return found.hexdigest()
