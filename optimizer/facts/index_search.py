"""A walk over commands, and what they start, for whether any of them needs a package index."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Word, read_text
from ..knowledge.assumptions import BUILD_TOOLS, CONTAINERS, PROGRAMS
from ..knowledge.commands import COMMANDS
from ..knowledge.programs import BUILD_SCRIPTS, BUILDERS, NO_INSTALLERS
from ..knowledge.tools import Index, Tool, roots
from ..knowledge.uses import Use, clears, use_at, use_of
from .commands import of_command
from .effects import placed
from .packages import not_installed
from .paths import lies_in, resolve
from .shown import environment, is_brought, listed, may_show, on_path, opened, text_of, with_values
from .stages import Run, StageFacts
from .stores import fails_on_nothing
from .unseen import UNKNOWN_TEXT, inert, installed_tool, is_self_sufficient, mentions, runs_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from .recipes import Behind, Code, Open

Need: TypeAlias = 'Literal["no", "maybe", "yes"]'


class Answer(Record):
    """Whether something needs the index, and what that rests on where it does not: names of assumptions."""

    need: Need
    assumes: frozenset[str] = frozenset()


NO, MAYBE, YES = Answer("no"), Answer("maybe"), Answer("yes")


class Search:
    """A walk over commands, and over those that they start, in the order in which they run."""

    def __init__(self, tool: Tool, stage: StageFacts, at: int, run: Run | None = None) -> None:
        self._tool = tool
        self._index = tool.package_index
        self._stage = stage
        self._at = at  # files are as they are before this instruction
        self._run = run  # None for what the container runs
        self._refreshed: set[tuple[str, ...]] = set()
        self._made = False
        self._need: Need = "no"
        self._assumes: set[str] = set()
        self._entered: set[tuple[bytes, str]] = set()
        self._fetched: set[str] = set()  # the names of installers that were downloaded
        self._named = run is not None and self._index is not None and _names(run, self._index)

    def answer(self) -> Answer:
        if self._need == "no":
            return Answer("no", frozenset(self._assumes)) if self._assumes else NO
        return YES if self._need == "yes" else MAYBE

    def commands(self, placed: Sequence[tuple[Command, str | None]], guards: tuple[str, ...] = ()) -> None:
        """Ask the commands in turn, each with its directory; `guards` stand around them all."""
        alone = tuple(command for command, _ in placed)
        for at, (command, directory) in enumerate(placed):
            if self._need == "yes":
                return
            use = use_at(alone, at, self._tool)
            if use is None:
                self._other(command, directory, guards, alone)
            elif use.action == "other":
                if not self._refreshed and self._run is not None and _names_the_unknown(self._run, use):
                    self._need = "maybe"
            elif use.action == "refresh":
                self._made = True
                self._refreshed.add(guards if command.name in ("bash", "sh") else guards + command.guards)
            else:
                self._made = self._made or (self._index is not None and self._index.fetched_by_install)
                around = guards + command.guards
                refreshed = any(around[: len(outer)] == outer for outer in self._refreshed)
                if not refreshed and not use.fetches_index():
                    self._need = "yes"

    def text(self, text: bytes) -> None:
        """Ask a text that is not read as commands."""
        if self._tool.mention.search(text) or re.search(UNKNOWN_TEXT, text):
            self._need = "maybe"
        else:
            self._assume(PROGRAMS)
            if may_show(self._stage):
                self._source(text, self._stage.directory(self._at), "")

    def exec_form(self, words: Sequence[str]) -> None:
        """Ask the words of an exec form."""
        given = tuple(Word(0, 0, word.encode("utf-8", "replace"), word) for word in words)
        self.commands([(Command(0, 0, given, (), ()), self._stage.directory(self._at))])

    def _assume(self, name: str) -> None:
        self._assumes.add(name if self._run is not None else CONTAINERS)

    def _other(
        self, command: Command, directory: str | None, guards: tuple[str, ...], beside: Sequence[Command] = ()
    ) -> None:
        """Ask a command that is no use of the tool; `beside` are those of its script."""
        tool, index = self._tool, self._index
        self._note_download(command)
        if command.name in _SILENT and "/" not in command.program and not (self._named or command.name in _COPIERS):
            return
        if b"$" in command.normal:
            command = with_values(command, environment(self._stage))
            directory = self._stage.directory(self._at) if directory is None and self._run is None else directory
        if index is not None and not self._made and _looks_into(command, directory, tool, index, named=self._named):
            self._need = "yes"
            return
        if self._is_sufficient(command, beside):
            return
        if self._marks_the_unknown(command):
            self._need = "maybe"
            return
        if may_show(self._stage) and self._read(command, directory, guards):
            return
        self._unread(command)

    def _note_download(self, command: Command) -> None:
        """Keep the names under which a command may store an installer that does without the index."""
        if command.name in ("curl", "wget") and is_self_sufficient(command):
            words = (*command.argv[1:], *(one.target for one in command.redirections))
            texts = (word.raw.decode("utf-8", "replace").strip("\"'") for word in words)
            self._fetched.update(name for text in texts if (name := text.rpartition("/")[2]) and name[0] != "-")

    def _is_sufficient(self, command: Command, beside: Sequence[Command]) -> bool:
        """Whether it fetches or starts an installer that does without the index; what is started beside it is not."""
        if is_self_sufficient(command):
            return True
        if self._fetched and not self._fetched.isdisjoint(
            word.raw.decode("utf-8", "replace").rpartition("/")[2] for word in command.argv
        ):
            return True
        before = [one for one in beside if one.end <= command.start] if "pipeline" in command.guards else []
        for one in reversed(before):
            if "pipeline" not in one.guards or one.name in _SHELLS:
                return False
            if is_self_sufficient(one):
                return True
        return False

    def _unread(self, command: Command) -> None:
        """Ask a command of which nothing more is shown."""
        if not inert(command) and (runs_unknown(command) or mentions(self._tool, command)):
            if self._run is None and not mentions(self._tool, command):
                self._assume(CONTAINERS)
            else:
                self._need = "maybe"
        elif command.name in BUILDERS or command.name in BUILD_SCRIPTS or installed_tool(command):
            self._assume(BUILD_TOOLS)
        elif not inert(command) and command.name not in COMMANDS:
            if self._run is not None and is_brought(self._stage, self._at, command.name):
                self._need = "maybe"
            elif command.argv and not use_in(self._stage, command):
                self._assume(PROGRAMS)

    def _marks_the_unknown(self, command: Command) -> bool:
        """Whether ``apt-mark`` names what nothing above has installed, so that only the index can know it."""
        if command.name != "apt-mark" or self._tool.name != "apt" or self._refreshed or self._run is None:
            return False
        names = {word.raw for word in command.operands()[1:] if re.fullmatch(rb"[\w.+-]+", word.raw)}
        return bool(not_installed(self._run, self._tool, names))

    def _read(self, command: Command, directory: str | None, guards: tuple[str, ...]) -> bool:
        """Ask what `command` starts, where that is shown; False where it is no such command, or nothing is shown."""
        started = command.started()
        if started:
            for one in started:
                if one.argv:
                    self._other(one, directory, guards)
                else:  # what is found is run
                    self._need = "maybe"
            return True
        found = self._behind(command, directory)
        if found is None:
            return self._handed_on(command, directory, guards)
        guards = guards + command.guards
        for shell in found.shells:
            self._shell(shell.text, shell.directory, guards)
        for code in found.codes:
            self._code(code)
        if found.unread and (command.name in BUILDERS or not (found.reads or found.shells)):
            return False  # a goal that says what it is for says so whatever else is shown
        if found.unread:
            self._assume(BUILD_TOOLS)
        return True

    def _handed_on(self, command: Command, directory: str | None, guards: tuple[str, ...]) -> bool:
        """Ask what a program that is not known may start: the words behind it that name a file, a shell or a tool.

        False where none of them does.
        """
        verb = command.argv[1].value if len(command.argv) > 1 else None
        if command.name in COMMANDS or (verb not in ("run", "exec") and use_in(self._stage, command)):
            return False
        words = command.argv
        for at in range(1, len(words)):
            text = words[at].value
            if not text or text.startswith("-"):
                continue
            if re.search(r"\s", text):
                if command.name in _SHELL_STARTERS:
                    self._shell(text.encode(), directory, guards)
                    return True
                continue
            name = text.rpartition("/")[2]
            path = resolve(text, directory)
            shown = self._open(path) if path is not None else None
            if path is not None and shown and not shown.startswith(b"#!") and not name.endswith("sh"):
                self._source(shown, directory, path)
                return True
            if name in BUILDERS or name in _SHELLS or shown or self._is_program(text):
                self._other(Command(words[at].start, command.end, words[at:], (), command.guards), directory, guards)
                return True
        return False

    def source(self, path: str) -> None:
        """Ask a file of settings that names what is started."""
        text = self._open(path)
        if text:
            self._source(text, "/", path)

    def _is_program(self, name: str) -> bool:
        return "/" not in name and any(self._open(f"{place}/{name}") is not None for place in on_path(self._stage))

    def _source(self, text: bytes, directory: str | None, path: str) -> None:
        from .recipes import Code

        self._code(Code(text, directory, path))
        if path.endswith((".conf", ".ini")):
            for line in re.findall(rb"(?m)^command\s*=\s*(.*)$", text):
                self._shell(line, directory, ())

    def _behind(self, command: Command, directory: str | None) -> Behind | None:
        """What stands behind a command in files, and in a directory of commands."""
        if not command.argv or (command.name in COMMANDS and command.name not in _EXECUTE):
            return None
        from .recipes import Behind, Shell, behind

        if command.name == "run-parts" and command.argv[-1].value:
            names = listed(self._stage, self._at, command.argv[-1].value)
            if names is not None:
                texts = ((one, self._open(one)) for one in names)
                return Behind(tuple(Shell(text, directory, one) for one, text in texts if text))
        question = ("behind", self._at, command.normal, directory)
        known = environment(self._stage)
        found = self._stage.once(question, lambda _: behind(command, directory, self._open, known))
        if found is not None and (found.shells or found.codes or not found.unread):
            return found
        program = command.program
        if program and "/" not in program and (found is None or not found.reads):
            for place in on_path(self._stage):
                path = f"{place}/{program}"
                if self._open(path) is not None:
                    return self._stage.once(
                        ("script", self._at, path),
                        lambda _, path=path: _script(path, directory, self._open),
                    )
        return found

    def _open(self, path: str) -> bytes | None:
        """The text of a file, as it is when the RUN starts it, or behind the last instruction."""
        if self._run is None:
            return text_of(self._stage, self._at, path)
        return opened(self._run, path)

    def _shell(self, text: bytes, directory: str | None, guards: tuple[str, ...]) -> None:
        key = (text, directory or "")
        if key in self._entered:
            return
        self._entered.add(key)
        script = read_text(text)
        if script is None or script.opaque:
            self.text(text)
        else:
            self.commands(list(placed(script, directory)), guards)

    def _code(self, code: Code) -> None:
        """Ask a program in another language: whether its text names the tool, or a file that does."""
        key = (code.text, code.directory or "")
        if key in self._entered:
            return
        self._entered.add(key)
        if self._tool.mention.search(code.text):
            self._need = "maybe"
            return
        from .recipes import Code
        from .recipes.literals import literals

        paths = [found.decode("utf-8", "replace") for found in _imported(code.text)]
        for literal in (*paths, *literals(code)):
            if " " in literal.strip():
                if literal.split()[0].rpartition("/")[2] in _SHELLS and len(literal) < 200:
                    self._shell(literal.encode("utf-8", "replace"), code.directory, ())
                continue
            if not literal or len(literal) > 200:
                continue
            for directory in dict.fromkeys((code.directory, code.path.rpartition("/")[0] or None)):
                for ending in ("", *_MODULES):
                    path = resolve(literal + ending, directory)
                    text = self._open(path) if path and path not in (code.path, "/") else None
                    if path is None or not text or b"\0" in text or len(self._entered) > _MOST_TEXTS:
                        continue
                    if ending or path.endswith(_MODULES):
                        self._code(Code(text, code.directory, path))
                    elif self._tool.mention.search(text):
                        self._need = "maybe"
                    break
                if self._need != "no":
                    return


_MOST_TEXTS = 100  # that one instruction is followed through
_MODULES = (".py", ".js", ".cjs", ".mjs", ".ts", ".rb", "/__init__.py", "/index.js")


def _imported(text: bytes) -> list[bytes]:
    """The modules that a Python program imports, each as a path."""
    found: list[bytes] = []
    for line in re.finditer(rb"(?m)^\s*(?:from\s+([\w.]+)\s+import\s+\(?([\w, ]*)|import\s+([\w., ]+))", text):
        if line[1] is None:
            found += (one.split()[0].replace(b".", b"/") for one in line[3].split(b",") if one.strip())
            continue
        above = line[1].strip(b".").replace(b".", b"/")
        found += [above] if above else []
        found += (b"/".join(filter(None, (above, one.split()[0]))) for one in line[2].split(b",") if one.strip())
    return found


def use_in(stage: StageFacts, command: Command) -> bool:
    """Whether `command` is a use of a tool that the file has to do with."""
    return any(use_of(one, command) for one in stage.facts.tools)


_SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh"))
# Programs that hand a word to a shell.
_SHELL_STARTERS = frozenset(
    ("su", "runuser", "script", "flock", "watch", "parallel", "concurrently", "entr", "ssh", "exec")
)


def _script(path: str, directory: str | None, opener: Open) -> Behind | None:
    from .recipes import behind

    script = read_text(path.encode())
    return behind(script.commands[0], directory, opener) if script and script.commands else None


_COPIERS = frozenset(("cp", "rsync", "mv", "tar"))
# They start nothing, and have to do with an index only where that is spelled out.
_SILENT = NO_INSTALLERS - BUILDERS - frozenset(("awk", "sed", "find", "apt-mark", "cp", "mv", "tar", "rm"))
# Known commands that run what their words say.
_EXECUTE = frozenset(("awk", "gawk", "mawk", "sed", "env", "xargs", "find", "command", "busybox"))


def _names(run: Run, index: Index) -> bool:
    """Whether the RUN, or the directory that it begins in, spells the last part of a place of the index."""
    text = run.source_text + (run.stage.directory(run.at) or "").encode()
    return any(root.rpartition("/")[2].encode() in text for root in roots(index))


def _looks_into(command: Command, directory: str | None, tool: Tool, index: Index, *, named: bool) -> bool:
    """Whether a command that is no use of the tool reads the index, or removes it and fails where there is none.

    `named` says whether the RUN spells a place of the index at all.
    """
    if clears(tool, index, command):
        return fails_on_nothing(command)
    places = roots(index)
    if not (named or _copied(command)) or not any(b"/" in word.raw for word in command.words):
        return False
    reads = of_command(command, directory, ()).reads.below
    if any(lies_in(path, place) for path in reads for place in places):
        return True
    return any(_holds(word, directory, place) for word in _copied(command) for place in places)


def _holds(word: Word, directory: str | None, place: str) -> bool:
    """Whether what an operand means may be, or have in it, the directory `place`."""
    text = word.raw.decode("utf-8", "replace").strip("\"'")
    head = re.split(r"[*?\[{$`]", text)[0]
    if head != text:  # any name that begins like this
        return head.startswith("/") and place.startswith(head)
    path = resolve(text, directory)
    return path is not None and lies_in(place, path)


# What stands behind these is matched below the source, and is no path of its own.
_PATTERNS = frozenset(("--exclude", "--include", "--exclude-from", "--include-from", "--filter", "-f"))


def _copied(command: Command) -> list[Word]:
    """The operands of a command that are copied with all that is in them."""
    operands = command.operands(_PATTERNS if command.name == "rsync" else ())
    if command.name in ("cp", "rsync", "mv"):
        return operands[:-1]
    bundled = command.argv[1].raw if len(command.argv) > 1 else b""
    creates = command.has_option("c", "create") or (not bundled.startswith(b"-") and b"c" in bundled)
    return operands if command.name == "tar" and creates else []


def _names_the_unknown(run: Run, use: Use) -> bool:
    """Whether apt is told to remove what nothing above has installed: only the index can know its name."""
    distribution, index = use.tool.distribution, use.tool.package_index
    if distribution is None or index is None or not index.knows_removals or use.verb.value not in distribution.removes:
        return False
    return bool(not_installed(run, use.tool, {word.raw.strip(b"\"'") for word in use.operands}))
