"""What the programs of an image need of its files and packages, and what only its build needed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from ..dockerfile.document import Instruction
from ..facts.packages import managed
from ..facts.paths import lies_in
from ..facts.stages import StageFacts
from ..image.elf import is_elf
from ..image.globs import matches
from ..image.waste import KINDS
from ..knowledge.runtime import (
    CACHES,
    COMPILERS,
    DEVELOPMENT,
    INSTALLED,
    OF_EVERY_IMAGE,
    SOURCE_DIRECTORIES,
    SOURCES,
    UPDATERS,
    only_builds,
    only_fetches,
)
from .evidence import Declined, Evidence
from .programs import Programs, interpreter_of

_WRITTEN_BY_HAND = ("/etc/localtime", "/etc/timezone", "/usr/lib/locale/**")
_MOST_READ = 4 << 20  # bytes of a file in which names are looked for
_FOREIGN = re.compile(r"/(?:site-packages|dist-packages|node_modules|vendor|gems)/")
_INSTALLED = "the installation of packages wrote it"
_MADE_AGAIN = "a command makes it again"
_TEMPORARY = "a temporary file"
_SOURCE = "a source, or made on the way from it"
_MANAGES = re.compile(rb"\b(?:apt|apt-get|aptitude|nala|apk|dpkg|dnf|microdnf|tdnf|yum|zypper|rpm|playwright)\b")
_CODE = (
    ".py",
    ".rb",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".pl",
    ".php",
    ".lua",
    ".sh",
    ".r",
    ".R",
)  # what an interpreter runs
_NAMING = (".py", ".rb", ".js", ".pl")  # files of libraries that may name what they load
# Directories of sources, whose names are words that stand in many a program.
_COMMON = frozenset(
    "src source build bin lib obj include target cmd internal pkg test tests vendor out debug main".split()
)
_GO = b"runtime.goexit"  # a program of Go, whose constants stand one behind the other without an end
_BUILD_PLACES = ("/usr/src", "/usr/local/src", "/tmp", "/var/tmp", "/build", "/root", "/opt/src", "/src")


class Kept:
    """The own files that ship, the packages that the runtime stage installs, and why."""

    def __init__(self, stage: StageFacts, evidence: Evidence, programs: Programs, runtime: Evidence | None) -> None:
        """`runtime` shows the base image of the runtime stage; None for ``scratch``."""
        self.stage = stage
        self.evidence = evidence
        self.programs = programs
        self.runtime = runtime
        self._read: dict[str, bytes] = {}  # by path, the texts that were looked through
        self.dropped: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.empty: dict[str, str] = {}  # directories with nothing in them
        self._choose_files()
        #: By name, why each is installed.
        self.packages: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self._choose_packages()

    # Files

    def _choose_files(self) -> None:
        wanted = {
            path: why
            for path, why in (*self.programs.paths.items(), *self.programs.files.items())
            if not self._is_alternative(path)
        }
        for path, writer in self.evidence.own.items():
            if self.evidence.root.files[path].kind == "directory":
                if self._is_left_empty(path, writer):
                    self.empty[path] = f"line {writer.line} makes it"
                continue
            why = wanted.get(path) or self._told(path) or self._why_kept(path, writer)
            if why:
                self.files[path] = why
        # Only now is it known what ships, and so what that says; what it names may say more.
        for path in [path for path, why in self.dropped.items() if why == _TEMPORARY and self.mentions(path)]:
            del self.dropped[path]
            self.files[path] = "what ships names it"
        while named := self._named_by_path():
            self.files |= named
            wanted |= named
        self._leave_build_trees(wanted)
        self._leave_copies(wanted)

    def _told(self, path: str) -> str:
        """Why a file ships that lies in a directory which a program is told to use."""
        here = self.evidence.directory
        return next((why for tree, why in self.programs.trees.items() if tree != here and lies_in(path, tree)), "")

    def _is_left_empty(self, path: str, writer: Instruction) -> bool:
        """Whether a directory with nothing in it is for the program: an instruction speaks of it, or gave it away."""
        entry = self.evidence.root.files[path]
        if path in self._parents or matches(path, (*OF_EVERY_IMAGE, *CACHES, *DEVELOPMENT, "/tmp/**", "/var/tmp/**")):
            return False
        if _MANAGES.search(writer.raw) and matches(path, INSTALLED):
            return False
        if _MANAGES.search(writer.raw):  # packages bring empty directories too
            return path.encode() in writer.raw
        said = any(self._says(one, path) for one in self.stage.instructions)
        return said or self.evidence.owner(path) != (0, 0) or entry.mode != 0o755

    @cached_property
    def _parents(self) -> set[str]:
        return {posixpath.dirname(path) for path in self.evidence.root.files}

    def _named_by_path(self) -> dict[str, str]:
        """What ships names these, or a directory that they lie in, by an absolute path: whatever they look like."""
        texts = [text for _, text in self._texts()]
        found: dict[str, str] = {}
        answers: dict[str, bool] = {}
        here = self.evidence.directory
        for path, why in self.dropped.items():
            if why in (_INSTALLED, _MADE_AGAIN) or matches(path, CACHES):
                continue
            place = path
            while place.count("/") > 1:
                if place not in answers:
                    word = re.compile(rb"(?<![\w./-])" + re.escape(place.encode()) + rb"/?(?![\w./-])")
                    answers[place] = place != here and any(
                        word.search(text) or (_GO in text and place.encode() in text) for text in texts
                    )
                if answers[place] or self._named_here(place):
                    found[path] = f"what ships names {place}"
                    break
                place = posixpath.dirname(place)
        for path in found:
            del self.dropped[path]
        return found

    def _named_here(self, directory: str) -> bool:
        """Whether what ships names a directory from where a container begins: ``templates/*``."""
        here = self.evidence.directory.rstrip("/")
        if not directory.startswith(here + "/") or self.evidence.root.files[directory].kind != "directory":
            return False
        name = directory.removeprefix(here + "/")
        return name not in _COMMON and any(
            re.search(rb"(?:^|[^\w/.-]|\./)" + re.escape(name.encode()) + rb"(?:[/\0\"'\s]|$)", text)
            or (text.endswith(_GO) and name.encode() + b"/" in text)
            for _, text in self._texts()
        )

    def _leave_copies(self, wanted: dict[str, str]) -> None:
        """Leave behind what lies beside sources, and was installed elsewhere as it is."""
        trees = set(filter(None, (self._tree(path) for path, why in self.dropped.items() if why == _SOURCE)))
        inside = [path for path in self.files if any(lies_in(path, tree) for tree in trees)]
        elsewhere = {self.evidence.root.files[path].digest for path in self.files.keys() - set(inside)}
        for path in [one for one in inside if one not in wanted]:
            entry = self.evidence.root.files[path]
            if entry.kind == "file" and entry.digest in elsewhere:
                del self.files[path]
                self.dropped[path] = "the same was installed elsewhere"

    def _why_kept(self, path: str, writer: Instruction) -> str:
        """Why an own file ships; empty, with a note in `dropped`, where it does not."""
        brought = writer.keyword in ("COPY", "ADD")
        if self._updated and matches(path, self._updated):
            self.dropped[path] = _MADE_AGAIN
            return ""
        if matches(path, _WRITTEN_BY_HAND):
            return "it was made for this image"
        if _FOREIGN.search(path) and not path.startswith(("/tmp/", "/root/.", "/usr/lib/python3/")):
            return "a library for the interpreter"
        if self._is_alternative(path) or (not brought and writer.line in self._only_install):
            self.dropped[path] = _INSTALLED
        elif matches(path, OF_EVERY_IMAGE):
            self.dropped[path] = "every image has its own"
        elif not brought and _MANAGES.search(writer.raw) and matches(path, INSTALLED):
            if path.startswith("/etc/") and self._says(writer, path):
                return f"line {writer.line} writes it"
            self.dropped[path] = _INSTALLED
        elif path.startswith(("/tmp/", "/var/tmp/")):
            self.dropped[path] = _TEMPORARY
        elif matches(path, (*CACHES, *KINDS["package index"], *KINDS["documentation"])):
            self.dropped[path] = "a cache, an index or documentation"
        elif matches(path, DEVELOPMENT) and not (brought and lies_in(path, self.evidence.directory)):
            self.dropped[path] = "of use to a build alone"
        elif not self.programs.interpreted and self._is_source(path):
            self.dropped[path] = _SOURCE
        else:
            return "no tool is known to have left it"
        return ""

    def _is_alternative(self, path: str) -> bool:
        """Whether it is a link that update-alternatives made (manual update-alternatives(1))."""
        entry = self.evidence.root.files[path]
        return path.startswith("/etc/alternatives/") or entry.target.startswith("/etc/alternatives/")

    @property
    def made_again(self) -> list[str]:
        """Files that a command of the runtime stage makes again."""
        return [path for path, why in self.dropped.items() if why == _MADE_AGAIN]

    @cached_property
    def _updated(self) -> list[str]:
        """What commands of the Dockerfile make of other files: the runtime stage runs them again."""
        names = {command.name for run in self.stage.runs if run.script for command in run.script.commands}
        return [glob for name in names & UPDATERS.keys() for glob in UPDATERS[name]]

    @cached_property
    def _only_install(self) -> set[int]:
        """The lines of RUNs that do nothing but to manage packages, and to remove."""
        found: set[int] = set()
        for run in self.stage.runs:
            commands = run.script.commands if run.script and not run.script.writes_files else ()
            if commands and all(managed(run, one) or one.name in ("rm", "set") for one in commands):
                found.add(run.instruction.line)
        return found

    @staticmethod
    def _says(writer: Instruction, path: str) -> bool:
        return posixpath.basename(path).encode() in writer.raw

    def _is_source(self, path: str) -> bool:
        parts = path.split("/")
        return not SOURCE_DIRECTORIES.isdisjoint(parts[:-1]) or matches(parts[-1], SOURCES)

    def _leave_build_trees(self, wanted: dict[str, str]) -> None:
        """Leave directories behind in which something was built, and which nothing that ships speaks of."""
        built = {self._tree(path) for path, why in self.dropped.items() if why == _SOURCE}
        if self.programs.interpreted:  # sources are recognised by where they lie
            built = {
                self._tree(path) for path in self.files if path.startswith(_BUILD_PLACES) and self._is_source(path)
            }
        for tree in sorted(filter(None, built)):
            inside = [path for path in self.files if path.startswith(tree + "/")]
            here = self.evidence.directory
            if here == tree or here.startswith(tree + "/") or any(path in wanted for path in inside):
                continue
            if not self.mentions(tree, beside=tree):
                for path in inside:
                    del self.files[path]
                    self.dropped[path] = "something was built there, and nothing that ships speaks of it"

    def _tree(self, path: str) -> str:
        """The highest directory on the way to `path` that the Dockerfile made, below the usual places for sources."""
        parts = path.split("/")
        for length in range(2, len(parts)):
            place = "/".join(parts[:length])
            if place in self.evidence.own and place not in ("/usr/local/src", *_BUILD_PLACES[:5]):
                return place
        return ""

    def _texts(self) -> Iterator[tuple[str, bytes]]:
        """By path, what a program that ships may take a name from: its text, or the constants in it."""
        for at, text in enumerate(self.programs.texts):
            yield f"command {at}", text
        yield "environment", "\0".join(f"{key}={value}" for key, value in self.evidence.environment.items()).encode()
        for path in dict.fromkeys((*self.files, *self.programs.paths)):
            if not _FOREIGN.search(path):
                yield path, self._text(path)

    def _text(self, path: str) -> bytes:
        if path not in self._read:
            elf = self.evidence.libraries.elf(path)
            text = elf.texts if elf else self.evidence.root.read(path, _MOST_READ)
            self._read[path] = text + _GO if elf and elf.go else text
        return self._read[path]

    def mentions(self, name: str, *, beside: str = "/") -> bool:
        """Whether what ships has `name` in it, as a word; what lies below the directory `beside` is not asked."""
        wanted = re.compile(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w-])")
        return any(
            wanted.search(text) for path, text in self._texts() if beside == "/" or not path.startswith(beside + "/")
        )

    # Packages

    def _choose_packages(self) -> None:
        known = self.evidence.packages
        there = set(self.runtime.packages.packages) if self.runtime else set[str]()
        for name in sorted(known.asked_for - set(self.evidence.base_packages.packages) - there):
            if only_builds(name):
                self.left_out[name] = "for building"
            elif only_fetches(name) and not self._calls(name):
                self.left_out[name] = "for fetching, and nothing that ships calls it"
            else:
                self.packages[name] = "the Dockerfile installs it, and it is not known to be for building alone"
        covered = there | known.closure(self.packages)
        for path, why in self._needed_files():
            owner = known.owner(path)
            if owner is not None and owner not in covered:
                self.packages[owner] = why
                covered |= known.closure((owner,))
        self._with_certificates(there)
        self._check_calls(there)
        for name in [one for one in self.packages if one not in known.asked_for]:
            if name in known.closure(other for other in self.packages if other != name):
                del self.packages[name]

    @cached_property
    def binaries(self) -> set[str]:
        """The programs and libraries that ship."""
        return {path for path in (*self.files, *self.programs.paths) if is_elf(self.evidence.root.read(path, 4))}

    def _needed_files(self) -> Iterator[tuple[str, str]]:
        """Files of packages that what ships needs, with the reason."""
        yield from self.programs.paths.items()
        yield from self.programs.files.items()
        needed, _ = self.evidence.libraries.closure(self.binaries)
        yield from ((path, f"{posixpath.basename(path)} is needed by what ships") for path in sorted(needed))
        for path in self.files:
            spelled = interpreter_of(self.evidence.root.read(path, 256))
            real = self.evidence.which(spelled) if spelled else None
            if real is not None:
                yield real, f"{path} is run by it"
        yield from self._loaded_by_name()

    def _loaded_by_name(self) -> Iterator[tuple[str, str]]:
        """Libraries whose names stand in what ships: loaded when the program runs, not when it starts."""
        names: dict[str, str] = {}
        for path in self.files:
            if not _FOREIGN.search(path) or path.endswith(_NAMING) or path in self.binaries:
                text = self._text(path)
                for found in re.findall(rb"""lib[\w+.-]+?\.so(?:\.\d+)*""", text):
                    names.setdefault(found.decode(), path)
                for found in re.findall(rb"""find_library\(\s*["']([\w+.-]+)["']""", text):
                    names.setdefault(f"lib{found.decode()}.so", path)
        for name, path in sorted(names.items()):
            for place in self._libraries_named(name):
                yield place, f"{path} loads {name}"

    def _libraries_named(self, name: str) -> list[str]:
        found = self._by_name.get(name, [])
        if not found:  # find_library takes any version
            found = [path for one, paths in self._by_name.items() if one.startswith(name + ".") for path in paths]
        return [real for path in found if (real := self.evidence.root.resolve(path))]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.evidence.root.files:
            name = posixpath.basename(path)
            if ".so" in name and name.startswith("lib") and self.evidence.packages.owner(path):
                found.setdefault(name, []).append(path)
        return found

    def _calls(self, package: str) -> bool:
        """Whether what ships has the name of a command that `package` brings."""
        commands = [
            posixpath.basename(path)
            for path in self.evidence.packages.files.get(package, ())
            if re.match(r"(?:/usr)?/s?bin/", path)
        ]
        return any(self.mentions(name) for name in (*commands, package))

    def _check_calls(self, there: set[str]) -> None:
        """Raise `Declined` where what ships calls a tool that stays behind."""
        for name in COMPILERS:
            path = self.evidence.which(name)
            owner = self.evidence.packages.owner(path) if path else None
            if owner is None or owner in there | self.evidence.packages.closure(self.packages):
                continue
            # As a program spells what it starts: a string of its own, or the start of one.
            word = re.compile(rb"[\"'`\0](?:/usr/bin/)?" + re.escape(name.encode()) + rb"(?=[\"'`\0 ])")
            for shipped, text in self._texts():
                entry = self.evidence.root.files.get(shipped) if shipped in self.files else None
                runs = shipped.endswith(_CODE) or (entry and entry.kind == "file" and entry.mode & 0o111)
                if (runs or shipped.startswith("command ")) and word.search(text):
                    raise Declined(f"{shipped} may call {name}, a tool of the build")

    def _speaks(self, shipped: str, text: bytes) -> bool:
        """Whether what ships looks for the certificates itself."""
        if text.endswith(_GO):
            return b"crypto/x509" in self.evidence.root.read(shipped)
        return b"/ssl/certs" in text or b"ca-certificates" in text

    def _with_certificates(self, there: set[str]) -> None:
        """The authorities' certificates go with whatever may speak TLS."""
        name = "ca-certificates"
        known = self.evidence.packages
        if name in known.packages and name not in there | known.closure(self.packages):
            speaks = self.programs.interpreted or any(self._speaks(*one) for one in self._texts())
            libraries, _ = self.evidence.libraries.closure(set(self.files))
            if speaks or any(re.search(r"lib(?:ssl|gnutls|nss3|curl)\b", path) for path in libraries):
                self.packages[name] = "what ships may speak TLS"
