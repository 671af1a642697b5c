"""ELF files: what a program or library needs to run (System V ABI, *Dynamic Linking*; manual ld.so(8))."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from .root import Root

_MAGIC = b"\x7fELF"
_TEXTS = (".rodata", ".data", ".data.rel.ro", ".go.string")  # sections with constants in them


class Elf(NamedTuple):
    """What an ELF file says of itself."""

    machine: str
    needed: tuple[str, ...]  # sonames
    search: tuple[str, ...]  # DT_RUNPATH or DT_RPATH, with $ORIGIN in it
    interpreter: str  # the dynamic loader; empty for libraries and static programs
    texts: bytes  # the sections that a program finds its constants in
    go: bool = False  # whether Go's compiler made it

    @property
    def static(self) -> bool:
        """Whether it needs nothing beside itself."""
        return not self.needed and not self.interpreter


def is_elf(head: bytes) -> bool:
    """Whether a file that starts with `head` is an ELF file."""
    return head.startswith(_MAGIC)


def read_elf(data: bytes) -> Elf | None:
    """What the ELF file `data` needs; None for what is none, or is damaged."""
    if not is_elf(data):
        return None
    # The library has no types.
    errors: Any = import_module("elftools.common.exceptions")
    files: Any = import_module("elftools.elf.elffile")
    needed: list[str] = []
    search: list[str] = []
    interpreter = ""
    try:
        elf: Any = files.ELFFile(io.BytesIO(data))
        for segment in elf.iter_segments():
            if segment["p_type"] == "PT_INTERP":
                interpreter = str(segment.get_interp_name())
            elif segment["p_type"] == "PT_DYNAMIC":
                for tag in segment.iter_tags():
                    if tag.entry.d_tag == "DT_NEEDED":
                        needed.append(str(tag.needed))
                    elif tag.entry.d_tag in ("DT_RUNPATH", "DT_RPATH"):
                        search += str(tag.runpath if tag.entry.d_tag == "DT_RUNPATH" else tag.rpath).split(":")
        texts = b"\0".join(
            bytes(section.data()) for name in _TEXTS if (section := elf.get_section_by_name(name)) is not None
        )
        machine = str(elf.get_machine_arch())
        go = elf.get_section_by_name(".gopclntab") is not None
    except (errors.ELFError, ValueError, KeyError, UnicodeDecodeError):
        return None
    return Elf(machine, tuple(needed), tuple(search), interpreter, texts, go)


class Missing(NamedTuple):
    """A library, or a loader, that a file of an image needs and that is not there."""

    path: str
    needs: str


class Libraries:
    """Finds the libraries of an image's programs, as the dynamic loader would."""

    def __init__(self, root: Root, environment: str = "") -> None:
        """`environment` is the value of ``LD_LIBRARY_PATH``."""
        self.root = root
        self._environment = [part for part in environment.split(":") if part]
        self._configured = list(_configured(root, "/etc/ld.so.conf"))
        self._cache = root.read("/etc/ld.so.cache")
        self._directories = _default(root)
        self._known: dict[str, Elf | None] = {}

    def elf(self, path: str) -> Elf | None:
        """What the file at `path` needs; None where it is no ELF file."""
        if path not in self._known:
            head = self.root.read(path, 4)
            self._known[path] = read_elf(self.root.read(path)) if is_elf(head) else None
        return self._known[path]

    def closure(self, paths: set[str]) -> tuple[set[str], list[Missing]]:
        """The files that the ELF files among `paths` need, themselves left out, and what of it is not there."""
        found: set[str] = set()
        missing: list[Missing] = []
        todo = sorted(paths)
        while todo:
            path = todo.pop()
            elf = self.elf(path)
            if elf is None:
                continue
            for name in (*elf.needed, *([elf.interpreter] if elf.interpreter else ())):
                real = self._find(name, path, elf)
                if real is None:
                    missing.append(Missing(path, name))
                elif real not in found:
                    found.add(real)
                    todo.append(real)
        return found - paths, missing

    def _find(self, name: str, by: str, elf: Elf) -> str | None:
        if "/" in name:
            return self.root.resolve(name)
        origin = posixpath.dirname(by)
        places = [re.sub(r"\$(?:ORIGIN|\{ORIGIN\})", origin, one) for one in elf.search]
        cached = [one for one in self._configured if self.in_cache(posixpath.join(one, name))]
        for directory in (*places, *self._environment, *cached, *self._directories):
            real = self.root.resolve(posixpath.normpath(posixpath.join(directory, name)))
            if real is not None and ((other := self.elf(real)) is None or other.machine == elf.machine):
                return real
        return None

    def in_cache(self, path: str) -> bool:
        """Whether ldconfig has noted the library at `path`: glibc finds those of no other directory than the usual."""
        return b"\0" + path.encode() + b"\0" in self._cache


def _configured(root: Root, path: str) -> Iterator[str]:
    """The directories that ld.so.conf names, with the files that it includes."""
    for line in root.text(path).splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["include"]:
            directory, pattern = posixpath.split(words[1])
            wanted = re.compile(re.escape(pattern).replace(r"\*", "[^/]*"))
            for name in sorted(root.below_directory(directory)):
                if posixpath.dirname(name) == directory and wanted.fullmatch(posixpath.basename(name)):
                    yield from _configured(root, name)
        else:
            yield from words


def _default(root: Root) -> list[str]:
    usual = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"]
    if any(re.fullmatch(r"/lib/ld-musl-.*", path) for path in root.files):
        usual.append("/usr/local/lib")
    found = [path for path in usual if root.resolve(path)]
    return found + [path for path in root.files if re.fullmatch(r"(?:/usr)?/lib/[\w]+-linux-(?:gnu|musl)\w*", path)]
