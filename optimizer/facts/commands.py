"""What a command reads, writes and needs.

*Unknown* is an answer: a command that nobody knows may do anything, and `Paths.unknown` says which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word
from ..knowledge.commands import ACCOUNT_SETTINGS, COMMANDS, HOMES, INERT, Does, Which
from ..knowledge.tools import Tool, roots
from ..knowledge.uses import Use, use_of
from .paths import NOWHERE, Paths, below, lies_in, spelled, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

_DEVICES = "/dev"
_NAME = re.compile(r"\$\{?(\w+)")


class Effects(Record):
    """What something reads, writes and needs."""

    reads: Paths = NOWHERE
    writes: Paths = NOWHERE
    makes: tuple[str, ...] = ()  # directories that it makes where they are not there
    users: Literal["", "reads", "makes"] = ""  # the users and groups of the image
    names: frozenset[str] = frozenset()  # variables that its text names
    #: Which variables it may heed without naming them: those of the network, all but some known ones, all.
    environment: Literal["", "transport", "packages", "all"] = ""
    defines: frozenset[str] = frozenset()  # variables that those behind it see
    holds: str = ""  # what it changes for those behind it: the working directory, the user, the shell
    heeds: frozenset[str] = frozenset()  # what of that matters to it
    network: bool = False
    processes: str = ""  # the command that may leave something running, or mind what runs

    def __or__(self, other: Effects) -> Effects:
        if self is NOTHING or other is NOTHING:
            return other if self is NOTHING else self
        return Effects(
            self.reads | other.reads,
            self.writes | other.writes,
            self.makes + other.makes,
            "makes" if "makes" in (self.users, other.users) else self.users or other.users,
            self.names | other.names,
            _HEEDING[max(map(_HEEDING.index, (self.environment, other.environment)))],
            self.defines | other.defines,
            self.holds or other.holds,
            self.heeds | other.heeds,
            self.network or other.network,
            self.processes or other.processes,
        )

    def touches(self, path: str) -> str:
        """Why it may read, change or make the file or directory at `path`, or something in it; empty if it cannot."""
        if any(lies_in(made, path) for made in self.makes):
            return path
        return self.reads.touches(path) or self.writes.touches(path)


#: Each heeds what those before it do.
_HEEDING: tuple[Literal["", "transport", "packages", "all"], ...] = ("", "transport", "packages", "all")
NOTHING = Effects()
DIRECTORY, USER, SHELL = "the working directory", "the user", "the shell"


def unknown(name: str) -> Effects:
    """The effects of something that nobody knows; `name` says what, in words."""
    anywhere = Paths(unknown=f"{name} may do anything")
    return Effects(anywhere, anywhere, (), "makes", frozenset(), "all", heeds=_ALL, network=True, processes=name)


_ALL = frozenset((DIRECTORY, USER, SHELL))


def variables(text: bytes) -> frozenset[str]:
    """The variables that a text names."""
    return frozenset(_NAME.findall(text.decode("utf-8", "replace"))) if b"$" in text else frozenset()


def of_command(command: Command, directory: str | None, tools: Iterable[Tool]) -> Effects:
    """What a command does that runs in `directory`, None for one that is not known."""
    if any(re.match(_ELSEWHERE, word.raw) for word in command.wrappers):
        directory = None
    effects = redirected(command, directory)
    if names := variables(command.normal):
        effects = effects._replace(names=names)
    started = command.started()
    if command.name == "xargs":  # its operands come from elsewhere
        return effects | unknown(f"`xargs {started[0].name if started else ''}`".replace(" `", "`"))
    use = next((use for tool in tools if (use := use_of(tool, command)) is not None), None)
    if use is not None:
        return effects | _of_use(use, directory)
    does = COMMANDS.get(command.name)
    if does is None or not is_of_system(command):
        return effects | unknown(f"`{_shown(command)}`")
    effects |= _of_known(command, does, directory)
    if command.name == "find":
        harmless = not started and not any(word.value in _CHANGES for word in command.argv)
        for one in started:
            effects |= of_command(one, directory, tools)
        return effects._replace(writes=NOWHERE) if harmless else effects
    return effects


_ELSEWHERE = rb"-[CDi]|--chdir|--login"  # options of env and sudo
_CHANGES = frozenset(("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls"))


def is_of_system(command: Command) -> bool:
    """Whether a command is called by its name alone, or by a path in which the system has its programs."""
    return "/" not in command.program or command.program.startswith(("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"))


def _shown(command: Command) -> str:
    return (command.argv[0].raw if command.argv else command.normal).decode("utf-8", "replace")


def redirected(command: Command, directory: str | None) -> Effects:
    """What the redirections of a command read and write."""
    if not command.redirections:
        return NOTHING
    reads = writes = NOWHERE
    heeds = frozenset[str]()
    for one in command.redirections:
        if one.operator == "<<<" or (one.operator in (">&", "<&") and one.target.raw.isdigit()):
            continue
        path = _path(one.target, directory, command)
        if path.below and all(lies_in(each, _DEVICES) for each in path.below):
            continue
        if one.writes:
            writes |= path
        else:
            reads |= path
        if not one.target.raw.startswith(b"/"):
            heeds = frozenset((DIRECTORY,))
    return Effects(reads, writes, heeds=heeds)


def _path(word: Word, directory: str | None, command: Command) -> Paths:
    text = word.value if word.value is not None else word.raw.decode("utf-8", "replace")
    return spelled(text, directory, f"what `{_shown(command)}` names is not certain")


def _of_known(command: Command, does: Does, directory: str | None) -> Effects:
    """The effects of a command that `COMMANDS` describes."""
    operands = named = _named(command, does)
    if not (does.skip_unless and command.has_option(*does.skip_unless)):
        operands = operands[does.skip :]
    paths = [_path(word, directory, command) for word in operands]
    into, asked = (_values(command, options, directory) for options in (does.into, does.files))
    inert = does is INERT or _makes_no_home(command)
    beside = NOWHERE if inert else _beside(command, named if does.reads or does.writes else [])
    reads, writes = (union(_which(paths, which)) for which in (does.reads, does.writes))
    if does.writes_if and not command.has_option(*does.writes_if):
        writes = NOWHERE
    works_here = _works_here(command, does, operands)
    if works_here:
        here = spelled(".", directory, f"the directory that `{_shown(command)}` runs in is not known")
        reads, writes = reads | here, writes | here
    if does.places:
        reads, writes = reads | below(does.places), writes | below(does.places)
    if does.packaged:
        reads, writes = reads | Paths(packaged=True, local=True), writes | Paths(packaged=True)
    if does.users == "makes" and not does.packaged:  # homes, and what is put there
        reads |= below(ACCOUNT_SETTINGS)
        homes = () if _makes_no_home(command) else (word for word in command.argv[1:] if b"/" in word.raw)
        writes |= below((HOMES,)) | union(_path(word, directory, command) for word in homes)
    paths_alone = bool(does.reads or does.writes or not does.users)  # the operands of useradd are names
    relative = works_here or (paths_alone and any(not word.raw.startswith((b"/", b"'/", b'"/')) for word in operands))
    return Effects(
        reads | asked | beside,
        writes | into | (beside if does.writes or does.into or does.places or does.packaged else NOWHERE),
        users=does.users,
        environment=_heeds(does),
        heeds=frozenset((DIRECTORY, USER)) if relative else frozenset((USER,)),
        network=does.network,
    )


def _makes_no_home(command: Command) -> bool:
    """Whether a useradd certainly makes no directory: it is told so, or makes an account of the system (useradd(8))."""
    if command.name != "useradd" or command.has_option("R", "root", "P", "prefix"):
        return False
    system = command.has_option("r", "system") and not command.has_option("m", "create-home")
    return system or command.has_option("M", "no-create-home")


def _heeds(does: Does) -> Literal["", "transport", "packages"]:
    return "packages" if does.packaged else "transport" if does.network else ""


def _beside(command: Command, named: list[Word]) -> Paths:
    """Paths that are spelled out in other words than those that are `named`: in options, or in the text of a script."""
    if command.name == "sed" and any(re.search(_SED_FILE, word.raw) for word in command.argv[1:]):
        return Paths(unknown="`sed` may read and write files that its script names")
    texts = (word.raw for word in command.argv[1:] if word not in named and b"://" not in word.raw)
    return below(path for text in texts for path in re.findall(_ABSOLUTE, text.decode("utf-8", "replace")))


_ABSOLUTE = r"(?:^-\w+|(?<![\w./$}\])*?-]))(/[\w.+@-][\w.+@/-]*)"
_SED_FILE = rb"(?:^['\"]?|[;{}\n/|,#\d$])\s*[rRwW][ \t]+[\w./$]"


def _named(command: Command, does: Does) -> list[Word]:
    """The operands of a command that name files."""
    operands = command.operands(does.valued | does.into)
    if command.name == "find":  # an expression follows the places
        words = command.argv[1:]
        at = next((n for n, word in enumerate(words) if word.raw.startswith((b"-", b"(", b"!", b"\\"))), len(words))
        return list(words[:at])
    if command.name in ("git", "curl", "wget"):  # what comes from elsewhere is no file of the image
        if command.name != "git":
            return []
        cloned = operands[1:2] if operands and operands[0].raw == b"clone" else []
        return [word for word in operands if b"://" not in word.raw and b"git@" not in word.raw and word not in cloned]
    return operands


def _works_here(command: Command, does: Does, operands: list[Word]) -> bool:
    """Whether the working directory is read or written for itself."""
    if command.name == "ln" and len(operands) == 1:
        return True
    if not does.in_directory or (does.directory_alone and operands):
        return False
    if does.directory_if and not command.has_option(*does.directory_if):
        return False
    return not (does.directory_unless and command.has_option(*does.directory_unless))


def _which(paths: list[Paths], which: Which) -> list[Paths]:
    if which == "but-last" and len(paths) == 1:  # the last one is given by an option, or is not there
        return paths
    return {
        "": [], "all": paths, "first": paths[:1], "last": paths[-1:], "but-last": paths[:-1], "but-first": paths[1:],
    }[which]  # fmt: skip


def _values(command: Command, options: frozenset[str], directory: str | None) -> Paths:
    """The paths that options name: ``-o FILE``, ``-oFILE``, ``--output=FILE``, also behind other letters."""
    found = NOWHERE
    words = command.argv if options else ()
    for at, word in enumerate(words[1:], 1):
        raw = word.raw.decode("utf-8", "replace")
        name, equals, value = raw.partition("=")
        if name in options:
            following = words[at + 1] if at + 1 < len(words) else None
            if equals:
                found |= spelled(value, directory, f"what `{_shown(command)}` names is not certain")
            elif following is not None:
                found |= _path(following, directory, command)
        elif raw.startswith("-") and not raw.startswith("--"):
            letter = next((one[1] for one in options if len(one) == 2 and one[1] in raw[1:]), "")
            rest = raw.partition(letter)[2] if letter else ""
            if letter and rest:
                found |= spelled(rest, directory, f"what `{_shown(command)}` names is not certain")
            elif letter and at + 1 < len(words):
                found |= _path(words[at + 1], directory, command)
    return found


def _of_use(use: Use, directory: str | None) -> Effects:
    """The effects of a package manager."""
    index = use.tool.package_index
    if use.tool.distribution is None and not (use.tool.names_packages and use.action == "install"):
        return unknown(f"`{_shown(use.command)}`")
    if use.tool.names_packages and any(use.tool.names_packages.match(word.raw) for word in use.command.argv):
        return unknown(f"`{_shown(use.command)}`")
    files = [word for word in use.command.argv[1:] if re.match(_FILE, word.raw.strip(b"\"'")) and word.raw[:1] != b"-"]
    reads = Paths(packaged=True, local=True) | union(_path(word, directory, use.command) for word in files)
    heeds = frozenset((USER, DIRECTORY)) if files else frozenset((USER,))
    if use.action == "refresh" and index is not None:
        writes = below(roots(index))
        return Effects(_ASKED, writes, environment="transport", heeds=heeds, network=True)
    distribution = use.tool.distribution
    if distribution is not None and index is not None and use.verb.value in distribution.cleans - distribution.removes:
        places = ("/var/cache", *roots(index))
        return Effects(below((*places, *distribution.cleans_as_told)), below(places), heeds=heeds)
    makes: Literal["", "makes"] = "makes" if distribution else ""
    kept = (*roots(index), "/var/cache") if index else ()
    writes = Paths(packaged=True, local=distribution is None) | below(kept)
    heeded: Literal["packages", "all"] = "packages" if distribution else "all"
    return Effects(reads, writes, users=makes, environment=heeded, heeds=heeds, network=True)


# Where a refresh looks: at the sources and their keys, and at what it is made of itself.
_ASKED = below(
    (
        "/etc", "/var/lib/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/cache", "/usr/lib", "/usr/share", "/usr/bin",
        "/usr/sbin", "/lib", "/bin", "/sbin",
    )
)  # fmt: skip
# An operand of a package manager that is a file, and not the name of a package.
_FILE = rb"\.{1,2}$|~|[^:=]*/|.*(?:\.(?:deb|rpm|apk|whl|gz|zip)\b|\*)"
