"""Which files COPY and ADD make, where they are, and which commands name them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ..dockerfile.document import Instruction
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from ..knowledge.images import Image
from .context import Context, Entry, local_sources
from .paths import PATTERN, SYSTEM_DIRECTORIES, is_private, resolve
from .stages import Facts, Run, StageFacts, readable

_ARCHIVE = r"\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$"


class Copied(Record):
    """A file that a COPY or ADD makes."""

    instruction: Instruction
    path: str  # absolute, in the image
    source: str
    entry: Entry | None  # what the context says of it; None where there is no context
    parent_exists: bool  # the directory it goes to is there before
    doubt: str = ""  # why `path` may be a directory that the file goes into

    @property
    def may_be_file(self) -> bool:
        """Whether it is no directory, as far as the context or the spelling of the source tells."""
        return self.entry.kind == "file" if self.entry else not self.source.endswith("/")


def stored_twice(files: list[Copied]) -> int | None:
    """The bytes of files that a later layer stores again; None where the context does not tell them all."""
    sizes = [file.entry.size if file.entry else None for file in files]
    return None if None in sizes else sum(size or 0 for size in sizes)


def copied_files(stage: StageFacts, context: Context | None) -> Iterator[Copied]:
    """The files that single-source COPYs and ADDs of the stage make, as far as their places are certain."""
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
            copied = _copied(stage, at, directories, context)
            if copied is not None:
                yield copied


def _copied(stage: StageFacts, at: int, directories: set[str], context: Context | None) -> Copied | None:
    instruction = stage.instructions[at]
    words = instruction.words
    heredoc = bool(instruction.heredocs)
    if len(words) != 2 or re.search(r"[$*?\[\"'\\]", words[1]):
        return None
    sources = local_sources(instruction)
    if heredoc:
        entry: Entry | None = Entry("file", 0o644)
    elif sources is None or instruction.flag("parents"):
        return None
    else:
        entry = context.entry(words[0]) if context else None
        if (context and entry is None) or (instruction.keyword == "ADD" and re.search(_ARCHIVE, words[0])):
            return None
    target = resolve(words[1], stage.directory(at))
    if target is None:
        return None
    if words[1].endswith(("/", "/.")) or words[1] in (".", "./") or target in directories:
        if heredoc:
            return None
        target = posixpath.join(target, posixpath.basename(words[0].rstrip("/")))
        return Copied(instruction, target, words[0], entry, posixpath.dirname(target) in directories)
    doubt = "" if is_no_directory(target, stage.image, words[0]) else f"that {target} is no directory is an assumption"
    return Copied(instruction, target, words[0], entry, posixpath.dirname(target) in directories, doubt)


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
    """What the last COPY above `command`, which is in `run`, made at `path`."""
    files = run.stage.once("copies", _copied_by_path).get(path or "", ())
    return next((file for file in reversed(files) if file.instruction.start < command.start), None)


def _copied_by_path(stage: StageFacts) -> dict[str, list[Copied]]:
    found: dict[str, list[Copied]] = {}
    for file in copied_files(stage, stage.facts.context):
        found.setdefault(file.path, []).append(file)
    return found


def copied_operands(run: Run, command: Command, flag: str) -> list[tuple[Word, Copied]]:
    """The operands behind the first that name a file, and no directory, of a COPY without `flag`, with that."""
    found: list[tuple[Word, Copied]] = []
    for word in command.argv[2:]:
        file = copied_to(operand_path(word, run), run, command)
        if file is None or not file.may_be_file or (word.value or "").endswith("/") or file.instruction.flag(flag):
            continue
        found.append((word, file))
    return found


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
    if word.value is None or PATTERN.search(word.value):
        return None
    script = readable(run)
    if not word.value.startswith("/") and any(name in script.state_changes for name in ("cd", "pushd")):
        return None
    return resolve(word.value, run.stage.directory(run.at))
