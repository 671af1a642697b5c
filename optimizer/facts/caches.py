"""Who reads a package manager's cache when the RUN that filled it is done."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache, partial

from ..dockerfile.document import Instruction
from ..dockerfile.shell import Command
from ..knowledge.commands import COMMANDS
from ..knowledge.tools import Cache, Store, Tool, load_tool, roots
from ..knowledge.uses import Use, clears, use_of
from .commands import is_of_system
from .paths import fits, meets, parts_of, resolve
from .settings import configured
from .stages import Lineage, Run, StageFacts

# Options and variables with which a tool has to find everything in its cache.
_OFFLINE = (
    rb"(?i)--(?:prefer-)?offline\b|\b(?:npm|pnpm)_config_\w*offline|YARN_\w*OFFLINE|CARGO_NET_OFFLINE|UV_OFFLINE"
    rb"|COMPOSER_DISABLE_NETWORK|CONDA_OFFLINE|GOPROXY=[\"']?off|config set (?:-\S+ )*[\"']?(?:prefer-)?offline"
)
_STARTS = ("CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD")
_COPIERS = frozenset(("cp", "rsync", "mv", "tar", "cpio", "zip", "bsdtar"))
_WORDS = re.compile(rb"[^\s\"',;&|()\[\]]+")


def cache_needed(run: Run, tool: Tool, store: Store) -> str:
    """Why something other than `run` may read what `tool` keeps in `store`; empty where nothing is known to."""
    follows = isinstance(store, Cache) and store.follows_configuration
    return (
        ("" if follows else configured(run.stage, tool))
        or _taken_along(run, store)
        or _without_network(run, tool, store)
        or _run_from_cache(run, tool)
    )


def _taken_along(run: Run, store: Store) -> str:
    """A COPY --from or bind mount that takes the cache into another stage, with a parent directory or alone."""
    lineage = run.stage.lineage
    for name, source, line in lineage.once("taken", lambda: _taken(lineage)):
        if any(meets(source, root) for root in roots(store)) and name in run.stage.once("called", _called):
            return f"line {line} takes the cache along"
    return ""


def _called(stage: StageFacts) -> frozenset[str]:
    """What instructions call a stage, and those that are FROM it."""
    names: set[str] = set()
    todo = [stage]
    while todo:
        one = todo.pop()
        names |= {str(one.stage.number), (one.stage.name or "").lower()}
        todo += one.children
    return frozenset(names - {""})


def _taken(lineage: Lineage) -> list[tuple[str, str, int]]:
    """What instructions take out of other stages: the name of the stage, the path, and the line."""
    found: list[tuple[str, str, int]] = []
    for stage, at in lineage.places:
        instruction = stage.instructions[at]
        flag = instruction.flag("from") if instruction.keyword == "COPY" else None
        if flag is not None:
            name = flag.text.strip("\"'").lower()
            found += ((name, resolve(word, "/") or "/", instruction.line) for word in instruction.words[:-1])
        for one in instruction.flags if instruction.keyword == "RUN" else ():
            if one.name == "mount":
                pairs = (part.partition("=") for part in one.text.split(","))
                fields = {name.lower(): value.strip("\"'") for name, _, value in pairs}
                source = resolve(fields.get("source", fields.get("src", "/")), "/") or "/"
                found.append((fields.get("from", "").lower(), source, instruction.line))
    return found


def _without_network(run: Run, tool: Tool, store: Store) -> str:
    """A later instruction that may have no more than the cache to install from, or copies it."""
    question = ("reads cache", tool.name, store.paths)
    for stage, at in run.stage.later_where(run.at, question, partial(_reads, tool, store)):
        return f"line {stage.instructions[at].line} may read the cache"
    return ""


def _reads(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    instruction, run = stage.instructions[at], stage.run_at(at)
    if instruction.keyword not in ("RUN", "ENV", "ARG", *_STARTS):
        return False
    if stage.once(("offline", at), lambda _: re.search(_OFFLINE, instruction.code)):
        return True
    if run is None:
        return False
    flag = instruction.flag("network")
    if run.script is None:
        return flag is not None
    if flag is not None and flag.value == b"none" and not all(map(is_known, run.script.commands)):
        return True
    return _copies_in(run, tool, store)


def _copies_in(run: Run, tool: Tool, store: Store) -> bool:
    """Whether a command of a RUN, but for those that clear the cache, names it or copies a directory it lies in."""
    script, code = run.script, run.instruction.code
    if script is None:
        return False
    spelled = b"*" in code or b"$" in code or any(part in code for part in _spellings(roots(store)))
    if not spelled and _COPIERS.isdisjoint(script.names):
        return False
    return any(_copies(command, store) for command in script.commands if not clears(tool, store, command))


@cache
def _spellings(places: tuple[str, ...]) -> tuple[bytes, ...]:
    """Parts of the paths of a cache, one of which stands in whatever names it."""
    return tuple(part.encode() for root in places for part in (parts_of(root)[-1], *_made_with(root)))


def clears_here(run: Run, tool: Tool, store: Store, command: Command) -> bool:
    """Whether `command` of `run` clears `store`, and does not only look like it: see `in_vain`."""
    if not clears(tool, store, command):
        return False
    named = [word.raw for word in command.argv[1:] if store.cleared_text.search(word.raw)]
    return command.name != "rm" or not all(_is_nothing(run, raw, store) for raw in named)


def in_vain(run: Run, tool: Tool, store: Store) -> str:
    """What to say of an rm of `run` that is meant to clear `store` and removes nothing; empty where there is none."""
    commands = run.script.commands if run.script and "rm" in run.script.names else ()
    meant = (one for one in commands if clears(tool, store, one) and not clears_here(run, tool, store, one))
    return next((f", and `{one.normal.decode('utf-8', 'replace')}` removes none of it" for one in meant), "")


def _is_nothing(run: Run, raw: bytes, store: Store) -> bool:
    """Whether a word of an rm is certainly no path of `store`.

    No shell expands what is quoted, dash and ash do not know braces, and a path may be another one.
    """
    text = raw.decode("utf-8", "replace")
    if text[:1] in "'\"" and text[-1:] == text[:1]:
        return text[1:2] == "~" or re.search(r"[*?\[]", text) is not None
    if "{" in text and re.search(r"\{[^}]*,", text):
        return not expands_braces(run)
    if not text.startswith("/") or re.search(r"[$`'\"\\]", text):
        return False
    places = [place for path in store.paths for place in _expanded(path.removesuffix("/**"))]
    if any("**" in place for place in places):
        return False
    return not any(meets(text, place) for place in places)


def expands_braces(run: Run) -> bool:
    """Whether the shell of `run` may know ``{a,b}``: it does unless it is the sh of Debian, Ubuntu or Alpine."""
    stage = run.stage
    if run.script is None or run.script.interpreter_options or run.script.heredoc:
        return True
    shells = (one for owner in stage.lineage_above() for one in owner.instructions if one.keyword == "SHELL")
    if any(one.json is None or not one.json[0].endswith(("/sh", "dash")) for one in shells):
        return True
    image = stage.image
    return image is None or (image.release or (image.name,))[0] not in _WITHOUT_BRACES


# Official images whose /bin/sh is dash or BusyBox's ash, whatever their tag.
_WITHOUT_BRACES = frozenset(("debian", "ubuntu", "alpine", "node", "python", "golang", "ruby", "php", "rust", "perl"))


def clears_some(tool: Tool, store: Store, command: Command) -> bool:
    """Whether `command` clears `store`, or a part of it: the tool's own command, or an rm of what lies there."""
    return clears(tool, store, command) and (command.name != "rm" or any(_removed(store, command)))


