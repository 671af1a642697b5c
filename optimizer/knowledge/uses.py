"""How the commands of a script are recognised as uses of a package manager."""

from __future__ import annotations

import re

from ..dockerfile.record import Row
from ..dockerfile.shell import Command, Script, Word
from .tools import Action, Cache, CacheOption, Store, Tool

_PYTHON = r"python(\d(\.\d+)?)?"


class Use(Row):
    """A command that is a use of a tool."""

    tool: Tool
    command: Command
    verb: Word  # the subcommand
    action: Action
    alone: bool = False  # a program or script that refreshes the index for itself before it installs

    @property
    def options(self) -> list[str]:
        """The option words, those before the subcommand included, as far as they are literal."""
        return [word.value for word in self.command.argv[1:] if word.value and word.value.startswith("-")]

    @property
    def behind(self) -> tuple[Word, ...]:
        """The words behind the subcommand."""
        words = self.command.argv
        return words[words.index(self.verb) + 1 :]

    @property
    def operands(self) -> list[Word]:
        """The words behind the subcommand that are no options; the value of an option counts as one."""
        return [word for word in self.behind if not word.raw.startswith(b"-")]

    def behind_verb(self) -> Word:
        """The word to put an option behind: the subcommand, or the ``-y`` that follows it."""
        last = self.verb
        for word in self.behind:
            if word.value not in self.tool.yes_options:
                break
            last = word
        return last

    @property
    def spelled(self) -> bytes:
        """The tool as the Dockerfile spells it, ``sudo`` included."""
        return (b"sudo " if self.command.sudo else b"") + self.command.argv[0].raw

    def fetches_index(self) -> bool:
        """Whether an install fetches the index that it needs: ``dnf`` does, and ``apk add`` when it is told to."""
        index, option, options = self.tool.package_index, self.tool.cache_option, self.options
        if self.alone:
            return True
        if index is not None and index.fetched_by_install:
            return not any(word in index.offline for word in options)
        if self.tool.operation:
            return "y" in (self.verb.value or "")
        return option is not None and any(word in option.replaces or word == option.option for word in options)


def may_be_use(tool: Tool, command: Command) -> bool:
    """Whether `command` may be a use of `tool` by its name alone, which is quick to ask."""
    return command.name in tool.commands or command.name.startswith("python")


def use_of(tool: Tool, command: Command) -> Use | None:
    """`command` as a use of `tool`, or None. ``echo pip install`` and ``sh -c '…'`` are none."""
    name = command.name
    if name not in tool.commands and not name.startswith("python"):
        return None
    if tool.name not in command.answers:
        command.answers[tool.name] = _verb_of(tool, command)
    found = command.answers[tool.name]
    return Use(tool, command, found[0], found[1], False) if found else None


def _verb_of(tool: Tool, command: Command) -> tuple[Word, Action] | None:
    words = command.argv
    at = 1
    if command.name not in tool.commands:
        if "python -m " + tool.name not in tool.commands or not re.fullmatch(_PYTHON, command.name):
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
                return words[at], _action(tool, value, command, at)
        elif value in tool.value_options:
            at += 1
        elif not value.startswith("-"):
            return words[at], _action(tool, value, command, at)
        at += 1
    return None


def _action(tool: Tool, verb: str, command: Command, at: int) -> Action:
    if tool.action is not None:
        return tool.action(verb, tuple(word.raw for word in command.argv[at + 1 :]))
    if tool.package_index is not None and verb in tool.package_index.refresh:
        some = tool.package_index.partial.search(command.normal) or _names_something(tool, verb, command)
        return "read" if some else "refresh"
    if verb in tool.install:
        return "install"
    if tool.package_index is not None and verb in tool.package_index.read:
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


def uses(script: Script, tool: Tool) -> list[Use]:
    """The uses of a tool in a script, in order."""
    if tool.name not in script.answers:
        commands = script.commands if may_have_uses(script, tool) else ()
        uses = (use_at(commands, at, tool) for at in range(len(commands)))
        script.answers[tool.name] = [use for use in uses if use is not None]
    return script.answers[tool.name]


_NO_NAMES = frozenset(("python", "bash", "sh"))  # with which a use may begin all the same


