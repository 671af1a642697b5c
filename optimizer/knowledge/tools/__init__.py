"""What is known of each package manager, as data, and how its commands are recognised.

A rule is generic over `Tool`; a new package manager is one more file here and one more row in `TOOLS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Literal, NamedTuple

from ...dockerfile.shell import Command, Script, Word

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
    mounts: tuple[str, ...] = ()  # the directories of its index and cache, where they are the same everywhere
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


def load_tool(name: str) -> Tool:
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


def use_of(tool: Tool, command: Command) -> Use | None:
    """`command` as a use of `tool`, or None. ``echo pip install`` and ``sh -c '…'`` are none."""
    words = command.argv
    at = 1
    if command.name not in tool.commands:
        if not command.name.startswith("python") or not _PYTHON.fullmatch(command.name):
            return None
        if "python -m " + tool.name not in tool.commands:
            return None
        if len(words) < 3 or words[1].value != "-m" or words[2].value != tool.name:
            return None
        at = 3
    while at < len(words):
        value = words[at].value
        if value is None:
            if not words[at].raw.startswith(b"$"):
                return None
        elif tool.operation:
            if tool.operation.fullmatch(value):
                return Use(tool, command, words[at], _operation(value, words[at + 1 :]))
        elif value in tool.value_options:
            at += 1
        elif not value.startswith("-"):
            return Use(tool, command, words[at], _action(tool, value, command))
        at += 1
    return None


def _action(tool: Tool, verb: str, command: Command) -> Action:
    if verb in tool.refresh:
        some = tool.partial_refresh.search(command.normal) or _names_something(tool, verb, command)
        return "read" if some else "refresh"
    if verb in tool.install:
        return "install"
    if verb in tool.read:
        return "read"
    return "other"


def _names_something(tool: Tool, verb: str, command: Command) -> bool:
    """Whether a refresh is told of what, and may leave out the rest; ``makecache`` takes a word that says how."""
    values = command.values()
    at = values.index(verb) + 1
    while at < len(values) and verb != "makecache":
        value = values[at]
        if value is None or not value.startswith("-"):
            return True
        at += 2 if value in tool.value_options else 1
    return False


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


def uses(script: Script, tool: Tool) -> list[Use]:
    """The uses of a tool in a script, in order."""
    commands = script.commands
    return [use for at in range(len(commands)) if (use := use_at(commands, at, tool)) is not None]


def use_at(commands: tuple[Command, ...], at: int, tool: Tool) -> Use | None:
    """The command at index `at` as a use: itself, or as the shell that a known script is piped into."""
    command = commands[at]
    use = use_of(tool, command)
    if use is None and at and command.name in ("bash", "sh") and "pipeline" in command.guards and _reads_stdin(command):
        source = commands[at - 1]
        if "pipeline" in source.guards and tool.refreshing_scripts.search(source.normal):
            return Use(tool, command, command.argv[0], "refresh")
    return use


def _reads_stdin(command: Command) -> bool:
    return all(value is not None and value.startswith("-") for value in command.values())


def clears(tool: Tool, command: Command) -> bool:
    """Whether `command` clears the index of the tool, by the tool itself or by hand."""
    use = use_of(tool, command)
    if use is not None:
        words = [word.value or "" for word in use.command.argv if not (word.value or "").startswith("-")]
        verb = use.verb.value or ""
        return verb in tool.clear or any(f"{verb} {word}" in tool.clear for word in words)
    if command.name in ("rm", "find", "unlink", "shred") and tool.clear_text is not None:
        return any(tool.clear_text.search(word.raw) for word in command.argv[1:])
    return False


def present(data: bytes, names: Iterable[str] = TOOLS) -> Iterator[Tool]:
    """The tools out of `names` whose commands `data`, a Dockerfile, mentions at all."""
    for name in names:
        if TOOLS[name] in data:
            yield load_tool(name)
