"""What pip reads when it installs what requirement files list: those files, and what they name.

From pip's manual: *pip install*, *Requirements File Format*. Sources are built in a directory of their own.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterable

from ..dockerfile.document import Instruction
from ..dockerfile.edits import Refusal
from ..dockerfile.shell import Command
from ..knowledge.ecosystems import lists_dependencies
from ..knowledge.uses import Use
from .context import local_sources
from .effects import of_instruction
from .paths import overlap, resolve
from .shown import text_of
from .stages import Run


def check_environment(
    run: Run, command: Command, directory: str | None, copy: Instruction, places: Iterable[str]
) -> str | None:
    """What has to be assumed to say that the making of a virtual environment minds nothing that `copy` writes.

    None for other commands, and where `places`, which are what it writes, lie in the environment. Python looks for
    modules in the directory that it is started in (manual, *Command line and environment*).
    """
    words = command.values()
    if command.name == "virtualenv":
        made = words
    elif command.name.startswith("python") and words[:2] == ["-m", "venv"]:
        made = words[2:]
    else:
        return None
    targets = [resolve(word or "$", directory) for word in made if not (word or "$").startswith("-")]
    if len(targets) != 1 or targets[0] is None or any(overlap(targets[0], path) for path in places):
        return None
    elsewhere = directory is not None and not any(overlap(path, directory) for path in places)
    return "" if elsewhere or not _may_bring_modules(run, copy) else "Python may load a module that is copied"


def _may_bring_modules(run: Run, copy: Instruction) -> bool:
    """Whether `copy` may bring a module of the name of one that Python needs for itself."""
    context, sources = run.stage.facts.context, local_sources(copy)
    if sources is None:
        return True
    if context is None:
        return not all(map(lists_dependencies, sources))
    names: list[str] = []
    for source in sources:
        inside, entry = context.names(source), context.entry(source)
        if inside is None and (entry is None or entry.kind != "file"):
            return True
        names += [source.rpartition("/")[2]] if inside is None else inside
    needed = {*sys.stdlib_module_names, "pip", "setuptools", "sitecustomize", "usercustomize", "virtualenv"}
    return not needed.isdisjoint(name.partition(".")[0] for name in names)


def check_requirements(run: Run, use: Use, directory: str | None, copy: Instruction) -> str:
    """What has to be assumed to say that `use` of pip in `directory`, in `run`, reads nothing that `copy` writes.

    An empty text where it is certain. Raises `Refusal` where it certainly does, or may well.
    """
    if use.command.name.startswith("python"):
        return "Python may load a module that is copied"
    stage = run.stage
    words = [word.value for word in use.behind]
    files: list[str | None] = []
    for before, word in zip((None, *words), words, strict=False):
        option, _, value = (word or "").partition("=")
        if before in _FILE:
            files.append(resolve(word or "", directory))
        elif option in _FILE:
            files += [resolve(value, directory)] * bool(value)
        elif word is None or not (option in _OPTIONS or re.fullmatch(_REQUIREMENT, word)):
            return f"`{word}` may name what is copied" if word else "what pip installs is not certain"
    at = stage.index_of(copy)
    seen: set[str] = set()
    while files:
        path = files.pop() or ""
        text = text_of(stage, run.at, path) if path else None
        written = of_instruction(stage, at).writes.touches(path)
        if written and (at < run.at or text_of(stage, at + 1, path) != text):
            raise Refusal(f"pip may read what line {copy.line} copies")
        if text is None:
            return f"pip may read what line {copy.line} copies"
        for line in text.decode("utf-8", "replace").replace("\\\n", " ").splitlines():
            other = re.fullmatch(r"(?:-[rc]|--requirement|--constraint)[ =]*([^\s$]+)", line.strip())
            if other and path not in seen:
                files.append(resolve(other[1], posixpath.dirname(path)))
            elif not other and not re.fullmatch(_LINE, line.strip()):
                return "a requirement may be a directory of what is copied"
        seen.add(path)
    return ""


_FILE = ("-r", "--requirement", "-c", "--constraint")
# Options without a value that have nothing to do with files.
_OPTIONS = frozenset(
    "--no-cache-dir --upgrade -U -q --quiet --no-deps --prefer-binary --user --break-system-packages"
    " --disable-pip-version-check --no-input --force-reinstall --no-compile --require-hashes"
    " --root-user-action --progress-bar".split()
)
_REQUIREMENT = r"(?!.*\.(?:whl|zip|tar|t?gz|bz2|xz)$)[A-Za-z0-9][\w.-]*(?:\[[\w.,\s-]*\])?(?:\s*[=<>!~]=?.*)?"
_LINE = rf"(?:{_REQUIREMENT}(?:\s*;.*)?(?:\s+--hash\S+)*)?(?:\s*#.*)?|--(?:extra-)?index-url[ =]\S+"