def clears_only(tool: Tool, store: Store, command: Command) -> bool:
    """Whether `command` clears `store` and nothing else."""
    return clears(tool, store, command) and (command.name != "rm" or all(_removed(store, command, inside=True)))


def _removed(store: Store, command: Command, *, inside: bool = False) -> Iterator[bool]:
    """For each path of an rm, whether it may be a directory of `store`, or above or in it; or only that or `inside`."""
    places = [root for path in store.paths for root in _expanded(path.removesuffix("/**"))]
    for word in command.operands():
        path = _at_home(word.raw.decode("utf-8", "replace"))
        within = any(fits(path, place) or fits(path, f"{place}/*") for place in places)
        yield within or (not inside and path.startswith("/") and any(_removes_with(path, place) for place in places))


def _removes_with(path: str, place: str) -> bool:
    """Whether an rm of `path` removes the directory `place`, or something in it; ``*`` stands for no hidden name."""
    pairs = zip(parts_of(path), parts_of(place), strict=False)
    return all(fits(one, other) or (fits(other, one) and (other[0] != "." or one[0] == ".")) for one, other in pairs)


def _expanded(path: str) -> list[str]:
    """A path with all that its braces stand for."""
    before, brace, rest = path.partition("{")
    inside, _, behind = rest.partition("}")
    return [before + one + end for one in inside.split(",") for end in _expanded(behind)] if brace else [path]


