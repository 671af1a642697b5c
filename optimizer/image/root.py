"""The final root file system of an image with the contents of its files, read from the image's archive."""

from __future__ import annotations

import posixpath
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cached_property
from typing import IO, NamedTuple, Self

from .archive import Entry, Image, absolute, layer_names, open_layer, reading

_MOST_LINKS = 40  # Linux follows no more of them on the way to a file (path_resolution(7))


class _Place(NamedTuple):
    """Where the content of a file stands: the layer, and its bytes there."""

    layer: int
    start: int
    size: int


class _Contents:
    """The layers of an image's archive, and where in them the files stand."""

    def __init__(self, path: str) -> None:
        self.layers: list[IO[bytes]] = []
        self.places: dict[str, list[_Place]] = {}  # lowest layer first
        with reading(path):
            self.archive = tarfile.open(path)  # noqa: SIM115 (closed with the root)
            for name in layer_names(self.archive):
                self._index(name)

    def _index(self, name: str) -> None:
        number, layer = len(self.layers), open_layer(self.archive, name)
        if layer.packed:  # what is packed cannot be read from the middle
            plain: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the root)
            with layer.content as packed:
                shutil.copyfileobj(packed, plain, 1 << 20)
            plain.seek(0)
        else:
            plain = layer.content
        self.layers.append(plain)
        with tarfile.open(fileobj=plain, mode="r:") as files:
            for item in files:
                if item.isreg():
                    place = _Place(number, item.offset_data, item.size)
                    self.places.setdefault(absolute(item.name), []).append(place)
                elif item.islnk() and (target := self.places.get(absolute(item.linkname))):
                    self.places.setdefault(absolute(item.name), []).append(target[-1]._replace(layer=number))

    def close(self) -> None:
        for layer in self.layers:
            layer.close()
        self.archive.close()


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = posixpath.dirname(path)
        yield path


class Root:
    """An image's files. A context manager: it holds the archive open that the image was read from."""

    def __init__(self, path: str, image: Image, contents: _Contents | None = None) -> None:
        """Raises `ArchiveError` and `OSError`."""
        self.image = image
        self.files = image.files
        self._contents = contents or _Contents(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._contents.close()

    def below(self, number: int) -> Root:
        """The files that the lowest `number` layers make; it lives as long as this one."""
        return Root("", self.image.below(number), self._contents)

    @cached_property
    def _directories(self) -> set[str]:
        """The directories on the way to files: not every builder writes them into a layer."""
        return {parent for path in self.files for parent in _above(path)}

    def resolve(self, path: str) -> str | None:
        """The path of what `path`, absolute, leads to through links; None where nothing is there."""
        done, todo, links = "/", [part for part in path.split("/") if part not in ("", ".")], 0
        while todo:
            part = todo.pop(0)
            if part == "..":
                done = posixpath.dirname(done)
                continue
            here = posixpath.join(done, part)
            entry = self.files.get(here)
            if entry is None and here not in self._directories:
                return None
            if entry is not None and entry.kind == "link":
                links += 1
                if links > _MOST_LINKS:
                    return None
                if entry.target.startswith("/"):
                    done = "/"
                todo[:0] = [one for one in entry.target.split("/") if one not in ("", ".")]
            else:
                done = here
        return done

    def entry(self, path: str) -> Entry | None:
        """What `path` leads to."""
        real = self.resolve(path)
        return None if real is None else self.files.get(real)

    def read(self, path: str, most: int | None = None) -> bytes:
        """The first `most` bytes, or all, of the file that `path` leads to; nothing where there is none."""
        real = self.resolve(path)
        number = len(self.image.layers)
        places = [one for one in self._contents.places.get(real or "", ()) if one.layer < number]
        if not places:
            return b""
        place = places[-1]
        layer = self._contents.layers[place.layer]
        layer.seek(place.start)
        return layer.read(place.size if most is None else min(most, place.size))

    def text(self, path: str) -> str:
        """The file that `path` leads to as text."""
        return self.read(path).decode("utf-8", "replace")

    def below_directory(self, directory: str) -> list[str]:
        """The paths below `directory`, at any depth."""
        head = directory.rstrip("/") + "/"
        return [path for path in self.files if path.startswith(head)]
