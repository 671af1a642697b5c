"""Who needs a package index or a cache: what a RUN and everything on top of it reads, clears, or may do unseen."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from typing import Literal

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command, Word, read_script
from ..knowledge.tools import Index, Store, Tool, roots
from ..knowledge.uses import Use, clears, clears_any, use_at, use_of, uses
from .commands import of_command
from .effects import commands_of
from .paths import lies_in, resolve
from .stages import Facts, Place, Run, StageFacts

Need = Literal["no", "maybe", "yes"]


def index_need(run: Run, tool: Tool) -> Need:
    """Whether `run` needs an index that an earlier layer left.

    It does when it reads one before it refreshes its own, and when it removes one with an rm that fails where there
    is nothing to remove.
    """
    return run.stage.once((index_need, tool.name, run.at), lambda _: _index_need(run, tool))


def _index_need(run: Run, tool: Tool) -> Need:
    index = tool.package_index
    code = run.instruction.code
    if run.script is None:
        text = run.source_text
        return "maybe" if tool.mention.search(text) or _UNKNOWN_TEXT.search(text) else "no"
    need: Need = "no"
    refreshed: set[tuple[str, ...]] = set()
    made = False
    named = index is not None and _names(run, index)
    sufficient = _SELF_SUFFICIENT.search(code) is not None
    for at, (command, directory) in enumerate(commands_of(run)):
        use = use_at(run.script.commands, at, tool)
        if use is None:
            if index is not None and not made and _looks_into(command, directory, tool, index, named=named):
                return "yes"
            if not sufficient and may_use(tool, command):
                need = "maybe"
        elif use.action == "other" and not refreshed and _names_the_unknown(run, use):
            need = "maybe"
        elif use.action == "refresh":
            made = True
            refreshed.add(() if command.name in ("bash", "sh") else command.guards)
        elif use.action in ("install", "read"):
            made = made or (index is not None and index.fetched_by_install)
            if any(command.guards[: len(guards)] == guards for guards in refreshed) or use.fetches_index():
                continue
            return "yes"
    return need


def _names(run: Run, index: Index) -> bool:
    """Whether the RUN, or the directory that it begins in, spells the last part of a place of the index."""
    text = run.source_text + (run.stage.directory(run.at) or "").encode()
    return any(root.rpartition("/")[2].encode() in text for root in roots(index))


def _looks_into(command: Command, directory: str | None, tool: Tool, index: Index, *, named: bool) -> bool:
    """Whether a command that is no use of the tool reads the index, or removes it and fails where there is none.

    `named` says whether the RUN spells a place of the index at all.
    """
    if clears(tool, index, command):
        return _fails_on_nothing(command)
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


def _copied(command: Command) -> list[Word]:
    """The operands of a command that are copied with all that is in them."""
    operands = command.operands()
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
    names = {word.raw.strip(b"\"'") for word in use.operands}
    for stage in run.stage.lineage_above():
        installed = stage.once(("installs", use.tool.name), partial(_first_installs, use.tool))
        names = {name for name in names if name not in installed or (stage is run.stage and installed[name] > run.at)}
    return bool(names)


def _first_installs(tool: Tool, stage: StageFacts) -> dict[bytes, int]:
    """The packages that RUNs of a stage install, each with the index of the first that does."""
    found: dict[bytes, int] = {}
    for run in stage.runs:
        for use in uses_in(run, tool):
            for word in use.operands if use.action == "install" else ():
                found.setdefault(word.raw.strip(b"\"'"), run.at)
    return found


def _fails_on_nothing(command: Command) -> bool:
    return command.name == "rm" and not command.has_option("f", "force")


def later_need(stage: StageFacts, at: int, tool: Tool) -> tuple[Need, int]:
    """Whether anything on top of instruction `at` needs the index it left, and the line of the first that does.

    A RUN that refreshes for itself does not end the search: what it makes may be cleared where it stands. Code that
    is not shown may install, but an install of a tool that fetches for itself needs nothing. What takes the index
    along into another stage with COPY --from counts as if it were on top.
    """
    alone = tool.package_index is not None and tool.package_index.fetched_by_install
    takers = stage.lineage.once(("takers", tool.name), lambda: _takers(tool, stage.lineage.places))
    bases = [(stage, at), *takers.get(str(stage.stage.number), ()), *takers.get(stage.stage.name or "", ())]
    needs: tuple[Need, ...] = ("yes",) if alone else ("yes", "maybe")
    for need in needs:
        for base, index in bases:
            for owner, there in base.later_where(index, (need, tool.name), partial(_has_need, tool, need)):
                return need, owner.instructions[there].line
    return "no", 0


def _has_need(tool: Tool, need: Need, stage: StageFacts, at: int) -> bool:
    run = stage.run_at(at)
    if run is not None:
        return index_need(run, tool) == need
    return need == ("maybe" if mentions_later(stage.instructions[at], tool, stage) else "no")


def _takers(tool: Tool, everything: Sequence[Place]) -> dict[str, list[Place]]:
    """The COPYs that take the index of another stage along, by the name or number that they call it by."""
    places = roots(tool.package_index) if tool.package_index else ()
    found: dict[str, list[Place]] = {}
    for stage, index in everything:
        instruction = stage.instructions[index]
        flag = instruction.flag("from") if instruction.keyword == "COPY" else None
        if flag is not None:
            sources = [resolve(word, "/") or "/" for word in instruction.words[:-1]]
            if any(lies_in(place, source) for source in sources for place in places):
                found.setdefault((flag.value or b"").decode("utf-8", "replace").lower(), []).append((stage, index))
    return found


def mentions_later(instruction: Instruction, tool: Tool, stage: StageFacts) -> bool:
    """Whether an instruction that runs something after the build, or in another one, mentions the tool, or may."""
    if instruction.keyword not in ("ONBUILD", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return False
    if tool.mention.search(instruction.code):
        return True
    return b"$" in instruction.code and stage.once(("variables", tool.name), partial(_is_named_by_variables, tool))


def _is_named_by_variables(tool: Tool, stage: StageFacts) -> bool:
    return any(one.keyword in ("ENV", "ARG") and tool.mention.search(one.code) for one in stage.instructions)


def first_reader(stage: StageFacts, at: int, tool: Tool) -> Run | None:
    """The first RUN that needs the index refreshed at `at`; None where there is none. `Refusal` where it is unclear."""
    alone = tool.package_index is not None and tool.package_index.fetched_by_install
    for index in range(at + 1, len(stage.instructions)):
        instruction = stage.instructions[index]
        run = stage.run_at(index)
        if run is None:
            if mentions_later(instruction, tool, stage):
                raise Refusal(f"line {instruction.line} may use the index")
            continue
        need = index_need(run, tool)
        if need == "yes" and not any(use.action in ("install", "read") for use in uses_in(run, tool)):
            raise Refusal(f"line {instruction.line} uses the index")
        if need == "yes":
            return run
        if need == "maybe" and not alone:
            raise Refusal(f"line {instruction.line} runs code that may use the index")
        if run.script and any(use.action == "refresh" and not use.command.guards for use in uses(run.script, tool)):
            if run.script.only_and or run.errexit:
                return None
            raise Refusal(f"line {instruction.line} goes on with the index where its own refresh fails")
    for child in stage.children:
        if first_reader(child, 0, tool) is not None:
            raise Refusal("a stage built on this one installs from the index")
    return None


def uses_in(run: Run, tool: Tool) -> list[Use]:
    """The uses of the tool in a RUN; none where it cannot be read."""
    return uses(run.script, tool) if run.script else []


def _clearing(tool: Tool, store: Store, stage: StageFacts, at: int) -> list[Command]:
    run = stage.run_at(at)
    return [one for one in run.script.commands if clears(tool, store, one)] if run and run.script else []


def removed_later(run: Run, tool: Tool, store: Store) -> bool:
    """Whether a RUN on top of `run` removes `store` with an rm that fails where there is none."""
    return any(run.stage.later_where(run.at, ("removes", tool.name, store.paths), partial(_removes, tool, store)))


def _removes(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    return any(_fails_on_nothing(command) for command in _clearing(tool, store, stage, at))


def clears_itself_later(run: Run, tool: Tool, store: Store) -> bool:
    """Whether the tool itself clears `store` in a RUN on top of `run`, which may fail where there is nothing."""
    return any(run.stage.later_where(run.at, ("itself", tool.name, store.paths), partial(_clears_itself, tool, store)))


def _clears_itself(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    return any(use_of(tool, command) for command in _clearing(tool, store, stage, at))


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
        "configure", "Configure", "config", "autogen.sh", "buildconf", "bootstrap.sh", "gradlew", "mvnw", "b2", "bjam",
        "waf",
    )
)  # fmt: skip
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
    program = command.program
    return command.name in _INERT and ("/" not in program or program.startswith(("/usr/", "/bin/", "/sbin/")))


def may_use(tool: Tool, command: Command) -> bool:
    """Whether `command` uses the tool, or runs code that may."""
    if use_of(tool, command) is not None:
        return True
    return not _inert(command) and (runs_unknown(command) or _mentions(tool, command))


def _mentions(tool: Tool, command: Command) -> bool:
    return any(tool.mention.search(word.raw) for word in command.words)


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
    return "/" in first and not first.startswith(_SYSTEM_PROGRAMS)


_SYSTEM_PROGRAMS = ("/usr/", "/bin/", "/sbin/", "/opt/conda/", "/opt/venv/", "/venv/")


def _is_environment(command: Command) -> bool:
    """``. ~/.nvm/nvm.sh``, ``source /opt/venv/bin/activate``: files that set variables."""
    words = command.values()
    path = words[0] if words else None
    return path is not None and path.rsplit("/", 1)[-1] in (
        "activate", "nvm.sh", ".bashrc", ".profile", ".bash_profile", "env", "environment", "os-release", "setup.bash",
        "conda.sh", "envvars", "lsb-release", ".env",
    )  # fmt: skip


def settled(pattern: re.Pattern[bytes], stage: StageFacts) -> bool:
    """Whether what `pattern` looks for stands in the file anywhere but in commands that clear an index or a cache."""
    return stage.lineage.once(("settled", pattern), lambda: _settled(pattern, stage.facts))


def _settled(pattern: re.Pattern[bytes], facts: Facts) -> bool:
    instructions = facts.document.instructions
    for match in pattern.finditer(facts.document.source.data):
        at = bisect_right(instructions, match.start(), key=_start) - 1
        script = read_script(instructions[at]) if at >= 0 else None
        around = (
            (one for one in script.commands if one.start <= match.start() and match.end() <= one.end) if script else ()
        )
        if not any(clears_any(tool, command) for command in around for tool in facts.tools):
            return True
    return False


def _start(instruction: Instruction) -> int:
    return instruction.start