def _at_home(path: str) -> str:
    """A path as a script spells it, with root's home for whoever's it is."""
    return _at_root(path.strip('"') if not path.startswith('"~') else path)


def _at_root(path: str) -> str:
    return path if path.startswith("/") else re.sub(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)", "/root", path)


def _made_with(root: str) -> list[str]:
    """The hidden directories on the way to a cache, which may be there because it is."""
    return [part for part in parts_of(root) if part.startswith(".")]


def _copies(command: Command, store: Store) -> bool:
    """Whether a command names the cache, or copies a directory that it lies in."""
    for text in _sources(command):
        met = [root for root in roots(store) if meets(text, root)]
        inside = any(len(parts_of(text)) >= len(parts_of(root)) for root in met)
        inside = inside or any(not set(_made_with(root)).isdisjoint(parts_of(text)) for root in met)
        if inside or (met and command.name in _COPIERS):
            return True
    return False


def _sources(command: Command) -> list[str]:
    """The absolute paths that a command may copy from, with root's home for whoever's it is."""
    if "sources" not in command.answers:
        operands = command.operands() if command.name not in ("rm", "mkdir") else []
        words = [
            _at_root(word.raw.decode("utf-8", "replace").strip("\"'"))
            for word in (operands[:-1] if command.name in ("cp", "mv", "rsync") else operands)
            if word.raw.lstrip(b"\"'")[:1] in (b"/", b"~", b"$")
        ]
        command.answers["sources"] = [text for text in words if text.startswith("/") and text != "/"]
    return command.answers["sources"]


def is_known(command: Command) -> bool:
    """Whether a command certainly runs no package manager and no program that may."""
    return command.name in COMMANDS and is_of_system(command) and not command.started()


def _run_from_cache(run: Run, tool: Tool) -> str:
    """A program that the image starts out of a cache which another one of the build may have filled."""
    question = ("starts from cache", tool.name)
    lineage = run.stage.lineage
    if not lineage.once(("runs from cache", tool.name), lambda: _runs_from_cache(tool, lineage)):
        return ""
    for stage, at in run.stage.later_where(run.at, question, partial(_starts_from_cache, tool)):
        return f"line {stage.instructions[at].line} may run a program from the cache"
    return ""


def _words(instruction: Instruction) -> bytes:
    return b" ".join(_WORDS.findall(instruction.code))


def _runs_from_cache(tool: Tool, lineage: Lineage) -> bool:
    instructions = (stage.instructions[at] for stage, at in lineage.places)
    return any(one.keyword == "RUN" and re.search(tool.run_from_cache, _words(one)) for one in instructions)


def _starts_from_cache(tool: Tool, stage: StageFacts, at: int) -> bool:
    instruction = stage.instructions[at]
    return instruction.keyword in _STARTS and re.search(tool.run_from_cache, _words(instruction)) is not None


def wheel_needed(run: Run, command: Command, tool: Tool) -> str:
    """Why a later install may need a wheel that `command` builds into the cache: what it is built with goes."""
    if not run.stage.lineage.once("removals", lambda: _any_removal(run.stage.lineage)):
        return ""
    gone = False
    for stage, at in [(run.stage, run.at), *run.stage.later(run.at)]:
        other = stage.run_at(at)
        for one in other.script.commands if other is not None and other.script else ():
            if other is run and one.start <= command.start:
                continue
            if gone and (use := use_of(tool, one)) is not None and use.action == "install":
                return f"line {stage.instructions[at].line} may install again what can no longer be built"
            gone = gone or _removes(one, stage)
    return ""


