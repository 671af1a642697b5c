"""The build context: what a COPY would find in it.

Follows BuildKit for ``.dockerignore`` (``frontend/dockerfile/dockerignore``, ``moby/patternmatcher``): patterns
are relative to the root, ``*`` stops at a slash, ``**`` does not, the last one that matches decides, and a
``<Dockerfile>.dockerignore`` beside the Dockerfile takes the place of the common one.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import takewhile

from ..dockerfile.cached import cached_property
from ..dockerfile.document import DockerfileError, Document, Instruction
from ..dockerfile.record import Record
from ..dockerfile.source import BOM
from .files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

#: In a pattern made from a source: what a variable may come to. Unicode keeps this character for such a use.
_ANYTHING = "\ufdd0"

_MOST_BYTES = 1_000_000
_FETCHED = frozenset((".git", ".tox", ".venv", "node_modules", "site-packages", "vendor", "venv"))

Kind: TypeAlias = 'Literal["file", "directory", "link", "other"]'


class Entry(Record):
    """Something in a context; `mode` holds the permission bits, `size` a file's bytes, None where that is unknown."""

    kind: Kind
    mode: int
    size: int | None = None


class Context:
    """A build context on disk. Nothing is read before it is asked for."""

    def __init__(self, root: str, dockerfile: str | None = None, shared: dict[str, object] | None = None) -> None:
        self.root = root
        self.dockerfile = dockerfile
        #: what has been found out about whole directories, by root: for many Dockerfiles in one context
        self.shared: dict[str, object] = {} if shared is None else shared

    def entry(self, source: str) -> Entry | None:
        """What a COPY's `source` names, or None where it is not there, is ignored, or lies outside."""
        path = os.path.normpath(source.lstrip("/"))
        if path.startswith("..") or self.ignored(path):
            return None
        try:
            status = os.lstat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        kind: Kind = "other"
        if stat.S_ISREG(status.st_mode):
            kind = "file"
        elif stat.S_ISDIR(status.st_mode):
            kind = "directory"
        elif stat.S_ISLNK(status.st_mode):
            kind = "link"
        return Entry(kind, stat.S_IMODE(status.st_mode), status.st_size if kind == "file" else None)

    def read(self, source: str) -> bytes | None:
        """The bytes of the file that `source` names; None where it is none, or cannot be read."""
        entry = self.entry(source)
        if entry is None or entry.kind != "file":
            return None
        try:
            return read_file(os.path.join(self.root, os.path.normpath(source.lstrip("/"))))
        except OSError:
            return None

    def names(self, directory: str) -> list[str] | None:
        """The names in a directory, in order; None where it is none, or cannot be read."""
        entry = self.entry(directory)
        if entry is None or entry.kind != "directory":
            return None
        try:
            return sorted(os.listdir(os.path.join(self.root, os.path.normpath(directory.lstrip("/")))))
        except OSError:
            return None

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """The files that are texts, of a length that somebody may have written, with their paths, in order.

        Without those that a tool has fetched.
        """
        for directory, directories, names in os.walk(self.root):
            directories[:] = sorted(name for name in directories if name not in _FETCHED)
            for name in sorted(names):
                path = os.path.relpath(os.path.join(directory, name), self.root)
                entry = self.entry(path)
                text = self.read(path) if entry and (entry.size or _MOST_BYTES) < _MOST_BYTES else None
                if text and b"\0" not in text:
                    yield path, text

    def ignored(self, path: str) -> bool:
        """Whether ``.dockerignore`` keeps `path`, or a directory it lies in, out of the build."""
        return ignored_by(self._patterns, path)

    @cached_property
    def _patterns(self) -> tuple[Pattern, ...]:
        for name in ignore_files(self.root, self.dockerfile):
            try:
                data = read_file(name)
            except OSError:
                continue
            patterns: list[Pattern] = []
            for _, line in ignore_lines(data):
                with suppress(ValueError):  # no build gets past such a line, so it keeps nothing out
                    patterns.append(Pattern(line))
            return tuple(patterns)
        return ()


def ignore_files(root: str, dockerfile: str | None) -> list[str]:
    """Where BuildKit looks for the patterns of a build, best first; the first that is a file is all it reads."""
    common = os.path.join(root, ".dockerignore")
    return [dockerfile + ".dockerignore", common] if dockerfile else [common]


def ignore_lines(data: bytes) -> list[tuple[int, str]]:
    """The patterns in the bytes of a ``.dockerignore``, each with its 1-based line; comments start their line."""
    lines = data.removeprefix(BOM).decode("utf-8", "surrogateescape").split("\n")
    return [(at, line.strip()) for at, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]


class Pattern:
    """A line of a ``.dockerignore``. Raises `ValueError` for one that BuildKit refuses.

    `keep` says whether it makes an exception, `text` is what it names, without slashes at its ends.
    """

    def __init__(self, line: str) -> None:
        self.keep = line.startswith("!")
        name = line[self.keep :].strip()
        if not name:
            raise ValueError(f"illegal exclusion pattern: {line}")
        self.text = os.path.normpath(name).lstrip("/")
        try:
            self.below = re.compile(_expression(self.text) + "(?:/.*)?", re.DOTALL)
        except re.error as error:
            raise ValueError(f"syntax error in pattern: {line}") from error

    def __repr__(self) -> str:
        return f"<{'!' if self.keep else ''}{self.text}>"

    @cached_property
    def exact(self) -> re.Pattern[str]:
        """What matches the paths that it names, and nothing that lies below them; `below` matches that too."""
        return re.compile(_expression(self.text), re.DOTALL)


