"""What a container starts: followed from its configuration through wrappers and scripts to the last program.

What cannot be followed is a reason to decline: a program that is not seen would be left behind.
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import Any

from ..dockerfile.commands import Command
from ..dockerfile.shell import read_text
from ..image.elf import is_elf
from ..knowledge.runtime import only_builds
from .evidence import Declined, Evidence

#: Programs that start what stands behind them, with the number of words of their own that come first.
_WRAPPERS = {
    "tini": 0, "dumb-init": 0, "catatonit": 0, "exec": 0, "env": 0, "nohup": 0, "setsid": 0, "command": 0, "time": 0,
    "gosu": 1, "su-exec": 1, "setpriv": 0, "nice": 0, "ionice": 0, "stdbuf": 0, "chpst": 0, "s6-setuidgid": 1,
    "tini-static": 0, "timeout": 1, "sudo": 0, "xvfb-run": 0, "catchsegv": 0,
}  # fmt: skip
_VALUED = {
    "nice": {"-n"}, "ionice": {"-c", "-n"}, "stdbuf": {"-i", "-o", "-e"}, "timeout": {"-k", "-s"},
    "sudo": {"-u", "-g"}, "env": {"-u", "-C"}, "chpst": {"-u"}, "tini": {"-p", "-e"},
    "setpriv": {"--reuid", "--regid"}, "xvfb-run": {"-s", "-n", "--server-args"},
}  # fmt: skip
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "busybox"))
#: Programs that run a program's source text; for one of these an application's own text is part of it.
_INTERPRETERS = re.compile(
    r"(?:python|pypy|node|nodejs|bun|deno|ruby|perl|php|lua|luajit|Rscript|R|guile|tclsh|wish|awk|gawk|mawk|julia|octave"
    r"|erl|escript|elixir|iex|scala|groovy|clojure|npm|npx|yarn|pnpm|bundle|rake|rails|uvicorn|gunicorn|racket)[\d.]*"
)
_MOST_DEPTH = 12


class Programs:
    """What is started: `paths` with the reason for each, links followed, and `files` that these are told to use."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.paths: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.trees: dict[str, str] = {}  # directories that they are told to use
        self.interpreted = ""  # the interpreter that runs the application's own text
        self.texts: list[bytes] = []  # the scripts and commands on the way

    def follow(self) -> None:
        """Follow what the image's configuration starts. Raises `Declined`."""
        configuration = self.evidence.configuration
        entry: list[str] = configuration.get("Entrypoint") or []
        command: list[str] = configuration.get("Cmd") or []
        if not entry and not command:
            raise Declined("neither CMD nor ENTRYPOINT says what a container starts")
        self.texts.append("\0".join([*entry, *command]).encode())
        if entry:
            self.start(entry, "ENTRYPOINT starts it")
            found = command and self.evidence.which(command[0])
            if found:
                self.start(command, "CMD names it")
            else:
                self._operands(command, "CMD names it")
        else:
            self.start(command, "CMD starts it")
        health: dict[str, Any] = configuration.get("Healthcheck") or {}
        check: list[str] = health.get("Test") or []
        if check[:1] == ["CMD-SHELL"]:
            self._text(check[1].encode(), "HEALTHCHECK", 0)
        elif check[:1] == ["CMD"]:
            self.start(check[1:], "HEALTHCHECK starts it")

    def start(self, words: list[str], why: str, depth: int = 0) -> None:
        """Follow a command. Raises `Declined`."""
        if depth > _MOST_DEPTH:
            raise Declined("scripts start one another too deep to be followed")
        if not words[0]:  # a variable's value: what a container is told, which is followed by itself
            return
        name = posixpath.basename(words[0])
        path = self.evidence.which(words[0])
        if path is None:
            raise Declined(f"{words[0]} is not in the image ({why})")
        self._add(path, words[0], why)
        if name in _WRAPPERS:
            rest = self._behind(name, words[1:])
            if rest:
                self.start(rest, why, depth + 1)
        elif name in _SHELLS:
            self._shell(words, why, depth)
        else:
            self._program(path, words, why, depth)

    def _add(self, path: str, spelled: str, why: str) -> None:
        owner = self.evidence.packages.owner(path)
        if (
            owner is not None
            and only_builds(owner)
            and not owner.startswith(("npm", "yarn", "ruby-bundler", "bundler"))
        ):
            raise Declined(f"a container runs {posixpath.basename(spelled)}, a tool of the build ({why})")
        if re.match(r"/usr/local/(?:go|cargo|rustup)/", path):
            raise Declined(f"a container runs the compiler: {posixpath.basename(spelled)} ({why})")
        self.paths.setdefault(path, why)
        if "/" in spelled:
            place = spelled if spelled.startswith("/") else posixpath.join(self.evidence.directory, spelled)
            self._link(posixpath.normpath(place), why)
        else:
            for part in self.evidence.environment.get("PATH", "").split(":"):
                place = posixpath.join(part or "/", spelled)
                if self.evidence.root.resolve(place) == path:
                    self._link(place, why)
                    break

    def _link(self, place: str, why: str) -> None:
        """Keep the links on the way to a program, as far as they are the Dockerfile's own."""
        for _ in range(40):
            entry = self.evidence.root.files.get(place)
            if self.evidence.is_own(place):
                self.files.setdefault(place, why)
            if entry is None or entry.kind != "link":
                return
            place = posixpath.normpath(posixpath.join(posixpath.dirname(place), entry.target))

    def _behind(self, name: str, words: list[str]) -> list[str]:
        own = _WRAPPERS[name]
        while words:
            if words[0] == "--":
                return words[1 + own :] if own and name not in ("timeout", "gosu") else words[1:]
            if words[0].startswith("-"):
                words = words[2 if words[0] in _VALUED.get(name, ()) else 1 :]
            elif name in ("env", "sudo") and "=" in words[0]:
                words = words[1:]
            elif own:
                own -= 1
                words = words[1:]
            else:
                return words
        return []

    def _shell(self, words: list[str], why: str, depth: int) -> None:
        rest = words[1:]
        while rest and rest[0].startswith("-") and rest[0] != "--":
            option, rest = rest[0], rest[1:]
            if "c" in option[1:] and not option.startswith("--") and rest:
                self._text(rest[0].encode(), why, depth)
                self._operands(rest[1:], why)
                return
            if option == "-o":
                rest = rest[1:]
        if rest:
            place = posixpath.join(self.evidence.directory, rest[0])
            self._file(place, why, depth)

    def _file(self, place: str, why: str, depth: int) -> None:
        real = self.evidence.root.resolve(place)
        if real is None:
            raise Declined(f"{place} is not in the image ({why})")
        self.files.setdefault(real, why)
        self._link(posixpath.normpath(place), why)
        self._text(self.evidence.root.read(real), f"{real} starts it", depth, real)

    def _program(self, path: str, words: list[str], why: str, depth: int) -> None:
        name = posixpath.basename(words[0])
        head = self.evidence.root.read(path, 256)
        if head.startswith(b"#!"):
            interpreter = interpreter_of(head)
            if not interpreter:
                raise Declined(f"{path} names no interpreter")
            self._add_interpreter(interpreter, path)
            if self.evidence.packages.owner(path) is None and posixpath.basename(interpreter) in _SHELLS:
                self._text(self.evidence.root.read(path), f"{path} starts it", depth, path)
                self._operands(words[1:], why)
                return
            self._interpret(posixpath.basename(interpreter), path)
        elif not is_elf(head):
            self._text(self.evidence.root.read(path), f"{path} starts it", depth, path)
        else:
            self._interpret(name, path)
        self._operands(words[1:], why)
        if name in ("npm", "yarn", "pnpm") and len(words) > 1:
            self._package_script(words, depth)

    def _add_interpreter(self, spelled: str, script: str) -> None:
        path = self.evidence.which(spelled)
        if path is None:
            raise Declined(f"{spelled}, which {script} names, is not in the image")
        self._add(path, spelled, f"{script} is run by it")

    def _interpret(self, name: str, path: str) -> None:
        if _INTERPRETERS.fullmatch(name):
            self.interpreted = self.interpreted or name
        elif self.evidence.packages.owner(path) is None and not self.evidence.is_own(path):
            self.interpreted = self.interpreted or name  # what a base image brings may run anything

    def _operands(self, words: list[str], why: str) -> None:
        """Files that the words name."""
        for word in words:
            for part in dict.fromkeys((word, word.partition("=")[2], *word.split(":"))):
                place = posixpath.normpath(posixpath.join(self.evidence.directory, part)) if part else "/"
                real = self.evidence.root.resolve(place)
                entry = self.evidence.root.files.get(real) if real is not None else None
                if real is None or entry is None:
                    continue
                if entry.kind == "directory" and real != "/":
                    self.trees.setdefault(real, why)
                if entry.kind == "file":
                    self.files.setdefault(real, why)
                    self._link(place, why)

    def _package_script(self, words: list[str], depth: int) -> None:
        """What ``npm start`` and ``npm run NAME`` start."""
        rest = [word for word in words[1:] if not word.startswith("-")]
        name = rest[1] if rest[:1] in (["run"], ["run-script"]) and len(rest) > 1 else rest[0] if rest else ""
        place = posixpath.join(self.evidence.directory, "package.json")
        try:
            package: dict[str, Any] = json.loads(self.evidence.root.read(place) or b"{}")
        except json.JSONDecodeError as error:
            raise Declined(f"{place} cannot be read: {error}") from error
        scripts: dict[str, str] = package.get("scripts") or {}
        for one in (f"pre{name}", name, f"post{name}"):
            if one in scripts:
                self._text(scripts[one].encode(), f"{place} starts it", depth + 1, npm=True)

    def _text(self, text: bytes, why: str, depth: int, path: str = "", *, npm: bool = False) -> None:
        """Follow a shell's script."""
        if depth > _MOST_DEPTH:
            raise Declined("scripts start one another too deep to be followed")
        self.texts.append(text)
        script = read_text(text)
        if script is None or script.opaque:
            reason = script.opaque if script else "it cannot be parsed"
            raise Declined(f"{path or 'the command'} cannot be read with certainty: {reason} ({why})")
        functions = set(re.findall(rb"^[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*\(\)", text, re.MULTILINE))
        for command in script.commands:
            if command.name.encode() not in functions:
                self._command(command, path or "the command", depth, npm=npm)

    def _assigns(self, name: str) -> bool:
        """Whether a script on the way gives the variable a value."""
        return any(
            re.search(rb"\b" + name.encode() + rb"[+]?=|\b(?:read|for) .*\b" + name.encode(), text)
            for text in self.texts
        )

    def _command(self, command: Command, where: str, depth: int, *, npm: bool) -> None:
        words = [word.value for word in command.argv]
        if not words:
            return
        first = words[0]
        if first is None or command.name == "eval":
            raw = command.argv[0].raw
            if raw in (b'"$@"', b"$@", b"$*", b'"$*"', b'"${@}"', b"${@}"):
                return  # what the container is told, which is followed by itself
            variable = re.fullmatch(rb"\"?\$(?:(\w+)|\{(\w+)\})\"?", raw)
            name = (variable[1] or variable[2]).decode() if variable else ""
            if name in self.evidence.environment and len(words) == 1 and not self._assigns(name):
                self._text(self.evidence.environment[name].encode(), f"{where} runs {name}", depth + 1)
                return
            raise Declined(f"{where} runs what a variable says: {raw.decode('utf-8', 'replace')}")
        if first in ("exec", "command") and len(words) > 1 and words[1] is None:
            self._command(_without_first(command), where, depth, npm=npm)
            return
        if first in (".", "source"):
            if len(words) < 2 or words[1] is None:
                raise Declined(f"{where} reads a script that a variable names")
            self._file(posixpath.join(self.evidence.directory, words[1]), f"{where} reads it", depth + 1)
            return
        known = [word or "" for word in words]
        if npm and "/" not in first:
            local = posixpath.join(self.evidence.directory, "node_modules/.bin", first)
            known[0] = local if self.evidence.which(local) else first
        if self.evidence.which(known[0]) is not None:
            self.start(known, f"{where} runs it", depth + 1)
        elif first in ("exec", "time", "command", "nohup") and len(known) > 1:
            rest = self._behind(first, known[1:])
            if rest and self.evidence.which(rest[0]) is not None:
                self.start(rest, f"{where} runs it", depth + 1)
        else:
            self._operands(known[1:], f"{where} names it")


def interpreter_of(head: bytes) -> str:
    """What a script's first line names to run it, as spelled; empty where it names nothing."""
    words = head.split(b"\n", 1)[0][2:].decode("utf-8", "replace").split() if head.startswith(b"#!") else []
    if words and posixpath.basename(words[0]) == "env":
        words = [one for one in words[1:] if one != "-S"] or words
    return words[0] if words else ""


def _without_first(command: Command) -> Command:
    return Command(command.start, command.end, command.argv[1:], command.assignments, command.guards)