def may_have_uses(script: Script, tool: Tool) -> bool:
    """Whether a script may use `tool`, by the names of its commands alone, which is quick to ask."""
    names = script.names
    return not (tool.commands.isdisjoint(names) and _NO_NAMES.isdisjoint(names) and tool.runners.isdisjoint(names))


def may_clear(script: Script, tool: Tool) -> bool:
    """Whether a script may clear what `tool` leaves behind, by the names of its commands alone."""
    return not _DELETERS.isdisjoint(script.names) or may_have_uses(script, tool)


_DELETERS = frozenset(("rm", "unlink", "shred", "find"))


def use_at(commands: tuple[Command, ...], at: int, tool: Tool) -> Use | None:
    """The command at index `at` as a use: itself, or as the shell that a script known to refresh is piped into.

    A program that is known to refresh and install for itself is one as well.
    """
    command = commands[at]
    use = use_of(tool, command)
    if use is not None or tool.package_index is None:
        return use
    if tool.package_index.installers.search(command.normal) and command.name not in _PRINTS:
        return Use(tool, command, command.argv[0], "install", alone=True)
    if not at or command.name not in ("bash", "sh"):
        return use
    if "pipeline" in command.guards and _reads_stdin(command):
        source = commands[at - 1]
        if "pipeline" in source.guards and tool.package_index.scripts.search(source.normal):
            return Use(tool, command, command.argv[0], "refresh")
        if "pipeline" in source.guards and tool.package_index.installers.search(source.normal):
            return Use(tool, command, command.argv[0], "install", alone=True)
    return None


_PRINTS = frozenset(("", "echo", "printf", "curl", "wget", "grep", "true", ":"))


def _reads_stdin(command: Command) -> bool:
    return all(value is not None and value.startswith("-") for value in command.values())


def refreshes(use: Use) -> bool:
    """Whether it is certainly a refresh of the RUN's own: no branch stands around it."""
    piped = use.command.name in ("bash", "sh") and use.command.guards == ("pipeline",)
    return use.action == "refresh" and (piped or not use.command.guards)


def clears(tool: Tool, store: Store, command: Command) -> bool:
    """Whether `command` clears `store`, by the tool itself or by hand."""
    use = use_of(tool, command)
    if use is not None:
        verb = use.verb.value or ""
        if not any(one.startswith(verb) for one in store.cleared_by):
            return False
        words = [word.value or "" for word in command.argv if not (word.value or "").startswith("-")]
        if verb in store.cleared_by or any(f"{verb} {word}" in store.cleared_by for word in words):
            return True
        # `go clean -modcache` says what it clears by an option.
        return any(f"{verb} {option}" in store.cleared_by for option in use.options)
    deletes = command.name in ("rm", "unlink", "shred") or (command.name == "find" and _finds_to_delete(command))
    if deletes:
        return any(store.cleared_text.search(word.raw) for word in command.argv[1:])
    return False


def _finds_to_delete(command: Command) -> bool:
    """Whether a find removes what it finds, or hands it over to what may."""
    removes = any(word.value == "-delete" for word in command.argv) or bool(command.started())
    return removes or "pipeline" in command.guards


def clears_any(tool: Tool, command: Command) -> bool:
    """Whether `command` clears the index or a cache of the tool."""
    return any(clears(tool, store, command) for store in stores(tool))


def stores(tool: Tool) -> tuple[Store, ...]:
    """What the tool leaves behind: its index and its caches."""
    return (*(one for one in (tool.package_index, tool.cache_option) if one is not None), *tool.caches)


def language_caches(tool: Tool) -> tuple[Cache | CacheOption, ...]:
    """The caches of a tool that is no distribution's."""
    option = (tool.cache_option,) if tool.cache_option is not None and tool.package_index is None else ()
    return (*option, *tool.caches)


def leaves_cache(use: Use, option: CacheOption) -> bool:
    """Whether a command that could take the option goes without it, and leaves what that keeps away."""
    if use.verb.value not in option.subcommands:
        return False
    words = [word.raw.decode("utf-8", "replace") for word in use.command.argv]
    if any(word.startswith(option.like) or word in option.not_with for word in words):
        return False
    second = option.second.get(use.verb.value or "")
    if second is not None and (not use.behind or use.behind[0].value not in second):
        return False
    files = [word.raw for word in use.operands]
    return not (option.not_for and files and all(word.endswith(option.not_for.encode()) for word in files))
