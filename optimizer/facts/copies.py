"""Which files COPY and ADD make, where they are, and which commands name them."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from ..knowledge.images import Image
from .context import Context, Entry, local_sources
from .paths import PATTERN, SYSTEM_DIRECTORIES, is_private, resolve
from .stages import Facts, Run, StageFacts, readable
from .variables import expanded, expanded_word, normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

_ARCHIVE = r"\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$"


class Copied(Record):
    """A file that a COPY or ADD makes."""

    instruction: Instruction
    path: str  # absolute, in the image
    source: str
    entry: Entry | None  # what the context says of it; None where there is no context
    parent_exists: bool  # the directory it goes to is there before
    doubt: str = ""  # why `path` may be a directory that the file goes into
    others: int = 0  # how many other sources its instruction has
    spelling: str = ""  # `path` as it is spelled where an ARG decides on it, whose default it is then

    @property
    def is_plain(self) -> bool:
        """Whether it is the only source of its instruction, comes from the context, and goes to one place always."""
        return not self.others and not self.spelling and "://" not in self.source

    @property
    def may_be_file(self) -> bool:
        """Whether it is no directory, as far as the context or the spelling of the source tells."""
        return self.entry.kind == "file" if self.entry else not self.source.endswith("/")


def stored_twice(files: list[Copied]) -> int | None:
    """The bytes of files that a later layer stores again; None where the context does not tell them all."""
    sizes = [file.entry.size if file.entry else None for file in files]
    return None if None in sizes else sum(size or 0 for size in sizes)


def copied_files(stage: StageFacts, context: Context | None) -> Iterator[Copied]:
    """The files that COPYs and ADDs of the stage make of a single source of the context, where that is certain."""
    return (file for file in _all_copied(stage, context) if file.is_plain)


def _all_copied(stage: StageFacts, context: Context | None) -> Iterator[Copied]:
    """The files that COPYs and ADDs of the stage make, as far as their places are certain."""
    directories: set[str] = set(SYSTEM_DIRECTORIES)
    for at, instruction in enumerate(stage.instructions):
        if instruction.keyword == "WORKDIR":
            directories.update(filter(None, (stage.directory(at + 1),)))
        elif instruction.keyword == "RUN":
            run = stage.run_at(at)
            for command in run.script.commands if run and run.script else ():
                if command.name == "mkdir" and not command.guards:
                    directories.update(value for value in command.values() if value and value.startswith("/"))
        elif instruction.keyword in ("COPY", "ADD"):
            for source in instruction.words[:-1]:
                copied = _copied(stage, at, source, directories, context)
                if copied is not None:
                    yield copied


def _copied(stage: StageFacts, at: int, source: str, directories: set[str], context: Context | None) -> Copied | None:
    instruction = stage.instructions[at]
    last, others = instruction.words[-1], len(instruction.words) - 2
    entry = _entry(instruction, source, context)
    known = expanded(stage, at, last)
    spelling = normal(last) if known is None else ""
    place = known or expanded(stage, at, last, arguments=True)
    if entry is False or place is None or re.search(r"[$*?\[\"'\\]", place):
        return None
    target = resolve(place, stage.directory(at))
    if target is None:
        return None
    if place.endswith(("/", "/.")) or place in (".", "./") or target in directories or others:
        name = posixpath.basename(re.split("[?#]", source)[0] if "://" in source else source.rstrip("/"))
        if instruction.heredocs or not name or "$" in name:
            return None
        target = posixpath.join(target, name)
        spelling = spelling and posixpath.normpath(posixpath.join(spelling, name))
        there = posixpath.dirname(target) in directories
        return Copied(instruction, target, source, entry, there, others=others, spelling=spelling)
    doubt = "" if is_no_directory(target, stage.image, source) else f"that {target} is no directory is an assumption"
    there = posixpath.dirname(target) in directories
    return Copied(instruction, target, source, entry, there, doubt, spelling=spelling and posixpath.normpath(spelling))


def _entry(instruction: Instruction, source: str, context: Context | None) -> Entry | Literal[False] | None:
    """What a source is, None where nothing tells; False for what is no single file of the context or of the network."""
    if instruction.heredocs:
        return Entry("file", 0o644) if len(instruction.words) == 2 else False
    if instruction.keyword == "ADD" and re.fullmatch(_URL, source) and not instruction.flag("unpack"):
        return Entry("file", 0o600)  # Dockerfile reference, *ADD*
    if local_sources(instruction) is None or instruction.flag("parents"):
        return False
    entry = context.entry(source) if context else None
    if (context and entry is None) or (instruction.keyword == "ADD" and re.search(_ARCHIVE, source)):
        return False
    return entry


_URL = r"https?://(?!.*\.git(?:[#?]|$))[^\s\"'\\]+"


# Directories in which there are files and no directories: programs, jobs, scripts that an init system runs.
_PROGRAMS = r"/(?:usr/(?:local/)?)?s?bin|/etc/(?:init|my_init|cron|rc\d|profile|sudoers)\.d|/etc/cron\.\w+|.*/crontabs"
_FILES = frozenset("run finish authorized_keys known_hosts crontab sudoers passwd hosts Makefile".split())
_IN_THE_ROOT = r"/[^/]+"
#: Official images in whose root there is nothing but what the Filesystem Hierarchy Standard names.
PLAIN_IMAGES = frozenset(
    (
        "debian", "ubuntu", "alpine", "python", "node", "ruby", "rust", "php", "perl", "openjdk", "buildpack-deps",
        "eclipse-temurin", "amazoncorretto", "maven", "centos", "fedora", "rockylinux", "almalinux", "busybox",
    )
)  # fmt: skip


def is_no_directory(path: str, image: Image | None, source: str = "") -> bool:
    """Whether a file copied or moved to `path` certainly becomes `path`, and does not go into a directory there.

    A name that only files have says what it is, or that of the `source` where no package has directories; and there
    are places without directories.
    """
    same = posixpath.basename(path) == posixpath.basename(source)
    if looks_like_a_file(path) or (same and (is_private(path) or "." in posixpath.basename(path))):
        return True
    if posixpath.basename(path) in _FILES or re.fullmatch(_PROGRAMS, posixpath.dirname(path)):
        return True
    in_root = re.fullmatch(_IN_THE_ROOT, path) is not None and is_private(path)
    return in_root and image is not None and image.name in PLAIN_IMAGES


def commands_on_copies(facts: Facts, name: str) -> Iterator[tuple[Run, Command]]:
    """Every plain command called `name` in the stages that ship.

    None whose failure is ignored: what a COPY does instead stops the build where it fails.
    """
    for stage in facts.shipping:
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                if command.name == name and is_plain(command) and run.fails_with(command):
                    yield run, command


def copied_to(path: str | None, run: Run, command: Command) -> Copied | None:
    """What the last COPY above `command`, which is in `run`, made at `path` of a single source of the context."""
    file = _any_copied_to(path, run, command)
    return file if file is not None and file.is_plain else None


def _any_copied_to(path: str | None, run: Run, command: Command) -> Copied | None:
    files = run.stage.once("copies", _copied_by_path).get(path or "", ())
    return next((file for file in reversed(files) if file.instruction.start < command.start), None)


def _copied_by_path(stage: StageFacts) -> dict[str, list[Copied]]:
    found: dict[str, list[Copied]] = {}
    for file in _all_copied(stage, stage.facts.context):
        found.setdefault(file.path, []).append(file)
    return found


def copied_operands(run: Run, command: Command, flag: str) -> list[tuple[Word, Copied]]:
    """The operands behind the first that name a file, and no directory, of a COPY without `flag`, with that."""
    found: list[tuple[Word, Copied]] = []
    for word in command.argv[2:]:
        path, spelling = operand_path(word, run), ""
        if path is None:
            path = expanded_word(run.stage, run.at, word.raw, arguments=True)
            spelling = posixpath.normpath(normal(word.raw.decode("utf-8", "replace"))) if path else ""
            path = path and resolve(path, None)
        file = _any_copied_to(path, run, command)
        if file is None or not file.may_be_file or (word.value or "").endswith("/") or file.instruction.flag(flag):
            continue
        if file.spelling == spelling:
            found.append((word, file))
    return found


def with_others(files: list[tuple[Word, Copied]]) -> dict[Instruction, str]:
    """Why a flag may not take the place of a command on `files`, for each COPY that brings others too."""
    named = Counter(file.instruction for _, file in files)
    return {
        file.instruction: f"line {file.instruction.line} brings other files too"
        for _, file in files
        if named[file.instruction] <= file.others
    }


# Endings that only files have: a directory may be called conf.d.
_FILE_ENDINGS = frozenset(
    (
        "sh bash zsh py pl pm rb js mjs cjs ts php lua tcl awk sed exp r jar war ear class conf cfg cnf cf ini json "
        "json5 xml toml properties txt md rst css csv sql service socket timer list repo sources key crt cer pem pub "
        "p12 jks env template tmpl tpl j2 erb in go c h cpp hpp rs java groovy gradle scala ps1 bat cmd exe bin run "
        "deb rpm apk whl egg zip gz tgz tar bz2 xz 7z so a cron vcl vim el rules lic license log pid png gif svg ico "
        "patch diff lock xsl xsd wsdl proto ttf otf htpasswd htaccess bashrc profile jsonnet tf hcl erl ex exs clj hs "
        "kt swift phar fish init finish desktop theme config settings policy acl default sample example dist orig bak "
        "yml yaml htm html jpg jpeg"
    ).split()
)


def looks_like_a_file(path: str) -> bool:
    """Whether the name of `path` has an ending that only files have: a directory may be called conf.d."""
    _, dot, ending = posixpath.basename(path).rpartition(".")
    return bool(dot) and ending.lower() in _FILE_ENDINGS


def assumptions(file: Copied) -> list[str]:
    """What has to be assumed of a source that no context shows, and of the place that it goes to."""
    named = file.entry is not None or looks_like_a_file(file.source)
    return [*([] if named else [f"that {file.source} is a file is an assumption"]), *filter(None, (file.doubt,))]


def is_plain(command: Command) -> bool:
    """Whether a chmod or chown stands alone and has a mode or owner, operands, and no option anywhere."""
    words = command.argv[1:]
    return not command.guards and len(words) > 1 and not any(word.raw.startswith(b"-") for word in words)


def operand_path(word: Word, run: Run) -> str | None:
    """The absolute path that an operand names; None where that is not certain."""
    value = word.value
    if value is None and b"$" in word.raw:
        value = expanded_word(run.stage, run.at, word.raw)
    if value is None or PATTERN.search(value):
        return None
    script = readable(run)
    if not value.startswith("/") and any(name in script.state_changes for name in ("cd", "pushd")):
        return None
    return resolve(value, run.stage.directory(run.at))