def _any_removal(lineage: Lineage) -> bool:
    runs = filter(None, (stage.run_at(at) for stage, at in lineage.places))
    return any(_removes(command, run.stage) for run in runs if run.script for command in run.script.commands)


def _removes(command: Command, stage: StageFacts) -> bool:
    for tool in stage.facts.tools:
        use = use_of(tool, command) if tool.distribution is not None else None
        if use is not None and tool.distribution and use.verb.value in (*tool.distribution.removes, "autoremove"):
            return True
    return command.name == "apk" and b"del" in command.normal.split()


def names_later(run: Run, tool: Tool, store: Store) -> str:
    """A later command that names the store, or copies a directory that it lies in."""
    for stage, at in run.stage.later_where(run.at, ("names", tool.name, store.paths), partial(_names, tool, store)):
        return f"line {stage.instructions[at].line} may read the cache"
    return ""


def _names(tool: Tool, store: Store, stage: StageFacts, at: int) -> bool:
    run = stage.run_at(at)
    return run is not None and _copies_in(run, tool, store)


def may_build(command: Command, directory: str | None) -> bool:
    """Whether a command may build something again: it does unless it is known to do something else."""
    if directory is not None and command.program.startswith(("./", "/")) and command.name in _BUILDERS:
        return True
    if is_known(command) or command.name in _HARMLESS:
        return False
    return not any(
        (use := use_of(tool, command)) is not None and (tool.distribution is not None or use.verb.value in tool.install)
        for tool in _installers()
    )


_BUILDERS = frozenset(("make", "gradlew", "mvnw"))
_HARMLESS = frozenset(
    (
        "", "upx", "strip", "file", "ldd", "readelf", "addgroup", "adduser", "useradd", "groupadd", "usermod", "chmod",
        "chown", "echo", "printf", "true", "test", "[", "export", "set", "unset", "apt-get", "apt", "apk", "du", "java",
        "sha256sum", "openssl", "locale-gen", "setcap", "base64", "xz", "gzip", "bzip2", "exit", "cat", "sleep",
    )
)  # fmt: skip


def _installers() -> list[Tool]:
    return [load_tool(name) for name in ("apt", "apk", "dnf", "pip")]


def starts_unknown(instruction: Instruction, stage: StageFacts) -> bool:
    """Whether what an image starts is a program of which nothing shows that the build has made it.

    A path, or the name of what the build wrote with ``-o`` or of the directory it was built in, is such a program.
    """
    words = instruction.json or tuple(word.decode("utf-8", "replace") for word in _WORDS.findall(instruction.args))
    words = tuple(word for word in words if word not in ("exec", "tini", "--", "dumb-init", "sh", "-c", "/bin/sh"))
    if not words or words[0].startswith("-"):
        return False
    first = words[0].strip("\"'").split()[0] if words[0].strip("\"' ") else ""
    name = posixpath.basename(first)
    made = {posixpath.basename(held.directory or "") for above in stage.lineage_above() for held in above.held}
    if name in made or name == "java":
        return False
    if "/" in first and name not in _BUILDERS and not first.startswith(("/go/bin/", "/usr/bin/", "/bin/")):
        return False
    spelled = re.compile(rb"/" + re.escape(name.encode()) + rb"(?![\w.-])")
    runs = (run for above in stage.lineage_above() for run in above.runs)
    return not any(spelled.search(run.instruction.code) for run in runs if b"-o" in run.instruction.code)


def project_built_at_start(run: Run, use: Use) -> int:
    """The line that starts ``uv run`` on a project which `use`, a sync, left out and no later one installs; else 0."""
    if not any(word.startswith("--no-install-") for word in use.options):
        return 0
    found = 0
    for stage, at in run.stage.later(run.at):
        instruction = stage.instructions[at]
        text = _words(instruction)
        if instruction.keyword == "RUN" and b"uv sync" in text and b"--no-install-" not in text:
            return 0
        if instruction.keyword in _STARTS and b"uv run" in text and b"--no-sync" not in text:
            found = found or instruction.line
    return found
