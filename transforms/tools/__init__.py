"""What is known of each package manager, as data, and how its commands are recognised.

A rule is generic over `Tool`; a new package manager is one more file here and one more row in `TOOLS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Literal, NamedTuple

from ...optimizer.document import Document
from ...optimizer.facts import Run, StageFacts
from ...optimizer.shell import Command, Script, Word, read_script

#: What a command does with the package index.
Action = Literal["refresh", "install", "read", "other"]


_NEVER = re.compile(rb"(?!)")


class Tool(NamedTuple):
    """A package manager. Paths are absolute globs as `removes` takes them."""

    name: str
    commands: frozenset[str]
    refresh: frozenset[str] = frozenset()  # subcommands that fetch the index and do nothing else
    install: frozenset[str] = frozenset()  # subcommands that install packages
    read: frozenset[str] = frozenset()  # other subcommands that need the index
    clear: frozenset[str] = frozenset()  # subcommands, with their word if they need one, that clear the index
    operation: re.Pattern[str] | None = None  # where the subcommand is an option: what it looks like
    value_options: frozenset[str] = frozenset()  # options before or behind the subcommand that take the next word
    yes_options: frozenset[str] = frozenset()  # options without a value that usually come first
    index_paths: tuple[str, ...] = ()  # what a refresh or an install leaves behind
    fetches_itself: bool = False  # an install fetches the index where it is missing
    clear_command: str = ""  # ``{name}`` is the command as the Dockerfile spells it
    clear_by_hand: str = ""  # the same where the command itself might fail
    clear_partly: str = ""  # what may be cleared even where the index is needed later
    clear_text: re.Pattern[bytes] | None = None  # a word of an rm or find that clears the index by hand
    partial_refresh: re.Pattern[bytes] = _NEVER  # an option that leaves the rest of the index as it was
    refreshing_scripts: re.Pattern[bytes] = _NEVER  # scripts on the web that end in a refresh
    clean_subcommands: frozenset[str] = frozenset()  # of a clean-up RUN: these only take things away
    mention: re.Pattern[bytes] = _NEVER  # text that may stand for a use nothing else recognises
    no_cache: str = ""  # the option that leaves no cache behind
    no_cache_like: tuple[str, ...] = ()  # prefixes of options that say so, or say otherwise, already
    no_cache_replaces: frozenset[str] = frozenset()  # options that the option makes needless
    no_cache_for: frozenset[str] = frozenset()  # subcommands that take it
    no_cache_settled: re.Pattern[bytes] = _NEVER  # text in the file that settles the matter otherwise
    cache: tuple[str, ...] = ()  # what that option keeps away
    cache_clear: str = ""  # what clears the cache where no option keeps it away; ``{name}`` as above
    cache_clear_on: tuple[tuple[str, str], ...] = ()  # the same by base image or distribution
    cache_fills: frozenset[str] = frozenset()  # subcommands that fill it; "" is the command without any, "*" any word
    cache_without: tuple[str, ...] = ()  # options of those with which nothing is fetched, or kept elsewhere
    cache_needs: str = ""  # the option without which something may still use the cache when the command is done
    cache_read_by: frozenset[bytes] = frozenset()  # commands that would have to fill it again
    cache_doubt: str = ""  # why nothing is certain to do without it
    cache_settled: re.Pattern[bytes] = _NEVER  # text in the file that means the cache is somebody's business
    cache_changes: tuple[str, ...] = ()  # what the clearing itself writes
    mounts: tuple[str, ...] = ()  # the folders of its index and cache, where they are the same everywhere
    mounts_locked: bool = False  # whether two of its kind must not use them at once
    no_weak: str = ""  # the option against weak dependencies
    no_weak_like: tuple[str, ...] = ()


#: Every tool, and what a file mentions that uses it.
TOOLS: dict[str, bytes] = {
    **{name: name.encode() for name in (
        "apt", "dnf", "yum", "microdnf", "tdnf", "zypper", "apk", "pacman", "pip", "uv", "pipx", "poetry", "pipenv",
        "conda", "mamba", "micromamba", "npm", "yarn", "pnpm", "composer", "gem", "bundle", "go", "cargo", "mvn",
        "gradle", "sbt", "cpan", "cpanm", "luarocks",
    )},
    "gomod": b"go ",
    "littler": b"install2.r",
}  # fmt: skip
_loaded: dict[str, Tool] = {}


def tool(name: str) -> Tool:
    """The knowledge of one package manager, loaded when it is first asked for."""
    if name not in _loaded:
        _loaded[name] = import_module(f".{name}", __name__).TOOL
    return _loaded[name]


class Use(NamedTuple):
    """A command that is a use of a tool."""

    tool: Tool
    command: Command
    verb: Word  # the subcommand
    action: Action

    @property
    def options(self) -> list[str]:
        """The option words, those before the subcommand included, as far as they are literal."""
        return [word.value for word in self.command.argv[1:] if word.value and word.value.startswith("-")]

    def behind_verb(self) -> Word:
        """The word to put an option behind: the subcommand, or the ``-y`` that follows it."""
        words = self.command.argv
        at = words.index(self.verb)
        while at + 1 < len(words) and words[at + 1].value in self.tool.yes_options:
            at += 1
        return words[at]

    @property
    def spelled(self) -> bytes:
        """The tool as the Dockerfile spells it, ``sudo`` included."""
        return (b"sudo " if self.command.sudo else b"") + self.command.argv[0].raw


_PYTHON = re.compile(r"python(\d(\.\d+)?)?")


def use_of(known: Tool, command: Command) -> Use | None:
    """`command` as a use of `known`, or None. ``echo pip install`` and ``sh -c '…'`` are none."""
    words = command.argv
    at = 1
    if command.name not in known.commands:
        if not command.name.startswith("python") or not _PYTHON.fullmatch(command.name):
            return None
        if "python -m " + known.name not in known.commands:
            return None
        if len(words) < 3 or words[1].value != "-m" or words[2].value != known.name:
            return None
        at = 3
    while at < len(words):
        value = words[at].value
        if value is None:
            if not words[at].raw.startswith(b"$"):
                return None
        elif known.operation:
            if known.operation.fullmatch(value):
                return Use(known, command, words[at], _operation(value, words[at + 1 :]))
        elif value in known.value_options:
            at += 1
        elif not value.startswith("-"):
            return Use(known, command, words[at], _action(known, value, command))
        at += 1
    return None


def _action(known: Tool, verb: str, command: Command) -> Action:
    if verb in known.refresh:
        return "read" if known.partial_refresh.search(command.normal) else "refresh"
    if verb in known.install:
        return "install"
    if verb in known.read:
        return "read"
    return "other"


def _operation(operation: str, operands: tuple[Word, ...]) -> Action:
    """What pacman does: ``-Sy`` alone refreshes, ``-S`` with packages or ``u`` installs, ``-Ss`` and its like read."""
    if operation == "--sync":
        return "install"
    if not operation.startswith("-S"):
        return "other"
    if set(operation) & set("sigl"):
        return "read"
    packages = any(not word.raw.startswith(b"-") for word in operands)
    if packages or "u" in operation:
        return "other" if "c" in operation else "install"
    return "refresh" if "y" in operation else "other"


def uses(script: Script, known: Tool) -> list[Use]:
    """The uses of a tool in a script, in order."""
    commands = script.commands
    return [use for at in range(len(commands)) if (use := _use_at(commands, at, known)) is not None]


def _use_at(commands: tuple[Command, ...], at: int, known: Tool) -> Use | None:
    """The command at index `at` as a use: itself, or as the shell that a known script is piped into."""
    command = commands[at]
    use = use_of(known, command)
    if use is None and at and command.name in ("bash", "sh") and "pipeline" in command.guards and _reads_stdin(command):
        source = commands[at - 1]
        if "pipeline" in source.guards and known.refreshing_scripts.search(source.normal):
            return Use(known, command, command.argv[0], "refresh")
    return use


def _reads_stdin(command: Command) -> bool:
    return all(value is not None and value.startswith("-") for value in command.values())


def clears(known: Tool, command: Command) -> bool:
    """Whether `command` clears the index of the tool, by the tool itself or by hand."""
    use = use_of(known, command)
    if use is not None:
        words = [word.value or "" for word in use.command.argv if not (word.value or "").startswith("-")]
        verb = use.verb.value or ""
        return verb in known.clear or any(f"{verb} {word}" in known.clear for word in words)
    if command.name in ("rm", "find", "unlink", "shred") and known.clear_text is not None:
        return any(known.clear_text.search(word.raw) for word in command.argv[1:])
    return False


def settled(pattern: re.Pattern[bytes], document: Document, stage: StageFacts) -> bool:
    """Whether what `pattern` looks for stands in the file anywhere but in commands that clear a cache."""
    data = document.source.data
    if not pattern.search(data):
        return False
    known = tuple(present(stage))
    cleanups = [
        (command.start, command.end)
        for instruction in document.instructions
        if (script := read_script(instruction))
        for command in script.commands
        if any(clears(one, command) for one in known)
    ]
    return any(
        not any(start <= match.start() and match.end() <= end for start, end in cleanups)
        for match in pattern.finditer(data)
    )


Need = Literal["no", "maybe", "yes"]


def index_need(run: Run, known: Tool) -> Need:
    """Whether `run` needs an index that an earlier layer left.

    It does when it reads one before it refreshes its own, and when it removes one with an rm that fails where there
    is nothing to remove.
    """
    code = run.instruction.code
    if run.script is None:
        bodies = b"".join(run.instruction.source.data[doc.start : doc.end] for doc in run.instruction.heredocs)
        text = code + bodies
        return "maybe" if known.mention.search(text) or _UNKNOWN_TEXT.search(text) else "no"
    need: Need = "no"
    refreshed: list[tuple[str, ...]] = []
    made = False
    for at, command in enumerate(run.script.commands):
        use = _use_at(run.script.commands, at, known)
        if use is None:
            if _fails_on_nothing(command) and clears(known, command) and not made:
                return "yes"
            if may_use(known, command) and not _SELF_SUFFICIENT.search(code):
                need = "maybe"
        elif use.action == "refresh":
            made = True
            refreshed.append(() if command.name in ("bash", "sh") else command.guards)
        elif use.action in ("install", "read"):
            made = made or known.fetches_itself
            if any(command.guards[: len(guards)] == guards for guards in refreshed) or refreshes_itself(use):
                continue
            return "yes"
    return need


def _fails_on_nothing(command: Command) -> bool:
    options = [word.raw for word in command.argv[1:] if word.raw.startswith(b"-")]
    return command.name == "rm" and not any(
        option == b"--force" or (b"f" in option and not option.startswith(b"--")) for option in options
    )


def refreshes_itself(use: Use) -> bool:
    """Whether an install fetches what it needs: ``dnf`` does, and ``apk add`` when it is told to."""
    if use.tool.fetches_itself:
        return not any(option in ("-C", "--cacheonly") for option in use.options)
    options = use.options
    if use.tool.operation:
        return "y" in (use.verb.value or "")
    return any(option in use.tool.no_cache_replaces or option == use.tool.no_cache for option in options)


def later_need(stage: StageFacts, at: int, known: Tool) -> tuple[Need, int]:
    """Whether anything on top of instruction `at` needs the index it left, and the line of the first that does.

    A RUN that refreshes for itself does not end the search: what it makes may be cleared where it stands. Code that
    is not shown may install, but an install of a tool that fetches for itself needs nothing.
    """
    found: tuple[Need, int] = ("no", 0)
    for owner, index in stage.later(at):
        instruction = owner.instructions[index]
        need: Need = "no"
        if instruction.keyword == "RUN":
            run = owner.run_at(index)
            need = index_need(run, known) if run else "maybe"
        elif instruction.keyword in ("ONBUILD", "CMD", "ENTRYPOINT") and known.mention.search(instruction.code):
            need = "maybe"
        if need == "yes":
            return "yes", instruction.line
        if need == "maybe" and found[0] == "no" and not known.fetches_itself:
            found = ("maybe", instruction.line)
    return found


def cleared_later(run: Run, known: Tool) -> Iterator[tuple[Script, Command]]:
    """The commands in the RUNs on top of `run` that clear the index or cache, each with the script it is in."""
    for owner, index in run.stage.later(run.at):
        other = owner.run_at(index)
        if other and other.script:
            yield from ((other.script, command) for command in other.script.commands if clears(known, command))


def removed_later(run: Run, known: Tool) -> bool:
    """Whether a RUN on top of `run` removes the index or cache with an rm that fails where there is none."""
    return any(_fails_on_nothing(command) for _, command in cleared_later(run, known))


_UNKNOWN_TEXT = re.compile(rb"\.sh\b|\bbash\b|\bsh\b|ansible|\./|/install|/setup|\$\(curl|\$\(wget")
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "su", "gosu", "runuser", "eval", "chroot", "source", "."))
# Tools that install packages of the distribution for themselves.
_CONFIGURATION_TOOLS = frozenset(
    (
        "puppet", "chef-client", "chef-solo", "salt-call", "rvm", "gdebi", "tasksel", "rosdep", "mk-build-deps", "opam",
        "conan", "snapcraft", "unattended-upgrade", "unattended-upgrades", "wajig", "apt-build", "vagrant",
    )
)  # fmt: skip
_INTERPRETER = re.compile(r"python[\d.]*|perl|ruby|node|php|make|rake|just")
# Installers on the web that bring no package of the distribution, or refresh the index before they do.
_SELF_SUFFICIENT = re.compile(
    rb"sh\.rustup\.rs|get\.docker\.com|yarnpkg\.com/install\.sh|get\.sdkman\.io|/nvm/|install\.meteor\.com|astral\.sh|bun\.sh"
)
_INSTALLER_NAME = re.compile(r"(?:^|[-_.])(?:install|setup|bootstrap|provision|deps|apt)(?:[-_.]|$)")
# Programs of a source tree that only configure or build it.
_BUILD_SCRIPTS = frozenset(
    (
        "configure",
        "Configure",
        "config",
        "autogen.sh",
        "buildconf",
        "bootstrap.sh",
        "gradlew",
        "mvnw",
        "b2",
        "bjam",
        "waf",
    )
)
_INERT = frozenset(
    (
        "echo", "printf", "rm", "mkdir", "rmdir", "sed", "grep", "egrep", "awk", "cp", "mv", "ln", "cat", "tee",
        "chmod", "chown", "chgrp", "find", "touch", "ls", "test", "which", "type", "wget", "curl", "gpg", "dpkg",
        "apt-key", "apt-mark", "apt-config", "add-apt-repository", "apt-add-repository", "debconf-set-selections",
        "tar", "unzip", "useradd", "groupadd", "adduser", "addgroup", "usermod", "export", "set", "cd", "true", "false",
        "install", "update-alternatives", "git", "cmake", "yum-config-manager", "rpm", "sort", "head", "tail",
        "cut", "tr", "dpkg-reconfigure", "pip", "pip2", "pip3", "npm", "yarn", "gem", "conda", "easy_install",
        "android", "docker-php-ext-install",
    )
)  # fmt: skip


def _inert(command: Command) -> bool:
    first = command.argv[0].value if command.argv else None
    return command.name in _INERT and (
        first is None or "/" not in first or first.startswith(("/usr/", "/bin/", "/sbin/"))
    )


def may_use(known: Tool, command: Command) -> bool:
    """Whether `command` uses the tool, or runs code that may."""
    if use_of(known, command) is not None:
        return True
    return not _inert(command) and (runs_unknown(command) or _mentions(known, command))


def _mentions(known: Tool, command: Command) -> bool:
    return any(known.mention.search(word.raw) for word in command.words)


def runs_unknown(command: Command) -> bool:
    """Whether `command` runs code that the Dockerfile does not show, and that may well install packages."""
    if not command.argv:
        return False
    first = command.argv[0].value
    if first is None:
        return True
    name = command.name
    if name in _BUILD_SCRIPTS:
        return False
    if name in _SHELLS:
        if name in (".", "source"):
            return not _is_environment(command)
        if any(word.value in ("-c", "-lc", "-ec", "-ic") for word in command.argv[1:]) or name in (
            "su",
            "gosu",
            "runuser",
        ):
            return any(_UNKNOWN_TEXT.search(word.raw) for word in command.argv[1:])
        return True
    if name in _CONFIGURATION_TOOLS or name.startswith("ansible") or _INSTALLER_NAME.search(name):
        return True
    if name.endswith((".sh", ".bash")):
        return True
    if _INTERPRETER.fullmatch(name):
        words = [value for value in command.values() if value and value != "install"]
        return any(_INSTALLER_NAME.search(word) for word in words if not word.endswith("setup.py"))
    return "/" in first and not first.startswith(_SYSTEM_FOLDERS)


_SYSTEM_FOLDERS = ("/usr/", "/bin/", "/sbin/", "/opt/conda/", "/opt/venv/", "/venv/")


def _is_environment(command: Command) -> bool:
    """``. ~/.nvm/nvm.sh``, ``source /opt/venv/bin/activate``: files that set variables."""
    words = command.values()
    path = words[0] if words else None
    return path is not None and path.rsplit("/", 1)[-1] in (
        "activate", "nvm.sh", ".bashrc", ".profile", ".bash_profile", "env", "environment", "os-release", "setup.bash",
        "conda.sh", "envvars", "lsb-release", ".env",
    )  # fmt: skip


def is_pure(script: Script, known: Tool, action: Action) -> bool:
    """Whether the whole script is ``&&``-joined plain uses of the tool, all of that one action."""
    found = uses(script, known)
    return (
        bool(found)
        and script.only_and
        and len(found) == len(script.units) == len(script.commands)
        and all(use.action == action and not use.command.guards for use in found)
        and all(unit.kind == "command" for unit in script.units)
    )


def only_cleans(run: Run, known: Tool) -> bool:
    """Whether all that `run` does is to clean up, behind `known` among others."""
    script = run.script
    if script is None or run.instruction.flags or len(script.units) != len(script.commands):
        return False
    if not all(_removes_only(command, known) for command in script.commands):
        return False
    return any(clears(known, command) or use_of(known, command) for command in script.commands)


def _removes_only(command: Command, known: Tool) -> bool:
    use = use_of(known, command)
    if use is not None:
        return use.verb.value in known.clean_subcommands
    paths = [value for value in command.values() if value is None or not value.startswith("-")]
    return command.name == "rm" and bool(paths) and all(path is not None and path.startswith("/") for path in paths)


def present(stage: StageFacts, names: Iterable[str] = TOOLS) -> Iterator[Tool]:
    """The tools out of `names` whose commands the file mentions at all."""
    data = stage.instructions[0].source.data
    for name in names:
        if TOOLS[name] in data:
            yield tool(name)