def ignored_by(patterns: Iterable[Pattern], path: str) -> bool:
    """Whether the last of the patterns that matches `path`, or a directory it lies in, keeps it out."""
    ignored = False
    for pattern in patterns:
        if pattern.keep == ignored and pattern.below.fullmatch(path):
            ignored = not pattern.keep
    return ignored


def _expression(text: str) -> str:
    parts: list[str] = []
    pieces = re.findall(r"(?:\*\*|\ufdd0)/?|\*|\?|\[[^\]]*\]|\\.|.", text, re.DOTALL)
    literal = not re.search(r"[*?\[\]\\\ufdd0]", text[2:])
    for at, piece in enumerate(pieces):
        if piece in ("**", _ANYTHING) and (at == len(pieces) - 1 or piece != "**" or (at == 0 and literal)):
            parts.append(".*")
        elif piece in ("**/", "**", f"{_ANYTHING}/"):  # stands for whole directories, also without its slash
            parts.append("(?:.*/)?")
        elif piece == "*":
            parts.append("[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        elif piece.startswith("[") and len(piece) > 2:
            parts.append(piece)
        else:
            parts.append(re.escape(piece[1:] if len(piece) == 2 and piece[0] == "\\" else piece))
    return "".join(parts)


def local_sources(instruction: Instruction) -> list[str] | None:
    """The sources of a COPY or ADD that come from the context; None where they do not, or not literally."""
    if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from"):
        return None
    words = instruction.words
    sources = list(words[:-1])
    if any(re.search(r"[$*?\[\"'\\<]|://|^git@", source) for source in sources):
        return None
    return sources


def find_context(path: str, data: bytes | Document, shared: dict[str, object] | None = None) -> Context | None:
    """The Dockerfile's own directory, or that of its repository, where everything its COPYs name is in it; or None."""
    try:
        document = Document.parse(data) if isinstance(data, bytes) else data
    except DockerfileError:
        return None
    path = os.path.abspath(path)
    sources = [source for instruction in document.instructions for source in local_sources(instruction) or ()]
    own = os.path.dirname(path)
    for root in (own, _repository(own)) if sources else ():
        context = Context(root, path, shared) if root else None
        if context and all(context.entry(source) for source in sources):
            return context
    return None


def _repository(directory: str) -> str | None:
    """The root of the Git repository that `directory` is in; None where it is in none."""
    while not os.path.exists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


class Taken(Record):
    """What an instruction takes from the context; everything, and nothing in particular, where `pattern` is None.

    Where the source cannot be read literally the pattern matches whatever it may name.
    """

    pattern: Pattern | None
    stage: int  # 0-based
    line: int  # 1-based

    @property
    def head(self) -> str:
        """The leading directories of the source, or all of it, as far as they are spelled out; may be empty."""
        parts = self.pattern.text.split("/") if self.pattern else []
        return "/".join(takewhile(lambda part: not re.search(r"[*?\[\\\ufdd0]", part), parts))


def taken(document: Document) -> Iterator[Taken]:
    """What the instructions of `document` take from the build context: COPY, ADD, and bind mounts of RUN.

    An ONBUILD counts as the instruction it holds, although the context of the build it runs in is another one.
    Raises `DockerfileError` where that instruction is none.
    """
    for stage, line, instruction in steps(document):
        sources: list[str] = []
        if instruction.keyword in ("COPY", "ADD") and not instruction.flag("from"):
            words = instruction.json or tuple(
                token.text.decode("utf-8", "surrogateescape") for token in instruction.tokens
            )
            sources += (word for word in words[:-1] if not re.search(r"^<<|://|^git@", word))
        elif instruction.keyword == "RUN":
            for flag in instruction.flags:
                if flag.name == "mount":
                    sources += _bound((flag.value or b"").decode("utf-8", "surrogateescape"))
        for source in sources:
            text = _pattern_text(source)
            yield Taken(Pattern(text) if text else None, stage, line)


def steps(document: Document) -> Iterator[tuple[int, int, Instruction]]:
    """Stage number, line and instruction, for every instruction in a stage; what an ONBUILD holds for the ONBUILD.

    Raises `DockerfileError` where that cannot be parsed.
    """
    for stage in document.stages:
        for instruction in stage.instructions:
            line = instruction.line
            inner = instruction
            while inner.keyword == "ONBUILD":
                text = inner.source.data[inner.args_start : inner.end]
                try:
                    inner = Document.parse(b"# escape=" + document.escape + b"\nFROM scratch\n" + text).instructions[1]
                except DockerfileError as error:
                    raise DockerfileError(line, error.reason) from error
            yield stage.number, line, inner


def _bound(mount: str) -> list[str]:
    """The source of a ``--mount`` that binds the context, in a list; an empty one for any other mount."""
    pairs = (part.strip().strip("\"'").partition("=") for part in mount.split(","))
    options = {name.lower(): value for name, _, value in pairs}
    if options.get("type", "bind") != "bind" or "from" in options:
        return []
    return [options.get("source", options.get("src", "."))]


def _pattern_text(source: str) -> str:
    """A source in the spelling of ``.dockerignore``; empty where it takes the whole context."""
    text = re.sub(r"\$(?:\{[^}]*\}?|\w+)?|[\"'`\\]", _ANYTHING, source)
    if _ANYTHING in text and ".." in text.split("/"):
        return _ANYTHING
    parts = os.path.normpath("/" + text).strip("/").split("/")
    while parts and parts[-1] in ("*", "**"):  # all of a directory
        parts.pop()
    text = "/".join(parts)
    try:
        Pattern("/" + text)
    except ValueError:
        return _ANYTHING
    return "/" + text if text else ""
